// user_form.tsx -- a user is added, or changed by an admin.
import { useState } from "preact/hooks";
import { call, escaped, post } from "../base/api";
import { t, word } from "../base/i18n";
import { me } from "../base/session";
import { ask } from "../parts/dialog";
import { Labelled } from "../parts/form";
import { Failed } from "../parts/notice";
import { PasswordField } from "../parts/password_field";
import { useSubmit } from "../parts/submit";
import { attempt, say } from "../parts/toast";

export interface User {
  name: string;
  role: string;
  enabled: boolean;
  totp: boolean;
  created: string;
  last_login: string | null;
}

const ROLES = ["viewer", "responder", "editor", "admin"] as const;

function RoleChoice({ role, onChange }: { role: string; onChange: (role: string) => void }) {
  return (
    <Labelled label={t("users.role")} help={t("users.roles_help")}>
      {(ids) => <select {...ids} value={role} onChange={(e) => onChange(e.currentTarget.value)}>{ROLES.map((r) => <option key={r} value={r}>{word("role", r)}</option>)}</select>}
    </Labelled>
  );
}

export function NewUser({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState("viewer");
  const { problem, busy, submit } = useSubmit(async () => {
    await post("/users", { name, password, role });
    say(t("saved", { name }));
    onDone();
  });
  const wrong = problem?.about("password");
  return (
    <form onSubmit={submit}>
      {problem && !wrong && <Failed problem={problem} />}
      <Labelled label={t("login.user")} needed>{(ids) => <input {...ids} autocomplete="off" autocapitalize="none" spellcheck={false} value={name} onInput={(e) => setName(e.currentTarget.value)} />}</Labelled>
      <PasswordField label={t("login.password")} help={t("setup.password_help")} wrong={wrong} value={password} onChange={setPassword} />
      <RoleChoice role={role} onChange={setRole} />
      <footer><button class="primary" disabled={busy || name === "" || password === ""}>{t("users.add")}</button></footer>
    </form>
  );
}

/** Only what was changed is sent; each change ends the user's sessions. */
export function ChangeUser({ user, onDone }: { user: User; onDone: () => void }) {
  const [role, setRole] = useState(user.role);
  const [enabled, setEnabled] = useState(user.enabled);
  const [password, setPassword] = useState("");
  const path = "/users/" + escaped(user.name);
  const changes = { ...(role !== user.role ? { role } : {}), ...(enabled !== user.enabled ? { enabled } : {}), ...(password ? { password } : {}) };
  const { problem, busy, submit } = useSubmit(async () => {
    await call("PATCH", path, changes);
    say(t("saved", { name: user.name }));
    onDone();
  });
  const wrong = problem?.about("password");
  const resetTotp = async (): Promise<void> => {
    if (!(await ask(t("users.totp_reset"), t("users.totp_reset_sure", { name: user.name }), t("users.totp_reset")))) return;
    if (await attempt(() => call("PATCH", path, { totp: false }), t("users.totp_was_reset", { name: user.name }))) onDone();
  };
  return (
    <form onSubmit={submit}>
      {problem && !wrong && <Failed problem={problem} />}
      {user.name === me.value?.name && <p class="notice">{t("users.yourself")}</p>}
      <RoleChoice role={role} onChange={setRole} />
      <div class="field"><label class="switch"><input type="checkbox" checked={enabled} onChange={(e) => setEnabled(e.currentTarget.checked)} /> {t("users.enabled")}</label></div>
      <PasswordField label={t("users.password_new")} help={t("users.password_empty")} wrong={wrong} value={password} onChange={setPassword} optional />
      <div class="field">
        <p><b>{t("totp.title")}</b> <span class={user.totp ? "good" : "dim"}>{user.totp ? "✔ " + t("totp.on") : t("totp.is_not_on")}</span></p>
        {user.totp && <button type="button" class="danger" onClick={() => void resetTotp()}>{t("users.totp_reset")}</button>}
      </div>
      <p class="help">{t("users.change_ends")}</p>
      <footer><button class="primary" disabled={busy || Object.keys(changes).length === 0}>{t("action.save")}</button></footer>
    </form>
  );
}
