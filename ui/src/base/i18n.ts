// i18n.ts -- words in the reader's language. A text is a catalogue's entry, with
// {name} for a value and {n, plural, one {# alert} other {# alerts}} for a count.
import { computed, signal } from "@preact/signals";
import en from "../../../i18n/en.json";
import { numbers } from "./formats";
import { language, type Language } from "./prefs";
import { filled, type Values } from "./plural";

export type Key = keyof typeof en;
type Catalogue = Partial<Record<Key, string>>;

const loaded = signal<Partial<Record<Language, Catalogue>>>({ en });
const catalogue = computed<Catalogue>(() => loaded.value[language.value] ?? en);
/** What numbers and dates are written for: the catalogue's, once it is there. */
export const locale = computed(() => regional(loaded.value[language.value] ? language.value : "en"));

/** The reader's own region of the language, if the browser says one: "en-GB". */
function regional(l: Language): string {
  return navigator.languages.find((x) => x.slice(0, 2) === l) ?? l;
}

const OTHERS: Record<Exclude<Language, "en">, () => Promise<{ default: string[] }>> = {
  it: () => import("catalogue:it"),
  de: () => import("catalogue:de"),
};

export async function load(l: Language): Promise<void> {
  if (l !== "en") {
    const texts = (await OTHERS[l]()).default;
    loaded.value = { ...loaded.value, [l]: Object.fromEntries(Object.keys(en).map((key, i) => [key, texts[i]])) };
  }
  document.documentElement.lang = l;
}

export function t(key: Key, values: Values = {}): string {
  return filled(catalogue.value[key] ?? en[key], values, locale.value);
}

/** The word for one of a closed list; the value itself if it is not among them. */
export function word(list: string, value: string): string {
  const key = `${list}.${value}` as Key;
  return catalogue.value[key] ?? en[key] ?? value;
}

export function number(n: number): string {
  return numbers(locale.value).format(n);
}

/** "≥ 100,000" where no more were counted. */
export const atLeast = (n: number, exact: boolean): string => (exact ? "" : "≥ ") + number(n);
