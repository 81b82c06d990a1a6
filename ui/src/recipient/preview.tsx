// preview.tsx -- how a message to this recipient would read, of which alert, and the
// request itself.
import { escaped, get, post } from "../base/api";
import { t } from "../base/i18n";
import { useLoad, type Loaded } from "../base/load";
import { mayWrite } from "../base/session";
import { useSettled } from "../base/settled";
import type { Alert, Page, Recipient } from "../base/types";
import { humane, subjectText } from "../base/words";
import { patchOf, said } from "../parts/field";
import { Waiting } from "../parts/notice";
import type { Variable } from "./template_box";

export interface Preview {
  alert_id: number | null;
  title?: string;
  headline?: string;
  text?: string;
  facts?: { label: string; value: string }[];
  failed?: string | null;
  variables?: Variable[];
  request: Record<string, unknown> | null;
  because: string | null;
}

/** Which alert it is rendered from, and as if it were what. */
export interface Of {
  alertId: number | null; /* null: the newest it would get */
  action: "" | "engage" | "release";
}

const CRITERIA = ["minimum_severity", "categories", "entities", "types", "host_pools", "am_hosts", "filter"] as const;

function ask(name: string | null, before: Recipient | null, r: Recipient, of: Of): Promise<Preview> {
  const rest = {
    ...Object.fromEntries(CRITERIA.map((c) => [c, r[c]]).filter(([, v]) => name !== null || v !== null)),
    ...(r.title_template ? { title_template: r.title_template } : {}), ...(r.text_template ? { text_template: r.text_template } : {}),
    ...(of.alertId !== null ? { alert_id: of.alertId } : {}), ...(of.action ? { action: of.action } : {}),
  };
  if (name === null) return post<Preview>("/preview", { endpoint: r.endpoint, params: said(r.params), ...rest });
  const params = patchOf(before?.params ?? {}, r.params);
  return post<Preview>(`/recipients/${escaped(name)}/preview`, { ...(params ? { params } : {}), ...rest });
}

export function usePreview(before: Recipient | null, recipient: Recipient, of: Of): Loaded<Preview | null> {
  const r = useSettled(recipient);
  const key = JSON.stringify([r.endpoint, r.params, r.title_template, r.text_template, CRITERIA.map((c) => r[c]), of]);
  return useLoad(key, async () => (r.endpoint && mayWrite.value && !before?.builtin ? ask(before?.name ?? null, before, r, of) : null));
}

function bytes(p: Preview): number {
  const body = p.request?.["body"] ?? "";
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)).length;
}

function Message({ p }: { p: Preview }) {
  return (
    <div class="bubble">
      {p.title && <p class="bubble-title">{p.title}</p>}
      {p.text && <p class="bubble-text">{p.text}</p>}
      {p.facts && p.facts.length > 0 && <dl>{p.facts.map((f) => <div key={f.label}><dt>{f.label}</dt><dd>{f.value}</dd></div>)}</dl>}
    </div>
  );
}

const ACTIONS = ["", "engage", "release"] as const;

function Which({ of, set }: { of: Of; set: (of: Of) => void }) {
  const { value } = useLoad("recent", (s) => get<Page<Alert>>("/alerts?limit=30", s));
  const known = of.alertId === null || value?.data.some((a) => a.id === of.alertId);
  return (
    <div class="toolbar">
      <label class="stacked grow">{t("preview.which")}
        <select value={of.alertId ?? ""} onChange={(e) => set({ ...of, alertId: Number(e.currentTarget.value) || null })}>
          <option value="">{t("preview.newest")}</option>
          {!known && <option value={of.alertId ?? ""}>#{of.alertId}</option>}
          {value?.data.map((a) => <option key={a.id} value={a.id}>{`#${a.id} ${humane(a.type)} · ${subjectText(a.entity_value).slice(0, 40)}`}</option>)}
        </select>
      </label>
      <div class="segments" role="group" aria-label={t("preview.as")}>
        {ACTIONS.map((a) => <button key={a} type="button" aria-pressed={of.action === a} onClick={() => set({ ...of, action: a })}>{t(a ? `preview.${a}` : "preview.as_it_is")}</button>)}
      </div>
    </div>
  );
}

/** A body that is JSON is laid out, so that people can read it. */
function requestText(request: Record<string, unknown>): string {
  const { body, ...rest } = request;
  const head = JSON.stringify(rest, null, 2);
  if (typeof body !== "string") return head;
  try {
    return head + "\n\n" + JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return head + "\n\n" + body;
  }
}

export function MessagePreview({ loaded, of, setOf }: { loaded: Loaded<Preview | null>; of: Of; setOf: (of: Of) => void }) {
  const { value: p, problem, loading } = loaded;
  return (
    <section class="card">
      <h2>{t("preview.title")}</h2>
      <Which of={of} set={setOf} />
      {problem && <p class="dim">{t("preview.not_now", { why: problem.message })}</p>}
      {!p && !problem && loading && <Waiting />}
      {p && (
        <div class={problem ? "stale" : ""}>
          {of.alertId === null && <p class="dim">{p.alert_id === null ? t("preview.of_sample") : t("preview.of_alert", { id: String(p.alert_id) })}</p>}
          {p.failed && <p class="bad">✖ {p.failed}</p>}
          {p.because && <p class="bad">{p.because}</p>}
          {(p.title || p.text) && <Message p={p} />}
          {p.request && (
            <details class="more" open={!p.title && !p.text}>
              <summary>{t("preview.request", { n: bytes(p) })}</summary>
              <pre tabIndex={0} aria-label={t("preview.request", { n: bytes(p) })}>{requestText(p.request)}</pre>
            </details>
          )}
        </div>
      )}
    </section>
  );
}
