// view.ts -- the explorer's state, which the URL holds, as the API's parameters. Pure
// but for the clock that is given.
import { joined, partsOf } from "../base/filter";
import { iso, moment, span, wholeMinute } from "../base/ranges";

export const STATES = ["engaged", "attention", "any", "acknowledged"] as const;
export type ViewState = (typeof STATES)[number];

export interface View {
  entity: string;
  state: ViewState;
  since: string; /* as typed: "24h", "yesterday", ISO; "": since ever */
  until: string;
  filter: string;
}

export const RANGES = ["30m", "1h", "24h", "7d", "30d"] as const;
const RANGE_DEFAULT = "7d";

export function viewOf(q: URLSearchParams): View {
  const state = q.get("state") as ViewState | null;
  return {
    entity: q.get("entity") ?? "",
    state: state && STATES.includes(state) ? state : "any",
    since: q.get("since") ?? RANGE_DEFAULT,
    until: q.get("until") ?? "",
    filter: q.get("q") ?? "",
  };
}

/** From when to when, in ms; null: open on that side. */
export function bounds(v: View, now: number): { from: number | null; to: number | null } {
  const all = v.since === "" || v.since === "all";
  return {
    from: all ? null : moment(v.since, now),
    to: v.until === "" || v.until === "now" ? null : moment(v.until, now),
  };
}

/** The parameters of /alerts and its companions. Rounded to the minute, so that
 * the same view is the same question. */
export function paramsOf(v: View, now: number): Record<string, string | undefined> {
  const { from, to } = bounds(v, now);
  const minute = (at: number): string => iso(wholeMinute(at));
  const filter = v.state === "attention" ? joined(["severity>=error", ...partsOf(v.filter).map(inParens)]) : v.filter;
  return {
    entity: v.entity || undefined,
    state: v.state === "engaged" ? "engaged" : undefined,
    acknowledged: v.state === "acknowledged" ? "true" : undefined,
    /* What is engaged is shown whenever it began. */
    since: v.state === "engaged" || from === null ? undefined : minute(from),
    until: v.state === "engaged" || to === null ? undefined : minute(to),
    filter: filter || undefined,
  };
}

function inParens(part: string): string {
  return /\bor\b/.test(part) ? `(${part})` : part;
}

/** The same length of time, before or after. */
export function shifted(v: View, by: -1 | 1, now: number): { since: string; until: string } {
  const { from, to } = bounds(v, now);
  const end = to ?? now;
  const length = end - (from ?? end - 86_400_000);
  const until = Math.min(now, end + by * length);
  if (until >= now && span(v.since) !== null) return { since: v.since, until: "" };
  return { since: iso(until - length), until: iso(until) };
}
