// live.ts -- what happens, as it happens. One tab of a browser listens to the
// server and tells the others; where the server has no events, we look every
// ten seconds.
import { signal } from "@preact/signals";
import { headers, signedOut } from "./api";
import { live } from "./prefs";
import { eventsOf } from "./sse";

export type Topic = "alerts" | "deliveries" | "jobs" | "config";
export interface LiveEvent {
  topic: string;
  data: unknown;
}

type Listener = (e: LiveEvent) => void;

const TOPICS: Topic[] = ["alerts", "deliveries", "jobs", "config"];
const LOOK_EVERY_MS = 10_000;
const RETRY_MS = 3_000;

/** How we learn of news: told at once, by looking, or not at all. */
export const how = signal<"told" | "looking" | "not">("not");
export const lastNews = signal(Date.now());

const listeners = new Map<string, Set<Listener>>();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("tocsin-live") : null;
let lastId = "";

/** Until the function it returns is called. */
export function onLive(topic: Topic, f: Listener): () => void {
  const all = listeners.get(topic) ?? new Set<Listener>();
  listeners.set(topic, all.add(f));
  return () => all.delete(f);
}

function tell(e: LiveEvent): void {
  lastNews.value = Date.now();
  if (live.peek()) listeners.get(e.topic)?.forEach((f) => f(e));
}

function news(e: LiveEvent): void {
  tell(e);
  channel?.postMessage(e);
}

/** What the server calls one event of a topic. */
const TOPIC_OF: Record<string, Topic> = { alert: "alerts", mark: "alerts", delivery: "deliveries", job: "jobs" };

/** "reset": more happened than the server remembers, so all is asked anew. "…-more"
 * stands for many of one topic. */
function heard(event: string, data: unknown): void {
  const topics = event === "reset" ? TOPICS : [TOPIC_OF[event] ?? event.replace(/-more$/, "")];
  for (const topic of topics) news({ topic, data });
}

/** Also over when nobody listens any more. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
    stop.addEventListener("abort", () => done(), { once: true });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One connection, until it ends; false: there are no events here. */
async function listen(stop: AbortSignal): Promise<boolean> {
  const r = await fetch("/api/v1/events?topics=" + TOPICS.join(","), {
    headers: headers({ Accept: "text/event-stream", ...(lastId ? { "Last-Event-ID": lastId } : {}) }),
    cache: "no-store",
    signal: stop,
  });
  if (r.status === 404) return false;
  if (r.status === 401) signedOut();
  if (!r.ok || !r.body) return true;
  how.value = "told";
  for await (const e of eventsOf(r.body)) {
    if (e.id) lastId = e.id;
    if (e.data) heard(e.event, parsed(e.data));
  }
  return true;
}

async function look(stop: AbortSignal): Promise<void> {
  how.value = "looking";
  while (!stop.aborted) {
    await pause(LOOK_EVERY_MS, stop);
    if (!document.hidden) for (const topic of TOPICS) tell({ topic, data: null });
  }
}

async function listenUntil(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      if (!(await listen(stop))) await look(stop);
    } catch {
      how.value = "not";
    }
    await pause(RETRY_MS, stop);
  }
}

/** Until the function it returns is called. Browsers keep few connections to a
 * server: one tab holds ours. */
export function startLive(): () => void {
  const stop = new AbortController();
  if (channel) {
    channel.onmessage = (m: MessageEvent<LiveEvent>) => {
      how.value = "told";
      tell(m.data);
    };
  }
  const listening = (): Promise<void> => listenUntil(stop.signal);
  if (navigator.locks && channel) void navigator.locks.request("tocsin-live", { signal: stop.signal }, listening).catch(() => undefined);
  else void listening();
  return () => stop.abort();
}
