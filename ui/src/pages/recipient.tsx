// recipient.tsx -- one recipient: a sentence, and beside it what it would have meant.
import { useState } from "preact/hooks";
import { call, escaped, get, post } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { language } from "../base/prefs";
import type { Problem } from "../base/problem";
import { go, param } from "../base/route";
import { tables } from "../base/schema";
import { mayWrite } from "../base/session";
import type { Alert, Endpoint, EndpointType, ObjectSchema, Page, Params, Pool, Recipient } from "../base/types";
import { ask } from "../parts/dialog";
import { useDraft } from "../parts/draft";
import { Fields, Labelled } from "../parts/form";
import { FormFrame } from "../parts/form_frame";
import { Empty, Failed, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { useStored } from "../parts/stored";
import { attempt, say, sayProblem } from "../parts/toast";
import { Transcript, type TestResult } from "../parts/transcript";
import { Choices } from "../recipient/choices";
import { OwnWords } from "../recipient/own_words";
import { MessagePreview, usePreview, type Of } from "../recipient/preview";
import { Sentence } from "../recipient/sentence";
import { WouldHave } from "../recipient/would_have";

const PATH = "/recipients";

interface Around {
  endpoints: Endpoint[];
  types: EndpointType[];
  pace: ObjectSchema;
  recipients: string[];
  pools: string[];
  alertTypes: string[];
  taken: string[]; /* names of recipients */
}

async function around(signal: AbortSignal): Promise<Around> {
  const [endpoints, { data: types, pace }, recipients, pools, alerts] = await Promise.all([
    get<Page<Endpoint>>("/endpoints?limit=1000", signal), tables(), get<Page<Recipient>>("/recipients?limit=1000", signal), get<Page<Pool>>("/pools?limit=1000", signal), get<Page<Alert>>("/alerts?limit=500", signal),
  ]);
  return {
    endpoints: endpoints.data, types, pace, recipients: recipients.data.filter((r) => !r.builtin).map((r) => r.name), pools: pools.data.map((p) => p.name),
    alertTypes: [...new Set(alerts.data.map((a) => a.type))].sort(), taken: recipients.data.map((r) => r.name),
  };
}

const EMPTY: Recipient = {
  name: "", endpoint: "", params: {}, enabled: true, minimum_severity: null, categories: null, entities: null,
  types: null, host_pools: null, am_hosts: null, filter: null,
} as unknown as Recipient; /* what the API adds is not in a form */

/** The first recipient on an endpoint mostly goes by its name. */
function nameOn(endpoint: string, all: Around): string {
  return all.taken.includes(endpoint) ? "" : endpoint;
}

function templateOf(name: string): Partial<Recipient> {
  if (name === "error") return { name: "errors", minimum_severity: "error" };
  if (name === "security") return { name: "security", categories: ["security"] };
  if (name === "am") return { name: "monitoring", entities: ["am_host"] };
  return {};
}

/** How often and when: what every recipient has, whatever its channel. */
function Pace({ r, all, locked, problem, set }: { r: Recipient; all: Around; locked: boolean; problem: Problem | null; set: (c: Partial<Recipient>) => void }) {
  const values = r as unknown as Params;
  const others = all.recipients.filter((n) => n !== r.name);
  const schema: ObjectSchema = { ...all.pace, properties: { ...all.pace.properties } };
  if (schema.properties["escalate_to"]) schema.properties["escalate_to"] = { ...schema.properties["escalate_to"], enum: others };
  const isSaid = Object.entries(schema.properties).some(([n, s]) => (values[n] ?? null) !== (s.default ?? null));
  return (
    <details class="more" open={isSaid}>
      <summary>{t("recipient.pace")}</summary>
      <Fields schema={schema} values={values} at="" problem={problem} disabled={locked} onChange={(v) => set(v as unknown as Partial<Recipient>)} />
    </details>
  );
}

function Test({ name }: { name: string }) {
  const [result, setResult] = useState<TestResult | null>(null);
  const [busy, setBusy] = useState(false);
  return (
    <>
      <button type="button" aria-disabled={busy} onClick={() => {
        if (busy) return;
        setBusy(true);
        post<TestResult>(`${PATH}/${escaped(name)}/test`).then(setResult, sayProblem).finally(() => setBusy(false));
      }}>{busy ? t("test.busy") : t("test.send")}</button>
      {result && <Transcript result={result} />}
    </>
  );
}

async function remove(r: Recipient): Promise<void> {
  if (!(await ask(t("recipient.delete"), t("recipient.delete_sure", { name: r.name }), t("recipient.delete")))) return;
  if (await attempt(() => call("DELETE", `${PATH}/${escaped(r.name)}`), t("deleted", { name: r.name }))) go(PATH);
}

function Editor({ before, first, etag, all }: { before: Recipient | null; first: Recipient; etag: string | null; all: Around }) {
  const draft = useDraft(PATH, before, first, etag);
  const r = draft.is;
  const locked = (before !== null && before.managed_by !== "api") || !mayWrite.value;
  const type = all.types.find((x) => x.name === all.endpoints.find((e) => e.name === r.endpoint)?.type);
  const wrong = (name: string): string | undefined => draft.problem?.about(name);
  const [of, setOf] = useState<Of>({ alertId: Number(param("alert")) || null, action: "" });
  const preview = usePreview(before, r, of);
  const saved = (): void => {
    say(t("saved", { name: r.name }));
    go(before ? PATH : `${PATH}/${escaped(r.name)}`);
  };
  return (
    <div class="two">
      <div class="card">
        {before?.builtin && <p class="notice"><Badge managedBy="builtin" /> {t("owned.builtin_help")}</p>}
        {before && !before.builtin && <Badge managedBy={before.managed_by} />}
        <FormFrame draft={draft} locked={locked} onSaved={saved} extra={before && !before.builtin && (
          <>
            <Test name={before.name} />
            {!locked && <button type="button" class="danger quiet" onClick={() => void remove(before)}>{t("recipient.delete")}</button>}
          </>
        )}>
          <Labelled label={t("form.name")} needed wrong={wrong("name")}>
            {(ids) => <input {...ids} value={r.name} maxLength={63} spellcheck={false} autocomplete="off" onInput={(e) => draft.set({ name: e.currentTarget.value })} />}
          </Labelled>
          <Sentence r={r} endpoints={all.endpoints.filter((e) => !e.builtin || e.name === r.endpoint)} pools={all.pools} types={all.alertTypes} locked={locked} set={draft.set} />
          {type && <Fields schema={type.recipient} values={r.params} problem={draft.problem} disabled={locked} onChange={(params) => draft.set({ params })}
            beside={type.choices_field && !locked ? { name: type.choices_field, with: <Choices endpoint={r.endpoint} onChoose={(v) => draft.set({ params: { ...r.params, [type.choices_field as string]: v } })} /> } : undefined} />}
          {type?.own_words && <OwnWords r={r} set={draft.set} locked={locked} variables={preview.value?.variables ?? []} wrong={wrong} />}
          {!before?.builtin && <Pace r={r} all={all} locked={locked} problem={draft.problem} set={draft.set} />}
          {!before?.builtin && <label class="switch"><input type="checkbox" checked={r.enabled} onChange={(e) => draft.set({ enabled: e.currentTarget.checked })} /> {t("form.enabled")}</label>}
        </FormFrame>
      </div>
      <div class="side">
        {!before?.builtin && <WouldHave before={before} recipient={r} />}
        {type && !type.builtin && mayWrite.value && <MessagePreview loaded={preview} of={of} setOf={setOf} />}
      </div>
    </div>
  );
}

function New({ all }: { all: Around }) {
  const real = all.endpoints.filter((e) => !e.builtin);
  if (real.length === 0) return <Empty title={t("endpoints.none")}><p>{t("recipient.first_endpoint")}</p><p><a class="button primary" href="/endpoints/new">{t("endpoints.add")}</a></p></Empty>;
  const first = { ...EMPTY, name: nameOn(param("endpoint"), all), ...templateOf(param("template")), endpoint: param("endpoint") || (real.length === 1 ? (real[0]?.name ?? "") : ""), ...(param("pool") ? { host_pools: [param("pool")] } : {}) };
  return <Editor before={null} first={first} etag={null} all={all} />;
}

function Existing({ name, all }: { name: string; all: Around }) {
  const { value, problem, reload } = useStored<Recipient>(PATH, name);
  if (problem) return <Failed problem={problem} retry={reload} />;
  return value ? <Editor key={value.etag} before={value.is} first={value.is} etag={value.etag} all={all} /> : <Waiting />;
}

export function RecipientEditPage({ at }: { at: Record<string, string> }) {
  const name = at["name"] ?? "";
  const { value: all, problem } = useLoad(language.value, around);
  const body = problem ? <Failed problem={problem} /> : !all ? <Waiting /> : name === "new" ? <New all={all} /> : <Existing name={name} all={all} />;
  return <PageFrame title={name === "new" ? t("recipients.add") : name} about={t("recipient.about")}>{body}</PageFrame>;
}
