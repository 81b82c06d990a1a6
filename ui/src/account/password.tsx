// password.tsx -- one's own password, changed.
import { useState } from "preact/hooks";
import { post } from "../base/api";
import { t } from "../base/i18n";
import { me } from "../base/session";
import { Failed } from "../parts/notice";
import { PasswordField } from "../parts/password_field";
import { useSubmit } from "../parts/submit";
import { say } from "../parts/toast";

export function Password() {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const { problem, busy, submit } = useSubmit(async () => {
    await post("/me/password", { current, new: fresh });
    setCurrent("");
    setFresh("");
    say(t("account.password_changed"));
  });
  const wrong = problem?.about("new");
  return (
    <section class="card">
      <h2>{t("account.password")}</h2>
      <form onSubmit={submit}>
        {/* Names the account to password managers. */}
        <input class="hidden" type="text" autocomplete="username" value={me.value?.name ?? ""} readOnly tabIndex={-1} aria-hidden="true" />
        {problem && !wrong && <Failed problem={problem} />}
        <PasswordField label={t("account.password_now")} current value={current} onChange={setCurrent} />
        <PasswordField label={t("account.password_new")} help={t("setup.password_help")} wrong={wrong} value={fresh} onChange={setFresh} />
        <button class="primary" disabled={busy || current === "" || fresh === ""}>{t("account.password_change")}</button>
        <p class="help">{t("account.password_ends")}</p>
      </form>
    </section>
  );
}
