// silence_affects.tsx -- what a filter would hide: now engaged, and of the last week;
// and, tried out on that week, what it would have held back.
import { useEffect, useRef, useState } from "preact/hooks";
import { call, get, post, query } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import { iso } from "../base/ranges";
import { mayWrite } from "../base/session";
import type { Alert, Page } from "../base/types";
import { humane } from "../base/words";
import { When } from "../parts/when";
import { useSettled } from "../recipient/would_have";

const WEEK_MS = 7 * 86_400_000;
const REPLAYS = "/silences/replay";
const LOOK_MS = 400; /* how often a replay that runs is looked at */

interface HeldBack {
  held_back: number;
  sent: number;
  withheld: number;
}

interface Replayed extends HeldBack {
  messages: number;
  messages_without: number;
  by_recipient: (HeldBack & { recipient: string; messages: number; messages_without: number })[];
  by_type: { type: string; held_back: number }[];
  examples: { alert_id: number; at: string; type: string; recipient: string; outcome: string }[];
}

interface Job {
  id: number;
  state: "running" | "done" | "failed" | "cancelled";
  done: number;
  total: number | null;
  eta_s: number | null;
  error?: string | null;
  result?: { silence: Replayed };
}

const asProblem = (x: unknown): Problem => (x instanceof Problem ? x : new Problem(0, "bug", String(x)));

/** A replay of the filter, begun by hand. One whose filter is another by now, or that
 * nobody looks at any more, is cancelled. */
function useReplay(filter: string) {
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = job?.state === "running" ? job.id : null;
  const latest = useRef(running);
  latest.current = running;
  const path = `${REPLAYS}/${running}`;
  const wrong = (x: unknown): void => { setJob(null); setProblem(asProblem(x)); };
  const start = (): void => {
    setProblem(null);
    post<{ data: Job }>(REPLAYS, { silence: { matcher: filter } }).then((a) => setJob(a.data), wrong);
  };
  const cancel = (): void => void call("DELETE", path).catch(wrong);
  useEffect(() => {
    if (running === null) return;
    const timer = setInterval(() => void get<{ data: Job }>(path).then((a) => setJob(a.data), wrong), LOOK_MS);
    return () => clearInterval(timer);
  }, [running]);
  useEffect(() => () => {
    if (latest.current !== null) void call("DELETE", `${REPLAYS}/${latest.current}`).catch(() => undefined);
    setJob(null);
    setProblem(null);
  }, [filter]);
  return { job, problem, start, cancel };
}

function Progress({ job, cancel }: { job: Job; cancel: () => void }) {
  return (
    <div role="status">
      <progress max={job.total ?? job.done + 1} value={job.done} aria-label={t("silence.trying")} />
      <p class="dim">{t("silence.tried_so_far", { n: number(job.done), of: number(job.total ?? job.done) })} <button type="button" onClick={cancel}>{t("action.cancel")}</button></p>
    </div>
  );
}

function Answer({ of }: { of: Replayed }) {
  return (
    <div role="status">
      <p>{t("silence.would_hold", { n: of.held_back })}{of.held_back > 0 && <> {t("silence.would_then", { sent: number(of.sent), withheld: number(of.withheld) })}</>}</p>
      <p class="dim">{t("silence.would_messages", { messages: number(of.messages), without: number(of.messages_without) })}</p>
      {of.held_back > 0 && (
        <>
          <ul class="plain-list">{of.by_recipient.map((r) => <li key={r.recipient}><b>{number(r.held_back)}</b> {r.recipient} <span class="dim">{t("silence.would_messages", { messages: number(r.messages), without: number(r.messages_without) })}</span></li>)}</ul>
          <ul class="plain-list">{of.by_type.map((x) => <li key={x.type}><b>{number(x.held_back)}</b> {humane(x.type)}</li>)}</ul>
          <ul class="plain-list">{of.examples.map((x, i) => <li key={i}><a href={`/a/${x.alert_id}`}>{humane(x.type)}</a> → {x.recipient} <span class="dim"><When at={x.at} /> {word("replayed", x.outcome)}</span></li>)}</ul>
        </>
      )}
    </div>
  );
}

function TryOut({ filter }: { filter: string }) {
  const { job, problem, start, cancel } = useReplay(filter);
  if (job?.state === "running") return <Progress job={job} cancel={cancel} />;
  return (
    <>
      {problem && <p class="wrong" role="status"><span aria-hidden="true">✖</span> {problem.message}</p>}
      {job?.state === "failed" && <p class="wrong" role="status"><span aria-hidden="true">✖</span> {job.error}</p>}
      {job?.state === "cancelled" && <p class="dim" role="status">{t("silence.cancelled")}</p>}
      {job?.result ? <Answer of={job.result.silence} /> : <button type="button" onClick={start}>{t("silence.try")}</button>}
    </>
  );
}

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
  return (
    <>
      <p role="status">{value && t("silence.affects", { engaged: value.engaged, week: value.week })}</p>
      {value && mayWrite.value && <TryOut filter={asked} />}
    </>
  );
}
