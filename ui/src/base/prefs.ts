// prefs.ts -- what this browser remembers: theme, language, zone, columns.
import { computed, effect, signal, type Signal } from "@preact/signals";

function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem("tocsin." + key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

function kept<T>(key: string, fallback: T): Signal<T> {
  const s = signal(read(key, fallback));
  effect(() => {
    const text = JSON.stringify(s.value);
    try {
      localStorage.setItem("tocsin." + key, text);
    } catch {
      /* A browser that keeps nothing is used without memory. */
    }
  });
  return s;
}

export type Theme = "system" | "light" | "dark";
export type Language = "en" | "it" | "de";

function spoken(): Language {
  for (const l of navigator.languages) {
    const short = l.slice(0, 2);
    if (short === "en" || short === "it" || short === "de") return short;
  }
  return "en";
}

export const theme = kept<Theme>("theme", "system");
export const language = kept<Language>("language", spoken());
/** "" is the browser's own. */
export const zone = kept("zone", "");
export const shortcuts = kept("shortcuts", true);
export const columns = kept<string[]>("columns", ["when", "severity", "alert", "subject", "sent", "state"]);
export const live = kept("live", true);

export interface SavedView {
  name: string;
  search: string;
}
export const views = kept<SavedView[]>("views", []);

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(dark.matches);
dark.addEventListener("change", () => (systemIsDark.value = dark.matches));

/** Which of the two is shown. */
export const shownTheme = computed(() =>
  theme.value === "system" ? (systemIsDark.value ? "dark" : "light") : theme.value);

export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = shownTheme.value;
  });
}
