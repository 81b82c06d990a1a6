// notice.tsx -- what is said in place of a table: nothing yet, wrong, not there.
import type { ComponentChildren } from "preact";
import { t } from "../base/i18n";
import type { Problem } from "../base/problem";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** This version of Tocsin does not do that. */
export function Missing({ what }: { what: string }) {
  return <Empty title={t("missing.title", { what })}><p>{t("missing.text")}</p></Empty>;
}

export function Failed({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="notice notice-bad" role="alert">
      <p><span aria-hidden="true">✖</span> {problem.message}</p>
      {(problem.complaints.length > 1 || problem.complaints[0]?.source) && (
        <ul>{problem.complaints.map((c) => <li key={c.message}>{c.source && <code>{c.source}</code>} {c.message}</li>)}</ul>
      )}
      {retry && <button type="button" onClick={retry}>{t("action.try_again")}</button>}
    </div>
  );
}

export function Waiting() {
  return <p class="waiting" role="status">{t("waiting")}</p>;
}
