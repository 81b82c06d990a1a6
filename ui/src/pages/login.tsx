// login.tsx -- the door: a user and password, or a token where there are no users.
import { useState } from "preact/hooks";
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
  if (e.code === "totp-needed") return t("login.totp_needed");
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

function ByPassword({ other }: { other: () => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const [asksTotp, setAsksTotp] = useState(false);
  const { wrong, busy, submit } = useTry(() => signIn(user, password, totp), (e) => {
    if (e instanceof Problem && e.code === "totp-needed") setAsksTotp(true);
  });
  return (
    <form onSubmit={submit}>
      <Labelled label={t("login.user")} needed>
        {(ids) => <input {...ids} autocomplete="username" autocapitalize="none" autofocus value={user} onInput={(e) => setUser(e.currentTarget.value)} />}
      </Labelled>
      <Labelled label={t("login.password")} wrong={wrong} needed>
        {(ids) => <input {...ids} type="password" autocomplete="current-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />}
      </Labelled>
      {asksTotp && (
        <Labelled label={t("login.totp")} help={t("login.totp_help")}>
          {(ids) => <input {...ids} inputMode="numeric" autocomplete="one-time-code" autofocus value={totp} onInput={(e) => setTotp(e.currentTarget.value)} />}
        </Labelled>
      )}
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
