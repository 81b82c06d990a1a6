// silence_affects.tsx -- what a filter would hide: now engaged, and of the last week.
import { get, query } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { iso } from "../base/ranges";
import type { Alert, Page } from "../base/types";
import { useSettled } from "../recipient/would_have";

const WEEK_MS = 7 * 86_400_000;

export function Affects({ filter }: { filter: string }) {
  const asked = useSettled(filter);
  const { value, problem } = useLoad(asked, async (s) => {
    if (!asked.trim()) return null;
    const [engaged, week] = await Promise.all([
      get<Page<Alert>>("/alerts" + query({ state: "engaged", filter: asked, limit: 1 }), s),
      get<Page<Alert>>("/alerts" + query({ since: iso(Date.now() - WEEK_MS), filter: asked, limit: 1 }), s),
    ]);
    return { engaged: engaged.total?.value ?? engaged.data.length, week: week.total?.value ?? week.data.length };
  });
  if (problem) return <p class="wrong" role="status"><span aria-hidden="true">✖</span> {problem.message}</p>;
  return <p role="status">{value && t("silence.affects", { engaged: value.engaged, week: value.week })}</p>;
}
