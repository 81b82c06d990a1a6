// transcript.tsx -- what a test said and what it was told, step by step.
import { t } from "../base/i18n";

interface Step {
  step: string;
  ms: number;
}

interface Asked {
  name: string;
  ok: boolean;
  peer?: string;
  steps?: Step[];
  ms: number;
  status: number;
  reason: string;
  answer: string;
}

export interface TestResult extends Asked {
  verdict: string;
  requests?: Asked[];
}

function One({ a }: { a: Asked }) {
  return (
    <li>
      <p>
        <b class={a.ok ? "good" : "bad"}>{a.ok ? "✔" : "✖"} {a.name}</b>
        {a.status > 0 && <code>{a.status}</code>}
        {a.peer && <span class="dim">{a.peer}</span>}
        <span class="dim">{Math.round(a.ms)} ms</span>
      </p>
      {a.steps && a.steps.length > 0 && (
        <p class="dim steps">{a.steps.map((s) => `${s.step} ${s.ms < 10 ? s.ms.toFixed(1) : Math.round(s.ms)} ms`).join(" · ")}</p>
      )}
      {a.reason && <p>{a.reason}</p>}
      {a.answer && <pre tabIndex={0} aria-label={t("test.answer")}>{a.answer}</pre>}
    </li>
  );
}

export function Transcript({ result }: { result: TestResult }) {
  const all = result.requests?.length ? result.requests : [{ ...result, name: "sample" }];
  return (
    <section class={result.ok ? "transcript transcript-good" : "transcript transcript-bad"} aria-label={t("test.title")} role="status">
      <h2>{result.ok ? "✔ " : "✖ "}{result.verdict}</h2>
      <ol>{all.map((a, i) => <One key={i} a={a} />)}</ol>
    </section>
  );
}
