// account.tsx -- one's own account: password, one-time passwords, sessions, tokens.
import { t, word } from "../base/i18n";
import { me } from "../base/session";
import { Password } from "../account/password";
import { Sessions } from "../account/sessions";
import { Totp } from "../account/totp";
import { Empty } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { Tokens } from "../people/tokens";

export function AccountPage() {
  const who = me.value;
  if (!who?.hasUsers) return <PageFrame title={t("account.title")}><Empty title={t("account.by_token")}><p>{t("account.by_token_text")}</p></Empty></PageFrame>;
  return (
    <PageFrame title={t("account.title")} about={t("bar.signed_in", { name: who.name, role: word("role", who.role) })}>
      <div class="two-even">
        <div class="stack"><Totp /><Password /></div>
        <div class="stack"><Sessions /><Tokens own /></div>
      </div>
    </PageFrame>
  );
}
