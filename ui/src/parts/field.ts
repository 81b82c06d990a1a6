// field.ts -- a schema's values as a form has them and as the API takes them. Pure.
import type { ObjectSchema, Params, ParamValue, Schema, Secret } from "../base/types";

export function isSecretSet(v: unknown): v is Secret {
  return typeof v === "object" && v !== null && (v as Secret).set === true;
}

const isSecret = (v: unknown): boolean => typeof v === "object" && v !== null && !Array.isArray(v);

const typeOf = (s: Schema): string => (Array.isArray(s.type) ? "string" : (s.type ?? "string"));

export type Control = "choice" | "switch" | "number" | "list" | "secret" | "text";

export function controlOf(s: Schema): Control {
  if (s["x-secret"]) return "secret";
  if (s.enum) return "choice";
  const type = typeOf(s);
  if (type === "boolean") return "switch";
  if (type === "integer" || type === "number") return "number";
  return type === "array" ? "list" : "text";
}

/** What an input shows for a value. */
export function shownValue(v: ParamValue | undefined): string {
  if (v === null || v === undefined || isSecret(v)) return "";
  return Array.isArray(v) ? v.join("\n") : String(v);
}

/** What was typed as the value it stands for; "" is none. */
export function typedValue(s: Schema, typed: string): ParamValue {
  if (typed === "") return null;
  const control = controlOf(s);
  if (control === "number") return Number.isFinite(Number(typed)) ? Number(typed) : typed;
  if (control === "list") return typed.split(/\n/).map((x) => x.trim()).filter((x) => x !== "");
  return typed;
}

/** What a new object is created with: what was said, nothing else. */
export function said(values: Params): Params {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null && v !== "" && !isSecret(v)));
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** A merge patch from what was to what is; null: nothing changed. */
export function patchOf(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> | null {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [before[name], after[name]];
    if (same(a, b)) continue;
    patch[name] = name === "params" ? patchOf((a ?? {}) as Params, (b ?? {}) as Params) ?? {} : (b ?? null);
  }
  return Object.keys(patch).length ? patch : null;
}

/** What has to be said first, then what may be. Where nothing has to, one of the
 * secrets does: a webhook's address or a token. */
export function parted(schema: ObjectSchema): { needed: [string, Schema][]; optional: [string, Schema][] } {
  const all = Object.entries(schema.properties);
  const anyNeeded = schema.required.length > 0;
  const isNeeded = ([name, s]: [string, Schema]): boolean => (anyNeeded ? schema.required.includes(name) : s["x-secret"] === true);
  return { needed: all.filter(isNeeded), optional: all.filter((x) => !isNeeded(x)) };
}
