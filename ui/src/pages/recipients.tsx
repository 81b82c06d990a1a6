// recipients.tsx -- who is told, on which channel, of what, and how it goes.
import { escaped, get } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { mayWrite } from "../base/session";
import type { Page, Recipient, RecipientHealth, Status } from "../base/types";
import { Icon } from "../parts/icon";
import { Empty, Failed, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { SeverityMark } from "../parts/severity";
import { When } from "../parts/when";
import { HealthMark } from "./endpoints";

interface Everything {
  recipients: Recipient[];
  health: Map<string, RecipientHealth>;
}

async function everything(signal: AbortSignal): Promise<Everything> {
  const [recipients, status] = await Promise.all([get<Page<Recipient>>("/recipients?limit=1000", signal), get<Status>("/status", signal)]);
  return { recipients: recipients.data, health: new Map(status.recipients.map((h) => [h.name, h])) };
}

/** Names, not counts: "Network, Security". */
function Asks({ r }: { r: Recipient }) {
  const lists: [string, string[] | null, string][] = [
    ["category", r.categories, "category"], ["entity", r.entities, "entity"], ["type", r.types, ""], ["pool", r.host_pools, ""], ["am", r.am_hosts, ""],
  ];
  const said = lists.filter(([, v]) => v !== null);
  return (
    <p class="asks">
      {r.minimum_severity ? <>≥ <SeverityMark severity={r.minimum_severity} /></> : !said.length && !r.filter && t("recipients.everything")}
      {said.map(([k, v, list]) => <span key={k} class="tag">{v?.length ? v.map((x) => (list ? word(list, x) : x)).join(", ") : t("among.none")}</span>)}
      {r.filter && <code>{r.filter}</code>}
    </p>
  );
}

function Row({ r, h }: { r: Recipient; h: RecipientHealth | undefined }) {
  return (
    <li class="card row-card">
      <div class="row-main">
        <h2><a href={"/recipients/" + escaped(r.name)}>{r.name}</a> <Badge managedBy={r.managed_by} /></h2>
        <p>{t("recipients.via")} <a href={"/endpoints/" + escaped(r.endpoint)}>{r.endpoint}</a></p>
      </div>
      <Asks r={r} />
      <div>
        <HealthMark enabled={r.enabled} paused={h?.paused ?? false} error={h?.last_error ?? null} pause={h?.pause} />
        {h?.last_error && <p class="dim">{h.last_error}</p>}
        {h && (
          <p class="dim">
            <a href={"/deliveries?state=delivered&recipient=" + escaped(r.name)}>✔ {number(h.delivered)}</a>{" · "}
            <a href={"/deliveries?state=pending&recipient=" + escaped(r.name)}>⟳ {number(h.pending)}</a>{" · "}
            <a href={"/deliveries?state=dead&recipient=" + escaped(r.name)}>✖ {number(h.dead)}</a>{" · "}
            {t("recipients.last")} <When at={h.last_ok_at} />
          </p>
        )}
      </div>
    </li>
  );
}

const TEMPLATES = ["error", "security", "am"] as const;

export function RecipientsPage() {
  const { value, problem, reload } = useLoad("recipients", everything, ["config", "deliveries"]);
  const add = mayWrite.value && <a class="button primary" href="/recipients/new"><Icon name="plus" /> {t("recipients.add")}</a>;
  const body = (): preact.ComponentChildren => {
    if (problem && !value) return <Failed problem={problem} retry={reload} />;
    if (!value) return <Waiting />;
    return (
      <>
        <ul class="cards">{value.recipients.map((r) => <Row key={r.name} r={r} h={value.health.get(r.name)} />)}</ul>
        {value.recipients.every((r) => r.builtin) && (
          <Empty title={t("recipients.none")}>
            <p>{t("recipients.none_text")}</p>
            <p class="actions">{TEMPLATES.map((x) => <a key={x} class="button" href={"/recipients/new?template=" + x}>{t(`recipients.template_${x}`)}</a>)}</p>
          </Empty>
        )}
      </>
    );
  };
  return <PageFrame title={t("nav.recipients")} about={t("recipients.about")} actions={add}>{body()}</PageFrame>;
}
