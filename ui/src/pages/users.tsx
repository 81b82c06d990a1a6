// users.tsx -- who may look in, where they are signed in, and the tokens programs use.
import { useState } from "preact/hooks";
import { call, escaped, getIfThere } from "../base/api";
import { t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { me } from "../base/session";
import type { Page } from "../base/types";
import { Sessions } from "../account/sessions";
import { ask, Dialog } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { Empty, Failed, Missing, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";
import { Tokens } from "../people/tokens";
import { ChangeUser, NewUser, type User } from "../people/user_form";

async function remove(u: User, reload: () => void): Promise<void> {
  if (!(await ask(t("action.delete"), t("users.delete_sure", { name: u.name }), t("action.delete")))) return;
  await attempt(() => call("DELETE", "/users/" + escaped(u.name)), t("deleted", { name: u.name }));
  reload();
}

function Row({ u, edit, reload }: { u: User; edit: () => void; reload: () => void }) {
  return (
    <li class="split">
      <span>
        <b>{u.name}</b> <span class="tag">{word("role", u.role)}</span> {u.totp && <span class="tag good">✔ {t("users.totp")}</span>} {!u.enabled && <span class="tag bad">{t("health.off")}</span>}
        <span class="block dim">{u.last_login ? <>{t("users.last_login")} <When at={u.last_login} /></> : t("users.never_in")}</span>
      </span>
      <span class="actions">
        <button type="button" aria-label={`${t("action.edit")}: ${u.name}`} onClick={edit}>{t("action.edit")}</button>
        {u.name !== me.value?.name && <button type="button" class="danger quiet" aria-label={`${t("action.delete")}: ${u.name}`} onClick={() => void remove(u, reload)}>{t("action.delete")}</button>}
      </span>
    </li>
  );
}

function Users() {
  const { value, problem, loading, reload } = useLoad("users", (s) => getIfThere<Page<User>>("/users?limit=1000", s));
  const [open, setOpen] = useState<User | "new" | null>(null);
  const done = (): void => {
    setOpen(null);
    reload();
  };
  return (
    <section class="card">
      <div class="page-head"><h2>{t("users.title")}</h2>{value && <button type="button" class="primary" onClick={() => setOpen("new")}><Icon name="plus" /> {t("users.add")}</button>}</div>
      {problem && <Failed problem={problem} />}
      {loading && !value ? <Waiting /> : !value && !problem ? <Missing what={t("users.title")} /> : null}
      {value?.data.length === 0 && <Empty title={t("users.none")}><p>{t("users.none_text")}</p></Empty>}
      {value && <ul class="plain-list">{value.data.map((u) => <Row key={u.name} u={u} edit={() => setOpen(u)} reload={reload} />)}</ul>}
      {open === "new" && <Dialog title={t("users.add")} onClose={done} class="dialog-small"><NewUser onDone={done} /></Dialog>}
      {open !== null && open !== "new" && <Dialog title={open.name} onClose={done} class="dialog-small"><ChangeUser user={open} onDone={done} /></Dialog>}
    </section>
  );
}

export function UsersPage() {
  return (
    <PageFrame title={t("nav.users")} about={t("users.about")}>
      <div class="two-even"><Users /><Tokens /></div>
      <Sessions all />
    </PageFrame>
  );
}
