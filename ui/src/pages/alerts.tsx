// alerts.tsx -- the explorer: all alerts, narrowed by tabs, time and filter.
import { useMemo, useState } from "preact/hooks";
import { query } from "../base/api";
import { comparison, joined, partsOf } from "../base/filter";
import { number, t, word } from "../base/i18n";
import { useKeys } from "../base/keys";
import { useLoad } from "../base/load";
import { columns } from "../base/prefs";
import { go, param, params as urlParams, setParams, withParams } from "../base/route";
import { me } from "../base/session";
import { ENTITIES } from "../base/severity";
import { iso } from "../base/ranges";
import { now } from "../base/time";
import type { Alert } from "../base/types";
import { factText, shellWord } from "../base/words";
import { act, annotate, BulkBar, type Verb } from "../explorer/bulk";
import { ColumnChooser } from "../explorer/column_chooser";
import { columnsOf } from "../explorer/columns";
import { countOf, facets, timeseries, type Facets } from "../explorer/counts";
import { Drawer } from "../explorer/drawer";
import { Export } from "../explorer/export";
import { FilterBar } from "../explorer/filter_bar";
import { useFresh } from "../explorer/fresh";
import { Range } from "../explorer/range";
import { marked } from "../explorer/rows";
import { SavedViews } from "../explorer/saved";
import { useSent } from "../explorer/sent";
import { TopMenus } from "../explorer/top";
import { paramsOf, shifted, STATES, viewOf, type View } from "../explorer/view";
import { Chart, ChartToCome } from "../parts/chart";
import { Copy } from "../parts/copy";
import { Empty, Failed, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { usePages, type Pages } from "../parts/pages";
import { Table } from "../parts/table";

function EntityTabs({ view, counts }: { view: View; counts: Facets | null }) {
  const tabs = ["", ...ENTITIES.filter((e) => !counts || countOf(counts, e) > 0 || e === view.entity)];
  return (
    <nav class="tabs" aria-label={t("alerts.tabs")}>
      {tabs.map((e) => (
        <a key={e} href={withParams({ entity: e, a: "" })} aria-current={view.entity === e ? "true" : undefined}>
          {e ? word("entity", e) : t("alerts.all")} {counts && <b class="count">{number(e ? countOf(counts, e) : counts.total)}</b>}
        </a>
      ))}
    </nav>
  );
}

function StateTabs({ view, canAck }: { view: View; canAck: boolean }) {
  return (
    <div class="segments" role="group" aria-label={t("alerts.states")}>
      {STATES.filter((s) => canAck || s !== "acknowledged").map((s) => (
        <button key={s} type="button" aria-pressed={view.state === s} onClick={() => setParams({ state: s === "any" ? "" : s, a: "" })}>{t(`alerts.${s}`)}</button>
      ))}
    </div>
  );
}

function Timeline({ params }: { params: Record<string, string | undefined> }) {
  const { value, loading } = useLoad(query(params), (s) => timeseries(params, s), ["alerts"]);
  if (!value) return loading ? <ChartToCome /> : null;
  if (value.by.length === 0) return null;
  return <Chart series={value} label={t("alerts.timeline")} onZoom={(from, to) => setParams({ since: iso(from), until: iso(to) }, false)} />;
}

function NothingFound({ view, hasAny }: { view: View; hasAny: boolean }) {
  const parts = partsOf(view.filter);
  if (view.state === "engaged" && !parts.length && !view.entity) return <Empty title={t("engaged.none")}><p>{t("engaged.none_text")}</p></Empty>;
  return (
    <Empty title={t(hasAny ? "alerts.none_match" : "alerts.none_ever")}>
      <p>{t(hasAny ? "alerts.none_match_text" : "alerts.none_ever_text")}</p>
      <p class="actions">
        {parts.length > 0 && <button type="button" onClick={() => setParams({ q: joined(parts.slice(0, -1)) })}>{t("alerts.drop_last", { part: parts.at(-1) ?? "" })}</button>}
        {view.since !== "all" && view.state !== "engaged" && <button type="button" onClick={() => setParams({ since: "all", until: "" })}>{t("alerts.widen")}</button>}
        {!hasAny && <a class="button" href="/sources">{t("alerts.instructions")}</a>}
      </p>
    </Empty>
  );
}

/** Rows stay where they are; only what comes back makes the list ask anew. Those that are
 * acknowledged already stay as they are; `taken`: it is they who are meant. */
function marks(pages: Pages<Alert>, ids: number[], taken = false): (done: Verb) => void {
  const others = new Set(pages.rows.filter((r) => !r.ack === taken).map((r) => r.id));
  return (done) => (done === "undelete" ? pages.reload() : pages.change((rows) => marked(rows, done, done === "delete" ? ids : ids.filter((id) => !others.has(id)), me.peek()?.name ?? "", iso(Date.now()))));
}

function Results({ pages, view, selected, select, asked }: {
  pages: Pages<Alert>; view: View; selected: Set<string | number>; select: (s: Set<string | number>) => void;
  asked: Record<string, string | undefined>;
}) {
  const shownColumns = useMemo(() => columnsOf(columns.value), [columns.value, t("col.when")]);
  const fresh = useFresh(pages, asked, selected.size);
  const one = (verb: "ack" | "unack") => (a: Alert): void => void act(verb, { ids: [a.id] }, marks(pages, [a.id], verb === "unack"));
  const narrow = (sign: string) => (a: Alert): void => {
    const id = document.activeElement?.closest("td")?.className.match(/cell-(\S+)/)?.[1] ?? "alert";
    const field = { alert: "type", subject: "entity_value", when: "type", state: "type" }[id] ?? id;
    const value = factText(a[field]);
    if (value) setParams({ q: joined([...partsOf(view.filter), comparison(field, sign, value)]) });
  };
  if (pages.problem && pages.problem.status !== 400) return <Failed problem={pages.problem} retry={pages.reload} />;
  if (pages.rows.length === 0 && pages.loading) return <Waiting />;
  if (pages.rows.length === 0) return <NothingFound view={view} hasAny={view.filter !== "" || view.since !== "all" || view.entity !== "" || view.state !== "any"} />;
  return (
    <>
      <div class="fresh">{fresh.count > 0 && <button type="button" onClick={fresh.show}>{t("alerts.fresh", { n: fresh.count })}</button>}</div>
      <Table label={t("nav.alerts")} columns={shownColumns} rows={pages.rows} keyOf={(a) => a.id} total={pages.total?.value ?? pages.rows.length}
        onEnd={pages.more} onOpen={(a) => go(withParams({ a: String(a.id) }))} current={param("a") ? Number(param("a")) : null}
        selected={selected} onSelect={select}
        keys={{
          a: one("ack"), u: one("unack"), f: narrow("="), "Shift+f": narrow("!="),
          w: (a) => go(`/why?alert=${a.id}`), o: (a) => void open(`/a/${a.id}`, "_blank", "noopener"),
          s: (a) => go(`/silences?new=${encodeURIComponent(comparison("type", "=", a.type) + " and " + comparison("entity_value", "=", a.entity_value))}`),
        }} />
      {pages.loading && <Waiting />}
    </>
  );
}

function Count({ pages }: { pages: Pages<Alert> }) {
  if (!pages.total) return null;
  const n = number(pages.total.value);
  return <span class="dim" role="status">{pages.total.exact ? t("alerts.count", { n: pages.total.value }) : t("alerts.count_least", { n })}</span>;
}

export function AlertsPage() {
  const view = viewOf(urlParams.value);
  const minute = Math.floor(now.value / 60_000);
  const asked = useMemo(() => paramsOf(view, Date.now()), [urlParams.value, view.state === "engaged" ? 0 : minute]);
  const stable = useMemo(() => paramsOf(view, Date.now()), [view.entity, view.state, view.since, view.until, view.filter]);
  const pages = usePages<Alert>("/alerts", stable);
  useSent(pages.rows, columns.value.includes("sent"));
  const counts = useLoad(query({ ...stable, entity: undefined }), (s) => facets({ ...stable, entity: undefined }, s), ["alerts"]);
  const [selected, select] = useState<Set<string | number>>(new Set());
  const change = (q: string): void => setParams({ q, a: "" }, false);
  const ids = [...selected].map(Number);
  const shift = (by: -1 | 1): void => setParams(shifted(view, by, Date.now()), false);
  const silence = (): void => {
    const types = [...new Set(pages.rows.filter((r) => selected.has(r.id)).map((r) => r.type))];
    go("/silences?new=" + encodeURIComponent(`type in (${types.join(", ")})`));
  };
  useKeys({
    "[": () => shift(-1), "]": () => shift(1),
    Escape: () => (param("a") ? setParams({ a: "" }, false) : select(new Set())),
    ...(ids.length ? { a: () => void act("ack", { ids }, marks(pages, ids)), s: silence, m: () => void annotate(ids, marks(pages, ids)) } : {}),
  });
  const mark = marks(pages, ids);
  const wrong = pages.problem?.status === 400 ? pages.problem.message : "";
  return (
    <PageFrame title={t("nav.alerts")} about={t("alerts.about")} actions={<><SavedViews /><Export params={asked} total={pages.total?.value ?? null} /></>}>
      <EntityTabs view={view} counts={counts.value} />
      <div class="toolbar">
        <StateTabs view={view} canAck={counts.value !== null} />
        {view.state !== "engaged" && <Range view={view} onChange={(since, until) => setParams({ since, until, a: "" }, false)} />}
      </div>
      <FilterBar filter={view.filter} rows={pages.rows} view={asked} wrong={wrong} onChange={change} />
      <Timeline params={stable} />
      <div class="toolbar">
        {counts.value && <TopMenus params={stable} onChoose={(f, v) => change(joined([...partsOf(view.filter), comparison(f, "=", v)]))} />}
        <span class="grow" />
        <Count pages={pages} />
        {view.filter && <Copy label={t("alerts.copy_cli")} text={`tocsin alerts list --filter ${shellWord(view.filter)}`} />}
        <ColumnChooser />
      </div>
      <Results pages={pages} view={view} selected={selected} select={select} asked={stable} />
      <BulkBar ids={ids} total={pages.total?.exact ? pages.total.value : null} params={stable} onSilence={silence}
        onAllDone={() => { select(new Set()); pages.reload(); }} onDone={(done) => { select(new Set()); mark(done); }} />
      {param("a") && <Drawer id={param("a")} />}
    </PageFrame>
  );
}
