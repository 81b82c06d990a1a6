// retry.ts -- what failed for good is sent again, or what waits is not: one, some, or
// all of it, a bite at a time, so that somebody can see how far it is and stop it.
import { signal } from "@preact/signals";
import { post } from "../base/api";
import { t, type Key } from "../base/i18n";
import { say, sayProblem } from "../parts/toast";

const BITE = 500;
export const MANY = 1_000_000; /* of more than can be counted */

interface Changed {
  retried?: number;
  cancelled?: number;
  more?: boolean;
  ids?: string[];
}

/** A recipient's, or those of all who are on an endpoint; "": anybody's. */
export interface Whose {
  recipient?: string;
  endpoint?: string;
}

export interface Progress {
  way: "retry" | "cancel";
  done: number;
  total: number;
  stopped: boolean;
}

/** Of what is going on; null: nothing is. */
export const progress = signal<Progress | null>(null);

export function stop(): void {
  if (progress.value) progress.value = { ...progress.value, stopped: true };
}

/** How many it was, of those that it was tried with. */
interface Done {
  n: number;
  ids: string[];
}

const changed = (c: Changed): number => c.retried ?? c.cancelled ?? 0;

async function named(verb: "retry" | "cancel", ids: string[]): Promise<Done> {
  let n = 0;
  for (let at = 0; at < ids.length; at += BITE)
    n += changed(await post<Changed>("/deliveries/" + verb, { ids: ids.slice(at, at + BITE) }));
  return { n, ids };
}

/** All that are found, a bite at a time: as many as there were, for what comes
 * meanwhile would keep us here. */
async function found(verb: "retry" | "cancel", which: object, total: number): Promise<Done> {
  const ids: string[] = [];
  let done = 0;
  progress.value = { way: verb, done, total, stopped: false };
  try {
    for (let more = true; more && !progress.value.stopped;) {
      const one = await post<Changed>("/deliveries/" + verb, { ...which, limit: BITE });
      done += changed(one);
      ids.push(...(one.ids ?? []));
      more = (one.more ?? false) && changed(one) > 0 && done < total;
      progress.value = { ...progress.value, done, total: Math.max(total, done) };
    }
  } finally {
    progress.value = null;
  }
  return { n: done, ids };
}

/** Says what was done, with the way back; then `after`, whatever came of it. */
async function act(done: () => Promise<Done>, way: "retry" | "cancel", after: () => void): Promise<void> {
  const [said, undone]: [Key, Key] = way === "retry" ? ["retry.done", "retry.undone"] : ["retry.undone", "retry.done"];
  const back = way === "retry" ? "cancel" : "retry";
  try {
    const { n, ids } = await done();
    const undo = (): void => void named(back, ids).then((u) => say(t(undone, { n: u.n })), sayProblem).then(after);
    say(t(said, { n }), n > 0 ? undo : undefined);
  } catch (e) {
    sayProblem(e);
  }
  after();
}

export const retrySome = (ids: string[], after: () => void): Promise<void> =>
  act(() => named("retry", ids), "retry", after);

export const retryAll = (whose: Whose, total: number, after: () => void): Promise<void> =>
  act(() => found("retry", { state: "dead", ...whose }, total), "retry", after);

/** What waits since before `before`, RFC 3339, is dead. */
export const dropOlder = (whose: Whose, before: string, total: number, after: () => void): Promise<void> =>
  act(() => found("cancel", { state: "pending", before, ...whose }, total), "cancel", after);
