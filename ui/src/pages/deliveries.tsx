// deliveries.tsx -- what is on its way to whom, what arrived, what did not and why.
import { useState } from "preact/hooks";
import { escaped, get, getIfThere, post } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { onLive } from "../base/live";
import { param, setParams } from "../base/route";
import { mayWrite } from "../base/session";
import type { AlertPage, Delivery, Page, Recipient, Status } from "../base/types";
import { humane } from "../base/words";
import { ask, Dialog } from "../parts/dialog";
import { Empty, Failed, Waiting } from "../parts/notice";
import { PageFrame, Stat } from "../parts/page";
import { usePages } from "../parts/pages";
import { SeverityMark, StateMark } from "../parts/severity";
import { Table, type Column } from "../parts/table";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";
import { useEffect } from "preact/hooks";

const STATES = ["", "pending", "held", "delivered", "dead", "withheld"] as const;
const HOLDS_ONLY = new Set(["held", "withheld"]);

async function retry(body: Record<string, unknown>, done: () => void): Promise<void> {
  await attempt(() => post("/deliveries/retry", body), t("deliveries.retried"));
  done();
}

interface Exchange {
  attempts?: { at: string; status: number; ms: number; reason: string; request?: string; response?: string }[];
  request?: string | null;
  response?: string | null;
}

function Exchanged({ id }: { id: string }) {
  const { value, loading } = useLoad(id, (s) => getIfThere<{ data: Exchange }>(`/deliveries/${escaped(id)}/body`, s));
  if (loading) return <Waiting />;
  if (!value) return <p class="dim">{t("deliveries.no_body")}</p>;
  return (
    <>
      {value.data.request && <><h3>{t("deliveries.request")}</h3><pre tabIndex={0} aria-label={t("deliveries.request")}>{value.data.request}</pre></>}
      {value.data.response && <><h3>{t("deliveries.response")}</h3><pre tabIndex={0} aria-label={t("deliveries.response")}>{value.data.response}</pre></>}
    </>
  );
}

function Detail({ d, onClose, reload }: { d: Delivery; onClose: () => void; reload: () => void }) {
  const { value: page } = useLoad(String(d.alert_id), (s) => get<AlertPage>(`/alerts/${d.alert_id}`, s));
  const a = page?.data;
  return (
    <Dialog title={t("deliveries.one", { id: d.id })} onClose={onClose}>
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
      <Exchanged id={d.id} />
      <footer class="actions">
        {d.state === "dead" && mayWrite.value && <button type="button" class="primary" onClick={() => void retry({ ids: [d.id] }, reload).then(onClose)}>{t("deliveries.retry")}</button>}
        <a class="button" href={`/why?alert=${d.alert_id}`}>{t("nav.why")}</a>
      </footer>
    </Dialog>
  );
}

function Queues({ status }: { status: Status }) {
  const busy = status.recipients.filter((r) => r.pending > 0 || r.paused);
  if (busy.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("deliveries.queues")}</h2>
      <ul class="plain-list">
        {busy.map((r) => (
          <li key={r.name}>
            <a href={"/recipients/" + escaped(r.name)}>{r.name}</a> <b>{number(r.pending)}</b> {r.oldest && <span class="dim">{t("deliveries.oldest")} <When at={r.oldest} /></span>}
            {r.paused && <span class="bad"> ✖ {t("health.paused")}</span>}{r.opens_at && <span class="dim"> {t("deliveries.next_try")} <When at={r.opens_at} /></span>}
            {r.last_error && <p class="dim">{r.last_error}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const columns = (open: (d: Delivery) => void): Column<Delivery>[] => [
  { id: "when", title: t("col.when"), cell: (d) => <When at={d.settled ?? d.accepted} /> },
  { id: "state", title: t("col.state"), cell: (d) => <StateMark state={d.state} /> },
  { id: "recipient", title: t("word.recipient"), cell: (d) => <a href={"/recipients/" + escaped(d.recipient)}>{d.recipient}</a> },
  { id: "alert", title: t("col.alert"), cell: (d) => <button type="button" class="link clip" onClick={() => open(d)}>{t("deliveries.one", { id: d.id })} <span class="dim">{d.reason}</span></button> },
  { id: "tries", title: t("deliveries.attempts"), class: "num", cell: (d) => number(d.attempts) },
  { id: "code", title: t("deliveries.status"), class: "num", cell: (d) => d.status || "" },
];

function Filters({ recipients }: { recipients: Recipient[] }) {
  return (
    <div class="toolbar">
      <div class="segments" role="group" aria-label={t("col.state")}>
        {STATES.map((s) => <button key={s} type="button" aria-pressed={param("state") === s} onClick={() => setParams({ state: s })}>{s ? word("state", s) : t("alerts.all")}</button>)}
      </div>
      <label>{t("word.recipient")} <select value={param("recipient")} onChange={(e) => setParams({ recipient: e.currentTarget.value })}>
        <option value="">{t("among.any")}</option>
        {recipients.map((r) => <option key={r.name} value={r.name}>{r.name}</option>)}
      </select></label>
    </div>
  );
}

function List({ reload }: { reload: () => void }) {
  const pages = usePages<Delivery>("/deliveries", { state: param("state") || undefined, recipient: param("recipient") || undefined });
  const [one, setOne] = useState<Delivery | null>(null);
  useEffect(() => onLive("deliveries", () => scrollY < 80 && !one && pages.reload()), [one]);
  const both = (): void => { pages.reload(); reload(); };
  const retryAll = async (): Promise<void> => {
    if (await ask(t("deliveries.retry_all"), t("deliveries.retry_sure"), t("deliveries.retry_all"), false))
      await retry({ state: "dead", ...(param("recipient") ? { recipient: param("recipient") } : {}) }, both);
  };
  const isNew = pages.problem?.status === 400 && HOLDS_ONLY.has(param("state"));
  if (pages.problem) return isNew ? <Empty title={t("missing.title", { what: word("state", param("state")) })} /> : <Failed problem={pages.problem} retry={pages.reload} />;
  if (pages.rows.length === 0) return pages.loading ? <Waiting /> : <Empty title={t("deliveries.none")}><p>{t("deliveries.none_text")}</p><p><a class="button" href="/why">{t("nav.why")}</a></p></Empty>;
  return (
    <>
      {param("state") === "dead" && mayWrite.value && <p><button type="button" onClick={() => void retryAll()}>{t("deliveries.retry_all")}</button></p>}
      <Table label={t("nav.deliveries")} columns={columns(setOne)} rows={pages.rows} keyOf={(d) => d.id} total={pages.total?.value ?? pages.rows.length} onEnd={pages.more} onOpen={setOne} />
      {one && <Detail d={one} onClose={() => setOne(null)} reload={both} />}
    </>
  );
}

export function DeliveriesPage() {
  const { value: status, reload } = useLoad("status", (s) => get<Status>("/status", s), ["deliveries"]);
  const { value: recipients } = useLoad("recipients", (s) => get<Page<Recipient>>("/recipients?limit=1000", s));
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
      {status && <Queues status={status} />}
      <Filters recipients={recipients?.data ?? []} />
      <List reload={reload} />
    </PageFrame>
  );
}
