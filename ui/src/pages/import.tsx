// import.tsx -- from ntopng, Alertmanager, Apprise or files of ours: first looked
// at, then done; and the configuration as files.
import { useEffect, useState } from "preact/hooks";
import { call, getText, inertText } from "../base/api";
import { t, word, type Key } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import { param, setParams } from "../base/route";
import { me } from "../base/session";
import { Copy } from "../parts/copy";
import { Labelled } from "../parts/form";
import { Failed } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { say } from "../parts/toast";
import { Revisions } from "./revisions";

interface Kind {
  id: string;
  name: Key;
  help: Key;
  type?: string; /* the body's, where it is not JSON */
}

const KINDS: Kind[] = [
  { id: "ntopng-backup", name: "import.ntopng_backup", help: "import.ntopng_backup_help" },
  { id: "ntopng-pools", name: "import.ntopng_pools", help: "import.ntopng_pools_help" },
  { id: "alertmanager", name: "import.alertmanager", help: "import.alertmanager_help", type: "application/yaml" },
  { id: "apprise", name: "import.apprise", help: "import.apprise_help", type: "text/plain" },
  { id: "tocsin", name: "import.tocsin", help: "import.tocsin_help", type: "application/yaml" },
];

interface ReportLine {
  result: string; /* taken, adjusted, left; of our own created, changed, deleted */
  kind: string;
  name: string;
  text: string;
}

const SIGN: Record<string, string> = { taken: "+", adjusted: "~", left: "!", created: "+", changed: "~", deleted: "−" };

interface Difference {
  kind: string;
  name: string;
  change: string;
  members: { path: string; secret?: true; before?: unknown; after?: unknown; added?: unknown[]; removed?: unknown[] }[];
}

const shown = (v: unknown): string => (v === null ? "–" : typeof v === "string" ? v : JSON.stringify(v));

const each = (sign: string, list: unknown[] = []): string => list.map((v) => " " + sign + shown(v)).join("");

function lineOf(d: Difference): ReportLine {
  const texts = d.members.map((m) => `${m.path}: ` + (m.secret ? t("import.secret") : m.added ? each("+", m.added) + each("−", m.removed) : `${shown(m.before)} → ${shown(m.after)}`));
  return { result: d.change, kind: d.kind, name: d.name, text: d.change === "changed" ? texts.join(" · ") : "" };
}

/** Our own files are applied; what they name is by hand from then on. */
async function asked(kind: Kind, text: string, replace: boolean, dryRun: boolean): Promise<ReportLine[]> {
  const q = `?dry_run=${dryRun}`;
  if (kind.id === "tocsin")
    return (await call<{ changes: Difference[] }>("POST", "/config/apply" + q, { files: [{ name: "import.yaml", text }], managed_by: "api", prune: replace })).body.changes.map(lineOf);
  const body = kind.type ? text : (JSON.parse(text) as unknown);
  return (await call<{ report: ReportLine[] }>("POST", `/import/${kind.id}${q}${replace ? "&replace=true" : ""}`, body, kind.type ? { type: kind.type } : {})).body.report;
}

function Report({ lines, dryRun }: { lines: ReportLine[]; dryRun: boolean }) {
  return (
    <section class="card" role="status">
      <h2>{t(dryRun ? "import.would" : "import.did")}</h2>
      {lines.length === 0 ? <p>{t("import.no_lines")}</p> : (
        <ul class="report">{lines.map((l, i) => <li key={i} class={l.result === "left" ? "bad" : ""}><b aria-hidden="true">{SIGN[l.result]}</b> <span class="dim">{word("import_result", l.result)}: {l.kind}</span> <b>{l.name}</b> {l.text}</li>)}</ul>
      )}
    </section>
  );
}

function From({ kind }: { kind: Kind }) {
  const [text, setText] = useState("");
  const [replace, setReplace] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [report, setReport] = useState<{ lines: ReportLine[]; dryRun: boolean } | null>(null);
  const run = async (dryRun: boolean): Promise<void> => {
    setProblem(null);
    try {
      setReport({ lines: await asked(kind, text, replace, dryRun), dryRun });
      if (!dryRun) say(t("import.done"));
    } catch (e) {
      setReport(null);
      if (e instanceof Problem) setProblem(e.isMissing ? new Problem(404, "missing", t("missing.title", { what: t(kind.name) })) : e);
      else setProblem(new Problem(0, "json", t("why.not_json", { why: String(e) })));
    }
  };
  useEffect(() => setReport(null), [text, replace]); /* what was looked at is not this */
  const pick = (e: Event): void => {
    const file = (e.currentTarget as HTMLInputElement).files?.[0];
    if (file) void file.text().then(setText);
  };
  return (
    <>
      <form class="card" onSubmit={(e) => { e.preventDefault(); void run(true); }}>
        <p class="about">{t(kind.help)}</p>
        <Labelled label={t("import.file")}>{(ids) => <input {...ids} type="file" onChange={pick} />}</Labelled>
        <Labelled label={t("import.text")}>{(ids) => <textarea {...ids} class="code" rows={8} spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Labelled>
        <label class="switch"><input type="checkbox" checked={replace} onChange={(e) => setReplace(e.currentTarget.checked)} /> {t(kind.id === "tocsin" ? "import.prune" : "import.replace")}</label>
        <footer class="actions">
          <button class="primary" disabled={!text.trim()}>{t("import.look")}</button>
          <button type="button" disabled={!report?.dryRun} onClick={() => void run(false)}>{t("import.do")}</button>
        </footer>
      </form>
      {problem && <Failed problem={problem} />}
      {report && <Report {...report} />}
    </>
  );
}

function Export() {
  const { value: text } = useLoad("export", (s) => getText("/config/export", s), ["config"]);
  return (
    <section class="card">
      <h2>{t("export.config")}</h2>
      {text ? <><pre tabIndex={0} aria-label={t("export.config")}>{inertText(text)}</pre><Copy text={text} label={t("action.copy")} /></> : <p>{t("export.by_cli")} <code>tocsin config export</code></p>}
      <p class="dim">{t("export.secrets")}</p>
    </section>
  );
}

export function ImportPage() {
  const kind = KINDS.find((k) => k.id === param("from")) ?? (KINDS[0] as Kind);
  return (
    <PageFrame title={t("nav.import")} about={t("import.about")}>
      <div class="segments" role="group" aria-label={t("import.kind")}>
        {KINDS.filter((k) => k.id !== "tocsin" || me.value?.role === "admin").map((k) => <button key={k.id} type="button" aria-pressed={kind.id === k.id} onClick={() => setParams({ from: k.id })}>{t(k.name)}</button>)}
      </div>
      <div class="two"><div class="stack"><From key={kind.id} kind={kind} /></div><div class="side"><Export /><Revisions /></div></div>
    </PageFrame>
  );
}
