// counts.ts -- what the server counts of a view: tabs, the timeline, top values.
import { escaped, get, query } from "../base/api";
import { Problem } from "../base/problem";
import { SEVERITIES } from "../base/severity";
import type { Series } from "../parts/chart";

type Params = Record<string, string | undefined>;
/** By severity, and "total". */
type Counts = Record<string, number>;

export interface Facets {
  entities: Record<string, Counts>;
  severities: Counts;
  total: number;
  engaged: number;
  acknowledged: number;
}

export interface Buckets {
  bucket: number; /* s */
  data: { from: string; severities: Counts }[];
}

export interface TopValue {
  value: string;
  count: number;
}

/** Null where this version does not count, or the view's filter is not understood;
 * the list says what is wrong with it. */
async function counted<T>(path: string, signal: AbortSignal): Promise<T | null> {
  try {
    return await get<T>(path, signal);
  } catch (e) {
    if (e instanceof Problem && (e.isMissing || e.status === 400)) return null;
    throw e;
  }
}

export const facets = (params: Params, signal: AbortSignal): Promise<Facets | null> =>
  counted<Facets>("/alerts/facets" + query(params), signal);

export async function timeseries(params: Params, signal: AbortSignal): Promise<Series | null> {
  const b = await counted<Buckets>("/alerts/timeseries" + query(params), signal);
  return b && seriesOf(b);
}

/** The least severe first, and only those that occur. */
export function seriesOf(b: Buckets): Series {
  const occurs = (s: string): boolean => b.data.some((x) => (x.severities[s] ?? 0) > 0);
  return {
    at: b.data.map((x) => Date.parse(x.from) / 1000),
    by: SEVERITIES.filter(occurs).map((s) => ({ severity: s, counts: b.data.map((x) => x.severities[s] ?? 0) })),
  };
}

export async function top(field: string, params: Params, signal: AbortSignal): Promise<TopValue[]> {
  const found = await counted<{ data: TopValue[] }>(`/alerts/top/${escaped(field)}` + query({ ...params, limit: 10 }), signal);
  return found?.data ?? [];
}

export const countOf = (f: Facets, entity: string): number => f.entities[entity]?.["total"] ?? 0;
