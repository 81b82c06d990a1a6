// time.ts -- when: absolute with its zone, relative.
import { signal } from "@preact/signals";
import { agos, dates, units } from "./formats";
import { locale, t } from "./i18n";
import { zone } from "./prefs";

/** Moves every ten seconds, for what says "7 s ago". */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 10_000);

export function clock(ms: number): string {
  return dates("clock", locale.value, zone.value).format(ms);
}

/** "24 Nov", with its year if that is another one. */
export function day(ms: number): string {
  const thisYear = new Date(ms).getFullYear() === new Date(now.value).getFullYear();
  return dates(thisYear ? "day" : "dayOfYear", locale.value, zone.value).format(ms);
}

/** "CET", as it is now. */
export const zoneName = (): string =>
  dates("bar", locale.value, zone.value).formatToParts(now.peek()).find((p) => p.type === "timeZoneName")?.value ?? "";

/** "23 Nov 2020, 15:20:56 CET": never a time without a day and a zone. */
export function absolute(ms: number): string {
  return dates("whole", locale.value, zone.value).format(ms);
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
  return agos(locale.value).format(Math.trunc(s / size), unit);
}

/** "196 ms", and from a second on as any duration. */
export const took = (ms: number): string =>
  ms < 1000 ? units(locale.value, "millisecond").format(Math.max(0, ms)) : duration(ms);

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
    units(locale.value, unit).format(n));
  return said.join(" ");
}
