// would_have.tsx -- what the recipient as it is written would have got lately.
import { useEffect, useState } from "preact/hooks";
import { get, query } from "../base/api";
import { number, t } from "../base/i18n";
import { useLoad } from "../base/load";
import { iso } from "../base/ranges";
import type { Alert, Page, Recipient } from "../base/types";
import { humane } from "../base/words";
import { Waiting } from "../parts/notice";
import { SeverityMark } from "../parts/severity";
import { When } from "../parts/when";
import { asFilter } from "./as_filter";

const DAY_MS = 86_400_000;
const PAUSE_MS = 400;

/** Follows a value once it has been still for a moment. */
export function useSettled<T>(value: T): T {
  const [settled, set] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface Found {
  matched: Page<Alert>;
  all: Page<Alert>;
}

async function find(filter: string, signal: AbortSignal): Promise<Found> {
  const since = iso(Math.floor((Date.now() - DAY_MS) / 60_000) * 60_000);
  const [matched, all] = await Promise.all([
    get<Page<Alert>>("/alerts" + query({ since, filter, limit: 5 }), signal),
    get<Page<Alert>>("/alerts" + query({ since, limit: 1 }), signal),
  ]);
  return { matched, all };
}

export function WouldHave({ recipient }: { recipient: Recipient }) {
  const filter = asFilter(useSettled(recipient));
  const { value, problem } = useLoad(filter ?? "nothing", async (s) => (filter === null ? null : find(filter, s)));
  const total = value?.matched.total;
  return (
    <section class="card" aria-live="polite">
      <h2>{t("would.title")}</h2>
      {filter === null && <p class="bad">▲ {t("would.nothing")}</p>}
      {problem && <p class="bad">✖ {problem.message}</p>}
      {filter !== null && !problem && !value && <Waiting />}
      {value && !problem && (
        <>
          <p class="would-count"><b>{total?.exact === false ? "≥ " : ""}{number(total?.value ?? value.matched.data.length)}</b> {t("would.of", { n: value.all.total?.value ?? 0 })}</p>
          <ul class="plain-list">
            {value.matched.data.map((a) => <li key={a.id}><SeverityMark severity={a.severity} /> <a href={`/a/${a.id}`}>{humane(a.type)}</a> <span class="dim"><When at={a.tstamp} /></span></li>)}
          </ul>
          {(total?.value ?? 0) === 0 && <p class="dim">{t("would.none")}</p>}
          {(recipient.host_pools || recipient.am_hosts) && <p class="dim">{t("would.pools")}</p>}
        </>
      )}
    </section>
  );
}
