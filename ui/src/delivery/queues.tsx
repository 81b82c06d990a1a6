// queues.tsx -- each recipient's queue: how long it is, what it waits for; stopping
// it with a reason, letting it go on, and dropping what is too old to be of use.
import { useState } from "preact/hooks";
import { escaped, get, post, query } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import { iso } from "../base/ranges";
import { mayRespond } from "../base/session";
import type { Delivery, Page } from "../base/types";
import { Dialog } from "../parts/dialog";
import { Labelled } from "../parts/form";
import { Failed, Waiting } from "../parts/notice";
import { attempt, say } from "../parts/toast";
import { When } from "../parts/when";
import { dropOlder, MANY } from "./retry";
import type { Pause, Queue } from "./types";

const HOUR_MS = 3_600_000;
const HOURS = [0, 1, 4, 24] as const;

/** A recipient's queue, or those of all who are on an endpoint. */
interface Target {
  name: string;
  path: string;
}

const ofRecipient = (q: Queue): Target => ({ name: q.recipient, path: "/queues/" + escaped(q.recipient) });
const ofEndpoint = (q: Queue): Target => ({ name: q.endpoint.name, path: "/endpoints/" + escaped(q.endpoint.name) });

function PauseDialog({ target, onClose }: { target: Target; onClose: (done: boolean) => void }) {
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState<number>(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (e: Event): void => {
    e.preventDefault();
    const until = hours > 0 ? new Date(Date.now() + hours * HOUR_MS).toISOString() : null;
    post(target.path + "/pause", { reason, until }).then(
      () => { say(t("queue.paused_done", { name: target.name })); onClose(true); },
      (x: unknown) => setProblem(x instanceof Problem ? x : new Problem(0, "bug", String(x))),
    );
  };
  return (
    <Dialog title={t("queue.pause_one", { name: target.name })} onClose={() => onClose(false)}>
      <form onSubmit={submit}>
        <p>{t("queue.pause_text")}</p>
        {problem && <Failed problem={problem} />}
        <Labelled label={t("queue.why")} needed wrong={problem?.about("reason")}>
          {(ids) => <input {...ids} value={reason} maxLength={400} onInput={(e) => setReason(e.currentTarget.value)} />}
        </Labelled>
        <Hours label={t("queue.how_long")} of={HOURS} is={hours} set={setHours} />
        <footer><button class="primary">{t("queue.pause")}</button></footer>
      </form>
    </Dialog>
  );
}

function Hours({ label, of, is, set }: { label: string; of: readonly number[]; is: number; set: (h: number) => void }) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {of.map((h) => <button key={h} type="button" aria-pressed={is === h} onClick={() => set(h)}>{h === 0 ? t("queue.until_resumed") : t("queue.hours", { n: h })}</button>)}
    </div>
  );
}

const AGES = [1, 6, 24, 72] as const; /* h */

/** How many there are is said before it is done. */
function DropDialog({ q, onClose }: { q: Queue; onClose: () => void }) {
  const [hours, setHours] = useState<number>(6);
  const [all, setAll] = useState(false);
  const whose = all ? { endpoint: q.endpoint.name } : { recipient: q.recipient };
  const [opened] = useState(Date.now());
  const before = iso(opened - hours * HOUR_MS);
  const { value, problem } = useLoad(query({ ...whose, before }), (s) => get<Page<Delivery>>("/deliveries" + query({ state: "pending", ...whose, until: before, limit: 1 }), s));
  const n = value?.total?.exact === false ? MANY : (value?.total?.value ?? 0);
  const submit = (e: Event): void => {
    e.preventDefault();
    onClose();
    void dropOlder(whose, before, n, () => undefined);
  };
  return (
    <Dialog title={t("queue.drop")} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{t("queue.drop_text")}</p>
        {problem && <Failed problem={problem} />}
        <Hours label={t("queue.older")} of={AGES} is={hours} set={setHours} />
        <label class="block"><input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} /> {t("queue.drop_all", { name: q.endpoint.name })}</label>
        <footer><button class="danger" disabled={n === 0}>{!value ? "…" : n === MANY ? t("queue.drop_many") : t("queue.drop_n", { n })}</button></footer>
      </form>
    </Dialog>
  );
}

function PausedBy({ pause, endpoint }: { pause: Pause; endpoint?: string }) {
  return (
    <p>
      <span class="state state-held">‖ {endpoint ? t("queue.endpoint_paused", { name: endpoint }) : t("queue.paused")}</span>{" "}
      {pause.by}: {pause.reason} <span class="dim">· {t("queue.since")} <When at={pause.since} />{pause.until && <> · {t("queue.until")} <When at={pause.until} /></>}</span>
    </p>
  );
}

function Circuit({ q }: { q: Queue }) {
  const open = q.endpoint.circuit !== "closed";
  const error = q.last_error ?? q.endpoint.last_error;
  const next = q.endpoint.opens_at ?? q.opens_at;
  if (!open && !q.paused && !q.endpoint.paused && !error) return null;
  return (
    <p>
      {(q.paused || q.endpoint.paused) ? <span class="state state-dead">✖ {t("health.paused")}</span>
        : open ? <span class="state state-pending">▲ {word("breaker", q.endpoint.circuit)}</span> : null}
      {next && <span class="dim"> {t("deliveries.next_try")} <When at={next} /></span>}
      {error && <span class="clip-2 dim"> {error}</span>}
    </p>
  );
}

function Buttons({ q, reload, onPause, onDrop }: { q: Queue; reload: () => void; onPause: (x: Target) => void; onDrop: (q: Queue) => void }) {
  const resume = (x: Target): void => void attempt(() => post(x.path + "/resume"), t("queue.resumed_done", { name: x.name })).then(reload);
  if (!mayRespond.value || q.recipient === "alert_store_db") return null;
  const one = (x: Target, pause: Pause | null, pauses: string, resumes: string) => pause
    ? <button type="button" onClick={() => resume(x)}>{resumes}</button>
    : <button type="button" onClick={() => onPause(x)}>{pauses}</button>;
  return (
    <div class="actions">
      {one(ofRecipient(q), q.pause, t("queue.pause_name", { name: q.recipient }), t("queue.resume_name", { name: q.recipient }))}
      {one(ofEndpoint(q), q.endpoint.pause, t("queue.pause_endpoint", { name: q.endpoint.name }), t("queue.resume_endpoint", { name: q.endpoint.name }))}
      {q.length > 0 && <button type="button" onClick={() => onDrop(q)}>{t("queue.drop")}</button>}
    </div>
  );
}

function Row({ q, ...more }: { q: Queue; reload: () => void; onPause: (x: Target) => void; onDrop: (q: Queue) => void }) {
  return (
    <li class="queue">
      <div class="queue-head">
        <a href={"/recipients/" + escaped(q.recipient)}>{q.recipient}</a> <span class="dim">→ <a href={"/endpoints/" + escaped(q.endpoint.name)}>{q.endpoint.name}</a></span>
        <span><b>{number(q.length)}</b> {t("queue.waiting")}</span>
        {q.in_flight && <span class="dim">⟳ {t("queue.in_flight")}</span>}
        {q.oldest && <span class="dim">{t("deliveries.oldest")} <When at={q.oldest} /></span>}
        {q.dead > 0 && <a href={"/deliveries?state=dead&recipient=" + escaped(q.recipient)}>{t("queue.dead", { n: q.dead })}</a>}
        {q.waits_for === "enabling" && <span class="state">○ {t("health.off")}</span>}
      </div>
      {q.pause && <PausedBy pause={q.pause} />}
      {q.endpoint.pause && <PausedBy pause={q.endpoint.pause} endpoint={q.endpoint.name} />}
      <Circuit q={q} />
      <Buttons q={q} {...more} />
    </li>
  );
}

/** Something waits there, or stands in its way. */
const isBusy = (q: Queue): boolean =>
  q.length > 0 || q.pause !== null || q.endpoint.pause !== null || q.waits_for !== null || q.paused || q.endpoint.paused;

export function Queues() {
  const { value, problem, loading, reload } = useLoad("queues", (s) => get<Page<Queue>>("/queues", s), ["deliveries", "config"]);
  const [all, setAll] = useState(false);
  const [target, setTarget] = useState<Target | null>(null);
  const [dropped, setDropped] = useState<Queue | null>(null);
  if (value === null) return loading ? <Waiting /> : problem && <Failed problem={problem} retry={reload} />;
  const shown = all ? value.data : value.data.filter(isBusy);
  return (
    <section class="card" aria-labelledby="queues">
      <header class="card-head">
        <h2 id="queues">{t("deliveries.queues")}</h2>
        <button type="button" aria-pressed={all} onClick={() => setAll(!all)}>{t("queue.all", { n: value.data.length })}</button>
      </header>
      {shown.length === 0 ? <p class="dim">{t("queue.none")}</p> : (
        <ul class="plain-list">{shown.map((q) => <Row key={q.recipient} q={q} reload={reload} onPause={setTarget} onDrop={setDropped} />)}</ul>
      )}
      {dropped && <DropDialog q={dropped} onClose={() => { setDropped(null); reload(); }} />}
      {target && <PauseDialog target={target} onClose={(done) => { setTarget(null); if (done) reload(); }} />}
    </section>
  );
}
