// formats.ts -- Intl's formatters, each made once: making one costs as much as many
// uses of it, and a list has hundreds of times and numbers.

function kept<F>(make: (...words: string[]) => F): (...words: string[]) => F {
  const made = new Map<string, F>();
  return (...words) => {
    const key = words.join("|");
    const f = made.get(key) ?? make(...words);
    made.set(key, f);
    return f;
  };
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
const DAY: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };
const DATES = {
  clock: CLOCK,
  minute: { hour: "2-digit", minute: "2-digit", hour12: false },
  bar: { hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" },
  day: DAY,
  dayOfYear: { ...DAY, year: "numeric" },
  whole: { ...DAY, ...CLOCK, year: "numeric", timeZoneName: "short" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

/** `zone` "": the browser's. */
export const dates: (kind: keyof typeof DATES, locale: string, zone: string) => Intl.DateTimeFormat =
  kept((kind, locale, zone) => new Intl.DateTimeFormat(locale, { ...DATES[kind as keyof typeof DATES], ...(zone ? { timeZone: zone } : {}) }));
export const numbers = kept((locale) => new Intl.NumberFormat(locale));
export const percents = kept((locale) => new Intl.NumberFormat(locale, { style: "percent", signDisplay: "exceptZero" }));
export const shares = kept((locale) => new Intl.NumberFormat(locale, { style: "percent" }));
export const units = kept((locale, unit) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" } as Intl.NumberFormatOptions));
export const agos = kept((locale) => new Intl.RelativeTimeFormat(locale, { style: "short" }));
export const plurals = kept((locale) => new Intl.PluralRules(locale));
