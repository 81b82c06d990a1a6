// ranges.ts -- from when to when, as people type it. Pure.

const SPAN = /^(?:now-)?(\d{1,6})(m|h|d|w)$/;
const UNIT: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** How long "24h" or "now-24h" is; null: it is no span. */
export function span(text: string): number | null {
  const m = SPAN.exec(text.trim());
  return m ? Number(m[1]) * (UNIT[m[2] ?? ""] ?? 0) : null;
}

function midnight(at: number, back: number): number {
  const d = new Date(at);
  d.setHours(0, 0, 0, 0);
  d.setDate(d.getDate() - back);
  return d.getTime();
}

/** A moment as typed: "now-24h", "yesterday", "2020-11-23", ISO; null: none. */
export function moment(text: string, at: number): number | null {
  const said = text.trim();
  if (said === "" || said === "now") return at;
  if (said === "today") return midnight(at, 0);
  if (said === "yesterday") return midnight(at, 1);
  const back = span(said);
  if (back !== null) return at - back;
  const parsed = Date.parse(/^\d{4}-\d\d-\d\d$/.test(said) ? said + "T00:00" : said);
  return Number.isNaN(parsed) ? null : parsed;
}

/** So that the same view is the same question. */
export const wholeMinute = (at: number): number => Math.floor(at / 60_000) * 60_000;
export const iso = (at: number): string => new Date(at).toISOString();
