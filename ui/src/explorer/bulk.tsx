// bulk.tsx -- what is done to many alerts at once, and its undoing.
import { post } from "../base/api";
import { t, type Key } from "../base/i18n";
import { Problem } from "../base/problem";
import { ask } from "../parts/dialog";
import { say, sayProblem } from "../parts/toast";

export type Verb = "ack" | "unack" | "note" | "delete" | "undelete";
/** Either those with these ids, or all that the explorer's parameters select. */
export type Which = { ids: number[] } | { params: Record<string, string | undefined> };

const UNDO: Partial<Record<Verb, Verb>> = { ack: "unack", unack: "ack", delete: "undelete" };
const DONE: Record<Verb, Key> = {
  ack: "bulk.acked", unack: "bulk.unacked", note: "bulk.noted", delete: "bulk.deleted", undelete: "bulk.undeleted",
};

function bodyOf(which: Which): Record<string, unknown> {
  if ("ids" in which) return { ids: which.ids };
  return Object.fromEntries(Object.entries(which.params).filter(([, v]) => v !== undefined));
}

async function send(verb: Verb, which: Which, comment?: string): Promise<void> {
  await post(`/alerts/${verb}`, { ...bodyOf(which), ...(comment ? { comment } : {}) });
}

function failed(e: unknown): void {
  if (e instanceof Problem && e.isMissing) sayProblem(new Problem(404, "missing", t("missing.title", { what: t("bulk.title") })));
  else sayProblem(e);
}

/** Asks first where it would take something away. */
export async function act(verb: Verb, which: Which, n: number, after: () => void, comment?: string): Promise<void> {
  if (verb === "delete" && !(await ask(t("bulk.delete"), t("bulk.delete_sure", { n }), t("bulk.delete")))) return;
  try {
    await send(verb, which, comment);
  } catch (e) {
    failed(e);
    return;
  }
  after();
  const back = UNDO[verb];
  say(t(DONE[verb], { n }), back && (() => void send(back, which).then(after, failed)));
}

interface Props {
  ids: number[];
  total: number | null;
  params: Record<string, string | undefined>;
  onDone: () => void;
  onSilence: () => void;
}

export function BulkBar({ ids, total, params, onDone, onSilence }: Props) {
  if (ids.length === 0) return null;
  const on = (verb: Verb, which: Which, n: number) => (): void => void act(verb, which, n, onDone);
  return (
    <div class="bulk" role="toolbar" aria-label={t("bulk.title")}>
      <b>{t("bulk.selected", { n: ids.length })}</b>
      <button type="button" onClick={on("ack", { ids }, ids.length)}>{t("bulk.ack")} <kbd>a</kbd></button>
      <button type="button" onClick={onSilence}>{t("bulk.silence")} <kbd>s</kbd></button>
      <button type="button" class="danger" onClick={on("delete", { ids }, ids.length)}>{t("bulk.delete")}</button>
      {total !== null && total > ids.length && (
        <button type="button" onClick={on("ack", { params }, total)}>{t("bulk.ack_all", { n: total })}</button>
      )}
    </div>
  );
}
