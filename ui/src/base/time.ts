// time.ts -- when: absolute with its zone, relative, and the ranges people type.
import { signal } from "@preact/signals";
import { locale, t } from "./i18n";
import { zone } from "./prefs";

/** Moves every ten seconds, for what says "7 s ago". */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 10_000);

const zoneOption = (): { timeZone?: string } => (zone.value ? { timeZone: zone.value } : {});

function format(ms: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale.value, { ...options, ...zoneOption() }).format(ms);
}

export function clock(ms: number): string {
  return format(ms, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

/** "24 Nov", with its year if that is another one. */
export function day(ms: number): string {
  const thisYear = new Date(ms).getFullYear() === new Date(now.value).getFullYear();
  return format(ms, { month: "short", day: "numeric", ...(thisYear ? {} : { year: "numeric" }) });
}

/** "23 Nov 2020, 15:20:56 CET": never a time without a day and a zone. */
export function absolute(ms: number): string {
  return format(ms, {
    year: "numeric", month: "short", day: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZoneName: "short",
  });
}

/** The clock if it was today, the day too if not. */
export function brief(ms: number): string {
  return day(ms) === day(now.value) ? clock(ms) : `${day(ms)} ${clock(ms)}`;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1],
];

export function relative(ms: number, from = now.value): string {
  const s = Math.round((ms - from) / 1000);
  if (Math.abs(s) < 2) return t("time.now");
  const [unit, size] = STEPS.find(([, n]) => Math.abs(s) >= n) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale.value, { style: "short" }).format(Math.trunc(s / size), unit);
}

/** "8 min", "2 h 5 min". */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(s / 86_400), "day"], [Math.floor(s / 3_600) % 24, "hour"],
    [Math.floor(s / 60) % 60, "minute"], [s % 60, "second"],
  ];
  const first = Math.max(0, parts.findIndex(([n]) => n > 0));
  const shown = parts.slice(first < 0 ? 3 : first).filter(([n]) => n > 0).slice(0, 2);
  const said = (shown.length ? shown : parts.slice(3)).map(([n, unit]) =>
    new Intl.NumberFormat(locale.value, { style: "unit", unit, unitDisplay: "short" }).format(n));
  return said.join(" ");
}

export const ms = (iso: string | null | undefined): number | null => (iso ? Date.parse(iso) : null);

/* --- ranges ------------------------------------------------------------------- */

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

export const iso = (at: number): string => new Date(at).toISOString();
