// sessions.tsx -- where somebody is signed in, and an end to it.
import { agentName } from "../base/agent";
import { call, get } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import { ask } from "../parts/dialog";
import { Failed, Waiting } from "../parts/notice";
import { attempt } from "../parts/toast";
import { When } from "../parts/when";

interface Session {
  id: number;
  user: string;
  created: string;
  last_seen: string;
  address: string;
  agent: string;
  current: boolean;
}

function One({ s, named, end }: { s: Session; named: boolean; end: () => void }) {
  return (
    <li class="split">
      <span>
        {named && <b>{s.user} </b>}<span title={s.agent}>{agentName(s.agent)}</span> <code>{s.address}</code> {s.current && <span class="tag">{t("sessions.this")}</span>}
        <span class="block dim">{t("sessions.since")} <When at={s.created} ago={false} /> · {t("sessions.seen")} <When at={s.last_seen} /></span>
      </span>
      {!s.current && <button type="button" class="danger quiet" onClick={end}>{t("sessions.end")}</button>}
    </li>
  );
}

/** One's own; `all`: everybody's, for an admin. */
export function Sessions({ all = false }: { all?: boolean }) {
  const { value, problem, reload } = useLoad("sessions" + String(all), (s) => get<{ data: Session[] }>("/sessions" + (all ? "?all=true" : ""), s));
  const list = [...(value?.data ?? [])].sort((a, b) => Number(b.current) - Number(a.current) || Date.parse(b.last_seen) - Date.parse(a.last_seen));
  const end = (s: Session) => (): void => void attempt(() => call("DELETE", `/sessions/${s.id}`), t("sessions.ended", { n: 1 })).then(reload);
  const endOthers = async (): Promise<void> => {
    if (!(await ask(t("sessions.end_others"), t("sessions.end_others_sure", { n: list.length - 1 }), t("sessions.end_others")))) return;
    await attempt(() => call("DELETE", "/sessions"), t("sessions.ended", { n: list.length - 1 }));
    reload();
  };
  return (
    <section class="card">
      <div class="page-head">
        <h2>{t(all ? "sessions.all" : "sessions.title")}</h2>
        {!all && list.length > 1 && <button type="button" class="danger" onClick={() => void endOthers()}>{t("sessions.end_others")}</button>}
      </div>
      {problem && <Failed problem={problem} retry={reload} />}
      {!value && !problem && <Waiting />}
      {value && list.length === 0 && <p class="dim">{t("sessions.none")}</p>}
      <ul class="plain-list">{list.map((s) => <One key={s.id} s={s} named={all} end={end(s)} />)}</ul>
    </section>
  );
}
