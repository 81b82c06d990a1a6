// revisions.tsx -- what the configuration was, who changed it, and the way back.
import { getIfThere, post } from "../base/api";
import { number, t } from "../base/i18n";
import { useLoad } from "../base/load";
import { mayWrite } from "../base/session";
import type { Page } from "../base/types";
import { ask } from "../parts/dialog";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";

interface Revision {
  revision: number;
  at: string;
  author: string;
  comment: string;
  changes: { kind: string; name: string; summary: string }[];
}

async function goBack(to: number, reload: () => void): Promise<void> {
  if (!(await ask(t("revisions.back"), t("revisions.back_sure", { n: to }), t("revisions.back"), false))) return;
  await attempt(() => post("/config/rollback", { to }), t("revisions.went_back", { n: to }));
  reload();
}

export function Revisions() {
  const { value, reload } = useLoad("revisions", (s) => getIfThere<Page<Revision>>("/config/revisions?limit=20", s), ["config"]);
  if (!value || value.data.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("revisions.title")}</h2>
      <ul class="plain-list">
        {value.data.map((r, i) => (
          <li key={r.revision} class="split">
            <span><b>{number(r.revision)}</b> <span class="dim">{r.author} <When at={r.at} /></span>
              <span class="block">{r.changes.map((c) => `${c.kind} ${c.name} ${c.summary}`).join(" · ")}</span>
              {r.comment && <span class="dim block">{r.comment}</span>}</span>
            {i > 0 && mayWrite.value && <button type="button" onClick={() => void goBack(r.revision, reload)}>{t("revisions.back")}</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
