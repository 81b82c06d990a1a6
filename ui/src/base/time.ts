// time.ts -- when: absolute with its zone, relative.
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
