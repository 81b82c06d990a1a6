// keys.ts -- shortcuts: single keys and "g" followed by one, except while typing.
import { useEffect, useRef } from "preact/hooks";
import { shortcuts } from "./prefs";

export type Keys = Record<string, (e: KeyboardEvent) => void>;

const layers: { current: Keys }[] = [];
let prefix = "";
let prefixAt = 0;

function isTyping(e: KeyboardEvent): boolean {
  const el = e.target as HTMLElement;
  const box = el.tagName === "INPUT" && /^(checkbox|radio|button)$/.test((el as HTMLInputElement).type);
  return el.isContentEditable || el.tagName === "TEXTAREA" || el.tagName === "SELECT" || (el.tagName === "INPUT" && !box);
}

/** "Ctrl+k", "Shift+x", "Escape", "g a". */
function nameOf(e: KeyboardEvent): string {
  const ctrl = e.ctrlKey || e.metaKey ? "Ctrl+" : "";
  const letter = e.key.length === 1 && /[a-z]/i.test(e.key);
  const shift = e.shiftKey && letter ? "Shift+" : "";
  return ctrl + shift + (letter ? e.key.toLowerCase() : e.key);
}

function isSingle(name: string): boolean {
  return !name.startsWith("Ctrl+") && name !== "Escape";
}

function find(name: string): ((e: KeyboardEvent) => void) | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const f = layers[i]?.current[name];
    if (f) return f;
  }
  return undefined;
}

function pressed(e: KeyboardEvent): void {
  const name = nameOf(e);
  const open = document.querySelector("dialog[open]");
  if (e.altKey || (isSingle(name) && (isTyping(e) || !shortcuts.peek() || open))) return;
  const whole = prefix && e.timeStamp - prefixAt < 1500 ? `${prefix} ${name}` : name;
  prefix = name === "g" && whole === name ? "g" : "";
  prefixAt = e.timeStamp;
  const f = find(whole);
  if (!f) return;
  e.preventDefault();
  f(e);
}

export function startKeys(): void {
  addEventListener("keydown", pressed);
}

/** While the component is shown; what is shown later comes first. */
export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}
