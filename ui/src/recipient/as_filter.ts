// as_filter.ts -- a recipient's criteria as one filter, so that the history can say
// what it would have got. Pure.
import { joined, quoted } from "../base/filter";
import type { Recipient } from "../base/types";

type Criteria = Pick<Recipient, "minimum_severity" | "categories" | "entities" | "types" | "host_pools" | "filter">;

function among(field: string, values: string[] | null): string {
  return values === null || values.length === 0 ? "" : `${field} in (${values.map(quoted).join(", ")})`;
}

/** Null: it gets nothing at all, because one of its lists is empty. */
export function asFilter(r: Criteria): string | null {
  const lists = [r.categories, r.entities, r.types, r.host_pools];
  if (lists.some((l) => l !== null && l.length === 0)) return null;
  return joined([
    r.minimum_severity ? `severity>=${r.minimum_severity}` : "",
    among("category", r.categories), among("entity", r.entities), among("type", r.types), among("pool", r.host_pools),
    r.filter ? `(${r.filter})` : "",
  ]);
}
