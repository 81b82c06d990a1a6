// why.tsx -- why did, or did not, somebody get an alert: all criteria, side by side.
import { useState } from "preact/hooks";
import { get, post } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { param, setParams } from "../base/route";
import type { Alert, AlertPage, Decision, Delivery, Page } from "../base/types";
import { humane } from "../base/words";
import { decisionsOf } from "../explorer/alert_view";
import { DecisionTable } from "../explorer/decisions";
import { WouldHold } from "../explorer/would_hold";
import { Labelled } from "../parts/form";
import { Empty, Failed, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { SeverityMark } from "../parts/severity";
import { Problem } from "../base/problem";
import { Builder, SAMPLE } from "../explorer/builder";

interface Explained {
  change: string;
  revision: number;
  decisions: Decision[];
}

function Result({ decisions, deliveries, when }: { decisions: Decision[]; deliveries: Delivery[]; when: "then" | "now" }) {
  const got = decisions.filter((d) => d.outcome === "deliver").length;
  return (
    <>
      <section>
        <h2>{t("why.count", { n: got, of: decisions.length })}</h2>
        <DecisionTable decisions={decisions} deliveries={deliveries} />
      </section>
      <WouldHold decisions={decisions} when={when} />
    </>
  );
}

/** With today's configuration; null where this version cannot say. */
async function decisionsNow(id: string, signal: AbortSignal): Promise<Decision[] | null> {
  try {
    return (await get<{ decisions: Decision[] }>(`/alerts/${encodeURIComponent(id)}/decisions?as_of=now`, signal)).decisions;
  } catch (e) {
    if (e instanceof Problem && (e.isMissing || e.status === 400)) return null;
    throw e;
  }
}

const gets = (list: Decision[]): string => list.filter((d) => d.outcome === "deliver").map((d) => d.recipient).sort().join();

function ThenOrNow({ then, now, deliveries }: { then: Decision[]; now: Decision[] | null; deliveries: Delivery[] }) {
  const [isNow, setNow] = useState(false);
  if (!now) return <Result decisions={then} deliveries={deliveries} when="then" />;
  return (
    <>
      <div class="toolbar">
        <div class="segments" role="group" aria-label={t("why.as_of")}>
          <button type="button" aria-pressed={!isNow} onClick={() => setNow(false)}>{t("why.then")}</button>
          <button type="button" aria-pressed={isNow} onClick={() => setNow(true)}>{t("why.now")}</button>
        </div>
        {gets(then) !== gets(now) && <span class="warn">▲ {t("why.differs")}</span>}
      </div>
      <Result decisions={isNow ? now : then} deliveries={isNow ? [] : deliveries} when={isNow ? "now" : "then"} />
    </>
  );
}

function OfAlert({ id }: { id: string }) {
  const { value: now } = useLoad("now" + id, (s) => decisionsNow(id, s), ["config"]);
  const { value: page, problem, reload } = useLoad(id, (s) => get<AlertPage>(`/alerts/${encodeURIComponent(id)}`, s), ["deliveries", "config"]);
  if (problem && !page) return <Failed problem={problem} retry={reload} />;
  if (!page) return <Waiting />;
  const a = page.data;
  return (
    <>
      <p class="card"><SeverityMark severity={a.severity} /> <a href={`/a/${a.id}`}><b>{humane(a.type)}</b></a> {a.entity_value} <span class="dim">{a.message}</span></p>
      <ThenOrNow then={decisionsOf(page)} now={now} deliveries={page.deliveries} />
    </>
  );
}

function Recent() {
  const { value } = useLoad("recent", (s) => get<Page<Alert>>("/alerts?limit=20", s), ["alerts"]);
  if (!value) return <Waiting />;
  if (value.data.length === 0) return <Empty title={t("alerts.none_ever")}><p>{t("why.none_text")}</p></Empty>;
  return (
    <ul class="pick">
      {value.data.map((a) => (
        <li key={a.id}><button type="button" onClick={() => setParams({ alert: String(a.id) }, false)}>
          <span class="dim">#{a.id}</span> <SeverityMark severity={a.severity} /> <b>{humane(a.type)}</b> <span class="clip dim">{a.entity_value}</span>
        </button></li>
      ))}
    </ul>
  );
}

function OfThis() {
  const [id, setId] = useState(param("alert"));
  return (
    <>
      <form class="toolbar" onSubmit={(e) => { e.preventDefault(); setParams({ alert: id.replace("#", "").trim() }, false); }}>
        <Labelled label={t("why.id")}>{(ids) => <input {...ids} inputMode="numeric" value={id} placeholder="4711" onInput={(e) => setId(e.currentTarget.value)} />}</Labelled>
        <button class="primary">{t("why.ask")}</button>
        {param("alert") && <button type="button" onClick={() => { setId(""); setParams({ alert: "" }, false); }}>{t("why.other")}</button>}
      </form>
      {param("alert") ? <OfAlert key={param("alert")} id={param("alert")} /> : <Recent />}
    </>
  );
}

function OfBuilt({ asText }: { asText: boolean }) {
  const [text, setText] = useState(SAMPLE);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [found, setFound] = useState<Explained | null>(null);
  const explain = (e: Event): void => {
    e.preventDefault();
    setProblem(null);
    Promise.resolve().then(() => JSON.parse(text) as unknown).then((body) => post<Explained>("/explain", body)).then(setFound, (x: unknown) => {
      setFound(null);
      setProblem(x instanceof Problem ? x : new Problem(0, "json", t("why.not_json", { why: String(x) })));
    });
  };
  return (
    <>
      <form onSubmit={explain} class="card">
        {asText ? (
          <Labelled label={t("why.paste")} help={t("why.paste_help")}>
            {(ids) => <textarea {...ids} class="code" rows={10} spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} />}
          </Labelled>
        ) : <Builder text={text} onChange={setText} />}
        <button class="primary">{t("why.ask")}</button>
      </form>
      {problem && <Failed problem={problem} />}
      {found && <Result decisions={found.decisions} deliveries={[]} when="now" />}
    </>
  );
}

const WAYS = ["alert", "build", "json"] as const;

export function WhyPage() {
  const way = WAYS.find((w) => w === param("way")) ?? "alert";
  return (
    <PageFrame title={t("nav.why")} about={t("why.about")}>
      <div class="segments" role="group" aria-label={t("why.way")}>
        {WAYS.map((w) => <button key={w} type="button" aria-pressed={way === w} onClick={() => setParams({ way: w === "alert" ? "" : w })}>{t(`why.by_${w}`)}</button>)}
      </div>
      {way === "alert" ? <OfThis /> : <OfBuilt key="built" asText={way === "json"} />}
    </PageFrame>
  );
}
