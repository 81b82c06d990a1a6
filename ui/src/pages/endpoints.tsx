// endpoints.tsx -- the channels there are, how each does, and who uses it.
import { escaped, get } from "../base/api";
import { t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { language } from "../base/prefs";
import { tables } from "../base/schema";
import { mayWrite } from "../base/session";
import type { Endpoint, EndpointHealth, EndpointType, Health, Page, Recipient, Status } from "../base/types";
import { Icon } from "../parts/icon";
import { Empty, Failed, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { When } from "../parts/when";

interface Everything {
  endpoints: Endpoint[];
  recipients: Recipient[];
  types: EndpointType[];
  health: Map<string, EndpointHealth>;
}

async function everything(signal: AbortSignal): Promise<Everything> {
  const [endpoints, recipients, { data: types }, status] = await Promise.all([
    get<Page<Endpoint>>("/endpoints?limit=1000", signal), get<Page<Recipient>>("/recipients?limit=1000", signal),
    tables(), get<Status>("/status", signal),
  ]);
  return { endpoints: endpoints.data, recipients: recipients.data, types, health: new Map(status.endpoints.map((h) => [h.name, h])) };
}

export function HealthMark({ paused, breaker, error, enabled, pause }: { paused: boolean; breaker?: string; error: string | null; enabled: boolean; pause?: Health["pause"] }) {
  if (!enabled) return <span class="state">⌀ {t("health.off")}</span>;
  if (pause) return <span class="state state-held" title={pause.reason}>‖ {t("health.stopped", { by: pause.by })}</span>;
  if (paused) return <span class="state state-dead">✖ {t("health.paused")}</span>;
  if (breaker && breaker !== "closed") return <span class="state state-pending">⟳ {word("breaker", breaker)}</span>;
  if (error) return <span class="state state-pending">▲ {t("health.failing")}</span>;
  return <span class="state state-delivered">✔ {t("health.well")}</span>;
}

function Row({ e, all }: { e: Endpoint; all: Everything }) {
  const h = all.health.get(e.name);
  const users = all.recipients.filter((r) => r.endpoint === e.name);
  return (
    <li class="card row-card">
      <div class="row-main">
        <h2><a href={"/endpoints/" + escaped(e.name)}>{e.name}</a> <Badge managedBy={e.managed_by} /></h2>
        <p>{all.types.find((x) => x.name === e.type)?.title ?? e.type}</p>
      </div>
      <div>
        <HealthMark enabled={e.enabled} paused={h?.paused ?? false} breaker={h?.breaker ?? "closed"} error={h?.last_error ?? null} pause={h?.pause} />
        {h?.last_error && <p class="dim">{h.last_error} <When at={h.last_error_at} /></p>}
        {h?.last_ok_at && <p class="dim">{t("endpoints.last_ok")} <When at={h.last_ok_at} /></p>}
      </div>
      <div>
        {users.length ? <p>{t("endpoints.used_by")} {users.map((r) => <a key={r.name} class="tag" href={"/recipients/" + escaped(r.name)}>{r.name}</a>)}</p>
          : <p class="bad">{t("endpoints.unused")} <a href={"/recipients/new?endpoint=" + escaped(e.name)}>{t("recipients.add")}</a></p>}
      </div>
    </li>
  );
}

export function EndpointsPage() {
  const { value, problem, reload } = useLoad("endpoints" + language.value, everything, ["config", "deliveries"]);
  const add = mayWrite.value && <a class="button primary" href="/endpoints/new"><Icon name="plus" /> {t("endpoints.add")}</a>;
  const body = (): preact.ComponentChildren => {
    if (problem && !value) return <Failed problem={problem} retry={reload} />;
    if (!value) return <Waiting />;
    return (
      <>
        <ul class="cards">{value.endpoints.map((e) => <Row key={e.name} e={e} all={value} />)}</ul>
        {value.endpoints.every((e) => e.builtin) && <Empty title={t("endpoints.none")}><p>{t("endpoints.none_text")}</p><p>{add}</p></Empty>}
      </>
    );
  };
  return <PageFrame title={t("nav.endpoints")} about={t("endpoints.about")} actions={add}>{body()}</PageFrame>;
}
