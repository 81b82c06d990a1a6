// users.tsx -- who may look in, and the tokens programs use.
import { useState } from "preact/hooks";
import { call, escaped, getIfThere, post } from "../base/api";
import { t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import type { Page } from "../base/types";
import { ask, Dialog } from "../parts/dialog";
import { Labelled } from "../parts/form";
import { Icon } from "../parts/icon";
import { Empty, Failed, Missing, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { attempt, say } from "../parts/toast";
import { Copy } from "../parts/copy";
import { When } from "../parts/when";

interface User {
  name: string;
  role: string;
  enabled?: boolean;
  totp?: boolean;
  last_login?: string | null;
}

interface Token {
  id: number;
  name: string;
  scopes?: string[] | string;
  created?: string;
  expires?: string | null;
  last_used?: string | null;
}

const ROLES = ["viewer", "responder", "editor", "admin"] as const;
const SCOPES = ["alerts:read", "alerts:ack", "alerts:write", "config:read", "config:write", "ingest", "admin"] as const;

function useSubmit(work: () => Promise<void>) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (e: Event): void => {
    e.preventDefault();
    work().catch((x: unknown) => setProblem(x instanceof Problem ? x : new Problem(0, "bug", String(x))));
  };
  return { problem, submit };
}

function NewUser({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<string>("viewer");
  const { problem, submit } = useSubmit(async () => {
    await post("/users", { name, password, role });
    say(t("saved", { name }));
    onDone();
  });
  return (
    <form onSubmit={submit}>
      {problem && <Failed problem={problem} />}
      <Labelled label={t("login.user")} needed>{(ids) => <input {...ids} autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />}</Labelled>
      <Labelled label={t("login.password")} help={t("setup.password_help")} needed>{(ids) => <input {...ids} type="password" autocomplete="new-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />}</Labelled>
      <Labelled label={t("users.role")} help={t("users.roles_help")}>{(ids) => <select {...ids} value={role} onChange={(e) => setRole(e.currentTarget.value)}>{ROLES.map((r) => <option key={r} value={r}>{word("role", r)}</option>)}</select>}</Labelled>
      <footer><button class="primary">{t("users.add")}</button></footer>
    </form>
  );
}

function NewToken({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["ingest"]);
  const [made, setMade] = useState("");
  const { problem, submit } = useSubmit(async () => {
    const a = await post<{ token?: string; data?: { token?: string } }>("/tokens", { name, scopes });
    setMade(a.token ?? a.data?.token ?? "");
  });
  if (made)
    return (
      <div>
        <p>{t("tokens.once")}</p>
        <pre tabIndex={0} aria-label={t("tokens.one")}>{made}</pre>
        <footer class="actions"><Copy text={made} label={t("action.copy")} /><button type="button" class="primary" onClick={onDone}>{t("tokens.kept")}</button></footer>
      </div>
    );
  return (
    <form onSubmit={submit}>
      {problem && <Failed problem={problem} />}
      <Labelled label={t("form.name")} needed>{(ids) => <input {...ids} value={name} onInput={(e) => setName(e.currentTarget.value)} />}</Labelled>
      <fieldset><legend>{t("tokens.scopes")}</legend>
        {SCOPES.map((s) => <label key={s} class="switch"><input type="checkbox" checked={scopes.includes(s)} onChange={(e) => setScopes(e.currentTarget.checked ? [...scopes, s] : scopes.filter((x) => x !== s))} /> <code>{s}</code></label>)}
      </fieldset>
      <footer><button class="primary">{t("tokens.add")}</button></footer>
    </form>
  );
}

async function drop(path: string, name: string, reload: () => void): Promise<void> {
  if (!(await ask(t("action.delete"), t("users.delete_sure", { name }), t("action.delete")))) return;
  await attempt(() => call("DELETE", path), t("deleted", { name }));
  reload();
}

function Users() {
  const { value, problem, loading, reload } = useLoad("users", (s) => getIfThere<Page<User>>("/users", s));
  const [adding, add] = useState(false);
  return (
    <section class="card">
      <div class="page-head"><h2>{t("users.title")}</h2>{value && <button type="button" class="primary" onClick={() => add(true)}><Icon name="plus" /> {t("users.add")}</button>}</div>
      {problem && <Failed problem={problem} />}
      {loading && !value ? <Waiting /> : !value && !problem ? <Missing what={t("users.title")} /> : null}
      {value && (
        <ul class="plain-list">{value.data.map((u) => (
          <li key={u.name} class="split"><span><b>{u.name}</b> <span class="tag">{word("role", u.role)}</span> {u.totp && <span class="tag">{t("users.totp")}</span>} {u.enabled === false && <span class="tag">{t("health.off")}</span>} <span class="dim">{u.last_login && <When at={u.last_login} />}</span></span>
            <button type="button" class="danger quiet" onClick={() => void drop("/users/" + escaped(u.name), u.name, reload)}>{t("action.delete")}</button></li>
        ))}</ul>
      )}
      {adding && <Dialog title={t("users.add")} onClose={() => add(false)} class="dialog-small"><NewUser onDone={() => { add(false); reload(); }} /></Dialog>}
    </section>
  );
}

function Tokens() {
  const { value, problem, loading, reload } = useLoad("tokens", (s) => getIfThere<Page<Token>>("/tokens", s));
  const [adding, add] = useState(false);
  return (
    <section class="card">
      <div class="page-head"><h2>{t("tokens.title")}</h2>{value && <button type="button" class="primary" onClick={() => add(true)}><Icon name="plus" /> {t("tokens.add")}</button>}</div>
      {problem && <Failed problem={problem} />}
      {loading && !value ? <Waiting /> : !value && !problem ? <Missing what={t("tokens.title")} /> : null}
      {value?.data.length === 0 && <Empty title={t("tokens.none")} />}
      {value && (
        <ul class="plain-list">{value.data.map((x) => (
          <li key={x.id} class="split"><span><b>{x.name}</b> {[x.scopes ?? []].flat().map((s) => <code key={s} class="tag">{s}</code>)} <span class="dim">{x.last_used ? <>{t("tokens.used")} <When at={x.last_used} /></> : t("tokens.unused")}</span></span>
            <button type="button" class="danger quiet" onClick={() => void drop(`/tokens/${x.id}`, x.name, reload)}>{t("tokens.revoke")}</button></li>
        ))}</ul>
      )}
      {adding && <Dialog title={t("tokens.add")} onClose={() => { add(false); reload(); }} class="dialog-small"><NewToken onDone={() => { add(false); reload(); }} /></Dialog>}
    </section>
  );
}

export function UsersPage() {
  return <PageFrame title={t("nav.users")} about={t("users.about")}><div class="two-even"><Users /><Tokens /></div></PageFrame>;
}
