// tokens.tsx -- API tokens: everybody's for an admin, or one's own.
import { useState } from "preact/hooks";
import { call, getIfThere, post } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { me } from "../base/session";
import type { Page } from "../base/types";
import { Copy } from "../parts/copy";
import { ask, Dialog } from "../parts/dialog";
import { Labelled } from "../parts/form";
import { Icon } from "../parts/icon";
import { Empty, Failed, Missing, Waiting } from "../parts/notice";
import { PasswordField } from "../parts/password_field";
import { useSubmit } from "../parts/submit";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";

interface Token {
  id: number;
  name: string;
  prefix: string;
  scopes: string[];
  author: string;
  own: boolean;
  created: string;
  expires: string | null;
  last_used: string | null;
}

const SCOPES = ["alerts:read", "alerts:ack", "alerts:write", "config:read", "config:write", "ingest", "admin"] as const;
const DAY_MS = 86_400_000;
const LIVES = [30, 90, 365, 0] as const; /* days; 0: for ever */

function Made({ token, onDone }: { token: string; onDone: () => void }) {
  return (
    <div>
      <p>{t("tokens.once")}</p>
      <pre tabIndex={0} aria-label={t("tokens.one")}>{token}</pre>
      <footer class="actions"><Copy text={token} label={t("action.copy")} /><button type="button" class="primary" onClick={onDone}>{t("tokens.kept")}</button></footer>
    </div>
  );
}

function New({ path, own, onDone }: { path: string; own: boolean; onDone: () => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([own ? "alerts:read" : "ingest"]);
  const [days, setDays] = useState<number>(own ? 90 : 0);
  const [password, setPassword] = useState("");
  const [made, setMade] = useState("");
  const offered = SCOPES.filter((s) => !own || me.value?.scopes.includes(s));
  const { problem, busy, submit } = useSubmit(async () => {
    const expires = days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    setMade((await post<{ data: { token: string } }>(path, { name, scopes, expires, ...(own ? { password } : {}) })).data.token);
  });
  if (made) return <Made token={made} onDone={onDone} />;
  return (
    <form onSubmit={submit}>
      {problem && <Failed problem={problem} />}
      <Labelled label={t("form.name")} help={t("tokens.name_help")} needed>{(ids) => <input {...ids} maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} />}</Labelled>
      <fieldset><legend>{t("tokens.scopes")}</legend>
        {offered.map((s) => (
          <div key={s}><label class="switch"><input type="checkbox" checked={scopes.includes(s)} onChange={(e) => setScopes(e.currentTarget.checked ? [...scopes, s] : scopes.filter((x) => x !== s))} />
            <code>{s}</code> <span class="dim">{t(`scope.${s.replace(":", "_") as "alerts_read"}`)}</span></label></div>
        ))}
      </fieldset>
      <Labelled label={t("tokens.expires")}>
        {(ids) => <select {...ids} value={days} onChange={(e) => setDays(Number(e.currentTarget.value))}>{LIVES.map((d) => <option key={d} value={d}>{d ? t("tokens.days", { n: d }) : t("tokens.never")}</option>)}</select>}
      </Labelled>
      {own && <PasswordField label={t("account.password_again")} help={t("account.why_password")} current value={password} onChange={setPassword} />}
      <footer><button class="primary" disabled={busy || name.trim() === "" || scopes.length === 0 || (own && password === "")}>{t("tokens.add")}</button></footer>
    </form>
  );
}

function One({ x, revoke }: { x: Token; revoke: () => void }) {
  const isOver = x.expires !== null && Date.parse(x.expires) < Date.now();
  return (
    <li class="split">
      <span>
        <b>{x.name}</b> <code class="dim">{x.prefix}…</code> {x.scopes.map((s) => <code key={s} class="tag">{s}</code>)}
        <span class="block dim">
          {x.last_used ? <>{t("tokens.used")} <When at={x.last_used} /></> : t("tokens.unused")}{" · "}
          {x.expires ? <span class={isOver ? "bad" : ""}>{t(isOver ? "tokens.expired" : "tokens.until")} <When at={x.expires} ago={false} /></span> : t("tokens.never_expires")}
        </span>
      </span>
      <button type="button" class="danger quiet" onClick={revoke}>{t("tokens.revoke")}</button>
    </li>
  );
}

/** `own`: one's own, which may no more than oneself, and end with the account. */
export function Tokens({ own = false }: { own?: boolean }) {
  const path = own ? "/me/tokens" : "/tokens";
  const { value, problem, loading, reload } = useLoad(path, (s) => getIfThere<Page<Token>>(path, s));
  const [adding, add] = useState(false);
  const revoke = (x: Token) => async (): Promise<void> => {
    if (!(await ask(t("tokens.revoke"), t("tokens.revoke_sure", { name: x.name }), t("tokens.revoke")))) return;
    await attempt(() => call("DELETE", `${path}/${x.id}`), t("deleted", { name: x.name }));
    reload();
  };
  const done = (): void => {
    add(false);
    reload();
  };
  return (
    <section class="card">
      <div class="page-head">
        <h2>{t(own ? "tokens.mine" : "tokens.title")}</h2>
        {value && <button type="button" class="primary" onClick={() => add(true)}><Icon name="plus" /> {t("tokens.add")}</button>}
      </div>
      {own && <p class="dim">{t("tokens.mine_about")}</p>}
      {problem && <Failed problem={problem} />}
      {loading && !value ? <Waiting /> : !value && !problem ? <Missing what={t("tokens.title")} /> : null}
      {value?.data.length === 0 && <Empty title={t("tokens.none")}><p>{t("tokens.none_text")}</p></Empty>}
      {value && <ul class="plain-list">{value.data.map((x) => <One key={x.id} x={x} revoke={() => void revoke(x)()} />)}</ul>}
      {adding && <Dialog title={t("tokens.add")} onClose={done} class="dialog-small"><New path={path} own={own} onDone={done} /></Dialog>}
    </section>
  );
}
