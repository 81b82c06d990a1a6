// text.mjs -- what is true of every text on every channel.

// Controls but \n and \t, marks that turn the reading around or that nobody sees
// (U+200B is ours: it breaks mentions), and halves of characters.
const FORBIDDEN = new RegExp(
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f" +
    "\\u061c\\u200c-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]" +
    "|\\p{Surrogate}",
  "u",
);

const code = (c) => "U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

// Every text of a JSON value with its place, the names of members too.
export function* texts(value, place = "") {
  if (typeof value === "string") yield [place, value];
  if (value === null || typeof value !== "object") return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [place + "/*", name];
    yield* texts(inner, `${place}/${name}`);
  }
}

export function clean(value, say) {
  for (const [place, text] of texts(value)) {
    const found = FORBIDDEN.exec(text);
    if (found) say(`${place || "text"} holds ${code(found[0])}`);
  }
}

export function oneLine(value, say) {
  for (const [place, text] of texts(value))
    if (/[\r\n]/.test(text)) say(`${place || "text"} is of several lines`);
}

export const bytes = (text) => Buffer.byteLength(text);
export const points = (text) => [...text].length;
export const utf16 = (text) => text.length;

export function within(text, max, measure, what, say) {
  const length = measure(text ?? "");
  if (length > max) say(`${what} is ${length} long; at most ${max}`);
}

const UNSEEN = new RegExp(FORBIDDEN.source + "|\u200b", "gu");

// As people read it.
export const plain = (text) =>
  text
    .replace(/[\u0085\u2028\u2029]/g, " ")
    .replace(UNSEEN, "")
    .replace(/\s+/g, " ")
    .trim();

const LEAST = 3; // characters of a beginning that are worth calling one

// Whether `wanted` stands in `text`, whole or its beginning and "…". It may have been
// cut before, too.
export function stands(text, wanted) {
  const t = plain(text);
  const w = plain(wanted).replace(/…$/, "");
  if (t.includes(w)) return true;
  for (let at = t.indexOf("…"); at >= 0; at = t.indexOf("…", at + 1)) {
    const before = t.slice(Math.max(0, at - w.length), at);
    for (let n = before.length; n >= Math.min(LEAST, w.length); n--)
      if (before.endsWith(w.slice(0, n)) || before.endsWith(w.slice(0, n).trimEnd()))
        return true;
  }
  return false;
}

// That `text`, read by the vendor's parser, says what the alert says, literally.
export function says(text, message, parts, say) {
  for (const part of parts) {
    const wanted = part === "facts" ? message.facts.map((f) => f.value) : [message[part]];
    for (const one of wanted)
      if (one && !stands(text, one) && !/… \d+ more/.test(text))
        say(
          `the ${part} ${JSON.stringify(one.slice(0, 60))} does not stand in ` +
            JSON.stringify(plain(text).slice(0, 160)),
        );
  }
}

// Links that are ours: to the alerts of this request.
export function ourLinks(r) {
  return new Set(r.scene.messages.map((m) => m.link));
}

export function json(text, say) {
  try {
    return JSON.parse(text);
  } catch (e) {
    say(`no JSON: ${e.message}`);
    return null;
  }
}
