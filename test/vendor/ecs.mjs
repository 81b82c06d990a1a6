// ecs.mjs -- a document of the Elastic Common Schema, by the schema's own field list
// (@elastic/ecs): every leaf is a field of it, of its type.
import { isIP } from "node:net";
import { load } from "./vendor.mjs";
import { clean } from "./text.mjs";

const { EcsFlat: fields } = load("@elastic/ecs/generated/ecs_flat.js");

// Ours, said in the manual: the whole alert as its source sent it, and the word for
// a severity.
const OWN = /^(alert($|\.)|event\.severity_label$)/;
const integer = (v) => Number.isSafeInteger(v);
const text = (v) => typeof v === "string" && v !== "";
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const fits = {
  // A longer one is kept, but not found.
  keyword: (v, field) => text(v) && v.length <= (field.ignore_above ?? Infinity),
  constant_keyword: text,
  wildcard: text,
  match_only_text: (v) => typeof v === "string",
  long: integer,
  float: (v) => typeof v === "number",
  scaled_float: (v) => typeof v === "number",
  boolean: (v) => typeof v === "boolean",
  ip: (v) => isIP(v) > 0,
  date: (v) => ISO.test(v) && !Number.isNaN(Date.parse(v)),
  geo_point: (v) => Math.abs(v?.lat) <= 90 && Math.abs(v?.lon) <= 180,
};

function leaf(name, field, value, scalar, say) {
  const array = Array.isArray(value);
  const wanted =
    field.normalize.includes("array") && !(scalar && name === "event.category"); // as ntopng has it
  if (array !== wanted && (array || wanted))
    say(`${name} is ${array ? "an array" : "no array"}`);
  for (const one of array ? value : [value]) {
    if (!fits[field.type]?.(one, field))
      say(`${name}: no ${field.type}: ${JSON.stringify(one)?.slice(0, 80)}`);
    if (field.allowed_values && !field.allowed_values.some((a) => a.name === one))
      say(`${name}: "${one}" is not allowed`);
  }
}

// Labels are one level of keywords under names without dots, which would nest.
function labels(value, say) {
  for (const [name, one] of Object.entries(value)) {
    if (name.includes(".") || name === "") say(`labels: the name "${name}"`);
    if (!text(one)) say(`labels.${name} is no keyword`);
  }
}

function walk(object, prefix, scalar, say) {
  for (const [name, value] of Object.entries(object)) {
    const whole = prefix + name;
    const field = fields[whole];
    if (OWN.test(whole)) continue;
    if (whole === "labels") labels(value, say);
    else if (field && field.type !== "object") leaf(whole, field, value, scalar, say);
    else if (value === null || typeof value !== "object" || Array.isArray(value))
      say(`${whole} is no field of ECS`);
    else walk(value, whole + ".", scalar, say);
  }
}

export function checkDocument(r, doc, alert, say) {
  // What its source sent stays what it is.
  const { alert: raw, event: { original, ...event } = {}, ...ours } = doc;
  walk(doc, "", r.mode.endpoint.scalar_category === true, say);
  clean({ event, ...ours }, say);
  for (const name of ["@timestamp", "message", "ecs", "event"])
    if (doc[name] === undefined) say(`${name} is missing`);
  if (doc.event?.kind !== "alert") say(`event.kind is ${doc.event?.kind}`);
  if (doc.event?.id !== String(alert.began_id ?? alert.id))
    say(`event.id is ${doc.event?.id}`);
  if (raw && raw.message !== alert.message) say("alert.message is not what was sent");
}
