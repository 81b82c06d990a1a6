// endpoint.tsx -- one channel: its form drawn from its type's schema, its test.
import { useState } from "preact/hooks";
import { call, escaped, post } from "../base/api";
import { t, type Key } from "../base/i18n";
import { go, param } from "../base/route";
import { useTables } from "../base/schema";
import { mayWrite } from "../base/session";
import type { Endpoint, EndpointType } from "../base/types";
import { ask } from "../parts/dialog";
import { useDraft } from "../parts/draft";
import { Fields, Labelled } from "../parts/form";
import { FormFrame } from "../parts/form_frame";
import { Failed, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { useStored } from "../parts/stored";
import { attempt, say, sayProblem } from "../parts/toast";
import { Transcript, type TestResult } from "../parts/transcript";

const PATH = "/endpoints";

const KINDS: [Key, string[]][] = [
  ["kind.chat", ["slack", "discord", "teams", "mattermost", "telegram", "wechat"]],
  ["kind.oncall", ["pagerduty"]],
  ["kind.security", ["thehive", "fail2ban"]],
  ["kind.logs", ["syslog", "elasticsearch"]],
  ["kind.general", ["email", "webhook", "shell"]],
];

function Tile({ type }: { type: EndpointType }) {
  if (!type.available) return <div class="tile tile-off"><b>{type.title}</b><span>{t("endpoint.unavailable")}</span></div>;
  return <a class="tile" href={"/endpoints/new?type=" + type.name}><b>{type.title}</b><span>{type.help}</span></a>;
}

function Tiles({ types }: { types: EndpointType[] }) {
  const [text, setText] = useState("");
  const fits = (x: EndpointType): boolean => !x.builtin && (x.title + x.name + x.help).toLowerCase().includes(text.toLowerCase());
  const listed = KINDS.flatMap(([, names]) => names);
  const groups: [Key, EndpointType[]][] = [
    ...KINDS.map(([k, names]): [Key, EndpointType[]] => [k, types.filter((x) => names.includes(x.name) && fits(x))]),
    ["kind.other", types.filter((x) => !listed.includes(x.name) && fits(x))],
  ];
  return (
    <>
      <input type="search" class="tile-search" aria-label={t("endpoint.find")} placeholder={t("endpoint.find")} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      {groups.filter(([, list]) => list.length > 0).map(([k, list]) => (
        <section key={k}><h2>{t(k)}</h2><div class="tiles">{list.map((x) => <Tile key={x.name} type={x} />)}</div></section>
      ))}
    </>
  );
}

function TestButton({ name, label }: { name: string; label: string }) {
  const [result, setResult] = useState<TestResult | null>(null);
  const [busy, setBusy] = useState(false);
  const test = (): void => {
    if (busy) return;
    setBusy(true);
    post<TestResult>(`${PATH}/${escaped(name)}/test`).then(setResult, sayProblem).finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" aria-disabled={busy} onClick={test}>{busy ? t("test.busy") : label}</button>
      {result && <Transcript result={result} />}
    </>
  );
}

async function remove(e: Endpoint): Promise<void> {
  if (!(await ask(t("endpoint.delete"), t("endpoint.delete_sure", { name: e.name }), t("endpoint.delete")))) return;
  if (await attempt(() => call("DELETE", `${PATH}/${escaped(e.name)}`), t("deleted", { name: e.name }))) go(PATH);
}

function Editor({ before, first, etag, type }: { before: Endpoint | null; first: Endpoint; etag: string | null; type: EndpointType }) {
  const draft = useDraft(PATH, before, first, etag);
  const locked = first.builtin === true || (before !== null && before.managed_by !== "api") || !mayWrite.value;
  const saved = (): void => {
    say(t("saved", { name: draft.is.name }));
    go(before ? PATH : "/endpoints/" + escaped(draft.is.name));
  };
  return (
    <div class="card narrow-card">
      <p class="about">{type.help} {first.managed_by && <Badge managedBy={first.managed_by} />}</p>
      {first.builtin && <p class="notice">{t("owned.builtin_help")}</p>}
      <FormFrame draft={draft} locked={locked} onSaved={saved} extra={before && !first.builtin && (
        <>
          <TestButton name={before.name} label={t("test.send")} />
          <a class="button" href={"/deliveries?endpoint=" + escaped(before.name)}>{t("nav.deliveries")}</a>
          {mayWrite.value && <a class="button" href={"/recipients/new?endpoint=" + escaped(before.name)}>{t("recipients.add")}</a>}
          {!locked && <button type="button" class="danger quiet" onClick={() => void remove(before)}>{t("endpoint.delete")}</button>}
        </>
      )}>
        <Labelled label={t("form.name")} needed wrong={draft.problem?.about("name")}>
          {(ids) => <input {...ids} value={draft.is.name} maxLength={63} spellcheck={false} autocomplete="off" onInput={(e) => draft.set({ name: e.currentTarget.value })} />}
        </Labelled>
        <Fields schema={type.endpoint} values={draft.is.params} problem={draft.problem} disabled={locked} onChange={(params) => draft.set({ params })} />
        {!first.builtin && <label class="switch"><input type="checkbox" checked={draft.is.enabled} onChange={(e) => draft.set({ enabled: e.currentTarget.checked })} /> {t("form.enabled")}</label>}
      </FormFrame>
    </div>
  );
}

function New() {
  const { value, problem } = useTables();
  const types = value?.data;
  const type = types?.find((x) => x.name === param("type"));
  if (problem) return <Failed problem={problem} />;
  if (!types) return <Waiting />;
  if (!type) return <PageFrame title={t("endpoints.add")} about={t("endpoint.choose")}><Tiles types={types} /></PageFrame>;
  const first: Endpoint = { id: 0, name: type.name, type: type.name, params: {}, enabled: true, managed_by: "api", revision: 0 };
  return (
    <PageFrame title={t("endpoint.new", { type: type.title })} actions={<a class="button" href="/endpoints/new">{t("endpoint.other")}</a>}>
      <EditorOfNew first={first} type={type} />
    </PageFrame>
  );
}

/** What the API does not take from a form is left out. */
function EditorOfNew({ first, type }: { first: Endpoint; type: EndpointType }) {
  const { id: _id, managed_by: _by, revision: _revision, ...written } = first;
  return <Editor before={null} first={written as Endpoint} etag={null} type={type} />;
}

function Existing({ name }: { name: string }) {
  const { value, problem, reload } = useStored<Endpoint>(PATH, name);
  const tables = useTables();
  const type = tables.value?.data.find((x) => x.name === value?.is.type);
  const wrong = problem ?? tables.problem;
  if (wrong) return <Failed problem={wrong} retry={() => { reload(); tables.reload(); }} />;
  if (!value || !type) return <Waiting />;
  return <PageFrame title={name} about={type.title}><Editor key={value.etag} before={value.is} first={value.is} etag={value.etag} type={type} /></PageFrame>;
}

export function EndpointEditPage({ at }: { at: Record<string, string> }) {
  const name = at["name"] ?? "";
  return name === "new" ? <New key={param("type")} /> : <Existing name={name} />;
}
