// bulk.tsx -- what is done to many alerts at once, and its undoing.
import { post, query } from "../base/api";
import { t, type Key } from "../base/i18n";
import { Problem } from "../base/problem";
import { me } from "../base/session";
import { ask } from "../parts/dialog";
import { say, sayProblem } from "../parts/toast";

export type Verb = "ack" | "unack" | "note" | "delete" | "undelete";
/** Either those with these ids, or all that the explorer's parameters select. */
export type Which = { ids: number[] } | { params: Record<string, string | undefined>; n: number };

const UNDO: Partial<Record<Verb, Verb>> = { ack: "unack", unack: "ack", delete: "undelete" };
const DONE: Record<Verb, Key> = {
  ack: "bulk.acked", unack: "bulk.unacked", note: "bulk.noted", delete: "bulk.deleted", undelete: "bulk.undeleted",
};

interface Marked {
  changed: number;
  more: boolean;
  deletion?: number; /* a delete's number, for its undoing */
}

/** In as many bites as the server wants. */
async function send(verb: Verb, which: Which, more: Record<string, unknown>): Promise<Marked> {
  const asked = "ids" in which ? "" : query(which.params);
  const body = { ...("ids" in which ? { ids: which.ids } : {}), by: me.peek()?.name, ...more };
  let changed = 0;
  for (;;) {
    const m = await post<Marked>(`/alerts/${verb}${asked}`, body);
    changed += m.changed;
    if (!m.more || m.changed === 0) return { ...m, changed };
  }
}

function failed(e: unknown): void {
  if (e instanceof Problem && e.isMissing) sayProblem(new Problem(404, "missing", t("missing.title", { what: t("bulk.title") })));
  else sayProblem(e);
}

/** Asks first where it would take something away. */
export async function act(verb: Verb, which: Which, after: (done: Verb) => void, more: Record<string, unknown> = {}): Promise<void> {
  const n = "ids" in which ? which.ids.length : which.n;
  if (verb === "delete" && !(await ask(t("bulk.delete"), t("bulk.delete_sure", { n }), t("bulk.delete")))) return;
  try {
    const done = await send(verb, which, more);
    after(verb);
    const back = UNDO[verb];
    const again = done.deletion === undefined ? {} : { deletion: done.deletion };
    say(t(DONE[verb], { n: done.changed }), back && (() => void send(back, which, again).then(() => after(back), failed)));
  } catch (e) {
    failed(e);
  }
}

interface Props {
  ids: number[];
  total: number | null;
  params: Record<string, string | undefined>;
  onDone: (done: Verb) => void;
  onAllDone: () => void;
  onSilence: () => void;
}

export function BulkBar({ ids, total, params, onDone, onAllDone, onSilence }: Props) {
  if (ids.length === 0) return null;
  const on = (verb: Verb) => (): void => void act(verb, { ids }, onDone);
  return (
    <div class="bulk" role="toolbar" aria-label={t("bulk.title")}>
      <b>{t("bulk.selected", { n: ids.length })}</b>
      <button type="button" onClick={on("ack")}>{t("bulk.ack")} <kbd>a</kbd></button>
      <button type="button" onClick={onSilence}>{t("bulk.silence")} <kbd>s</kbd></button>
      <button type="button" class="danger" onClick={on("delete")}>{t("bulk.delete")}</button>
      {total !== null && total > ids.length && (
        <button type="button" onClick={() => void act("ack", { params, n: total }, onAllDone)}>{t("bulk.ack_all", { n: total })}</button>
      )}
    </div>
  );
}
