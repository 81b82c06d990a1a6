// progress.tsx -- how far something done to many alerts is; it can be stopped.
import { signal } from "@preact/signals";
import { number, t } from "../base/i18n";
import { Dialog } from "../parts/dialog";

interface Progress {
  title: string;
  done: number;
  total: number;
  stopped: boolean;
}

export const progress = signal<Progress | null>(null);

const SHOWN_FROM = 2_000; /* less is over before one has read it */

/** Part by part: `part` does the next one and says whether there are more. What is
 * done when it is stopped stays done. */
export async function byParts(title: string, total: number, each: number, part: () => Promise<boolean>): Promise<void> {
  if (total >= SHOWN_FROM) progress.value = { title, done: 0, total, stopped: false };
  try {
    while (await part()) {
      const p = progress.peek();
      if (p?.stopped) return;
      if (p) progress.value = { ...p, done: Math.min(total, p.done + each) };
    }
  } finally {
    progress.value = null;
  }
}

export function ProgressDialog() {
  const p = progress.value;
  if (!p) return null;
  const stop = (): void => {
    const now = progress.peek();
    if (now) progress.value = { ...now, stopped: true };
  };
  return (
    <Dialog title={p.title} class="dialog-small" onClose={stop}>
      <p role="status">{t("would.progress", { done: number(p.done), total: number(p.total) })}</p>
      <progress max={p.total} value={p.done} aria-label={p.title} />
      <footer><button type="button" disabled={p.stopped} onClick={stop}>{t("bulk.stop")}</button></footer>
    </Dialog>
  );
}
