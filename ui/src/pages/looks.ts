// looks.ts -- "needs a look": what our own watchdog sees in the status. Pure.
import type { Key } from "../base/i18n";
import type { Values } from "../base/plural";
import type { Health, RecipientHealth, Status } from "../base/types";

export interface Look {
  key: Key;
  name: string;
  values: Values;
  at: string | null;
  text: string;
  href: string;
  action: Key;
  bad: boolean;
}

interface Ending {
  comment: string;
  ends: string | null;
}

export interface Idle {
  name: string;
  since: number;
  came: number;
}

const SOON_MS = 15 * 60_000;
const BEHIND_MS = 60_000;
const SILENT_MS = 2 * 3_600_000;
const IDLE_MS = 3 * 86_400_000;
const LOW_DISK = 1 << 30;

const look = (l: Partial<Look> & Pick<Look, "key" | "name" | "href" | "action">): Look =>
  ({ values: {}, at: null, text: "", bad: false, ...l });

/** Somebody stopped it, and may have forgotten. */
function stopped(s: Status): Look[] {
  const of = (list: Health[]): Look[] => list.filter((x) => x.pause).map((x) => look({
    key: "look.stopped", name: x.name, at: x.pause?.since ?? null, text: `${x.pause?.by}: ${x.pause?.reason}`, href: "/deliveries", action: "look.open",
  }));
  return [...of(s.recipients), ...of(s.endpoints)];
}

function endpoints(s: Status): Look[] {
  return s.endpoints.filter((e) => e.paused || e.last_error).map((e) => look({
    key: e.paused ? "look.paused" : "look.failing", name: e.name, at: e.last_error_at, text: e.last_error ?? "",
    href: "/endpoints/" + encodeURIComponent(e.name), action: "look.open", bad: e.paused,
  }));
}

function recipients(s: Status, now: number): Look[] {
  const paused = s.recipients.filter((r) => r.paused).map((r) => look({
    key: "look.recipient_paused", name: r.name, at: r.last_error_at, text: r.last_error ?? "",
    href: "/recipients/" + encodeURIComponent(r.name), action: "look.open", bad: true,
  }));
  const dead = s.recipients.filter((r) => r.dead > 0).map((r) => look({
    key: "look.dead", name: r.name, values: { n: r.dead }, href: "/deliveries?state=dead&recipient=" + encodeURIComponent(r.name), action: "look.deliveries", bad: true,
  }));
  const behind = s.recipients.filter((r) => r.pending > 0 && r.oldest !== null && now - Date.parse(r.oldest) > BEHIND_MS).map((r) => look({
    key: "look.behind", name: r.name, values: { n: r.pending }, at: r.oldest, text: r.last_error ?? "",
    href: "/deliveries?state=pending&recipient=" + encodeURIComponent(r.name), action: "look.open",
  }));
  const nobody = s.recipients.length <= 1 ? [look({ key: "look.nobody", name: "", href: "/recipients/new", action: "recipients.add" })] : [];
  return [...paused, ...dead, ...behind, ...nobody];
}

/** Whom nothing has matched for days, as they are now, and since when: the longest first. */
export function idle(s: Status, now: number): Omit<Idle, "came">[] {
  const since = (r: RecipientHealth): number => Math.max(Date.parse(r.last_matched ?? r.changed ?? s.started), Date.parse(r.changed ?? "1970"));
  return s.recipients.filter((r) => r.enabled && r.endpoint !== "alert_store_db").map((r) => ({ name: r.name, since: since(r) }))
    .filter((r) => now - r.since > IDLE_MS).sort((a, b) => a.since - b.since);
}

/** `came`: how many alerts came since then. */
function unmatched(list: Idle[], now: number): Look[] {
  return list.filter((r) => r.came > 0).map((r) => look({
    key: "look.unmatched", name: r.name, values: { n: r.came, days: Math.floor((now - r.since) / 86_400_000) }, href: "/why", action: "nav.why",
  }));
}

function sources(s: Status, now: number): Look[] {
  return s.sources.filter((x) => x.last !== null && now - Date.parse(x.last) > SILENT_MS).map((x) => look({
    key: "look.silent", name: x.name, at: x.last, href: "/sources", action: "look.open",
  }));
}

function machine(s: Status): Look[] {
  const free = Number((s["disk"] as { free_bytes?: number } | undefined)?.free_bytes ?? Infinity);
  return [
    ...(s.ready ? [] : [look({ key: "look.not_ready", name: "Tocsin", text: s.not_ready_because, href: "/system", action: "look.open", bad: true })]),
    ...(free < LOW_DISK ? [look({ key: "look.disk", name: "", values: { mb: Math.round(free / 1e6) }, href: "/system", action: "look.open", bad: true })] : []),
  ];
}

function silences(list: Ending[], now: number): Look[] {
  return list.filter((x) => x.ends && Date.parse(x.ends) > now && Date.parse(x.ends) - now < SOON_MS).map((x) => look({
    key: "look.ending", name: x.comment, at: x.ends, href: "/silences", action: "look.open",
  }));
}

/** What is broken first. */
export function looks(s: Status, ending: Ending[], now: number, of: Idle[] = []): Look[] {
  const all = [...machine(s), ...recipients(s, now), ...endpoints(s), ...stopped(s), ...unmatched(of, now), ...sources(s, now), ...silences(ending, now)];
  return [...all.filter((l) => l.bad), ...all.filter((l) => !l.bad)];
}
