// pages.ts -- a list asked for page by page, as far as somebody scrolls.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, query } from "../base/api";
import { Problem } from "../base/problem";
import type { Page } from "../base/types";

export interface Pages<R> {
  rows: R[];
  total: { value: number; exact: boolean } | null;
  problem: Problem | null;
  loading: boolean;
  /** Nothing is behind what is shown. */
  done: boolean;
  more: () => void;
  reload: () => void;
  /** Other rows in place of these; the same array changes nothing. */
  change: (f: (rows: R[]) => R[]) => void;
  /** A first page that somebody else has asked for. */
  begin: (page: Page<R>) => void;
}

const LIMIT = 100;

interface Held<R> {
  rows: R[];
  next: string | null;
  total: Pages<R>["total"];
}

export function usePages<R>(path: string, filters: Record<string, string | undefined>): Pages<R> {
  const key = path + query(filters);
  const [held, setHeld] = useState<Held<R>>({ rows: [], next: null, total: null });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const asking = useRef<AbortController | null>(null);

  const fetchPage = (cursor: string | null, before: R[]): void => {
    asking.current?.abort();
    const abort = new AbortController();
    asking.current = abort;
    setLoading(true);
    get<Page<R>>(path + query({ ...filters, limit: LIMIT, ...(cursor ? { cursor } : {}) }), abort.signal).then(
      (page) => {
        setHeld({ rows: [...before, ...page.data], next: page.next || null, total: page.total ?? null });
        setProblem(null);
        setLoading(false);
      },
      (e: unknown) => {
        if (abort.signal.aborted) return;
        setProblem(e instanceof Problem ? e : new Problem(0, "bug", String(e)));
        setLoading(false);
      },
    );
  };

  /* Before any other question of the page: the rows are what people wait for. */
  useLayoutEffect(() => {
    fetchPage(null, []);
    return () => asking.current?.abort();
  }, [key, turn]);

  return {
    ...held,
    problem,
    loading,
    done: !loading && held.next === null,
    more: () => {
      if (!loading && held.next !== null) fetchPage(held.next, held.rows);
    },
    reload: () => setTurn((n) => n + 1),
    change: (f) => setHeld((h) => {
      const rows = f(h.rows);
      return rows === h.rows ? h : { ...h, rows };
    }),
    begin: (page) => setHeld({ rows: page.data, next: page.next, total: page.total ?? null }),
  };
}
