// settings.tsx -- what holds for all of Tocsin, and what only this browser remembers.
import { useState } from "preact/hooks";
import { call } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { shortcuts, views } from "../base/prefs";
import { Problem } from "../base/problem";
import { useTables } from "../base/schema";
import { SEVERITIES } from "../base/severity";
import { mayWrite } from "../base/session";
import type { ObjectSchema, Params, ParamValue, Schema } from "../base/types";
import { humane } from "../base/words";
import { isSecretSet, patchOf } from "../parts/field";
import { Field } from "../parts/form";
import { Failed, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { say } from "../parts/toast";
import { Choosers } from "../shell/choosers";

/** Of the option table; without one, what a value is tells how to ask. */
function schemaOf(name: string, value: ParamValue | undefined, table: ObjectSchema | undefined): Schema {
  const known = table?.properties[name];
  if (known) return known;
  const title = humane(name);
  const description = "";
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { title, description, "x-secret": true };
  if (typeof value === "number") return { title, description, type: "integer", minimum: 0 };
  if (typeof value === "boolean") return { title, description, type: "boolean" };
  if (Array.isArray(value)) return { title, description, type: "array", items: { type: "string" } };
  return name.endsWith("severity") ? { title, description, format: "severity", enum: [...SEVERITIES] } : { title, description, type: "string" };
}

const NOT_SETTINGS = new Set(["managed_by", "revision"]);

/** What has members of its own has no input here; it is shown. */
function isPlain(v: unknown): boolean {
  if (Array.isArray(v)) return v.every((x) => typeof x === "string");
  return typeof v !== "object" || v === null || "set" in v;
}

function Others({ of }: { of: Params }) {
  const rest = Object.entries(of).filter(([n, v]) => !NOT_SETTINGS.has(n) && !isPlain(v));
  return <>{rest.map(([n, v]) => <div key={n} class="field"><b>{humane(n)}</b><pre tabIndex={0} aria-label={humane(n)}>{JSON.stringify(v, null, 2)}</pre></div>)}</>;
}

function Form({ before, etag, table, reload }: { before: Params; etag: string | null; table: ObjectSchema | undefined; reload: () => void }) {
  const [is, set] = useState(before);
  const [problem, setProblem] = useState<Problem | null>(null);
  const managedBy = String(before["managed_by"] ?? "");
  const locked = (managedBy !== "" && managedBy !== "api") || !mayWrite.value;
  const save = (e: Event): void => {
    e.preventDefault();
    const patch = patchOf(before, is);
    if (!patch) return;
    call("PATCH", "/settings", patch, { ifMatch: etag }).then(() => { setProblem(null); say(t("settings.saved")); reload(); },
      (x: unknown) => setProblem(x instanceof Problem ? x : new Problem(0, "bug", String(x))));
  };
  return (
    <form class="form" onSubmit={save} noValidate>
      <Badge managedBy={managedBy} />
      {problem && <Failed problem={problem} />}
      {[...new Set([...Object.keys(table?.properties ?? {}), ...Object.keys(before)])].filter((n) => !NOT_SETTINGS.has(n) && isPlain(before[n] ?? null)).map((n) => (
        <Field key={n} name={n} schema={schemaOf(n, before[n], table)} value={is[n]} needed={false} disabled={locked} wrong={problem?.about(n)}
          onChange={(v) => set({ ...is, [n]: v === "" && isSecretSet(before[n]) ? (before[n] ?? null) : v })} />
      ))}
      <Others of={before} />
      {!locked && <footer class="form-foot"><button class="primary">{t("action.save")}</button></footer>}
    </form>
  );
}

function Mine() {
  return (
    <section class="card">
      <h2>{t("settings.mine")}</h2>
      <p class="dim">{t("settings.mine_about")}</p>
      <Choosers />
      <label class="switch"><input type="checkbox" checked={shortcuts.value} onChange={(e) => (shortcuts.value = e.currentTarget.checked)} /> {t("keys.switch")}</label>
      {views.value.length > 0 && <p>{t("settings.views", { n: views.value.length })}</p>}
    </section>
  );
}

export function SettingsPage() {
  const { value, problem, reload } = useLoad("settings", (signal) => call<{ data: Params }>("GET", "/settings", undefined, { signal }));
  const { value: table } = useTables();
  return (
    <PageFrame title={t("nav.settings")} about={t("settings.about")}>
      <div class="two">
        <section class="card">
          <h2>{t("settings.all")}</h2>
          {problem ? <Failed problem={problem} retry={reload} /> : value && table ? <Form key={value.etag} before={value.body.data} etag={value.etag} table={table.settings} reload={reload} /> : <Waiting />}
        </section>
        <div class="side"><Mine /></div>
      </div>
    </PageFrame>
  );
}
