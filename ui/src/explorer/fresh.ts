// fresh.ts -- news for a list that somebody reads: rows never jump. What is known is
// drawn anew where it is; what came meanwhile is counted, and shown when the reader is
// at the top and holds nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, query } from "../base/api";
import { onNews } from "../base/live";
import type { Alert, Page } from "../base/types";
import type { Pages } from "../parts/pages";
import { startsWith, updated } from "./rows";

const PAUSE_MS = 700;

export function isReading(selected: number): boolean {
  return scrollY > 80 || selected > 0 || document.querySelector("tr[data-row]:is(:hover, :focus-within), .drawer") !== null;
}

/** How many are new; `show` puts them on top. */
export function useFresh(pages: Pages<Alert>, params: Record<string, string | undefined>, selected: number): { count: number; show: () => void } {
  const [count, setCount] = useState(0);
  const latest = useRef({ pages, params, selected });
  latest.current = { pages, params, selected };

  useEffect(() => {
    const take = (page: Page<Alert>): void => {
      const { pages: now, selected: held } = latest.current;
      const known = new Set(now.rows.map((r) => r.id));
      if (isReading(held)) setCount(page.data.filter((r) => !known.has(r.id)).length);
      else if (!startsWith(now.rows, page.data)) return now.begin(page);
      now.change((rows) => updated(rows, page.data));
    };
    const look = async (): Promise<void> => {
      const { params: asked } = latest.current;
      const page = await get<Page<Alert>>("/alerts" + query({ ...asked, limit: 100 })).catch(() => null);
      if (page && !latest.current.pages.loading && asked === latest.current.params) take(page);
    };
    return onNews(["alerts"], PAUSE_MS, () => void look());
  }, []);
  useEffect(() => setCount(0), [JSON.stringify(params)]);

  return { count, show: () => { setCount(0); scrollTo(0, 0); pages.reload(); } };
}
