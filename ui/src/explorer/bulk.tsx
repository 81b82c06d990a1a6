// bulk.tsx -- what is done to many alerts at once, and its undoing.
import { post, query } from "../base/api";
import { t, type Key } from "../base/i18n";
import { Problem } from "../base/problem";
import { me } from "../base/session";
import { ask, askWords } from "../parts/dialog";
import { say, sayProblem } from "../parts/toast";
import { byParts } from "./progress";

export type Verb = "ack" | "unack" | "note" | "delete" | "undelete";
/** Either those with these ids, or all that the explorer's parameters select. */
export type Which = { ids: number[] } | { params: Record<string, string | undefined>; n: number };

const UNDO: Partial<Record<Verb, Verb>> = { ack: "unack", unack: "ack", delete: "undelete" };
const NAMES: Record<Verb, Key> = { ack: "bulk.ack", unack: "bulk.unack", note: "notes.add", delete: "bulk.delete", undelete: "action.undo" };
const DONE: Record<Verb, Key> = {
  ack: "bulk.acked", unack: "bulk.unacked", note: "bulk.noted", delete: "bulk.deleted", undelete: "bulk.undeleted",
};

interface Marked {
  changed: number;
  more: boolean;
  next: string | null;
  deletion?: number; /* what it is undone by, */
  acknowledgement?: number; /* each part by its own */
}

interface Done {
  changed: number;
  parts: Marked[];
}

const IDS_MAX = 1_000; /* of one request */
const PART = 2_000; /* looked at by one request, so that we can say how far it is */

function parts(which: Which): { total: number; first: Record<string, unknown>[]; params: Record<string, string | undefined> } {
  if (!("ids" in which)) return { total: which.n, first: [{ at_most: PART }], params: which.params };
  const first = [];
  for (let i = 0; i < which.ids.length; i += IDS_MAX) first.push({ ids: which.ids.slice(i, i + IDS_MAX) });
  return { total: which.ids.length, first, params: {} };
}

async function send(verb: Verb, which: Which, more: Record<string, unknown>): Promise<Done> {
  const { total, first, params } = parts(which);
  const done: Done = { changed: 0, parts: [] };
  let cursor: string | null = null;
  await byParts(t(NAMES[verb]), total, PART, async () => {
    const body = first[0] ?? {};
    const m = await post<Marked>(`/alerts/${verb}${query({ ...params, cursor: cursor ?? undefined })}`, { ...body, by: me.peek()?.name, ...(verb === "ack" ? { again: false } : {}), ...more });
    done.changed += m.changed;
    done.parts.push(m);
    cursor = m.more ? m.next : null;
    if (cursor === null) first.shift();
    return cursor !== null || first.length > 0;
  });
  return done;
}

async function undo(verb: Verb, which: Which, done: Done): Promise<void> {
  if (verb === "unack") await send("ack", which, {});
  else for (const { deletion, acknowledgement } of done.parts) await post(`/alerts/${UNDO[verb]}`, { deletion, acknowledgement, by: me.peek()?.name });
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
    say(t(DONE[verb], { n: done.changed }), back && done.changed > 0 ? () => void undo(verb, which, done).then(() => after(back), failed) : undefined);
  } catch (e) {
    failed(e);
  }
}

/** One note for all of them. */
export async function annotate(ids: number[], after: (done: Verb) => void): Promise<void> {
  const text = await askWords(t("bulk.note"), t("bulk.selected", { n: ids.length }));
  if (text) await act("note", { ids }, after, { text });
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
      <button type="button" onClick={() => void annotate(ids, onDone)}>{t("bulk.note")} <kbd>m</kbd></button>
      <button type="button" class="danger" onClick={on("delete")}>{t("bulk.delete")}</button>
      {total !== null && total > ids.length && (
        <>
          <button type="button" onClick={() => void act("ack", { params, n: total }, onAllDone)}>{t("bulk.ack_all", { n: total })}</button>
          <button type="button" class="danger" onClick={() => void act("delete", { params, n: total }, onAllDone)}>{t("bulk.delete_all", { n: total })}</button>
        </>
      )}
    </div>
  );
}
