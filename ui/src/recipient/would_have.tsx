// would_have.tsx -- what the recipient as it is written would have been sent lately:
// the history is told once more to the draft, by the code that tells it live.
import { useState } from "preact/hooks";
import { post } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useJob, type Job } from "../base/job";
import { mayWrite } from "../base/session";
import { useSettled } from "../base/settled";
import type { Recipient } from "../base/types";
import { humane } from "../base/words";
import { patchOf, said } from "../parts/field";
import { SeverityMark } from "../parts/severity";
import { When } from "../parts/when";
import { anHour, countsOf, holdsOf, type Example, type Replayed } from "./rehearsed";


const RANGES = ["24h", "7d", "30d"] as const;
const SETTLE_MS = 800; /* a whole history is read for it */
const MANY_AN_HOUR = 60;

/** The name of one that is there, or what of it is changed, or all of a new one. */
function asked(before: Recipient | null, r: Recipient): unknown {
  if (before === null) return { ...r, name: r.name || "draft", params: said(r.params) };
  const patch = patchOf(before as unknown as Record<string, unknown>, { ...r, name: before.name } as unknown as Record<string, unknown>);
  return patch ? { ...patch, name: before.name } : before.name;
}

const named = (list: "replay_count" | "hold", name: string): string => {
  const w = list === "hold" ? word("hold", name) : word("replay_count", name);
  return w === name ? humane(name) : w;
};

function Bars({ r }: { r: Replayed }) {
  const most = Math.max(1, ...r.by_day.map((d) => d.messages));
  if (r.by_day.length < 3) return null;
  return (
    <ol class="bars" aria-label={t("would.by_day")}>
      {r.by_day.map((d) => <li key={d.day} title={`${d.day}: ${number(d.messages)}`}><span style={{ height: `${Math.round((d.messages / most) * 100)}%` }} /><span class="hidden">{d.day}: {number(d.messages)}</span></li>)}
    </ol>
  );
}

function One({ e }: { e: Example }) {
  return (
    <li>
      <span><a href={`/a/${e.alert_id}`}>{e.title || humane(e.type)}</a> <span class="dim"><When at={e.at} /></span></span>
      {e.text && <span class="block dim clip" title={e.text}>{e.text}</span>}
      {(e.hold || e.reason) && <span class="block dim">{[e.hold && named("hold", e.hold), e.reason].filter(Boolean).join(": ")}</span>}
    </li>
  );
}

function Examples({ title, list, open = false }: { title: string; list: Example[]; open?: boolean }) {
  if (list.length === 0) return null;
  return (
    <details class="more" open={open}>
      <summary>{title}</summary>
      <ul class="plain-list">{list.map((e, i) => <One key={i} e={e} />)}</ul>
    </details>
  );
}

function Found({ r, stale }: { r: Replayed; stale: boolean }) {
  const hourly = anHour(r);
  const { more, less, compared } = r.differences;
  return (
    <div class={stale ? "stale" : ""}>
      <p class="would-count"><b>{t("would.count", { n: r.messages })}</b> {t("would.of", { n: r.alerts })}</p>
      {r.messages === 0 && r.alerts > 0 && <p class="warn">▲ {t("would.none")}</p>}
      {hourly > MANY_AN_HOUR && <p class="warn">▲ {t("would.many", { n: Math.round(hourly) })}</p>}
      <p class="engaged-counts small">{r.by_severity.map((s) => <SeverityMark key={s.severity} severity={s.severity} count={number(s.messages)} />)}</p>
      <Bars r={r} />
      <dl class="facts">{countsOf(r).map((c) => <div key={c.name}><dt>{named("replay_count", c.name)}</dt><dd>{number(c.count)}</dd></div>)}</dl>
      {holdsOf(r).map((h) => <p key={h.kind}><b>{named("hold", h.kind)}</b> <span class="dim">{h.ends.map((e) => `${named("replay_count", e.name)} ${number(e.count)}`).join(" · ")}</span></p>)}
      <Examples title={t("would.examples")} list={r.examples} open />
      <Examples title={t("would.held_examples")} list={r.held_examples ?? []} />
      {compared > 0 && (
        <>
          <Examples title={t("would.more", { n: more.count })} list={more.examples} />
          <Examples title={t("would.less", { n: less.count })} list={less.examples} />
          {more.count + less.count === 0 && <p class="good">✔ {t("would.same")}</p>}
        </>
      )}
    </div>
  );
}

function Progress({ job, cancel }: { job: Job<Replayed>; cancel: () => void }) {
  return (
    <div class="beside" role="status">
      <progress {...(job.total ? { max: job.total, value: job.done } : {})} aria-label={t("would.looking")} />
      <span class="dim grow">{job.total ? t("would.progress", { done: number(job.done), total: number(job.total) }) : t("would.looking")}</span>
      <button type="button" onClick={cancel}>{t("action.cancel")}</button>
    </div>
  );
}

export function WouldHave({ before, recipient }: { before: Recipient | null; recipient: Recipient }) {
  const [since, setSince] = useState<(typeof RANGES)[number]>("24h");
  const r = useSettled(recipient, SETTLE_MS);
  const what = asked(before, r);
  const isReady = r.endpoint !== "" && mayWrite.value;
  const { job, result, problem, cancel } = useJob<Replayed>(isReady ? JSON.stringify([what, since]) : null, async () =>
    (await post<{ data: Job<Replayed> }>("/replay", { recipient: what, since })).data);
  const nothing = [r.categories, r.entities, r.types, r.host_pools, r.am_hosts].some((l) => l !== null && l.length === 0);
  return (
    <section class="card">
      <div class="page-head">
        <h2>{t("would.title")}</h2>
        <div class="segments" role="group" aria-label={t("would.range")}>
          {RANGES.map((x) => <button key={x} type="button" aria-pressed={since === x} onClick={() => setSince(x)}>{t(`range.${x}`)}</button>)}
        </div>
      </div>
      {nothing && <p class="bad">▲ {t("would.nothing")}</p>}
      {!mayWrite.value && <p class="dim">{t("would.editors")}</p>}
      {mayWrite.value && r.endpoint === "" && <p class="dim">{t("would.first_endpoint")}</p>}
      {problem && <p class="dim">{t("preview.not_now", { why: problem.message })}</p>}
      {job && <Progress job={job} cancel={cancel} />}
      {result && <Found r={result} stale={job !== null || problem !== null} />}
    </section>
  );
}
