// telegram.mjs -- Telegram: its types (@grammyjs/types), and its HTML, which must
// nest and escape as the Bot API's page "Formatting options" says.
import { hold } from "./types.mjs";
import { clean, json, ourLinks, says, utf16, within } from "./text.mjs";

const TYPES = 'import type { ApiMethods } from "@grammyjs/types/methods.js";';
const TEXT_MAX = 4096;
const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };
const TOKEN =
  /<(\/?)([a-z]+)((?: [a-z]+="[^"<>]*")*)>|&(lt|gt|amp|quot|#39);|[<>&]|[^<>&]+/g;

// The text without its markup; what stands in code cannot mention.
function read(r, html, say) {
  const open = [];
  let text = "",
    spoken = "";
  for (const [whole, close, tag, attributes, entity] of html.matchAll(TOKEN)) {
    if (tag === undefined) {
      if (entity === undefined && /^[<>&]$/.test(whole)) say(`"${whole}" is not escaped`);
      const piece = entity === undefined ? whole : ENTITIES[entity];
      text += piece;
      spoken += open.includes("code") ? " " : piece;
    } else if (close) {
      if (open.pop() !== tag) say(`</${tag}> closes another`);
    } else {
      if (!["b", "code", "a"].includes(tag)) say(`a tag <${tag}>`);
      if (
        tag === "a"
          ? !ourLinks(r).has(/^ href="(.*)"$/.exec(attributes)?.[1])
          : attributes !== ""
      )
        say(`<${tag}${attributes}>`);
      open.push(tag);
    }
  }
  if (open.length) say(`<${open.join("><")}> left open`);
  return { text, spoken };
}

export default {
  type: "telegram",
  check(r, say) {
    const body = json(r.body, say);
    const method = new URL(r.url).pathname.split("/").at(-1);
    hold(body, `Parameters<ApiMethods<Blob>["${method}"]>[0]`, TYPES, say);
    clean(body, say);
    const { text, spoken } = body.parse_mode
      ? read(r, body.text, say)
      : { text: body.text, spoken: body.text };
    within(body.text, TEXT_MAX, utf16, "text", say);
    if (!text.trim()) say("an empty message");
    if (/@[A-Za-z0-9_]/.test(spoken)) say(`mentions ${/@\w+/.exec(spoken)[0]}`);
    if (body.link_preview_options?.is_disabled !== true && /:\/\//.test(text))
      say("previews of links are not turned off");
    for (const button of body.reply_markup?.inline_keyboard.flat() ?? [])
      if (!ourLinks(r).has(button.url)) say(`a button to ${button.url}`);
    if (r.count > 1) return says(text, { n: `${r.count} alerts` }, ["n"], say);
    const reply = body.reply_parameters && !body.parse_mode && !body.link_preview_options;
    says(
      text,
      r.scene.messages[0],
      reply
        ? ["state"]
        : r.scene.over_long
          ? ["title"]
          : ["title", "sentence", "facts", "footer"],
      say,
    );
  },
  spoil: [
    ["a mention", (b) => void (b.text += " @durov")],
    ["a tag", (b) => void (b.text += "<u>x</u>")],
    ["a tag left open", (b) => void (b.text += "<b>x")],
    ["crossed tags", (b) => void (b.text += "<b><code>x</b></code>")],
    ["an entity unknown", (b) => void (b.text += "&nbsp;")],
    ["a link", (b) => void (b.text += '<a href="http://evil.com">x</a>')],
    ["too long", (b) => void (b.text = "x".repeat(4097))],
    ["parse_mode misspelt", (b) => void (b.parse_mode = "html5")],
    ["a parameter misspelt", (b) => void (b.chat = 1)],
    ["the alert left out", (b) => void (b.text = "x")],
    ["a bidi isolate", (b) => void (b.text += "\u2066")],
  ],
};
