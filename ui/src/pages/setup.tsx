// setup.tsx -- the first time: who you are, by the link that Tocsin printed.
import { useState } from "preact/hooks";
import { post } from "../base/api";
import { t } from "../base/i18n";
import { Problem } from "../base/problem";
import { go } from "../base/route";
import { enter } from "../base/session";
import { Labelled } from "../parts/form";
import { PasswordField } from "../parts/password_field";
import { Door } from "./login";

async function setUp(token: string, user: string, password: string): Promise<void> {
  await post("/setup", { token, user, password });
  await enter();
  go("/sources?first=1");
}

// Behind the # of the printed link: a fragment reaches no server and no log.
function printedToken(): string {
  return location.hash.slice(1);
}

function said(e: unknown): string {
  if (!(e instanceof Problem)) return String(e);
  return e.isMissing ? t("missing.title", { what: t("setup.title") }) : e.message;
}

export function SetupPage() {
  const [token, setToken] = useState(printedToken);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState("");
  return (
    <Door title={t("setup.title")}>
      <p>{t("setup.about")}</p>
      <form onSubmit={(e) => {
        e.preventDefault();
        setUp(token, user, password).catch((x: unknown) => setWrong(said(x)));
      }}>
        {!printedToken() && (
          <Labelled label={t("setup.token")} help={t("setup.token_help")} needed>
            {(ids) => <input {...ids} autocomplete="off" value={token} onInput={(e) => setToken(e.currentTarget.value)} />}
          </Labelled>
        )}
        <Labelled label={t("login.user")} needed>
          {(ids) => <input {...ids} autocomplete="username" autocapitalize="none" autofocus value={user} onInput={(e) => setUser(e.currentTarget.value)} />}
        </Labelled>
        <PasswordField label={t("login.password")} help={t("setup.password_help")} wrong={wrong} value={password} onChange={setPassword} />
        <button class="primary">{t("setup.create")}</button>
      </form>
    </Door>
  );
}
