// login.tsx -- the door: a user and password, or a token where there are no users.
import { useEffect, useRef, useState } from "preact/hooks";
import { getIfThere } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { Problem } from "../base/problem";
import { signIn, signInByToken, usersExist } from "../base/session";
import { Labelled } from "../parts/form";
import { Logo } from "../parts/icon";
import { Choosers } from "../shell/choosers";

export function Door({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <main class="door">
      <div class="door-in">
        <p class="door-brand"><Logo /> tocsin</p>
        <h1 tabIndex={-1}>{title}</h1>
        {children}
      </div>
      <Choosers />
    </main>
  );
}

function said(e: unknown): string {
  if (!(e instanceof Problem)) return String(e);
  if (e.code === "totp-needed") return ""; /* the next step, and nothing wrong */
  if (e.status === 401) return t("login.refused");
  return e.message;
}

function useTry(work: () => Promise<void>, refused: (e: unknown) => void = () => undefined) {
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = (e: Event): void => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setWrong("");
    work().catch((x: unknown) => { setWrong(said(x)); refused(x); }).finally(() => setBusy(false));
  };
  return { wrong, busy, submit };
}

function ByToken({ other }: { other: (() => void) | null }) {
  const [value, setValue] = useState("");
  const { wrong, busy, submit } = useTry(() => signInByToken(value.trim()));
  return (
    <form onSubmit={submit}>
      <Labelled label={t("login.token")} help={t("login.token_help")} wrong={wrong}>
        {(ids) => <input {...ids} type="password" autocomplete="current-password" value={value} onInput={(e) => setValue(e.currentTarget.value)} />}
      </Labelled>
      <button class="primary" aria-disabled={busy}>{t("login.enter")}</button>
      {other && <button type="button" class="quiet" onClick={other}>{t("login.by_password")}</button>}
    </form>
  );
}

/** The second step: six digits of an app, or one of the codes kept for the day it is lost. */
function Code({ by, wrong, busy, submit, back }: { by: { totp: string; set: (v: string) => void }; wrong: string; busy: boolean; submit: (e: Event) => void; back: () => void }) {
  const [recovery, setRecovery] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [recovery]);
  return (
    <form onSubmit={submit}>
      <Labelled label={t(recovery ? "login.recovery" : "login.totp")} help={t(recovery ? "login.recovery_help" : "login.totp_needed")} wrong={wrong} needed>
        {(ids) => <input {...ids} key={String(recovery)} ref={input} inputMode={recovery ? "text" : "numeric"} autocomplete={recovery ? "off" : "one-time-code"} autocapitalize="none"
          spellcheck={false} value={by.totp} onInput={(e) => by.set(e.currentTarget.value)} />}
      </Labelled>
      <button class="primary" disabled={busy || by.totp.trim() === ""}>{t("login.enter")}</button>
      <button type="button" class="quiet" onClick={() => { by.set(""); setRecovery(!recovery); }}>{t(recovery ? "login.by_app" : "login.by_recovery")}</button>
      <button type="button" class="quiet" onClick={back}>{t("login.back")}</button>
    </form>
  );
}

function ByPassword({ other }: { other: () => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const [asksTotp, setAsksTotp] = useState(false);
  const { wrong, busy, submit } = useTry(() => signIn(user, password, totp.trim()), (e) => {
    if (e instanceof Problem && e.code === "totp-needed") setAsksTotp(true);
  });
  if (asksTotp) return <Code by={{ totp, set: setTotp }} wrong={wrong} busy={busy} submit={submit} back={() => { setAsksTotp(false); setTotp(""); }} />;
  return (
    <form onSubmit={submit}>
      <Labelled label={t("login.user")} needed>
        {(ids) => <input {...ids} autocomplete="username" autocapitalize="none" autofocus spellcheck={false} value={user} onInput={(e) => setUser(e.currentTarget.value)} />}
      </Labelled>
      <Labelled label={t("login.password")} wrong={wrong} needed>
        {(ids) => <input {...ids} type="password" autocomplete="current-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />}
      </Labelled>
      <button class="primary" aria-disabled={busy}>{t("login.enter")}</button>
      <button type="button" class="quiet" onClick={other}>{t("login.by_token")}</button>
    </form>
  );
}

export function LoginPage() {
  const [byToken, setByToken] = useState(false);
  const tokenOnly = !usersExist.value;
  const setup = useLoad("setup", (s) => getIfThere<{ needed: boolean }>("/setup", s));
  return (
    <Door title={t("login.title")}>
      {setup.value?.needed && <p class="notice">{t("login.not_set_up")}</p>}
      {tokenOnly || byToken ? <ByToken other={tokenOnly ? null : () => setByToken(false)} /> : <ByPassword other={() => setByToken(true)} />}
    </Door>
  );
}
