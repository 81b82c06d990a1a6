// counts.ts -- what the server counts of a view: tabs, the timeline, top values.
import { escaped, get, query } from "../base/api";
import { Problem } from "../base/problem";
import { SEVERITIES } from "../base/severity";
import type { Series } from "../parts/chart";

type Params = Record<string, string | undefined>;

/** Alerts by entity and severity. */
export interface Facets {
  total: number;
  engaged?: number;
  acknowledged?: number;
  entities: Record<string, Record<string, number>>;
}

interface SeriesAnswer {
  first: string;
  bucket_s: number;
  by_severity: Record<string, number[]>;
}

export interface TopValue {
  value: string;
  count: number;
}

/** Null where this version does not count, or the view's filter is not understood;
 * the list says what is wrong with it. */
async function counted<T>(path: string, signal: AbortSignal): Promise<T | null> {
  try {
    return (await get<{ data: T }>(path, signal)).data;
  } catch (e) {
    if (e instanceof Problem && (e.isMissing || e.status === 400)) return null;
    throw e;
  }
}

export async function facets(params: Params, signal: AbortSignal): Promise<Facets | null> {
  return counted<Facets>("/alerts/facets" + query(params), signal);
}

export async function timeseries(params: Params, signal: AbortSignal): Promise<Series | null> {
  const a = await counted<SeriesAnswer>("/alerts/timeseries" + query({ ...params, buckets: 120 }), signal);
  return a ? seriesOf(a) : null;
}

/** The least severe first, and only those that occur. */
export function seriesOf(a: SeriesAnswer): Series {
  const from = Date.parse(a.first) / 1000;
  const n = Math.max(0, ...Object.values(a.by_severity).map((c) => c.length));
  return {
    at: Array.from({ length: n }, (_, i) => from + i * a.bucket_s),
    step: a.bucket_s,
    by: SEVERITIES.filter((s) => a.by_severity[s]?.some((c) => c > 0)).map((s) => ({ severity: s, counts: a.by_severity[s] ?? [] })),
  };
}

export async function top(field: string, params: Params, signal: AbortSignal): Promise<TopValue[] | null> {
  return counted<TopValue[]>(`/alerts/top/${escaped(field)}` + query({ ...params, limit: 10 }), signal);
}

export const countOf = (f: Facets, entity: string): number =>
  Object.values(f.entities[entity] ?? {}).reduce((a, b) => a + b, 0);
