// toast.tsx -- what was just done, with a way back for thirty seconds.
import { signal } from "@preact/signals";
import { t } from "../base/i18n";
import { Problem } from "../base/problem";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  undo?: () => void;
}

const SHOWN_MS = 6_000;
const UNDO_MS = 30_000;

const toasts = signal<Toast[]>([]);
let lastId = 0;

function drop(id: number): void {
  toasts.value = toasts.value.filter((x) => x.id !== id);
}

function show(text: string, bad: boolean, undo?: () => void): void {
  const id = ++lastId;
  toasts.value = [...toasts.value.slice(-3), { id, text, bad, ...(undo ? { undo } : {}) }];
  setTimeout(() => drop(id), undo ? UNDO_MS : SHOWN_MS);
}

export const say = (text: string, undo?: () => void): void => show(text, false, undo);

export function sayProblem(e: unknown): void {
  show(e instanceof Problem ? e.message : String(e), true);
}

/** Runs it; what goes wrong is said. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done) say(done);
    return true;
  } catch (e) {
    sayProblem(e);
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((x) => (
        <div key={x.id} class={x.bad ? "toast toast-bad" : "toast"}>
          <span>{x.bad ? "✖ " : "✔ "}{x.text}</span>
          {x.undo && <button type="button" onClick={() => { x.undo?.(); drop(x.id); }}>{t("action.undo")}</button>}
          <button type="button" class="quiet" aria-label={t("action.close")} onClick={() => drop(x.id)}>✕</button>
        </div>
      ))}
    </div>
  );
}
