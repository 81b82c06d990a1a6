// schema.ts -- what is asked once and does not change: types, and fields of filters.
import { get } from "./api";
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

interface Tables {
  data: EndpointType[];
  /** How often and when any recipient is told. */
  pace: ObjectSchema;
  settings?: ObjectSchema;
}

export const tables = (): Promise<Tables> => once<Tables>("/schema/endpoint-types");
export const endpointTypes = async (): Promise<EndpointType[]> => (await tables()).data;
export const filterFields = async (): Promise<FilterField[]> => (await once<{ data: FilterField[] }>("/schema/filters")).data;
