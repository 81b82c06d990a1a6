// deliveries.tsx -- what is on its way to whom, what arrived, what did not and why.
import { useEffect, useMemo, useState } from "preact/hooks";
import { escaped, get, getIfThere } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { onLive } from "../base/live";
import { Problem } from "../base/problem";
import { param, setParams } from "../base/route";
import { mayRespond } from "../base/session";
import { took } from "../base/time";
import type { AlertPage, Delivery, Endpoint, Page, Recipient, Status } from "../base/types";
import { humane } from "../base/words";
import { Queues } from "../delivery/queues";
import { MANY, progress, retryAll, retrySome, stop } from "../delivery/retry";
import { Said } from "../delivery/said";
import type { DeliveryBody } from "../delivery/types";
import { Range } from "../explorer/range";
import { paramsOf, viewOf, type View } from "../explorer/view";
import { ask, Dialog } from "../parts/dialog";
import { Empty, Failed, Waiting } from "../parts/notice";
import { PageFrame, Stat } from "../parts/page";
import { usePages } from "../parts/pages";
import { SeverityMark, StateMark } from "../parts/severity";
import { Table, type Column } from "../parts/table";
import { When } from "../parts/when";

const STATES = ["", "pending", "held", "delivered", "dead", "withheld"] as const;

/** Requests and answers take a scope more than the rest of it. */
async function whole(id: string, signal: AbortSignal): Promise<DeliveryBody> {
  try {
    return await get<DeliveryBody>(`/deliveries/${escaped(id)}/body`, signal);
  } catch (e) {
    if (!(e instanceof Problem) || e.status !== 403) throw e;
    return { ...(await get<DeliveryBody>(`/deliveries/${escaped(id)}`, signal)), tries: [] };
  }
}

const closed = (): void => setParams({ d: "" });

function Facts({ d }: { d: Delivery }) {
  const { value: page } = useLoad(String(d.alert_id), (s) => getIfThere<AlertPage>(`/alerts/${d.alert_id}`, s));
  const a = page?.data;
  return (
    <>
      <p><StateMark state={d.state} /> {t("deliveries.to")} <a href={"/recipients/" + escaped(d.recipient)}>{d.recipient}</a></p>
      {a && <p><SeverityMark severity={a.severity} /> <a href={`/a/${a.id}`}>{humane(a.type)}</a> <span class="dim">{a.message}</span></p>}
      <dl class="facts">
        <div><dt>{t("deliveries.reason")}</dt><dd>{d.reason || "–"}</dd></div>
        <div><dt>{t("deliveries.attempts")}</dt><dd>{number(d.attempts)}</dd></div>
        <div><dt>{t("deliveries.status")}</dt><dd>{d.status || "–"}</dd></div>
        <div><dt>{t("deliveries.accepted")}</dt><dd><When at={d.accepted} /></dd></div>
        {d.due && <div><dt>{t("deliveries.due")}</dt><dd><When at={d.due} /></dd></div>}
        {d.settled && <div><dt>{t("deliveries.settled")}</dt><dd><When at={d.settled} /></dd></div>}
        {d.hold && <div><dt>{t("deliveries.hold")}</dt><dd>{word("hold", d.hold.kind)} {d.hold.until && <When at={d.hold.until} />}</dd></div>}
      </dl>
    </>
  );
}

/** The one in the URL, so that it is a link. */
function Detail({ id, reload }: { id: string; reload: () => void }) {
  const { value, problem } = useLoad(id, (s) => whole(id, s));
  const again = (): void => void retrySome([id], reload).then(closed);
  return (
    <Dialog title={t("deliveries.one", { id })} onClose={closed} class="dialog-wide">
      {problem ? (problem.status === 404 ? <p>{t("deliveries.gone")}</p> : <Failed problem={problem} />) : !value ? <Waiting /> : (
        <>
          <Facts d={value.data} />
          <Said body={value} />
          <footer class="actions">
            {value.data.state === "dead" && mayRespond.value && <button type="button" class="primary" onClick={again}>{t("deliveries.retry")}</button>}
            <a class="button" href={`/why?alert=${value.data.alert_id}`}>{t("nav.why")}</a>
          </footer>
        </>
      )}
    </Dialog>
  );
}

const columns = (open: (d: Delivery) => void): Column<Delivery>[] => [
  { id: "when", title: t("col.when"), cell: (d) => <When at={d.settled ?? d.accepted} /> },
  { id: "state", title: t("col.state"), cell: (d) => <StateMark state={d.state} /> },
  { id: "recipient", title: t("word.recipient"), cell: (d) => d.recipient },
  { id: "alert", title: t("col.alert"), cell: (d) => (
    <button type="button" class="link clip" onClick={() => open(d)} title={t("deliveries.one", { id: d.id })}>{humane(d.alert.type)} <span class="dim">{[d.alert.entity_value, d.reason].filter(Boolean).join(" · ")}</span></button>
  ) },
  { id: "took", title: t("deliveries.took"), class: "num", cell: (d) => (d.state === "delivered" && d.settled ? took(Date.parse(d.settled) - Date.parse(d.accepted)) : "") },
  { id: "tries", title: t("deliveries.attempts"), class: "num", cell: (d) => number(d.attempts) },
  { id: "code", title: t("deliveries.status"), class: "num", cell: (d) => d.status || "" },
];

/** The time of acceptance that is asked about: all of it, unless the URL says so. */
const view = (): View => ({ ...viewOf(new URLSearchParams()), since: param("since") || "all", until: param("until") });

function Choice({ name, label, of }: { name: string; label: string; of: { name: string }[] }) {
  return (
    <label>{label} <select value={param(name)} onChange={(e) => setParams({ [name]: e.currentTarget.value })}>
      <option value="">{t("among.any")}</option>
      {of.map((x) => <option key={x.name} value={x.name}>{x.name}</option>)}
    </select></label>
  );
}

function Filters({ recipients, endpoints }: { recipients: Recipient[]; endpoints: Endpoint[] }) {
  return (
    <div class="toolbar">
      <div class="segments" role="group" aria-label={t("col.state")}>
        {STATES.map((s) => <button key={s} type="button" aria-pressed={param("state") === s} onClick={() => setParams({ state: s })}>{s ? word("state", s) : t("alerts.all")}</button>)}
      </div>
      <Choice name="recipient" label={t("word.recipient")} of={recipients} />
      <Choice name="endpoint" label={t("word.endpoint")} of={endpoints} />
      <Range view={view()} onChange={(since, until) => setParams({ since: since === "all" ? "" : since, until })} />
    </div>
  );
}

const open = (d: Delivery): void => setParams({ d: d.id }, false);

function Going() {
  const p = progress.value;
  if (!p) return null;
  return (
    <div class="bulk" role="status">
      <label>{t(p.way === "retry" ? "retry.going" : "queue.dropping", { done: p.done, total: p.total })} <progress value={p.done} max={Math.max(1, p.total)} /></label>
      <button type="button" onClick={stop} disabled={p.stopped}>{t("retry.stop")}</button>
    </div>
  );
}

function Some({ ids, after }: { ids: string[]; after: () => void }) {
  if (ids.length === 0) return null;
  return (
    <div class="bulk" role="toolbar" aria-label={t("bulk.title")}>
      <b>{t("bulk.selected", { n: ids.length })}</b>
      <button type="button" class="primary" onClick={() => void retrySome(ids, after)}>{t("retry.some", { n: ids.length })} <kbd>r</kbd></button>
    </div>
  );
}

function List({ reload }: { reload: () => void }) {
  const { since, until } = useMemo(() => paramsOf(view(), Date.now()), [param("since"), param("until")]);
  const whose = { recipient: param("recipient") || undefined, endpoint: param("endpoint") || undefined };
  const pages = usePages<Delivery>("/deliveries", { state: param("state") || undefined, ...whose, since, until });
  const [selected, setSelected] = useState(new Set<string | number>());
  useEffect(() => onLive("deliveries", () => scrollY < 80 && !param("d") && selected.size === 0 && pages.reload()), [selected]);
  const both = (): void => { setSelected(new Set()); pages.reload(); reload(); };
  const total = pages.total?.value ?? pages.rows.length;
  const mayRetry = param("state") === "dead" && mayRespond.value;
  const wholeTime = !since && !until; /* all that failed is sent, whenever it was */
  const ids = [...selected].map(String);
  const all = async (): Promise<void> => {
    if (await ask(t("deliveries.retry_all"), t("deliveries.retry_sure"), t("deliveries.retry_all"), false)) await retryAll(whose, pages.total?.exact ? total : MANY, both);
  };
  if (pages.problem) return <Failed problem={pages.problem} retry={pages.reload} />;
  if (pages.rows.length === 0) return pages.loading ? <Waiting /> : <Empty title={t("deliveries.none")}><p>{t("deliveries.none_text")}</p><p><a class="button" href="/why">{t("nav.why")}</a></p></Empty>;
  return (
    <>
      {mayRetry && wholeTime && !progress.value && <p><button type="button" onClick={() => void all()}>{t("deliveries.retry_all")}</button></p>}
      <Going />
      {mayRetry && <Some ids={ids} after={both} />}
      <Table label={t("nav.deliveries")} columns={columns(open)} rows={pages.rows} keyOf={(d) => d.id} total={total} onEnd={pages.more} onOpen={open}
        {...(mayRetry ? { selected, onSelect: setSelected, keys: { r: (d: Delivery) => void retrySome(ids.length > 0 ? ids : [d.id], both) } } : {})} />
    </>
  );
}

export function DeliveriesPage() {
  const { value: status, reload } = useLoad("status", (s) => get<Status>("/status", s), ["deliveries"]);
  const { value: recipients } = useLoad("recipients", (s) => get<Page<Recipient>>("/recipients?limit=1000", s));
  const { value: endpoints } = useLoad("endpoints", (s) => get<Page<Endpoint>>("/endpoints?limit=1000", s));
  const o = status?.outbox ?? {};
  return (
    <PageFrame title={t("nav.deliveries")} about={t("deliveries.about")}>
      {status && (
        <div class="stats">
          <Stat label={word("state", "delivered")} value={number(Number(o["delivered"] ?? 0))} href="/deliveries?state=delivered" />
          <Stat label={word("state", "pending")} value={number(Number(o["pending"] ?? 0))} href="/deliveries?state=pending" />
          <Stat label={word("state", "dead")} value={number(Number(o["dead"] ?? 0))} href="/deliveries?state=dead" kind={Number(o["dead"] ?? 0) > 0 ? "bad" : ""} />
        </div>
      )}
      <Queues />
      <Filters recipients={recipients?.data ?? []} endpoints={endpoints?.data ?? []} />
      <List reload={reload} />
      {param("d") && <Detail id={param("d")} reload={reload} />}
    </PageFrame>
  );
}
