// retry.ts -- what failed for good is sent again: one, some, or all of it, a bite
// at a time, so that somebody can see how far it is and stop it.
import { signal } from "@preact/signals";
import { post } from "../base/api";
import { t } from "../base/i18n";
import { say, sayProblem } from "../parts/toast";

const BITE = 500;

interface Retried {
  retried: number;
  more?: boolean;
  ids?: string[];
}

export interface Progress {
  done: number;
  total: number;
  stopped: boolean;
}

/** Of the retry that is going on; null: none is. */
export const progress = signal<Progress | null>(null);

export function stop(): void {
  if (progress.value) progress.value = { ...progress.value, stopped: true };
}

/** What has not gone out yet is dead again. */
async function undo(ids: string[], after: () => void): Promise<void> {
  let cancelled = 0;
  try {
    for (let at = 0; at < ids.length; at += BITE)
      cancelled += (await post<{ cancelled: number }>("/deliveries/cancel", { ids: ids.slice(at, at + BITE) })).cancelled;
    say(t("retry.undone", { n: cancelled }));
  } catch (e) {
    sayProblem(e);
  }
  after();
}

function sayDone(n: number, ids: string[], after: () => void): void {
  say(t("retry.done", { n }), n > 0 ? () => void undo(ids, after) : undefined);
}

export async function retrySome(ids: string[], after: () => void): Promise<void> {
  try {
    const { retried } = await post<Retried>("/deliveries/retry", { ids });
    sayDone(retried, ids, after);
  } catch (e) {
    sayProblem(e);
  }
  after();
}

/** All that are dead, of one recipient if one is named: as many as there were, for
 * what dies again meanwhile would keep us here. */
export async function retryAll(recipient: string, total: number, after: () => void): Promise<void> {
  const ids: string[] = [];
  let done = 0;
  progress.value = { done, total, stopped: false };
  try {
    for (let more = true; more && !progress.value.stopped;) {
      const one: Retried = await post<Retried>("/deliveries/retry", { state: "dead", limit: BITE, ...(recipient ? { recipient } : {}) });
      done += one.retried;
      ids.push(...(one.ids ?? []));
      more = (one.more ?? false) && one.retried > 0 && done < total;
      progress.value = { ...progress.value, done, total: Math.max(total, done) };
    }
    sayDone(done, ids, after);
  } catch (e) {
    sayProblem(e);
  }
  progress.value = null;
  after();
}
