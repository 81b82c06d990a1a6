// discord.mjs -- Discord: its types, the limits of discord.js's builders, and its
// markdown as discord-markdown-parser reads it.
import { load } from "./vendor.mjs";
import { hold } from "./types.mjs";
import { clean, json, ourLinks, points, says, utf16, within } from "./text.mjs";

const { EmbedBuilder, embedLength } = load("@discordjs/builders");
const { parse } = load("discord-markdown-parser");

const TYPES = 'import type * as discord from "discord-api-types/v10";';
const CONTENT_MAX = 2000;
const EMBED_MAX = 6000;
const OURS = new Set([
  "text",
  "br",
  "newline",
  "strong",
  "inlineCode",
  "twemoji",
  "timestamp",
  "link",
  "role",
]);

function flat(nodes) {
  return nodes
    .map((n) => {
      if (n.type === "br" || n.type === "newline") return "\n";
      if (n.type === "twemoji") return n.name;
      return Array.isArray(n.content) ? flat(n.content) : (n.content ?? "");
    })
    .join("");
}

// Reads one text, and gives it without its markup.
function read(r, place, text, role, say) {
  const nodes = parse(text ?? "", "extended");
  const look = (n) => {
    if (!OURS.has(n.type))
      say(`${place} makes a ${n.type}: ${JSON.stringify(n).slice(0, 120)}`);
    if (n.type === "link" && !ourLinks(r).has(n.target))
      say(`${place} links to ${n.target}`);
    if (n.type === "role" && n.id !== role) say(`${place} mentions the role ${n.id}`);
    if (Array.isArray(n.content)) n.content.forEach(look);
  };
  nodes.forEach(look);
  return flat(nodes);
}

function limits(embed, say) {
  const b = new EmbedBuilder();
  try {
    if (embed.title) b.setTitle(embed.title);
    b.setDescription(embed.description ?? null).setURL(embed.url ?? null);
    b.setColor(embed.color).setFooter(embed.footer ?? null);
    b.addFields(embed.fields ?? []).setTimestamp(
      embed.timestamp ? new Date(embed.timestamp) : null,
    );
  } catch (e) {
    say(
      `EmbedBuilder: ${String(e.errors?.map((x) => x.message) ?? e.message).slice(0, 200)}`,
    );
  }
  if (embedLength(embed) > EMBED_MAX) say(`an embed of ${embedLength(embed)} characters`);
  for (const f of embed.fields ?? [])
    if (!f.name.trim() || !f.value.trim()) say("a field without name or value");
}

function embedText(r, embed, say) {
  const texts = [
    read(r, "title", embed.title, null, say),
    read(r, "description", embed.description, null, say),
  ];
  for (const f of embed.fields ?? [])
    texts.push(read(r, "name", f.name, null, say), read(r, "value", f.value, null, say));
  return texts.join("\n") + "\n" + (embed.footer?.text ?? "");
}

// Our own role and nobody else, and only if it is configured.
function mentions(r, body, role, say) {
  const m = body.allowed_mentions;
  if (!Array.isArray(m?.parse) || m.parse.length) say("allowed_mentions.parse is not []");
  if (m?.users || m?.replied_user) say("users may be mentioned");
  if ((m?.roles ?? []).some((id) => id !== role)) say(`roles ${m.roles} may be mentioned`);
  if (m?.roles && !body.content?.startsWith(`<@&${role}>`))
    say("a role allowed, not mentioned");
}

export default {
  type: "discord",
  check(r, say) {
    const body = json(r.body, say);
    const edit = r.method === "PATCH";
    const role = r.mode.recipient.mention_role;
    hold(
      body,
      edit
        ? "discord.RESTPatchAPIWebhookWithTokenMessageJSONBody"
        : "discord.RESTPostAPIWebhookWithTokenJSONBody",
      TYPES,
      say,
    );
    clean(body, say);
    mentions(r, body, role, say);
    within(body.content, CONTENT_MAX, utf16, "content", say);
    within(body.username, 80, points, "username", say);
    if (!body.content?.trim() && !body.embeds?.length) say("an empty message");
    let text = read(r, "content", body.content, role, say);
    for (const embed of body.embeds ?? []) {
      limits(embed, say);
      text += "\n" + embedText(r, embed, say);
      if (embed.url && !ourLinks(r).has(embed.url)) say(`an embed's URL is ${embed.url}`);
    }
    if (r.count > 1) return says(text, { n: `${r.count} alerts` }, ["n"], say);
    says(
      text,
      r.scene.messages[0],
      r.scene.over_long ? ["title"] : ["title", "sentence", "facts", "footer"],
      say,
    );
  },
  spoil: [
    ["@everyone", (b) => void (b.embeds[0].description = "@everyone")],
    ["a user", (b) => void (b.embeds[0].fields[0].value = "<@123456789012345678>")],
    ["a link of somebody else's", (b) => void (b.embeds[0].title = "[x](http://evil.com)")],
    ["an automatic link", (b) => void (b.embeds[0].description += " http://evil.com")],
    ["a title too long", (b) => void (b.embeds[0].title = "x".repeat(257))],
    [
      "more than an embed holds",
      (b) =>
        void (b.embeds[0].fields = Array(7).fill({ name: "x", value: "y".repeat(1000) })),
    ],
    ["a name of ours misspelt", (b) => void (b.embeds[0].descripton = "x")],
    ["a bidi override", (b) => void (b.embeds[0].footer.text += "\u202e")],
    ["half a character", (b) => void (b.embeds[0].footer.text += "\ud83d")],
    ["the alert left out", (b) => void (b.embeds[0].title = "x")],
    ["all users mentioned", (b) => void (b.allowed_mentions = { parse: ["users"] })],
  ],
};
