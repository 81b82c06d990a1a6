// schema.ts -- what is asked once and does not change: types, and fields of filters.
import { get } from "./api";
import type { EndpointType } from "./types";

export interface FilterField {
  name: string;
  kind: string;
  signs: string[];
}

const asked = new Map<string, Promise<unknown>>();

function once<T>(path: string): Promise<T[]> {
  let p = asked.get(path) as Promise<T[]> | undefined;
  if (!p) {
    p = get<{ data: T[] }>(path).then((a) => a.data);
    p.catch(() => asked.delete(path));
    asked.set(path, p);
  }
  return p;
}

export const endpointTypes = (): Promise<EndpointType[]> => once<EndpointType>("/schema/endpoint-types");
export const filterFields = (): Promise<FilterField[]> => once<FilterField>("/schema/filters");
