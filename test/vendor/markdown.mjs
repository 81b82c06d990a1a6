// markdown.mjs -- Markdown as the chats have it, by `marked`: what escaped text must
// not become, and what it reads as. Mattermost's own reader is a fork of it.
import { load } from "./vendor.mjs";
import { ourLinks } from "./text.mjs";

const { Lexer } = load("marked");
const UNESCAPED = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

const plain = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, e) => UNESCAPED[e]);

// Gives the text without its marks. `ours`: further tokens we make on purpose. GitHub's
// way, where what looks like a link is one, or (gfm: false) the plain one.
export function read(r, place, text, ours, say, gfm = true) {
  const fine = new Set([
    "paragraph",
    "space",
    "text",
    "escape",
    "br",
    "strong",
    "codespan",
    ...ours,
  ]);
  const look = (t) => {
    if (t.type === "link" && ourLinks(r).has(t.href)) return "Open ";
    if (!fine.has(t.type)) say(`${place} makes a ${t.type}: ${t.raw.slice(0, 100)}`);
    if (t.type === "space" || t.type === "br") return "\n";
    if (t.type === "table" && fine.has("table"))
      return [t.header, ...t.rows]
        .flat()
        .map((cell) => cell.tokens.map(look).join(""))
        .join("\n");
    return t.tokens
      ? t.tokens.map(look).join("") + (t.type === "paragraph" ? "\n" : "")
      : plain(t.text ?? t.raw);
  };
  return new Lexer({ gfm })
    .lex(text ?? "")
    .map(look)
    .join("");
}
