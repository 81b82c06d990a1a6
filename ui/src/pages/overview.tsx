// overview.tsx -- how it goes, and what needs a look.
import { get, getIfThere, ifUp, query } from "../base/api";
import { atLeast, locale, number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { comparison } from "../base/filter";
import { iso, wholeMinute } from "../base/ranges";
import { percents, shares } from "../base/formats";
import { duration, now, relative } from "../base/time";
import type { Alert, Page, Status } from "../base/types";
import { countOf, facets, top, type Facets, type TopValue } from "../explorer/counts";
import { ENTITIES, SEVERITIES } from "../base/severity";
import { humane, subjectText } from "../base/words";
import { Empty, Failed, Waiting } from "../parts/notice";
import { PageFrame, Stat } from "../parts/page";
import { SeverityMark } from "../parts/severity";
import { idle, looks, type Idle, type Look } from "./looks";

const DAY_MS = 86_400_000;
const TOP = 5;
const IDLE = 5; /* of whom it is asked how many alerts passed them by */

interface Everything {
  status: Status;
  /** null: the history cannot be asked now; the status says why. */
  latest: Page<Alert> | null;
  day: Page<Alert> | null;
  facets: Facets | null;
  before: Facets | null; /* the day before */
  top: TopValue[] | null;
  silences: Page<{ comment: string; ends: string | null }> | null;
  idle: Idle[];
}

const cameSince = async (since: number, s: AbortSignal): Promise<number> =>
  (await ifUp(get<Page<Alert>>("/alerts" + query({ since: iso(since), limit: 1 }), s)))?.total?.value ?? 0;

async function everything(s: AbortSignal): Promise<Everything> {
  const from = wholeMinute(Date.now() - DAY_MS);
  const since = iso(from);
  const [status, latest, day, counted, before, most, silences] = await Promise.all([
    get<Status>("/status", s), ifUp(get<Page<Alert>>("/alerts?limit=6", s)), ifUp(get<Page<Alert>>("/alerts" + query({ since, limit: 1 }), s)),
    ifUp(facets({ since }, s)), ifUp(facets({ since: iso(from - DAY_MS), until: since }, s)), ifUp(top("type", { since }, s)), getIfThere<Everything["silences"]>("/silences", s),
  ]);
  const passedBy = await Promise.all(idle(status, Date.now()).slice(0, IDLE).map(async (r) => ({ ...r, came: await cameSince(r.since + 1, s) })));
  return { idle: passedBy, status, latest, day, facets: counted, before, top: most?.slice(0, TOP) ?? null, silences };
}

/** "+18 %" against the day before, if there was one. */
function change(now: Facets | null, before: Facets | null): string {
  return now && before?.total ? t("overview.change", { by: percents(locale.value).format(now.total / before.total - 1) }) : "";
}

function NeedsLook({ list }: { list: Look[] }) {
  return (
    <section class="card">
      <h2>{t("overview.look")}</h2>
      {list.length === 0 ? <p class="good">✔ {t("overview.nothing")}</p> : (
        <ul class="looks">
          {list.map((l) => (
            <li key={l.key + l.name}><span class={l.bad ? "bad" : "warn"} aria-hidden="true">{l.bad ? "✖" : "▲"}</span>
              <span><b>{l.name}</b> {t(l.key, l.values)} {l.at && <span class="dim">{relative(Date.parse(l.at))}</span>}{l.text && <span class="dim block">{l.text}</span>}</span>
              <a class="button" href={l.href}>{t(l.action)}</a></li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Engaged({ s }: { s: Status }) {
  const found = [...SEVERITIES].reverse().filter((x) => (s.engaged.by_severity[x] ?? 0) > 0);
  return (
    <section class="card">
      <h2><a href="/engaged">{t("nav.engaged")}</a></h2>
      {found.length === 0 ? <p class="good">✔ {t("engaged.none")}</p> : (
        <p class="engaged-counts">{found.map((x) => <a key={x} href={"/alerts?state=engaged&q=" + encodeURIComponent("severity=" + x)}><SeverityMark severity={x} count={number(s.engaged.by_severity[x] ?? 0)} /></a>)}</p>
      )}
    </section>
  );
}

/** What is said most: one line that is half of all the noise is seen at once. */
function Most({ list, of }: { list: TopValue[]; of: number }) {
  if (list.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("overview.top")}</h2>
      <ul class="most">{list.map((x) => (
        <li key={x.value}><a href={"/alerts?since=24h&q=" + encodeURIComponent(comparison("type", "=", x.value))}>{humane(x.value)}</a> <span class="num">{number(x.count)}{of > 0 && <span class="dim"> {shares(locale.value).format(x.count / of)}</span>}</span>
          <meter min={0} max={Math.max(1, of)} value={x.count} aria-label={humane(x.value)} /></li>
      ))}</ul>
    </section>
  );
}

/** Severities that have a column even if none came. */
const ALWAYS = ["notice", "warning", "error", "critical", "emergency"];

function Matrix({ f }: { f: Facets }) {
  const used = SEVERITIES.filter((s) => ALWAYS.includes(s) || ENTITIES.some((e) => f.entities[e]?.[s]));
  const rows = ENTITIES.filter((e) => countOf(f, e) > 0);
  if (rows.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("overview.by_entity")}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("overview.by_entity")}>
        <table class="plain heat">
          <thead><tr><th scope="col">{t("col.entity")}</th>{used.map((s) => <th key={s} scope="col" class="num"><SeverityMark severity={s} /></th>)}</tr></thead>
          <tbody>{rows.map((e) => (
            <tr key={e}><th scope="row"><a href={`/alerts?since=24h&entity=${e}`}>{word("entity", e)}</a></th>
              {used.map((s) => <td key={s} class="num"><a class={f.entities[e]?.[s] ? "" : "dim"} href={`/alerts?since=24h&entity=${e}&q=severity%3D${s}`}>{number(f.entities[e]?.[s] ?? 0)}</a></td>)}</tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}

function Latest({ page }: { page: Page<Alert> }) {
  return (
    <section class="card">
      <h2><a href="/alerts">{t("overview.latest")}</a></h2>
      {page.data.length === 0 ? <Empty title={t("alerts.none_ever")}><p>{t("alerts.none_ever_text")}</p><p><a class="button primary" href="/sources">{t("alerts.instructions")}</a></p></Empty> : (
        <ul class="latest">{page.data.map((a) => <li key={a.id}><SeverityMark severity={a.severity} /> <a class="clip" href={`/a/${a.id}`} title={a.message}>{humane(a.type)}</a> <span class="clip dim">{subjectText(a.entity_value)}</span> <span class="dim">{relative(Date.parse(a.tstamp))}</span></li>)}</ul>
      )}
    </section>
  );
}

export function OverviewPage() {
  const { value, problem, reload } = useLoad("overview", everything, ["alerts", "deliveries", "config"]);
  if (problem && !value) return <PageFrame title={t("nav.overview")}><Failed problem={problem} retry={reload} /></PageFrame>;
  if (!value) return <PageFrame title={t("nav.overview")}><Waiting /></PageFrame>;
  const o = value.status.outbox;
  const oldest = o["oldest_pending"] as string | null;
  const n = (name: string): number => Number(o[name] ?? 0);
  return (
    <PageFrame title={t("nav.overview")}>
      <div class="stats">
        <Stat label={t("overview.engaged")} value={number(value.status.engaged.total)} href="/engaged" />
        <Stat label={t("overview.day") + change(value.facets, value.before)} value={value.day ? atLeast(value.day.total?.value ?? 0, value.day.total?.exact !== false) : "–"} href="/alerts?since=24h" />
        <Stat label={t("overview.delivered")} value={number(n("delivered"))} href="/deliveries?state=delivered" />
        <Stat label={word("state", "pending") + (oldest ? t("overview.oldest", { age: duration(now.value - Date.parse(oldest)) }) : "")} value={number(n("pending"))} href="/deliveries?state=pending" kind={n("pending") > 0 ? "warn" : ""} />
        <Stat label={t("overview.dead")} value={number(n("dead"))} href="/deliveries?state=dead" kind={n("dead") > 0 ? "bad" : ""} />
      </div>
      <NeedsLook list={looks(value.status, value.silences?.data ?? [], Date.now(), value.idle)} />
      <div class="two-even">
        <div class="stack"><Engaged s={value.status} />{value.top && <Most list={value.top} of={value.facets?.total ?? 0} />}</div>
        {value.latest && <Latest page={value.latest} />}
      </div>
      {value.facets && <Matrix f={value.facets} />}
    </PageFrame>
  );
}
