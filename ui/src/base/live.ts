// live.ts -- what happens, as it happens; where the server has no events, we look
// every ten seconds.
import { signal } from "@preact/signals";
import { headers, signedOut } from "./api";
import { live } from "./prefs";
import { me } from "./session";
import { share, type Heard, type How, type Listener, type Said, type Tabs } from "./share";
import { eventsOf } from "./sse";
import { TOPICS, topicsOf, type Topic } from "./topics";

export type { Topic };
export type LiveEvent = Heard;

const LOOK_EVERY_MS = 10_000;
const RETRY_MS = 3_000;

export const how = signal<How>("not");
export const lastNews = signal(Date.now());

const listeners = new Map<string, Set<(e: LiveEvent) => void>>();

/** Until the function it returns is called. */
export function onLive(topic: Topic, f: (e: LiveEvent) => void): () => void {
  const all = listeners.get(topic) ?? new Set();
  listeners.set(topic, all.add(f));
  return () => all.delete(f);
}

/** The same for several, but however much happens, once in `pauseMs` at most. */
export function onNews(topics: readonly Topic[], pauseMs: number, f: () => void): () => void {
  let timer: number | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      f();
    }, pauseMs);
  };
  const stops = topics.map((topic) => onLive(topic, soon));
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

function tell(e: LiveEvent): void {
  lastNews.value = Date.now();
  /* Somebody waits for a job, and does not merely watch. */
  if (live.peek() || e.topic === "jobs") listeners.get(e.topic)?.forEach((f) => f(e));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
    stop.addEventListener("abort", () => done(), { once: true });
  });
}

/** One connection, until it ends; false: there are no events here. */
async function listen(as: Listener, stop: AbortSignal): Promise<boolean> {
  const r = await fetch("/api/v1/events", {
    headers: headers({ Accept: "text/event-stream", ...(as.lastId ? { "Last-Event-ID": as.lastId } : {}) }),
    cache: "no-store", signal: stop,
  });
  if (r.status === 401) signedOut();
  if (r.status === 404) return false;
  if (!r.ok || !r.body) throw new Error(`HTTP ${r.status}`);
  as.how("told");
  for await (const e of eventsOf(r.body)) {
    for (const topic of topicsOf(e.event)) as.news({ topic, data: parsed(e.data) }, e.id);
    if (e.id) as.lastId = e.id;
  }
  return true;
}

async function look(as: Listener, stop: AbortSignal): Promise<void> {
  as.how("looking");
  while (!stop.aborted) {
    await pause(LOOK_EVERY_MS, stop);
    if (!document.hidden && !stop.aborted) for (const topic of TOPICS) as.news({ topic, data: null }, "");
  }
}

async function listenOn(as: Listener, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      if (!(await listen(as, stop))) await look(as, stop);
    } catch {
      if (!stop.aborted) as.how("not");
    }
    await pause(RETRY_MS, stop);
  }
}

/** The tabs of one who is signed in; another one in the next tab hears for himself. */
function tabs(): Tabs {
  const name = `tocsin-live ${me.peek()?.name ?? ""}`;
  return {
    channel: "BroadcastChannel" in globalThis ? channelOf(new BroadcastChannel(name)) : null,
    alone: navigator.locks ? async (work, signal) => { await navigator.locks.request(name, { signal }, work); } : null,
  };
}

function channelOf(c: BroadcastChannel): Tabs["channel"] {
  return {
    post: (m) => c.postMessage(m),
    hear: (f) => (c.onmessage = (m: MessageEvent<Said>) => f(m.data)),
    close: () => c.close(),
  };
}

/** Until the function it returns is called. */
export function startLive(): () => void {
  const stop = share(tabs(), { onNews: tell, onHow: (h) => (how.value = h), listen: listenOn });
  return () => {
    stop();
    how.value = "not";
  };
}
