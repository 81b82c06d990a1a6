// alert_view.tsx -- one alert: what happened, who got it, its facts and its raw form.
import { useState } from "preact/hooks";
import { get, ifUp, post, query } from "../base/api";
import { comparison } from "../base/filter";
import { atLeast, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { iso, wholeMinute } from "../base/ranges";
import { mayRespond } from "../base/session";
import { duration, took } from "../base/time";
import type { Alert, AlertPage, Decision, Delivery, Page } from "../base/types";
import { factText, humane, safeLink, subjectText } from "../base/words";
import { Copy } from "../parts/copy";
import { ask } from "../parts/dialog";
import { Failed, Waiting } from "../parts/notice";
import { SeverityMark, StateMark } from "../parts/severity";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";
import { act } from "./bulk";
import { DecisionList } from "./decisions";
import { Notes } from "./notes";

const WEEK_MS = 604_800_000;

export function decisionsOf(p: AlertPage): Decision[] {
  return Array.isArray(p.explanation) ? p.explanation : p.explanation.decisions;
}

const SHOWN_ABOVE = new Set(["ack", "notes", "message", "severity", "severities", "state", "id", "tstamp"]);

function Value({ value }: { value: unknown }) {
  const text = factText(value);
  const link = safeLink(text);
  return link ? <a href={link} target="_blank" rel="noopener noreferrer nofollow">{text}</a> : <>{text}</>;
}

/** All alerts that are alike in this, or all others. */
function Narrow({ field, sign, value }: { field: string; sign: "=" | "!="; value: unknown }) {
  const name = t(sign === "=" ? "alert.filter_by" : "alert.exclude", { field });
  return <a class="narrow" href={"/alerts?q=" + encodeURIComponent(comparison(field, sign, factText(value)))} aria-label={name} title={name}>{sign === "=" ? "⌕" : "⊘"}</a>;
}

const sameOf = (a: Alert): string => `${comparison("type", "=", a.type)} and ${comparison("entity_value", "=", a.entity_value)}`;

/** How often that happened to it: noise is seen, and so is what never was. */
function Similar({ alert }: { alert: Alert }) {
  const q = sameOf(alert);
  const { value } = useLoad(q, (s) => ifUp(get<Page<Alert>>("/alerts" + query({ filter: q, since: iso(wholeMinute(Date.now() - WEEK_MS)), limit: 1 }), s)), ["alerts"]);
  const n = value?.total && atLeast(value.total.value, value.total.exact);
  return n ? <a href={"/alerts?since=7d&q=" + encodeURIComponent(q)}>{t("alert.similar", { n })}</a> : null;
}

function Facts({ alert }: { alert: Alert }) {
  const rows = Object.entries(alert).filter(([k, v]) => !SHOWN_ABOVE.has(k) && factText(v) !== "");
  return (
    <dl class="facts">
      {rows.map(([k, v]) => (
        <div key={k}><dt><code>{k}</code></dt>
          <dd><Value value={v} />{typeof v !== "object" && <><Narrow field={k} sign="=" value={v} /><Narrow field={k} sign="!=" value={v} /></>}</dd></div>
      ))}
    </dl>
  );
}

/** When it came to its end, or since when it waits, and how long that took. */
function settled(d: Delivery): [string, string, string] {
  const time = d.settled && d.state === "delivered" ? `, ${took(Date.parse(d.settled) - Date.parse(d.accepted))}` : "";
  const update = d.update ? ` (${word("update", d.update)})` : "";
  return [d.settled ?? d.accepted, t("timeline.settled", { recipient: d.recipient, state: word("state", d.state) }) + update + time, "/deliveries?d=" + d.id];
}

function Timeline({ page }: { page: AlertPage }) {
  const a = page.data;
  const end = page.ended?.tstamp_end ?? a.tstamp_end;
  const moments: [string, string, string?][] = [
    [a.tstamp, a.action === "store" ? t("timeline.happened") : t("timeline.began")],
    ...page.deliveries.map(settled),
    ...(a.ack ? [[a.ack.at, t("alert.acked_by", { who: a.ack.by })] as [string, string]] : []),
    ...(a.severities ?? []).slice(1).map((s): [string, string] => [s.since, `${word("update", "worsened")}: ${word("severity", s.severity)}`]),
    ...(a.repeats && a.last ? [[a.last, t("timeline.repeated", { n: a.repeats })] as [string, string]] : []),
    ...(end ? [[end, t("timeline.ended", { after: duration(Date.parse(end) - Date.parse(a.tstamp)) })] as [string, string]] : []),
  ];
  moments.sort((x, y) => Date.parse(x[0]) - Date.parse(y[0]));
  return <ol class="timeline">{moments.map(([at, text, href], i) => <li key={i}><When at={at} ago={false} /> {href ? <a href={href}>{text}</a> : <span>{text}</span>}</li>)}</ol>;
}

function Actions({ alert, reload }: { alert: Alert; reload: () => void }) {
  const isOn = alert.state === "engaged";
  const release = async (): Promise<void> => {
    if (await ask(t("alert.release"), t("alert.release_sure"), t("alert.release"), false))
      await attempt(() => post(`/alerts/${alert.id}/release`), t("alert.released"));
    reload();
  };
  return (
    <div class="actions">
      {mayRespond.value && <button type="button" class="primary" onClick={() => void act(alert.ack ? "unack" : "ack", { ids: [alert.id] }, reload)}>{t(alert.ack ? "bulk.unack" : "bulk.ack")}</button>}
      {mayRespond.value && <a class="button" href={"/silences?new=" + encodeURIComponent(sameOf(alert))}>{t("bulk.silence")}</a>}
      <a class="button" href={`/why?alert=${alert.id}`}>{t("nav.why")}</a>
      {isOn && mayRespond.value && <button type="button" onClick={() => void release()}>{t("alert.release")}</button>}
      <Copy label={t("alert.copy_link")} text={`${location.origin}/a/${alert.id}`} />
    </div>
  );
}

const TABS = ["facts", "raw"] as const;

export function AlertView({ id }: { id: string }) {
  const { value: page, problem, reload } = useLoad(id, (s) => get<AlertPage>(`/alerts/${encodeURIComponent(id)}`, s), ["alerts", "deliveries"]);
  const [tab, setTab] = useState<(typeof TABS)[number]>("facts");
  if (problem && !page) return <Failed problem={problem} retry={reload} />;
  if (!page) return <Waiting />;
  const a = page.data;
  return (
    <article class={`alert edge-${a.severity}`}>
      <p class="alert-marks"><SeverityMark severity={a.severity} /> <StateMark state={a.state} /> <span class="dim">{t("alert.score", { n: a.score })}</span></p>
      <h2>{humane(a.type)}</h2>
      <p class="alert-message">{a.message}</p>
      <p class="alert-subject">{word("entity", a.entity)} <b>{subjectText(a.entity_value)}</b></p>
      <p><When at={a.tstamp} /> <Similar alert={a} /></p>
      {a.ack && <p class="good">✔ {t("alert.acked_by", { who: a.ack.by })} <When at={a.ack.at} />{a.ack.note && <span class="block">{a.ack.note}</span>}</p>}
      <Actions alert={a} reload={reload} />
      <section><h3>{t("alert.who_got_it")}</h3><DecisionList decisions={decisionsOf(page)} deliveries={page.deliveries} reload={reload} /></section>
      <section><h3>{t("alert.timeline")}</h3><Timeline page={page} /></section>
      <Notes id={a.id} />
      <div class="segments" role="group" aria-label={t("alert.details")}>
        {TABS.map((x) => <button key={x} type="button" aria-pressed={tab === x} onClick={() => setTab(x)}>{t(`alert.${x}`)}</button>)}
      </div>
      {tab === "facts" ? <Facts alert={a} /> : (
        <>
          <pre tabIndex={0} aria-label={t("alert.raw")}>{JSON.stringify(a, null, 2)}</pre>
          <Copy label={t("action.copy")} text={JSON.stringify(a, null, 2)} />
        </>
      )}
    </article>
  );
}
