// engaged.tsx -- the wall-board: what is on right now, worst first, together by
// host or by type.
import { get } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { param, setParams } from "../base/route";
import { rank } from "../base/severity";
import { duration, now } from "../base/time";
import type { Alert, Page } from "../base/types";
import { humane, subjectText } from "../base/words";
import { Empty, Failed, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { SeverityMark } from "../parts/severity";
import { worstFirst, groupsOf } from "./engaged_groups";

const GROUPS = ["entity_value", "type", "severity"] as const;

function Card({ name, by, alerts }: { name: string; by: string; alerts: Alert[] }) {
  const worst = alerts.reduce((w, a) => (rank(a.severity) > rank(w) ? a.severity : w), "none");
  return (
    <section class={`card group edge-${worst}`}>
      <h2 title={name}>{name} {alerts.length > 1 && <b class="count">{number(alerts.length)}</b>}</h2>
      <ul>
        {alerts.slice(0, 8).map((a) => (
          <li key={a.id}>
            <a href={`/a/${a.id}`}><SeverityMark severity={a.severity} /> <b>{humane(a.type)}</b></a>
            <p class="clip" title={a.message}>{a.message}</p>
            <p class="dim">{t("engaged.since", { how_long: duration(now.value - Date.parse(a.tstamp)) })} · {word("entity", a.entity)}{by === "entity_value" ? "" : " " + subjectText(a.entity_value)}</p>
          </li>
        ))}
      </ul>
      {alerts.length > 8 && <p class="dim">{t("engaged.more", { n: alerts.length - 8 })}</p>}
    </section>
  );
}

export function EngagedPage() {
  const by = GROUPS.find((g) => g === param("group")) ?? "entity_value";
  const { value, problem, reload } = useLoad("engaged", (s) => get<Page<Alert>>("/alerts?state=engaged&limit=1000", s), ["alerts"]);
  const body = (): preact.ComponentChildren => {
    if (problem && !value) return <Failed problem={problem} retry={reload} />;
    if (!value) return <Waiting />;
    if (value.data.length === 0) return <Empty title={t("engaged.none")}><p>{t("engaged.none_text")}</p><p><a class="button" href="/sources">{t("nav.sources")}</a></p></Empty>;
    return <div class="grid">{groupsOf(value.data, by).sort(worstFirst).map((g) => <Card key={g.name} by={by} name={by === "type" ? humane(g.name) : by === "severity" ? word("severity", g.name) : subjectText(g.name)} alerts={g.alerts} />)}</div>;
  };
  return (
    <PageFrame title={t("nav.engaged")} about={t("engaged.about")} actions={
      <div class="segments" role="group" aria-label={t("engaged.group")}>
        {GROUPS.map((g) => <button key={g} type="button" aria-pressed={by === g} onClick={() => setParams({ group: g })}>{t(`engaged.by_${g}`)}</button>)}
      </div>
    }>
      {body()}
    </PageFrame>
  );
}
