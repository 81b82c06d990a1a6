// sent.tsx -- who got the alerts of a list: asked once the rows are there, for many at
// once, and drawn where it is without drawing the rows anew.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, query } from "../base/api";
import { t, word } from "../base/i18n";
import { onNews } from "../base/live";
import type { Alert, Delivery, Page } from "../base/types";
import { signOf } from "../parts/severity";

const BITE = 50; /* alerts that the API is asked about at once */
const PAUSE_MS = 1_000;
const STORE = "alert_store_db"; /* takes all there are: without it they are kept no more */
const ORDER = ["delivered", "pending", "held", "dead", "withheld"];

const known = signal(new Map<number, Delivery[]>());

/** Of many recipients a page of deliveries may not hold all. */
async function deliveriesOf(ids: number[]): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page: Page<Delivery> = await get("/deliveries" + query({ alert: ids.join(","), limit: 1000, cursor }));
    all.push(...page.data);
    cursor = page.next ?? undefined;
  }
  return all;
}

async function look(ids: number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += BITE) {
    const bite = ids.slice(at, at + BITE);
    const found = await deliveriesOf(bite).catch(() => null);
    if (!found) return; /* it is asked again with the next news */
    const now = new Map(known.peek());
    for (const id of bite) now.set(id, found.filter((d) => d.alert_id === id));
    known.value = now;
  }
}

/** What may have changed: the newest, and whatever has not come to its end. */
const open = (id: number, at: number): boolean =>
  at < BITE || !known.peek().get(id)?.every((d) => d.settled !== null);

/** Keeps what is known of these rows up to date; of those further down when they come. */
export function useSent(rows: Alert[], isShown: boolean): void {
  const ids = rows.map((r) => r.id);
  useEffect(() => {
    if (isShown) void look(ids.filter((id) => !known.peek().has(id)));
  }, [ids.join(), isShown]);
  useEffect(() => (isShown ? onNews(["deliveries"], PAUSE_MS, () => void look(ids.filter(open))) : undefined), [ids.join(), isShown]);
}

export function SentTo({ id }: { id: number }) {
  const kept = known.value.get(id) ?? [];
  const all = kept.filter((d) => d.recipient !== STORE);
  if (kept.length === 0) return null;
  if (all.length === 0) return <span class="dim" title={t("sent.nobody")}>–<span class="hidden"> {t("sent.nobody")}</span></span>;
  const of = (state: string): Delivery[] => all.filter((d) => d.state === state);
  return (
    <a class="sent" href={`/why?alert=${id}`}>
      {ORDER.filter((s) => of(s).length > 0).map((s) => (
        <span key={s} class={`state state-${s}`} title={`${word("state", s)}: ${of(s).map((d) => d.recipient).join(", ")}`}>
          <span aria-hidden="true">{signOf(s)}{of(s).length}</span><span class="hidden">{word("state", s)}: {of(s).map((d) => d.recipient).join(", ")} </span>
        </span>
      ))}
    </a>
  );
}
