// filter.ts -- a filter as the bar shows it: its parts that "and" joins, and what
// could come next while one is typed. The server alone decides what it means.

/** Splits at "and" outside of quotes and parentheses; an "or" at the top keeps
 * the whole together, because its parts cannot be taken away one by one. */
export function partsOf(text: string): string[] {
  const words = topWords(text);
  if (words.some((w) => w.word === "or")) return text.trim() ? [text.trim()] : [];
  const parts: string[] = [];
  let from = 0;
  for (const w of words) {
    if (w.word !== "and") continue;
    parts.push(text.slice(from, w.at));
    from = w.at + 3;
  }
  parts.push(text.slice(from));
  return parts.map((p) => p.trim()).filter((p) => p !== "");
}

interface Word {
  word: string;
  at: number;
}

function topWords(text: string): Word[] {
  const found: Word[] = [];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') i = quoteEnd(text, i);
    else if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (depth === 0 && /\w/.test(c ?? "") && !/\w/.test(text[i - 1] ?? "")) {
      const word = /^\w+/.exec(text.slice(i))?.[0] ?? "";
      found.push({ word, at: i });
      i += word.length - 1;
    }
  }
  return found;
}

function quoteEnd(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

export function joined(parts: string[]): string {
  return parts.filter((p) => p !== "").join(" and ");
}

/** A value as the grammar takes it. */
export function quoted(value: string): string {
  return /^[\w.:/*@-]+$/.test(value) && !/^(and|or|not|in)$/i.test(value)
    ? value
    : '"' + value.replace(/["\\]/g, (c) => "\\" + c) + '"';
}

export const comparison = (field: string, sign: string, value: string): string =>
  field + sign + quoted(value);

export type Expecting =
  | { want: "field"; typed: string; from: number }
  | { want: "sign"; field: string; typed: string; from: number }
  | { want: "value"; field: string; typed: string; from: number };

/** What the word at the end of `text` is. */
export function expecting(text: string): Expecting {
  const start = Math.max(0, ...[...text.matchAll(/(?:^|[\s(])(?:and|or|not)\s+|[(]/g)].map((m) => m.index + m[0].length));
  const last = text.slice(start);
  const m = /^\s*([\w.]+)(\s*)(=~|!=|!~|<=|>=|=|<|>|~)?(\s*)([^]*)$/.exec(last);
  const field = m?.[1] ?? "";
  if (!m || (!m[3] && !m[2])) return { want: "field", typed: last.trimStart(), from: start };
  if (!m[3]) return { want: "sign", field, typed: m[5] ?? "", from: text.length - (m[5] ?? "").length };
  const typed = m[5] ?? "";
  return { want: "value", field, typed, from: text.length - typed.length };
}
