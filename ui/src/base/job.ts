// job.ts -- work that the server does behind a request: begun, followed as it is told
// of, asked for its result, and cancelled when nobody wants it any more.
import { useEffect, useRef, useState } from "preact/hooks";
import { call, get } from "./api";
import { how, onLive } from "./live";
import { Problem } from "./problem";

export interface Job<R> {
  id: number;
  state: "running" | "done" | "failed" | "cancelled";
  done: number;
  total: number | null;
  error?: string | null;
  result?: R;
}

export interface Followed<R> {
  /** The one that runs; null: none does. */
  job: Job<R> | null;
  /** What the last one that ended found. */
  result: R | null;
  problem: Problem | null;
  cancel: () => void;
}

const JOBS = "/jobs";
const LOOK_EVERY_MS = 1_000; /* where we are not told */

/** Begins anew whenever `key` changes; null: not now. `at`: where it is looked at by
 * those whom events do not tell of jobs. */
export function useJob<R>(key: string | null, begin: (signal: AbortSignal) => Promise<Job<R>>, at = JOBS): Followed<R> {
  const [job, setJob] = useState<Job<R> | null>(null);
  const [result, setResult] = useState<R | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const latest = useRef(begin);
  latest.current = begin;
  const end = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (key === null) return;
    const stop = new AbortController();
    let is: Job<R> | null = null;
    const failed = (e: unknown): void => {
      if (stop.signal.aborted) return;
      setJob(null);
      setProblem(e instanceof Problem ? e : new Problem(0, "bug", String(e)));
    };
    const take = (j: Job<R>): void => {
      if (stop.signal.aborted) return;
      is = j;
      setJob(j.state === "running" ? j : null);
      if (j.state === "failed") failed(new Problem(0, "job", j.error ?? ""));
      if (j.state !== "done") return;
      if (j.result) setResult(j.result);
      else look();
    };
    const look = (): void => {
      if (is) get<{ data: Job<R> }>(`${at}/${is.id}`, stop.signal).then((a) => take(a.data), failed);
    };
    const drop = (): void => {
      if (is?.state === "running") void call("DELETE", `${at}/${is.id}`).catch(() => undefined);
      is = null;
      stop.abort();
    };
    setProblem(null);
    latest.current(stop.signal).then((j) => {
      if (stop.signal.aborted) void call("DELETE", `${at}/${j.id}`).catch(() => undefined);
      else { take(j); look(); } /* it may have ended before we were told of it */
    }, failed);
    const stopHearing = onLive("jobs", (e) => {
      const told = e.data as Job<R> | null;
      if (told?.id === undefined || told.id === is?.id) told?.id === undefined || told.state === "done" ? look() : take({ ...is, ...told });
    });
    const timer = setInterval(() => {
      if ((how.peek() !== "told" || at !== JOBS) && is?.state === "running") look();
    }, LOOK_EVERY_MS);
    end.current = () => {
      drop();
      setJob(null);
    };
    return () => {
      drop();
      stopHearing();
      clearInterval(timer);
    };
  }, [key]);

  return { job, result, problem, cancel: () => end.current() };
}
