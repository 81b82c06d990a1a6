// fresh.ts -- news for a list that somebody reads: rows never jump. What came
// meanwhile is counted, and shown when the reader is at the top and holds nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, query } from "../base/api";
import { onLive } from "../base/live";
import type { Alert, Page } from "../base/types";
import type { Pages } from "../parts/pages";

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
    let timer: number | undefined;
    const look = async (): Promise<void> => {
      timer = undefined;
      const { pages: now, params: asked } = latest.current;
      const page = await get<Page<Alert>>("/alerts" + query({ ...asked, limit: 100 })).catch(() => null);
      if (!page || latest.current.pages.loading) return;
      const known = new Set(now.rows.map((r) => r.id));
      const fresh = page.data.filter((r) => !known.has(r.id)).length;
      if (isReading(latest.current.selected)) setCount(fresh);
      else if (fresh > 0 || changed(page.data, now.rows)) latest.current.pages.reload();
    };
    const stop = onLive("alerts", () => {
      timer ??= setTimeout(() => void look(), PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  useEffect(() => setCount(0), [JSON.stringify(params)]);

  return { count, show: () => { setCount(0); scrollTo(0, 0); pages.reload(); } };
}

/** Whether any row's state is another one now. */
function changed(next: Alert[], now: Alert[]): boolean {
  return next.some((r, i) => now[i]?.id !== r.id || now[i]?.state !== r.state || now[i]?.repeats !== r.repeats);
}
