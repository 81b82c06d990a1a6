// silence_affects.tsx -- what a filter would hide: now engaged, and of the last week;
// and, tried out on that week, what it would have held back.
import { useState } from "preact/hooks";
import { get, post, query } from "../base/api";
import { atLeast, number, t, word } from "../base/i18n";
import { useJob, type Job } from "../base/job";
import { useLoad } from "../base/load";
import { iso } from "../base/ranges";
import { mayWrite } from "../base/session";
import { useSettled } from "../base/settled";
import type { Alert, Page } from "../base/types";
import { humane } from "../base/words";
import { When } from "../parts/when";

const WEEK_MS = 7 * 86_400_000;
const REPLAYS = "/silences/replay";

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

function Progress({ job, cancel }: { job: Job<unknown>; cancel: () => void }) {
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
      <p class="dim">{t("silence.would_messages", { n: of.messages, without: number(of.messages_without) })}</p>
      {of.held_back > 0 && (
        <>
          <p class="group-name">{t("nav.recipients")}</p>
          <ul class="plain-list">{of.by_recipient.map((r) => <li key={r.recipient}><b>{number(r.held_back)}</b> {r.recipient} <span class="dim">{t("silence.would_messages", { n: r.messages, without: number(r.messages_without) })}</span></li>)}</ul>
          <p class="group-name">{t("nav.alerts")}</p>
          <ul class="plain-list">{of.by_type.map((x) => <li key={x.type}><b>{number(x.held_back)}</b> {humane(x.type)}</li>)}</ul>
          <p class="group-name">{t("would.examples")}</p>
          <ul class="plain-list">{of.examples.map((x, i) => <li key={i}><a href={`/a/${x.alert_id}`}>{humane(x.type)}</a> → {x.recipient} <span class="dim"><When at={x.at} /> {word("replayed", x.outcome)}</span></li>)}</ul>
        </>
      )}
    </div>
  );
}

interface Held {
  filter: string;
  /** Only theirs; none: everybody's. */
  recipients?: string[] | null | undefined;
}

/** Tried out when somebody asks for it. */
function TryOut({ filter, recipients }: Held) {
  const [wanted, want] = useState(false);
  const { job, result, problem, cancel } = useJob<{ silence: Replayed }>(wanted ? filter : null, async () =>
    (await post<{ data: Job<{ silence: Replayed }> }>(REPLAYS, { silence: { matcher: filter, ...(recipients ? { recipients } : {}) } })).data, REPLAYS);
  if (job) return <Progress job={job} cancel={() => { cancel(); want(false); }} />;
  if (result) return <Answer of={result.silence} />;
  return (
    <>
      {problem && <p class="wrong" role="status"><span aria-hidden="true">✖</span> {problem.message}</p>}
      <button type="button" onClick={() => want(true)}>{t("silence.try")}</button>
    </>
  );
}

/** A total that took too long to count is the least there are. */
function countOf(p: Page<Alert>): { n: number; exact: boolean } {
  return p.total ? { n: p.total.value, exact: p.total.exact } : { n: p.data.length, exact: p.next === null };
}

export function Affects({ filter, recipients }: Held) {
  const asked = useSettled(filter);
  const { value, problem } = useLoad(asked, async (s) => {
    if (!asked.trim()) return null;
    const [engaged, week] = await Promise.all([
      get<Page<Alert>>("/alerts" + query({ state: "engaged", filter: asked, limit: 1 }), s),
      get<Page<Alert>>("/alerts" + query({ since: iso(Date.now() - WEEK_MS), filter: asked, limit: 1 }), s),
    ]);
    return { engaged: countOf(engaged), week: countOf(week) };
  });
  if (problem) return <p class="wrong" role="status"><span aria-hidden="true">✖</span> {problem.message}</p>;
  return (
    <>
      <p role="status">{value && t("silence.affects", { engaged: value.engaged.n, week: atLeast(value.week.n, value.week.exact) })}</p>
      {value && mayWrite.value && <TryOut key={asked + recipients} filter={asked} recipients={recipients} />}
    </>
  );
}
