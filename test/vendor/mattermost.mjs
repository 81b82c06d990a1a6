// mattermost.mjs -- Mattermost: posts and attachments by its own types; its Markdown,
// and the names, channels and emoji that it finds in any text.
import { hold } from "./types.mjs";
import { read } from "./markdown.mjs";
import { clean, json, ourLinks, points, says, within } from "./text.mjs";

const TYPES =
  'import type { Post } from "@mattermost/types/posts";\n' +
  'import type { MessageAttachment } from "@mattermost/types/message_attachments";';
const PROPS = "{ attachments?: MessageAttachment[]; tocsin_alert_id?: string }";
const POST =
  `Partial<Omit<Post, "props" | "metadata">> & { props?: ${PROPS};` +
  ' metadata?: Partial<Post["metadata"]> }';
const HOOK =
  "{ text?: string; channel?: string; username?: string; icon_url?: string;" +
  " attachments?: MessageAttachment[]; props?: Record<string, unknown> }";
const TEXT_MAX = 16383;

// Outside of code.
const CALLS =
  /@[a-z0-9]|(?:^|\s)~[a-z0-9]|:(?![0-9a-f]{1,4}:)[a-z0-9_+-]+:|(?<!\\)<[!@][a-z]/i;

function spoken(r, place, text, say) {
  const outside = (text ?? "").replace(/(?<!\\)`[^`]*`/g, " ").replace(/\]\([^)]*\)/g, "]");
  const found = CALLS.exec(outside);
  if (found) say(`${place} calls ${outside.slice(found.index, found.index + 30)}`);
  return read(r, place, text, [], say);
}

function attachment(r, a, say) {
  const parts = [
    a.fallback,
    spoken(r, "text", a.text, say),
    spoken(r, "pretext", a.pretext, say),
    a.footer,
    a.title,
  ];
  for (const url of [a.title_link, a.author_link, a.image_url, a.thumb_url])
    if (url && !ourLinks(r).has(url)) say(`an attachment with ${url}`);
  for (const f of a.fields ?? [])
    parts.push(f.title, spoken(r, "value", String(f.value), say));
  for (const [place, text] of [
    ["fallback", a.fallback],
    ["footer", a.footer],
    ["title", a.title],
  ])
    if (/@[a-z0-9]/i.test(text ?? "")) say(`${place} calls ${text.slice(0, 60)}`);
  return parts.join("\n");
}

export default {
  type: "mattermost",
  check(r, say) {
    const body = json(r.body, say);
    const bot = r.mode.endpoint.token !== undefined;
    hold(body, bot ? POST : HOOK, TYPES, say);
    clean(body, say);
    const said = bot ? body.message : body.text;
    within(said, TEXT_MAX, points, "the text", say);
    if (!said?.trim()) say("an empty post");
    const attachments = (bot ? body.props?.attachments : body.attachments) ?? [];
    const text = [
      spoken(r, "message", said, say),
      ...attachments.map((a) => attachment(r, a, say)),
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
    ["everybody called", (b) => void (b.message += " @all")],
    ["a channel", (b) => void (b.message += " ~town-square")],
    ["emoji", (b) => void (b.message += " :smile:")],
    ["a link", (b) => void (b.message += " [x](http://evil.com)")],
    ["an image", (b) => void (b.props.attachments[0].text += " ![x](http://evil.com)")],
    ["an automatic link", (b) => void (b.message += " http://evil.com")],
    ["a heading", (b) => void (b.props.attachments[0].text = "# x")],
    ["a name misspelt", (b) => void (b.chanel_id = "x")],
    ["too long", (b) => void (b.message += "x".repeat(16384))],
    ["a bidi override", (b) => void (b.message += "\u202e")],
  ],
};
