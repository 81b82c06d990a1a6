// live.ts -- what happens, as it happens. One tab of a browser listens to the
// server and tells the others; where the server has no events, we look every
// ten seconds.
import { signal } from "@preact/signals";
import { headers } from "./api";
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

/** "reset": more happened than the server remembers, so all is asked anew. "…-more"
 * stands for many of one topic. */
function heard(event: string, data: unknown): void {
  const topics = event === "reset" ? TOPICS : [event.replace(/-more$/, "")];
  for (const topic of topics) news({ topic, data });
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One connection, until it ends; false: there are no events here. */
async function listen(): Promise<boolean> {
  const r = await fetch("/api/v1/events?topics=" + TOPICS.join(","), {
    headers: headers({ Accept: "text/event-stream", ...(lastId ? { "Last-Event-ID": lastId } : {}) }),
    cache: "no-store",
  });
  if (r.status === 404) return false;
  if (!r.ok || !r.body) return true;
  how.value = "told";
  for await (const e of eventsOf(r.body)) {
    if (e.id) lastId = e.id;
    if (e.data) heard(e.event, parsed(e.data));
  }
  return true;
}

async function look(): Promise<never> {
  how.value = "looking";
  for (;;) {
    await pause(LOOK_EVERY_MS);
    if (!document.hidden) for (const topic of TOPICS) tell({ topic, data: null });
  }
}

async function listenForever(): Promise<void> {
  for (;;) {
    try {
      if (!(await listen())) await look();
    } catch {
      how.value = "not";
    }
    await pause(RETRY_MS);
  }
}

/** Browsers keep few connections to a server: one tab holds ours. */
export function startLive(): void {
  if (channel) {
    channel.onmessage = (m: MessageEvent<LiveEvent>) => {
      how.value = "told";
      tell(m.data);
    };
  }
  if (navigator.locks && channel) void navigator.locks.request("tocsin-live", listenForever);
  else void listenForever();
}
