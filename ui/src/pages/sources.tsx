// sources.tsx -- where alerts come from, how each does, and how to connect one.
import { useState } from "preact/hooks";
import { get, post } from "../base/api";
import { number, t, type Key } from "../base/i18n";
import { useLoad } from "../base/load";
import { param } from "../base/route";
import type { Source, Status } from "../base/types";
import { Copy } from "../parts/copy";
import { Failed, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";
import { SAMPLE } from "../explorer/builder";

interface Recipe {
  id: string;
  name: Key;
  steps: Key;
  text: (origin: string) => string;
}

const RECIPES: Recipe[] = [
  { id: "ntopng", name: "source.ntopng", steps: "source.ntopng_steps", text: (o) => `${o}/in/ntopng` },
  {
    id: "alertmanager", name: "source.prometheus", steps: "source.prometheus_steps",
    text: (o) => `alerting:\n  alertmanagers:\n    - scheme: ${new URL(o).protocol.slice(0, -1)}\n      static_configs:\n        - targets: ["${new URL(o).host}"]`,
  },
  {
    id: "native", name: "source.curl", steps: "source.curl_steps",
    text: (o) => `curl -H 'Content-Type: application/json' -H "Authorization: Bearer $TOKEN" ${o}/api/v1/alerts \\\n  -d '{"type":"disk_full","entity":"host","entity_value":"192.168.1.7","severity":"error","message":"/var is 97 % full"}'`,
  },
];

function Row({ s }: { s: Source }) {
  return (
    <li class="card row-card">
      <div class="row-main"><h2>{s.name}</h2></div>
      <div>
        <p>{s.last ? <>{t("sources.last")} <When at={s.last} /></> : <span class="dim">{t("sources.never")}</span>}</p>
        {s.last_error && <p class="bad">✖ {s.last_error}</p>}
      </div>
      <p>{t("sources.counts", { accepted: s.accepted, refused: s.refused })} <span class="dim">({t("sources.requests", { n: number(s.requests) })})</span></p>
      <a class="button" href={"/alerts?q=" + encodeURIComponent("source=" + s.name)}>{t("nav.alerts")}</a>
    </li>
  );
}

function Recipes({ sources }: { sources: Source[] }) {
  const heardOf = (r: Recipe): string | null | undefined => sources.find((s) => s.name === r.id)?.last;
  const [at, setAt] = useState(() => Math.max(0, RECIPES.findIndex(heardOf))); /* one that works, if any does */
  const r = RECIPES[at] as Recipe;
  const text = r.text(location.origin);
  const heard = heardOf(r);
  const sample = (): void => void attempt(() => post("/alerts", JSON.parse(SAMPLE)), t("sources.sample_sent"));
  return (
    <section class="card">
      <h2>{t("sources.connect")}</h2>
      <div class="segments" role="group" aria-label={t("sources.connect")}>
        {RECIPES.map((x, i) => <button key={x.id} type="button" aria-pressed={i === at} onClick={() => setAt(i)}>{t(x.name)}</button>)}
      </div>
      <p>{t(r.steps)}</p>
      <pre tabIndex={0} aria-label={t(r.name)}>{text}</pre>
      <p class="actions"><Copy text={text} label={t("action.copy")} /><button type="button" onClick={sample}>{t("sources.sample")}</button></p>
      <p role="status">{heard ? <span class="good">✔ {t("sources.heard")} <When at={heard} /></span> : <span class="waiting">{t("sources.waiting")}</span>}</p>
      {param("first") && <p><a class="button primary" href="/endpoints/new">{t("sources.next")}</a></p>}
    </section>
  );
}

export function SourcesPage() {
  const { value, problem, reload } = useLoad("sources", (s) => get<Status>("/status", s), ["alerts"]);
  return (
    <PageFrame title={t("nav.sources")} about={t("sources.about")}>
      {problem && !value ? <Failed problem={problem} retry={reload} /> : !value ? <Waiting /> : (
        <>
          <Recipes sources={value.sources} />
          <ul class="cards">{value.sources.map((s) => <Row key={s.name} s={s} />)}</ul>
        </>
      )}
    </PageFrame>
  );
}
