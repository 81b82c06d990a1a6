// silences.tsx -- quiet on purpose: for whom, how long, why; and what each hides.
import { useState } from "preact/hooks";
import { call, escaped, get, getIfThere, post } from "../base/api";
import { t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import { param, setParams } from "../base/route";
import { mayRespond, me } from "../base/session";
import { iso } from "../base/ranges";
import type { Page } from "../base/types";
import { Dialog } from "../parts/dialog";
import { Labelled } from "../parts/form";
import { Icon } from "../parts/icon";
import { Empty, Failed, Missing, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { attempt, say } from "../parts/toast";
import { When } from "../parts/when";
import { Among } from "../recipient/among";
import { Affects } from "./silence_affects";

interface Silence {
  name: string;
  matcher: string;
  comment: string;
  author: string;
  starts: string | null;
  ends: string | null;
  until_resolved?: boolean;
  schedule?: string;
  time_zone?: string;
  recipients?: string[]; /* not there: all of them */
  state: string; /* active, pending, expired */
  until: string | null; /* when that state ends */
  managed_by: string;
}

const LASTS = ["time", "resolved", "again"] as const;
type Lasts = (typeof LASTS)[number];
const HOURS = [1, 4, 24, 168] as const;
const HOUR_MS = 3_600_000;

/** The value of a <input type=datetime-local> in the browser's zone. */
function local(ms: number): string {
  const d = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return d.toISOString().slice(0, 16);
}

/** Silences are told apart by a name that nobody has to think of. */
const nameOf = (at: number): string => "silence-" + iso(at).replace(/[-:.TZ]/g, "");

function SilenceForm({ onDone }: { onDone: () => void }) {
  const [filter, setFilter] = useState(param("new") === "1" ? "" : param("new"));
  const [comment, setComment] = useState("");
  const [starts, setStarts] = useState(local(Date.now()));
  const [ends, setEnds] = useState(local(Date.now() + HOUR_MS));
  const [lasts, setLasts] = useState<Lasts>("time");
  const [schedule, setSchedule] = useState("");
  const [only, setOnly] = useState<string[] | null>(null);
  const { value: all } = useLoad("recipients", (s) => get<Page<{ name: string; builtin: boolean }>>("/recipients?limit=1000", s));
  const [timeZone, setTimeZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = (e: Event): void => {
    e.preventDefault();
    const author = me.peek()?.name ?? "admin";
    const when = lasts === "again" ? { schedule, time_zone: timeZone }
      : { starts: iso(Date.parse(starts)), ...(lasts === "resolved" ? { until_resolved: true } : { ends: iso(Date.parse(ends)) }) };
    post("/silences", { name: nameOf(Date.now()), matcher: filter, comment, author, ...(only ? { recipients: only } : {}), ...when }).then(
      () => { say(t("silence.created")); onDone(); },
      (x: unknown) => setProblem(x instanceof Problem ? x : new Problem(0, "bug", String(x))),
    );
  };
  return (
    <form onSubmit={create}>
      {problem && <Failed problem={problem} />}
      <Labelled label={t("silence.filter")} help={t("silence.filter_help")} needed wrong={problem?.about("matcher")}>
        {(ids) => <input {...ids} value={filter} spellcheck={false} placeholder='host=192.168.1.29 and type=low_goodput' onInput={(e) => setFilter(e.currentTarget.value)} />}
      </Labelled>
      <p class="field">{t("silence.recipients")} <Among label={t("silence.recipients")} value={only} options={(all?.data ?? []).filter((r) => !r.builtin).map((r) => [r.name, r.name])} none="" onChange={setOnly} />
        {problem?.about("recipients") && <span class="wrong">✖ {problem.about("recipients")}</span>}</p>
      <div class="segments" role="group" aria-label={t("silence.how_long")}>
        {LASTS.map((x) => <button key={x} type="button" aria-pressed={lasts === x} onClick={() => setLasts(x)}>{t(`silence.lasts_${x}`)}</button>)}
      </div>
      {lasts === "time" && <div class="segments" role="group" aria-label={t("silence.ends")}>
        {HOURS.map((h) => <button key={h} type="button" onClick={() => setEnds(local(Date.parse(starts) + h * HOUR_MS))}>{t(`silence.hours_${h}`)}</button>)}
      </div>}
      {lasts === "again" ? (
        <div class="fields">
          <Labelled label={t("silence.schedule")} help={t("silence.schedule_help")} needed wrong={problem?.about("schedule")}>{(ids) => <input {...ids} value={schedule} spellcheck={false} placeholder="sun 02:00-04:00" onInput={(e) => setSchedule(e.currentTarget.value)} />}</Labelled>
          <Labelled label={t("bar.zone")} wrong={problem?.about("time_zone")}>{(ids) => <input {...ids} value={timeZone} spellcheck={false} onInput={(e) => setTimeZone(e.currentTarget.value)} />}</Labelled>
        </div>
      ) : (
      <div class="fields">
        <Labelled label={t("silence.starts")}>{(ids) => <input {...ids} type="datetime-local" value={starts} onInput={(e) => setStarts(e.currentTarget.value)} />}</Labelled>
        {lasts === "time" && <Labelled label={t("silence.ends")} wrong={problem?.about("ends")}>{(ids) => <input {...ids} type="datetime-local" value={ends} onInput={(e) => setEnds(e.currentTarget.value)} />}</Labelled>}
      </div>
      )}
      <Labelled label={t("silence.why")} needed wrong={problem?.about("comment")}>
        {(ids) => <input {...ids} value={comment} maxLength={1000} onInput={(e) => setComment(e.currentTarget.value)} />}
      </Labelled>
      <Affects filter={filter} recipients={only} />
      <p class="dim">{t("silence.kept")}</p>
      <footer><button class="primary">{t("silence.create")}</button></footer>
    </form>
  );
}

function Times({ s }: { s: Silence }) {
  if (s.schedule) return <p class="dim"><code>{s.schedule}</code> {s.time_zone}{s.until && <> → <When at={s.until} /></>}</p>;
  return <p class="dim"><When at={s.starts} ago={false} /> → {s.ends ? <When at={s.ends} /> : s.until_resolved ? t("silence.until_resolved") : "…"}</p>;
}

function Row({ s, reload }: { s: Silence; reload: () => void }) {
  const path = "/silences/" + escaped(s.name);
  const end = (): void => void attempt(() => call("DELETE", path), t("silence.ended")).then(reload);
  const extend = (): void => void attempt(() => call("PATCH", path, { ends: iso(Math.max(Date.now(), Date.parse(s.ends ?? "")) + HOUR_MS) }), t("silence.extended")).then(reload);
  const isOurs = s.managed_by === "api" && mayRespond.value;
  return (
    <li class="card row-card">
      <div class="row-main"><h2>{s.comment} <Badge managedBy={s.managed_by} /></h2><p><code>{s.matcher}</code></p>{s.recipients && <p class="dim">{t("silence.only_for", { names: s.recipients.join(", ") })}</p>}</div>
      <div>
        <p>{word("silence_state", s.state)}</p>
        <Times s={s} />
        <p class="dim">{s.author}</p>
      </div>
      <div>{s.state !== "expired" && <Affects filter={s.matcher} recipients={s.recipients} />}</div>
      {isOurs && <div class="actions">{s.ends && <button type="button" onClick={extend}>{t("silence.extend")}</button>}<button type="button" onClick={end}>{t(s.state === "expired" ? "action.delete" : "silence.end")}</button></div>}
    </li>
  );
}

export function SilencesPage() {
  const { value, problem, loading, reload } = useLoad("silences", (s) => getIfThere<Page<Silence>>("/silences", s), ["config"]);
  const isThere = value !== null;
  const add = isThere && mayRespond.value && <button type="button" class="primary" onClick={() => setParams({ new: "1" })}><Icon name="plus" /> {t("silence.add")}</button>;
  const close = (): void => setParams({ new: "" });
  const body = (): preact.ComponentChildren => {
    if (problem) return <Failed problem={problem} retry={reload} />;
    if (loading && !value) return <Waiting />;
    if (!value) return <Missing what={t("nav.silences")} />;
    if (value.data.length === 0) return <Empty title={t("silence.none")}><p>{t("silence.none_text")}</p><p>{add}</p></Empty>;
    return <ul class="cards">{value.data.map((s) => <Row key={s.name} s={s} reload={reload} />)}</ul>;
  };
  return (
    <PageFrame title={t("nav.silences")} about={t("silence.about")} actions={add}>
      {body()}
      {isThere && param("new") && <Dialog title={t("silence.add")} onClose={close}><SilenceForm onDone={() => { close(); reload(); }} /></Dialog>}
    </PageFrame>
  );
}
