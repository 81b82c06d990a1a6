// pools.tsx -- names for hosts, who takes their alerts, and a recipient more right here.
import { useState } from "preact/hooks";
import { call, escaped, get } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { go } from "../base/route";
import { mayWrite } from "../base/session";
import type { Page, Pool, Recipient } from "../base/types";
import { ask, Dialog } from "../parts/dialog";
import { useDraft } from "../parts/draft";
import { Labelled } from "../parts/form";
import { FormFrame } from "../parts/form_frame";
import { Icon } from "../parts/icon";
import { Empty, Failed, Waiting } from "../parts/notice";
import { Badge, PageFrame } from "../parts/page";
import { attempt, say } from "../parts/toast";

const PATH = "/pools";

interface Everything {
  pools: Pool[];
  recipients: Recipient[];
}

async function everything(signal: AbortSignal): Promise<Everything> {
  const [pools, recipients] = await Promise.all([get<Page<Pool>>("/pools?limit=1000", signal), get<Page<Recipient>>("/recipients?limit=1000", signal)]);
  return { pools: pools.data, recipients: recipients.data };
}

function PoolForm({ pool, onDone }: { pool: Pool | null; onDone: () => void }) {
  const draft = useDraft(PATH, pool, pool ?? ({ name: "", members: [] as string[] } as unknown as Pool), null);
  const [text, setText] = useState((pool?.members ?? []).join("\n"));
  return (
    <FormFrame draft={draft} locked={pool !== null && pool.managed_by !== "api"} onSaved={() => { say(t("saved", { name: draft.is.name })); onDone(); }}>
      <Labelled label={t("form.name")} needed wrong={draft.problem?.about("name")}>
        {(ids) => <input {...ids} value={draft.is.name} maxLength={63} spellcheck={false} onInput={(e) => draft.set({ name: e.currentTarget.value })} />}
      </Labelled>
      <Labelled label={t("pools.members")} help={t("pools.members_help")}>
        {(ids) => <textarea {...ids} rows={8} class="code" value={text} spellcheck={false} onInput={(e) => {
          setText(e.currentTarget.value);
          draft.set({ members: e.currentTarget.value.split(/[\s,]+/).filter(Boolean) });
        }} />}
      </Labelled>
    </FormFrame>
  );
}

/** Those that name the pool, and those that take any. */
function takers(name: string, recipients: Recipient[]): { named: Recipient[]; any: Recipient[] } {
  return { named: recipients.filter((r) => r.host_pools?.includes(name)), any: recipients.filter((r) => r.host_pools === null) };
}

function AddTaker({ pool, recipients, reload }: { pool: string; recipients: Recipient[]; reload: () => void }) {
  const could = recipients.filter((r) => !r.builtin && r.managed_by === "api" && r.host_pools !== null && !r.host_pools.includes(pool));
  const add = (name: string): void => {
    const r = could.find((x) => x.name === name);
    if (!r) return;
    void attempt(() => call("PATCH", "/recipients/" + escaped(name), { host_pools: [...(r.host_pools ?? []), pool] }), t("saved", { name })).then(reload);
  };
  return (
    <span class="actions">
      {could.length > 0 && (
        <select aria-label={t("pools.add_taker", { name: pool })} value="" onChange={(e) => add(e.currentTarget.value)}>
          <option value="">{t("pools.add_existing")}</option>
          {could.map((r) => <option key={r.name} value={r.name}>{r.name}</option>)}
        </select>
      )}
      <a class="button" href={"/recipients/new?pool=" + escaped(pool)}>{t("recipients.add")}</a>
    </span>
  );
}

function Row({ pool, all, reload, edit }: { pool: Pool; all: Everything; reload: () => void; edit: () => void }) {
  const { named, any } = takers(pool.name, all.recipients);
  const remove = async (): Promise<void> => {
    if (!(await ask(t("pools.delete"), t("pools.delete_sure", { name: pool.name }), t("pools.delete")))) return;
    await attempt(() => call("DELETE", `${PATH}/${escaped(pool.name)}`), t("deleted", { name: pool.name }));
    reload();
  };
  return (
    <li class="card row-card">
      <div class="row-main">
        <h2>{pool.name} <Badge managedBy={pool.managed_by} /></h2>
        <p class="members">{pool.members.slice(0, 8).map((m) => <code key={m}>{m}</code>)}{pool.members.length > 8 && <span class="dim">{t("pools.more", { n: pool.members.length - 8 })}</span>}</p>
      </div>
      <div>
        <p>{t("pools.taken_by")} {[...named, ...any].map((r) => <a key={r.name} class="tag" href={"/recipients/" + escaped(r.name)}>{r.name}{r.host_pools === null && <span class="dim"> {t("pools.takes_any")}</span>}</a>)}</p>
        {mayWrite.value && <AddTaker pool={pool.name} recipients={all.recipients} reload={reload} />}
      </div>
      <div class="actions">
        <button type="button" onClick={edit}>{t("action.edit")}</button>
        {pool.managed_by === "api" && mayWrite.value && <button type="button" class="danger quiet" onClick={() => void remove()}>{t("pools.delete")}</button>}
        <a class="button" href={"/alerts?q=" + encodeURIComponent("pool=" + pool.name)}>{t("nav.alerts")}</a>
      </div>
    </li>
  );
}

export function PoolsPage() {
  const { value, problem, reload } = useLoad("pools", everything, ["config"]);
  const [editing, edit] = useState<Pool | "new" | null>(null);
  const add = mayWrite.value && <button type="button" class="primary" onClick={() => edit("new")}><Icon name="plus" /> {t("pools.add")}</button>;
  const body = (): preact.ComponentChildren => {
    if (problem && !value) return <Failed problem={problem} retry={reload} />;
    if (!value) return <Waiting />;
    if (value.pools.length === 0) return <Empty title={t("pools.none")}><p>{t("pools.none_text")}</p><p class="actions">{add}<button type="button" onClick={() => go("/import")}>{t("nav.import")}</button></p></Empty>;
    return <ul class="cards">{value.pools.map((p) => <Row key={p.name} pool={p} all={value} reload={reload} edit={() => edit(p)} />)}</ul>;
  };
  return (
    <PageFrame title={t("nav.pools")} about={t("pools.about")} actions={add}>
      {body()}
      {editing && (
        <Dialog title={editing === "new" ? t("pools.add") : editing.name} onClose={() => edit(null)}>
          <PoolForm pool={editing === "new" ? null : editing} onDone={() => { edit(null); reload(); }} />
        </Dialog>
      )}
    </PageFrame>
  );
}
