// as_text.ts -- a request as somebody would write it down: lines to read, and a
// command that sends it once more. Pure.
import type { GotResponse, SentRequest } from "./types";

const HIDDEN = "•••";

const isText = (v: unknown): v is string => typeof v === "string";
const texts = (v: unknown): string[] => (Array.isArray(v) ? v.filter(isText) : []);
const pairs = (v: unknown): [string, string][] =>
  v !== null && typeof v === "object" && !Array.isArray(v) ? Object.entries(v).filter((p): p is [string, string] => isText(p[1])) : [];

/** Where it went, in one line. */
export function whereTo(r: SentRequest): string {
  const at = (name: string): string => String(r[name] ?? "");
  switch (r.via) {
    case "http": return `${at("method")} ${at("url")}`;
    case "mail": return `${at("host")}:${at("port")} → ${texts(r["to"]).join(", ")}`;
    case "syslog": return `${at("transport")} ${at("host")}${Number(r["port"]) > 0 ? ":" + at("port") : ""}`;
    case "exec": return [at("script"), ...texts(r["arguments"]).slice(1)].join(" ");
    case "file": return at("path");
    default: return r.via;
  }
}

/** What it said below that: headers or surroundings, then the body. */
export function requestText(r: SentRequest): string {
  const heads = [...pairs(r["headers"]).map(([k, v]) => `${k}: ${v}`), ...texts(r["environment"]), ...(isText(r["from"]) ? [`MAIL FROM: ${r["from"]}`] : [])];
  const body = isText(r["body"]) ? r["body"] : isText(r["input"]) ? r["input"] : isText(r["lines"]) ? r["lines"] : texts(r["frames"]).join("\n");
  return [...heads, ...(heads.length > 0 && body ? [""] : []), ...(body ? [body] : [])].join("\n");
}

export function responseText(r: GotResponse): string {
  const heads = r.headers.map((h) => `${h.name}: ${h.value ?? ""}`);
  const body = r.body ?? r.error ?? "";
  return [...heads, ...(heads.length > 0 && body ? [""] : []), ...(body ? [body] : [])].join("\n");
}

/** For a shell, whatever is in it; what was hidden is asked of a variable. */
function quoted(text: string): string {
  return ("'" + text.replaceAll("'", "'\\''") + "'").replaceAll(HIDDEN, `'"$TOCSIN_SECRET"'`);
}

/** null: it cannot be said as one, or not to its end. */
export function asCurl(r: SentRequest): string | null {
  if (r.via !== "http" || !isText(r["url"]) || !isText(r["method"]) || r["cut"] !== undefined) return null;
  const heads = pairs(r["headers"]).map(([k, v]) => `-H ${quoted(`${k}: ${v}`)}`);
  const body = isText(r["body"]) ? [`--data-binary ${quoted(r["body"])}`] : [];
  return ["curl -X " + quoted(r["method"]), ...heads, ...body, quoted(r["url"])].join(" \\\n  ");
}
