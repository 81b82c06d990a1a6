// columns.tsx -- what the explorer can show of an alert.
import { number, t, word, type Key } from "../base/i18n";
import { withParams } from "../base/route";
import { duration } from "../base/time";
import type { Alert } from "../base/types";
import { factText, humane, subjectText } from "../base/words";
import { SeverityMark, StateMark } from "../parts/severity";
import type { Column } from "../parts/table";
import { When } from "../parts/when";
import { SentTo } from "./sent";

export interface AlertColumn extends Column<Alert> {
  name: Key;
}

function fact(id: string, name: Key): AlertColumn {
  return { id, name, title: "", cell: (a) => <span class="clip" title={factText(a[id])}>{factText(a[id])}</span> };
}

/** When it was, how long, and how often since. */
function Time({ a }: { a: Alert }) {
  const end = a.tstamp_end;
  return <><When at={a.tstamp} ago={!end && !a.repeats} />{end && <span class="dim"> → {duration(Date.parse(end) - Date.parse(a.tstamp))}</span>}{a.repeats ? <b title={t("col.repeats")}> ×{number(a.repeats + 1)}</b> : null}</>;
}

/** Acknowledged is said by its word where it is all there is to say. */
function State({ a }: { a: Alert }) {
  if (!a.ack) return <StateMark state={a.state} />;
  const isOn = a.state === "engaged";
  return <>{isOn && <StateMark state={a.state} />} <span class="state state-released" title={`${t("state.acknowledged")}: ${a.ack.by}`}>✔{isOn ? <span class="hidden">{t("state.acknowledged")}</span> : <> {t("state.acknowledged")}</>}</span></>;
}

export function linkTo(a: Alert): string {
  return withParams({ a: String(a.id) });
}

const ALL: AlertColumn[] = [
  { id: "when", name: "col.when", title: "", cell: (a) => <Time a={a} /> },
  { id: "severity", name: "col.severity", title: "", cell: (a) => <SeverityMark severity={a.severity} /> },
  { id: "score", name: "col.score", title: "", class: "num", cell: (a) => a.score },
  {
    id: "alert", name: "col.alert", title: "",
    cell: (a) => (
      <a class="clip" href={linkTo(a)} data-alert={a.id} title={a.message}>
        <b>{humane(a.type)}</b> <span class="dim">{a.message}</span>
      </a>
    ),
  },
  { id: "subject", name: "col.subject", title: "", cell: (a) => <span class="clip" title={a.entity_value}>{subjectText(a.entity_value)}</span> },
  { id: "state", name: "col.state", title: "", cell: (a) => <State a={a} /> },
  { id: "sent", name: "col.sent", title: "", cell: (a) => <SentTo id={a.id} /> },
  { id: "entity", name: "col.entity", title: "", cell: (a) => word("entity", a.entity) },
  { id: "category", name: "col.category", title: "", cell: (a) => word("category", a.category) },
  { id: "source", name: "col.source", title: "", cell: (a) => a.source },
  fact("cli_ip", "col.cli_ip"),
  fact("srv_ip", "col.srv_ip"),
  fact("info", "col.info"),
  fact("vlan_id", "col.vlan"),
  fact("community_id", "col.community_id"),
  { id: "repeats", name: "col.repeats", title: "", class: "num", cell: (a) => a.repeats ?? "" },
  { id: "id", name: "col.id", title: "", class: "num", cell: (a) => a.id },
];

export const COLUMN_IDS = ALL.map((c) => c.id);

/** Chosen ones in the chosen order, with their titles in the reader's language. */
export function columnsOf(ids: string[]): AlertColumn[] {
  return ids.flatMap((id) => ALL.filter((c) => c.id === id)).map((c) => ({ ...c, title: t(c.name) }));
}

export const columnName = (id: string): string => t(ALL.find((c) => c.id === id)?.name ?? "col.id");
