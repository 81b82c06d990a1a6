// plural.ts -- fills a catalogue's text: values, and plurals by the language's rules.
import { numbers, plurals } from "./formats";

export type Values = Record<string, string | number>;

/** Where the brace opened at `from` is closed; -1: nowhere. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return i;
  }
  return -1;
}

/** "one {# alert} other {# alerts}" as a map. */
function cases(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  for (;;) {
    const open = text.indexOf("{", at);
    if (open < 0) return found;
    const end = closing(text, open);
    if (end < 0) return found;
    found.set(text.slice(at, open).trim(), text.slice(open + 1, end));
    at = end + 1;
  }
}

function chosen(n: number, text: string, locale: string): string {
  const all = cases(text);
  const form = all.get("=" + n) ?? all.get(plurals(locale).select(n)) ?? all.get("other");
  return (form ?? "").replaceAll("#", numbers(locale).format(n));
}

function replaced(inner: string, values: Values, locale: string): string {
  const parts = /^(\w+), plural, ([^]*)$/.exec(inner);
  if (parts) return filled(chosen(Number(values[parts[1] ?? ""] ?? 0), parts[2] ?? "", locale), values, locale);
  const value = values[inner];
  if (value === undefined) return "";
  return typeof value === "number" ? numbers(locale).format(value) : value;
}

export function filled(text: string, values: Values, locale: string): string {
  let out = "";
  let at = 0;
  for (;;) {
    const open = text.indexOf("{", at);
    const end = open < 0 ? -1 : closing(text, open);
    if (end < 0) return out + text.slice(at);
    out += text.slice(at, open) + replaced(text.slice(open + 1, end), values, locale);
    at = end + 1;
  }
}
