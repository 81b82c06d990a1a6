// silences.tsx -- quiet on purpose: for whom, how long, why; and what each hides.
import { useState } from "preact/hooks";
import { call, getIfThere, post } from "../base/api";
import { t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import { param, setParams } from "../base/route";
import { mayWrite } from "../base/session";
import { iso } from "../base/ranges";
import type { Page } from "../base/types";
import { Dialog } from "../parts/dialog";
import { Labelled } from "../parts/form";
import { Icon } from "../parts/icon";
import { Empty, Failed, Missing, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { attempt, say } from "../parts/toast";
import { When } from "../parts/when";
import { Affects } from "./silence_affects";

interface Silence {
  id: number | string;
  filter?: string;
  comment?: string;
  author?: string;
  starts?: string;
  ends?: string;
  state?: string;
  matches?: number;
}

const HOURS = [1, 4, 24, 168] as const;
const HOUR_MS = 3_600_000;

/** The value of a <input type=datetime-local> in the browser's zone. */
function local(ms: number): string {
  const d = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return d.toISOString().slice(0, 16);
}

function SilenceForm({ onDone }: { onDone: () => void }) {
  const [filter, setFilter] = useState(param("new") === "1" ? "" : param("new"));
  const [comment, setComment] = useState("");
  const [starts, setStarts] = useState(local(Date.now()));
  const [ends, setEnds] = useState(local(Date.now() + HOUR_MS));
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = (e: Event): void => {
    e.preventDefault();
    post("/silences", { filter, comment, starts: iso(Date.parse(starts)), ends: iso(Date.parse(ends)) }).then(
      () => { say(t("silence.created")); onDone(); },
      (x: unknown) => setProblem(x instanceof Problem ? x : new Problem(0, "bug", String(x))),
    );
  };
  return (
    <form onSubmit={create}>
      {problem && <Failed problem={problem} />}
      <Labelled label={t("silence.filter")} help={t("silence.filter_help")} needed wrong={problem?.about("filter")}>
        {(ids) => <input {...ids} value={filter} spellcheck={false} placeholder='host=192.168.1.29 and type=low_goodput' onInput={(e) => setFilter(e.currentTarget.value)} />}
      </Labelled>
      <div class="segments" role="group" aria-label={t("silence.how_long")}>
        {HOURS.map((h) => <button key={h} type="button" onClick={() => setEnds(local(Date.parse(starts) + h * HOUR_MS))}>{t(`silence.hours_${h}`)}</button>)}
      </div>
      <div class="fields">
        <Labelled label={t("silence.starts")}>{(ids) => <input {...ids} type="datetime-local" value={starts} onInput={(e) => setStarts(e.currentTarget.value)} />}</Labelled>
        <Labelled label={t("silence.ends")} wrong={problem?.about("ends")}>{(ids) => <input {...ids} type="datetime-local" value={ends} onInput={(e) => setEnds(e.currentTarget.value)} />}</Labelled>
      </div>
      <Labelled label={t("silence.why")} needed wrong={problem?.about("comment")}>
        {(ids) => <input {...ids} value={comment} maxLength={1000} onInput={(e) => setComment(e.currentTarget.value)} />}
      </Labelled>
      <Affects filter={filter} />
      <p class="dim">{t("silence.kept")}</p>
      <footer><button class="primary">{t("silence.create")}</button></footer>
    </form>
  );
}

function Row({ s, reload }: { s: Silence; reload: () => void }) {
  const end = (): void => void attempt(() => call("DELETE", `/silences/${s.id}`), t("silence.ended")).then(reload);
  const extend = (): void => void attempt(() => call("PATCH", `/silences/${s.id}`, { ends: iso(Math.max(Date.now(), Date.parse(s.ends ?? "")) + HOUR_MS) }), t("silence.extended")).then(reload);
  const isOver = s.state === "expired";
  return (
    <li class="card row-card">
      <div class="row-main"><h2>{s.comment || t("silence.no_comment")}</h2><p><code>{s.filter}</code></p></div>
      <div>
        {s.state && <p>{word("silence_state", s.state)}</p>}
        <p class="dim"><When at={s.starts} ago={false} /> → <When at={s.ends} /></p>
        {s.author && <p class="dim">{s.author}</p>}
        {s.matches !== undefined && <p class={s.matches ? "" : "dim"}>{t("silence.matches", { n: s.matches })}</p>}
      </div>
      {mayWrite.value && !isOver && <div class="actions"><button type="button" onClick={extend}>{t("silence.extend")}</button><button type="button" onClick={end}>{t("silence.end")}</button></div>}
    </li>
  );
}

export function SilencesPage() {
  const { value, problem, loading, reload } = useLoad("silences", (s) => getIfThere<Page<Silence>>("/silences", s), ["config"]);
  const isThere = value !== null;
  const add = isThere && mayWrite.value && <button type="button" class="primary" onClick={() => setParams({ new: "1" })}><Icon name="plus" /> {t("silence.add")}</button>;
  const close = (): void => setParams({ new: "" });
  const body = (): preact.ComponentChildren => {
    if (problem) return <Failed problem={problem} retry={reload} />;
    if (loading && !value) return <Waiting />;
    if (!value) return <Missing what={t("nav.silences")} />;
    if (value.data.length === 0) return <Empty title={t("silence.none")}><p>{t("silence.none_text")}</p><p>{add}</p></Empty>;
    return <ul class="cards">{value.data.map((s) => <Row key={s.id} s={s} reload={reload} />)}</ul>;
  };
  return (
    <PageFrame title={t("nav.silences")} about={t("silence.about")} actions={add}>
      {body()}
      {isThere && param("new") && <Dialog title={t("silence.add")} onClose={close}><SilenceForm onDone={() => { close(); reload(); }} /></Dialog>}
    </PageFrame>
  );
}
