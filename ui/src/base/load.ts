// load.ts -- a page's data: asked once, again when something happened.
import { useEffect, useRef, useState } from "preact/hooks";
import { onNews, type Topic } from "./live";
import { Problem } from "./problem";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
}

const NEWS_PAUSE_MS = 1_000; /* however much happens, a page asks this often */

/** Asks whenever `key` changes, and when one of the topics has news. What is
 * shown stays until its successor is there. */
export function useLoad<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  topics: readonly Topic[] = [],
): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    latest.current(abort.signal).then(
      (v) => {
        if (abort.signal.aborted) return;
        setValue(() => v);
        setProblem(null);
        setLoading(false);
      },
      (e: unknown) => {
        if (abort.signal.aborted) return;
        setProblem(e instanceof Problem ? e : new Problem(0, "bug", String(e)));
        setLoading(false);
      },
    );
    return () => abort.abort();
  }, [key, turn]);

  useEffect(() => onNews(topics, NEWS_PAUSE_MS, () => setTurn((n) => n + 1)), [topics.join()]);

  return { value, problem, loading, reload: () => setTurn((n) => n + 1) };
}
