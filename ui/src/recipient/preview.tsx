// preview.tsx -- how a message to this recipient would read, and the request itself.
import { post, escaped } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import type { Recipient } from "../base/types";
import { patchOf, said } from "../parts/field";
import { useSettled } from "./would_have";

interface Preview {
  alert_id: number | null;
  title?: string;
  headline?: string;
  text?: string;
  facts?: { label: string; value: string }[];
  failed?: string | null;
  request: Record<string, unknown> | null;
  because: string | null;
}

function ask(name: string | null, before: Recipient | null, r: Recipient): Promise<Preview> {
  const words = { ...(r.title_template ? { title_template: r.title_template } : {}), ...(r.text_template ? { text_template: r.text_template } : {}) };
  if (name === null) return post<Preview>("/preview", { endpoint: r.endpoint, params: said(r.params), ...words });
  const params = patchOf(before?.params ?? {}, r.params);
  return post<Preview>(`/recipients/${escaped(name)}/preview`, { ...(params ? { params } : {}), ...words });
}

function bytes(p: Preview): number {
  const body = p.request?.["body"] ?? "";
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)).length;
}

function Message({ p }: { p: Preview }) {
  return (
    <div class="bubble">
      {p.title && <p class="bubble-title">{p.title}</p>}
      {p.text && <p>{p.text}</p>}
      {p.facts && <dl>{p.facts.map((f) => <div key={f.label}><dt>{f.label}</dt><dd>{f.value}</dd></div>)}</dl>}
    </div>
  );
}

export function MessagePreview({ before, recipient }: { before: Recipient | null; recipient: Recipient }) {
  const r = useSettled(recipient);
  const key = JSON.stringify([r.endpoint, r.params, r.title_template, r.text_template]);
  const { value: p, problem } = useLoad(key, async () => (r.endpoint ? ask(before?.name ?? null, before, r) : null));
  return (
    <section class="card">
      <h2>{t("preview.title")}</h2>
      {problem && <p class="dim">{problem.message}</p>}
      {!problem && p && (
        <>
          <p class="dim">{p.alert_id === null ? t("preview.of_sample") : t("preview.of_alert", { id: String(p.alert_id) })}</p>
          {p.failed && <p class="bad">✖ {p.failed}</p>}
          {p.because && <p class="bad">{p.because}</p>}
          {(p.title || p.text) && <Message p={p} />}
          {p.request && (
            <details class="more" open={!p.title && !p.text}>
              <summary>{t("preview.request", { n: bytes(p) })}</summary>
              <pre tabIndex={0} aria-label={t("preview.request", { n: bytes(p) })}>{requestText(p.request)}</pre>
            </details>
          )}
        </>
      )}
    </section>
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
