// route.ts -- where we are: the URL is the state, so that every view is a link.
import { computed, signal } from "@preact/signals";

interface Place {
  path: string;
  search: string;
}

const here = (): Place => ({ path: location.pathname, search: location.search });
const place = signal<Place>(here());

export const path = computed(() => place.value.path);
export const params = computed(() => new URLSearchParams(place.value.search));
export const param = (name: string): string => params.value.get(name) ?? "";

/** Asked before leaving a page; false stays. */
let mayLeave: () => boolean = () => true;
export function guardLeaving(f: (() => boolean) | null): void {
  mayLeave = f ?? (() => true);
}

export function go(to: string, replace = false): void {
  if (!replace && !mayLeave()) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  const moved = here().path !== place.peek().path;
  place.value = here();
  if (moved) arrived();
}

/** A new page begins at its top, and is announced by its heading. */
function arrived(): void {
  scrollTo(0, 0);
  requestAnimationFrame(() => document.querySelector<HTMLElement>("main h1")?.focus());
}

/** The same page with other parameters; an empty value takes one away. */
export function withParams(changes: Record<string, string>): string {
  const q = new URLSearchParams(params.peek());
  for (const [k, v] of Object.entries(changes)) v ? q.set(k, v) : q.delete(k);
  const text = q.toString();
  return place.peek().path + (text ? "?" + text : "");
}

export function setParams(changes: Record<string, string>, replace = true): void {
  go(withParams(changes), replace);
}

/** Links within the page are followed here; all others by the browser. */
export function followLinks(): void {
  addEventListener("popstate", () => {
    place.value = here();
  });
  document.addEventListener("click", (e) => {
    const a = (e.target as Element).closest?.("a");
    const plain = !e.defaultPrevented && e.button === 0 && !e.metaKey && !e.ctrlKey && !e.shiftKey;
    if (!a || !plain || a.target || a.hasAttribute("download") || a.origin !== location.origin) return;
    if (a.hash && a.pathname === location.pathname) return;
    e.preventDefault();
    go(a.pathname + a.search);
  });
}

/** "/endpoints/{name}" on "/endpoints/noc": {name: "noc"}; null: another page. */
export function matched(pattern: string, at: string): Record<string, string> | null {
  const want = pattern.split("/");
  const have = at.split("/");
  if (want.length !== have.length) return null;
  const found: Record<string, string> = {};
  for (const [i, w] of want.entries()) {
    const h = have[i] ?? "";
    if (!w.startsWith("{")) {
      if (w !== h) return null;
    } else {
      if (!h) return null;
      found[w.slice(1, -1)] = unescaped(h);
    }
  }
  return found;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
