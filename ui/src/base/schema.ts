// schema.ts -- what is asked once and does not change: types, in the reader's language,
// and fields of filters.
import { get, query } from "./api";
import { useLoad, type Loaded } from "./load";
import { language } from "./prefs";
import type { EndpointType, ObjectSchema } from "./types";

export interface FilterField {
  name: string;
  kind: string;
  signs: string[];
}

const asked = new Map<string, Promise<unknown>>();

function once<T>(path: string): Promise<T> {
  let p = asked.get(path) as Promise<T> | undefined;
  if (!p) {
    p = get<T>(path);
    p.catch(() => asked.delete(path));
    asked.set(path, p);
  }
  return p;
}

export interface Tables {
  data: EndpointType[];
  /** How often and when any recipient is told. */
  pace: ObjectSchema;
  settings?: ObjectSchema;
}

export const tables = (): Promise<Tables> => once<Tables>("/schema/endpoint-types" + query({ language: language.value }));
/** Asked anew when the reader's language changes; the old words stay until then. */
export const useTables = (): Loaded<Tables> => useLoad(language.value, tables);
export const filterFields = async (): Promise<FilterField[]> => (await once<{ data: FilterField[] }>("/schema/filters")).data;
