// completion.ts -- what may come next in the filter bar: fields, signs, values that occur.
import { escaped, getIfThere, query } from "../base/api";
import { expecting, quoted } from "../base/filter";
import { filterFields } from "../base/schema";
import type { Alert } from "../base/types";
import { factText } from "../base/words";

export interface Suggestion {
  text: string; /* the whole input after choosing it */
  shown: string;
  note: string;
}

const MANY = 12;

interface Occurring {
  data: { value: string | number; count: number }[];
}

function ofLoaded(field: string, rows: Alert[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const a of rows) {
    const v = factText(a[field]);
    if (v) counts.set(v, (counts.get(v) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** From the server where it counts them, else from the rows that are here. */
async function values(field: string, typed: string, rows: Alert[], view: Record<string, string | undefined>): Promise<[string, number][]> {
  const path = `/alerts/values/${escaped(field)}` + query({ ...view, filter: undefined, prefix: typed || undefined, limit: MANY });
  const found = await getIfThere<Occurring>(path).catch(() => null);
  return found?.data ? found.data.map((v) => [String(v.value), v.count]) : ofLoaded(field, rows);
}

export async function suggestions(text: string, rows: Alert[], view: Record<string, string | undefined>): Promise<Suggestion[]> {
  const e = expecting(text);
  const head = text.slice(0, e.from);
  const fields = await filterFields();
  if (e.want === "field")
    return fields.filter((f) => f.name.startsWith(e.typed.toLowerCase())).slice(0, MANY)
      .map((f) => ({ text: head + f.name, shown: f.name, note: f.kind }));
  if (e.want === "sign")
    return (fields.find((f) => f.name === e.field)?.signs ?? []).filter((s) => s.startsWith(e.typed))
      .map((s) => ({ text: head.trimEnd() + (/\w/.test(s) ? ` ${s} ` : s), shown: s, note: "" }));
  const typed = e.typed.replace(/^"|"$/g, "").toLowerCase();
  return (await values(e.field, typed, rows, view)).filter(([v]) => v.toLowerCase().includes(typed)).slice(0, MANY)
    .map(([v, n]) => ({ text: head + quoted(v) + " ", shown: v, note: String(n) }));
}
