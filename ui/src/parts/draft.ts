// draft.ts -- an object being written: what it was, what it is, and saving it so
// that nobody else's change is overwritten.
import { useEffect, useRef, useState } from "preact/hooks";
import { call, escaped } from "../base/api";
import { t } from "../base/i18n";
import { Problem } from "../base/problem";
import { guardLeaving } from "../base/route";
import { patchOf, said } from "./field";
import type { Params } from "../base/types";

export interface Draft<T> {
  is: T;
  set: (changes: Partial<T>) => void;
  problem: Problem | null;
  isDirty: boolean;
  busy: boolean;
  /** False: it was refused, and `problem` says why. */
  save: () => Promise<boolean>;
}

type Stored = { name: string; params?: Params };

export async function create(path: string, o: Stored): Promise<void> {
  const body = { ...o, ...(o.params ? { params: said(o.params) } : {}) };
  await call("POST", path, body);
}

/** `before` null: it is new. */
export function useDraft<T extends Stored>(path: string, before: T | null, first: T, etag: string | null): Draft<T> {
  const [is, setIs] = useState(first);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const patch = patchOf((before ?? first) as Record<string, unknown>, is as Record<string, unknown>);
  const isDirty = patch !== null;
  const letGo = useRef<() => void>(() => undefined); // what is saved keeps nobody

  useEffect(() => {
    if (!isDirty) return;
    guardLeaving(() => confirm(t("form.leave")));
    const stay = (e: BeforeUnloadEvent): void => e.preventDefault();
    addEventListener("beforeunload", stay);
    letGo.current = () => {
      guardLeaving(null);
      removeEventListener("beforeunload", stay);
    };
    return letGo.current;
  }, [isDirty]);

  const save = async (): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      if (before === null) await create(path, is);
      else if (patch) await call("PATCH", `${path}/${escaped(before.name)}`, patch, { ifMatch: etag });
      letGo.current();
      return true;
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, "bug", String(e)));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { is, set: (changes) => setIs((o) => ({ ...o, ...changes })), problem, isDirty, busy, save };
}
