// slack.mjs -- Slack: blocks and attachments by its own types (@slack/types), its
// mrkdwn as slack-markdown reads it; the limits are those of its documentation.
import { load } from "./vendor.mjs";
import { hold } from "./types.mjs";
import { clean, json, ourLinks, says, utf16, within } from "./text.mjs";

const { markdownEngine, rules } = engine();
const parser = markdownEngine.parserFor(rules);

const TYPES = 'import type * as slack from "@slack/types";';
// What chat.postMessage, chat.update and webhooks take, made of Slack's own parts.
const MESSAGE =
  "{ text: string; blocks?: slack.KnownBlock[]; channel?: string; ts?: string;" +
  " attachments?: (Omit<slack.MessageAttachment, 'blocks'> & { blocks?: slack.KnownBlock[] })[];" +
  " thread_ts?: string; reply_broadcast?: boolean; unfurl_links?: false; unfurl_media?: false;" +
  " parse?: 'none'; link_names?: false; metadata?: slack.MessageMetadata }";
const OURS = new Set([
  "text",
  "br",
  "newline",
  "strong",
  "inlineCode",
  "slackDate",
  "autolink",
]);
const UNESCAPED = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

function engine() {
  const { rules } = load("slack-markdown");
  return { rules, markdownEngine: load("simple-markdown") };
}

const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (e) => UNESCAPED[e]);

function flat(nodes) {
  return nodes
    .map((n) =>
      n.type === "br" || n.type === "newline"
        ? "\n"
        : Array.isArray(n.content)
          ? flat(n.content)
          : (n.content ?? ""),
    )
    .join("");
}

// Reads mrkdwn; `loose`: links are also made of what looks like one.
function mrkdwn(r, place, text, loose, say) {
  if (/&(?!(?:lt|gt|amp);)/.test(text)) say(`${place}: "&" is not escaped`);
  const look = (n) => {
    if (n.type === "slackDate" && !/^\d+$/.test(n.timestamp)) say(`${place}: a date`);
    if ((n.type === "autolink" || n.type === "link") && !ourLinks(r).has(n.target))
      say(`${place} links to ${n.target}`);
    // Emphasis changes how it looks, not what it does; Slack has no escape for it.
    else if (/^(slack(?!Date)|image|html)/.test(n.type) || (loose && n.type === "url"))
      say(`${place} makes a ${n.type}: ${JSON.stringify(n).slice(0, 120)}`);
    if (Array.isArray(n.content)) n.content.forEach(look);
  };
  const nodes = parser(text, { inline: true });
  nodes.forEach(look);
  return unescape(flat(nodes)) + "\n" + unescape(text);
}

function textObject(r, place, t, max, say) {
  within(t.text, max, utf16, place, say);
  if (!t.text) say(`${place} is empty`);
  if (t.type === "plain_text")
    return t.emoji === false ? t.text : void say(`${place}: emoji are on`);
  if (t.verbatim !== true) say(`${place} is not verbatim`);
  return mrkdwn(r, place, t.text, false, say);
}

function block(r, b, say) {
  if (b.type === "header") return textObject(r, "header", b.text, 150, say);
  if (b.type === "divider") return "";
  const parts = [];
  if (b.text) parts.push(textObject(r, "section", b.text, 3000, say));
  if ((b.fields ?? []).length > 10 || (b.elements ?? []).length > 10)
    say("more than 10 in a block");
  for (const f of b.fields ?? []) parts.push(textObject(r, "field", f, 2000, say));
  for (const e of b.elements ?? []) parts.push(textObject(r, "context", e, 3000, say));
  return parts.join("\n");
}

export default {
  type: "slack",
  check(r, say) {
    const body = json(r.body, say);
    const all = [
      ...(body.blocks ?? []),
      ...(body.attachments ?? []).flatMap((a) => a.blocks ?? []),
    ];
    hold(body, MESSAGE, TYPES, say);
    clean(body, say);
    within(body.text, 4000, utf16, "text", say);
    if (!body.text?.trim()) say("no text");
    if (all.length > 50) say(`${all.length} blocks`);
    within(JSON.stringify(all), 13000 + 4000, utf16, "all blocks", say);
    if (body.link_names || (body.parse ?? "none") !== "none")
      say("names or links are made of text");
    const text = [
      mrkdwn(r, "text", body.text, all.length === 0, say),
      ...(body.attachments ?? []).map((a) =>
        mrkdwn(r, "fallback", a.fallback ?? "", false, say),
      ),
      ...all.map((b) => block(r, b, say)),
    ].join("\n");
    if (r.count > 1) return says(text, { n: `${r.count} alerts` }, ["n"], say);
    const follows = r.scene.phase === "release";
    says(
      text,
      r.scene.messages[0],
      follows && !text.includes(r.scene.messages[0].title)
        ? ["state"]
        : r.scene.over_long || follows
          ? ["title"]
          : ["title", "sentence", "footer"],
      say,
    );
  },
  spoil: [
    ["the channel mentioned", (b) => void (b.text += " <!channel>")],
    [
      "a user",
      (b) =>
        void (b.attachments[0].blocks.find((x) => x.fields).fields[0].text += "<@U123>"),
    ],
    ["a group", (b) => void (b.text += "<!subteam^S1|x>")],
    ["a link", (b) => void (b.text += "<http://evil.com|x>")],
    ["an entity unknown", (b) => void (b.text += "&nbsp;")],
    ["too long", (b) => void (b.blocks[0].text.text = "x".repeat(151))],
    ["a block of no type", (b) => void (b.blocks[0].type = "heading")],
    ["a member of no block", (b) => void (b.blocks[0].txt = "x")],
    ["emoji", (b) => void (b.blocks[0].text.emoji = true)],
    ["a bidi override", (b) => void (b.text += "\u202e")],
  ],
};
