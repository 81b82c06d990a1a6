// system.tsx -- the program itself: health, disk, queue, jobs, versions.
import { get, getIfThere } from "../base/api";
import { number, t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { duration } from "../base/time";
import type { Page, Status } from "../base/types";
import { humane } from "../base/words";
import { Copy } from "../parts/copy";
import { Failed, Waiting } from "../parts/notice";
import { PageFrame, Stat } from "../parts/page";
import { When } from "../parts/when";

interface Job {
  id: number | string;
  kind?: string;
  state: string;
  done?: number;
  total?: number;
}

const bytes = (n: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const at = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  return `${number(Math.round((n / 1000 ** at) * 10) / 10)} ${units[at]}`;
};

function shown(name: string, value: unknown): string {
  if (typeof value === "number") return name.endsWith("bytes") ? bytes(value) : number(value);
  if (typeof value === "boolean") return t(value ? "fact.yes" : "fact.no");
  if (value === null) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function named(name: string): string {
  const w = word("fact", name);
  return w === name ? humane(name) : w;
}

function Facts({ title, of }: { title: string; of: Record<string, unknown> }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      <dl class="facts">{Object.entries(of).map(([k, v]) => <div key={k}><dt>{named(k)}</dt><dd>{shown(k, v)}</dd></div>)}</dl>
    </section>
  );
}

function Jobs({ jobs }: { jobs: Job[] }) {
  if (jobs.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("system.jobs")}</h2>
      <ul class="plain-list">{jobs.map((j) => <li key={j.id}>{word("job", j.kind ?? "")} <span class={j.state === "failed" ? "bad" : "dim"}>{word("job_state", j.state)}</span> {j.state === "running" && j.total ? <progress max={j.total} value={j.done ?? 0} aria-label={String(j.kind ?? j.id)} /> : null}</li>)}</ul>
    </section>
  );
}

export function SystemPage() {
  const { value: s, problem, reload } = useLoad("system", (signal) => get<Status>("/status", signal), ["jobs", "deliveries"]);
  const { value: jobs } = useLoad("jobs", (signal) => getIfThere<Page<Job>>("/jobs", signal), ["jobs"]);
  if (problem && !s) return <PageFrame title={t("nav.system")}><Failed problem={problem} retry={reload} /></PageFrame>;
  if (!s) return <PageFrame title={t("nav.system")}><Waiting /></PageFrame>;
  return (
    <PageFrame title={t("nav.system")} about={t("system.about")} actions={<Copy label={t("system.copy")} text={JSON.stringify(s, null, 2)} />}>
      <div class="stats">
        <Stat label={t("system.version")} value={s.version} />
        <Stat label={t("system.health")} value={s.ready ? "✔ " + t("system.ready") : "✖ " + t("system.not_ready")} kind={s.ready ? "good" : "bad"} />
        <Stat label={t("system.uptime")} value={duration(s.uptime_s * 1000)} />
        <Stat label={t("system.revision")} value={number(s.config_revision)} />
        <Stat label={t("system.conserved")} value={s.outbox["conserved"] === true ? "✔" : "✖"} kind={s.outbox["conserved"] === true ? "good" : "bad"} />
      </div>
      {!s.ready && <p class="notice notice-bad">{s.not_ready_because}</p>}
      <p class="dim">{t("system.started")} <When at={s.started} /></p>
      {jobs && <Jobs jobs={jobs.data} />}
      <div class="two-even">
        <Facts title={t("system.queue")} of={s.outbox} />
        {typeof s["disk"] === "object" && s["disk"] !== null && <Facts title={t("system.disk")} of={s["disk"] as Record<string, unknown>} />}
      </div>
      <section class="card"><h2>{t("system.probes")}</h2><ul class="plain-list">
        {["/healthz", "/readyz", "/metrics"].map((p) => <li key={p}><a href={p} target="_blank" rel="noopener">{p}</a> <span class="dim">{t(`system.probe_${p.slice(1) as "healthz" | "readyz" | "metrics"}`)}</span></li>)}
      </ul></section>
    </PageFrame>
  );
}
