// stored.ts -- one object of the configuration with its revision, for a form.
import { call, escaped } from "../base/api";
import { useLoad, type Loaded } from "../base/load";

export interface Stored<T> {
  is: T;
  etag: string | null;
}

export function useStored<T>(path: string, name: string): Loaded<Stored<T>> {
  return useLoad<Stored<T>>(path + name, async (signal) => {
    const a = await call<{ data: T }>("GET", `${path}/${escaped(name)}`, undefined, { signal });
    return { is: a.body.data, etag: a.etag };
  });
}
