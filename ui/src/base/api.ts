// api.ts -- the only place that talks to the server.
import { signal } from "@preact/signals";
import { Problem, problemOf } from "./problem";

/** True while the last request got no answer at all. */
export const offline = signal(false);

/** Called when an answer says that nobody is signed in. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(f: () => void): void {
  onSignedOut = f;
}
export function signedOut(): void {
  onSignedOut();
}

const TOKEN = "tocsin.token";
const CSRF_HEADER = "X-Tocsin-CSRF";

/** What proves that a change by a session comes from this page; /me says it. */
let csrf = "";
export function setCsrf(value: string): void {
  csrf = value;
}

/** A token instead of a session; kept for this tab only. */
export const token = {
  get: (): string => sessionStorage.getItem(TOKEN) ?? "",
  set: (value: string): void => {
    if (value) sessionStorage.setItem(TOKEN, value);
    else sessionStorage.removeItem(TOKEN);
  },
};

export function headers(extra: Record<string, string> = {}): Record<string, string> {
  const bearer = token.get();
  return {
    Accept: "application/json",
    ...(csrf ? { [CSRF_HEADER]: csrf } : {}),
    ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
    ...extra,
  };
}

export interface Answer<T> {
  body: T;
  etag: string | null;
  status: number;
}

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** No text may turn its surroundings around: what would is shown as a sign. */
export const inertText = (text: string): string => text.replace(TURNING, "\ufffd");

function inert(_name: string, value: unknown): unknown {
  return typeof value === "string" ? inertText(value) : value;
}

async function bodyOf(r: Response): Promise<unknown> {
  const text = await r.text();
  if (!text) return null;
  try {
    return JSON.parse(text, inert);
  } catch {
    return null;
  }
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  try {
    const r = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
    offline.value = false;
    return r;
  } catch (e) {
    if (init.signal?.aborted) throw e;
    offline.value = true;
    throw new Problem(0, "no-answer", "Tocsin does not answer");
  }
}

export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  options: { ifMatch?: string | null; signal?: AbortSignal; type?: string } = {},
): Promise<Answer<T>> {
  const extra: Record<string, string> = {};
  if (body !== undefined) extra["Content-Type"] = options.type ?? "application/json";
  if (options.ifMatch) extra["If-Match"] = options.ifMatch;
  const r = await answered("/api/v1" + path, {
    method,
    headers: headers(extra),
    ...(body === undefined ? {} : { body: options.type ? String(body) : JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const read = await bodyOf(r);
  if (r.status === 401 && path !== "/login") signedOut();
  if (!r.ok) throw problemOf(r.status, read);
  return { body: read as T, etag: r.headers.get("ETag"), status: r.status };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call<T>("GET", path, undefined, signal ? { signal } : {})).body;
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return (await call<T>("POST", path, body)).body;
}

/** Null where this version has no such thing. */
export async function getIfThere<T>(path: string, signal?: AbortSignal): Promise<T | null> {
  try {
    return await get<T>(path, signal);
  } catch (e) {
    if (e instanceof Problem && e.isMissing) return null;
    throw e;
  }
}

/** What the page can do without: null while it cannot be asked. */
export async function ifUp<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (e) {
    if (e instanceof Problem && (e.isMissing || e.status === 503)) return null;
    throw e;
  }
}

/** A text that is no JSON; null where this version has no such thing. */
export async function getText(path: string, signal: AbortSignal): Promise<string | null> {
  const r = await answered("/api/v1" + path, { headers: headers({ Accept: "*/*" }), signal });
  if (r.status === 404) return null;
  if (!r.ok) throw problemOf(r.status, await bodyOf(r));
  return r.text();
}

/** "?a=1&b=2", without what is empty. */
export function query(values: Record<string, string | number | undefined>): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(values)) if (v !== undefined && v !== "") q.set(k, String(v));
  const text = q.toString();
  return text ? "?" + text : "";
}

export const escaped = encodeURIComponent;
