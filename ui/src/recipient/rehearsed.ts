// rehearsed.ts -- what a replay says, read as the editor shows it. Pure.

export interface Example {
  alert_id: number;
  at: string;
  type: string;
  recipient: string;
  title?: string | null;
  text?: string | null;
  outcome?: string;
  hold?: string;
  reason?: string | null;
}

interface Differences {
  count: number;
  examples: Example[];
}

export interface Replayed {
  since: string;
  until: string;
  alerts: number;
  messages: number;
  by_day: { day: string; alerts: number; messages: number }[];
  by_severity: { severity: string; messages: number }[];
  by_recipient: Record<string, unknown>[];
  differences: { compared: number; not_kept: number; more: Differences; less: Differences };
  examples: Example[];
  held_examples?: Example[];
}

export interface Split {
  name: string;
  count: number;
}

const isCount = (x: [string, unknown]): x is [string, number] => typeof x[1] === "number" && x[1] > 0;

/** The counts of the one recipient that was asked about, but for what is shown apart. */
export function countsOf(r: Replayed): Split[] {
  return Object.entries(r.by_recipient[0] ?? {}).filter(isCount).filter(([k]) => k !== "messages").map(([name, count]) => ({ name, count }));
}

/** Why some were not told at once: each kind of hold, and what became of those. */
export function holdsOf(r: Replayed): { kind: string; ends: Split[] }[] {
  const lists = Object.values(r.by_recipient[0] ?? {}).filter(Array.isArray) as Record<string, unknown>[][];
  return lists.flat().filter((h) => typeof h["kind"] === "string")
    .map((h) => ({ kind: String(h["kind"]), ends: Object.entries(h).filter(isCount).map(([name, count]) => ({ name, count })) }));
}

const HOUR_MS = 3_600_000;

/** Messages an hour, over all of the time that was looked at. */
export function anHour(r: Replayed): number {
  return r.messages / Math.max(1, (Date.parse(r.until) - Date.parse(r.since)) / HOUR_MS);
}
