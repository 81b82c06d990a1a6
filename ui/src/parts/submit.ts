// submit.ts -- a form that is sent: what is wrong with it, and whether it is on its way.
import { useState } from "preact/hooks";
import { Problem } from "../base/problem";

export interface Submit {
  problem: Problem | null;
  busy: boolean;
  submit: (e: Event) => void;
}

export const problemFrom = (e: unknown): Problem => (e instanceof Problem ? e : new Problem(0, "bug", String(e)));

export function useSubmit(work: () => Promise<void>): Submit {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = (e: Event): void => {
    e.preventDefault();
    setBusy(true);
    setProblem(null);
    work().catch((x: unknown) => setProblem(problemFrom(x))).finally(() => setBusy(false));
  };
  return { problem, busy, submit };
}
