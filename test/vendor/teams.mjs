// teams.mjs -- Teams: Adaptive Cards by Microsoft's own parser, without one event;
// the message around them and the connector's old card by schemas of OURS.
import { load } from "./vendor.mjs";
import { messageCard, teams } from "./schemas.mjs";
import { read } from "./markdown.mjs";
import { bytes, clean, json, ourLinks, says, texts, within } from "./text.mjs";

const cards = load("adaptivecards/dist/adaptivecards.js");
const BYTES_MAX = 28 * 1024;
const DATE = /\{\{(?:DATE|TIME)\([\dT:Z-]+(?:,SHORT)?\)\}\}/g;

function parsed(card, say) {
  const context = new cards.SerializationContext(cards.Versions.v1_4);
  const { msteams, ...known } = card; // Teams' own, which the schema does not have
  const adaptive = new cards.AdaptiveCard();
  adaptive.parse(known, context);
  for (let i = 0; i < context.eventCount; i++)
    say(`adaptivecards: ${context.getEventAt(i).message}`);
  for (const failure of adaptive.validateProperties().validationEvents)
    say(`adaptivecards: ${failure.message}`);
  if (Object.keys(msteams ?? {}).some((name) => name !== "width"))
    say("msteams with more than its width");
  return adaptive;
}

function body(r, elements, say) {
  return elements
    .map((e) => {
      if (e.type === "Container") return body(r, e.items, say);
      if (e.type === "FactSet")
        return e.facts
          .map((f) => fact(r, f.title, say) + "\n" + fact(r, f.value, say))
          .join("\n");
      if (e.type !== "TextBlock") say(`an element ${e.type}`);
      return fact(r, e.text, say);
    })
    .join("\n");
}

function fact(r, text, say) {
  const rest = (text ?? "").replace(DATE, "");
  if (rest.includes("{{")) say(`a function: ${rest.slice(rest.indexOf("{{"), 60)}`);
  if (/<at>/i.test(rest)) say("a mention");
  return read(r, "text", rest, [], say, false);
}

function workflow(r, message, say) {
  teams(message, say);
  const card = message.attachments[0].content;
  parsed(card, say);
  if (!/^1\.[0-4]$/.test(card.version)) say(`version ${card.version}`);
  for (const a of card.actions ?? [])
    if (a.type !== "Action.OpenUrl" || !ourLinks(r).has(a.url))
      say(`an action to ${a.url}`);
  return body(r, card.body, say);
}

function connector(r, card, say) {
  messageCard(card, say);
  for (const a of card.potentialAction ?? [])
    for (const t of a.targets) if (!ourLinks(r).has(t.uri)) say(`an action to ${t.uri}`);
  const facts = (card.sections ?? []).flatMap((s) => [
    s.text,
    ...(s.facts ?? []).flatMap((f) => [f.name, f.value]),
  ]);
  return [card.title, card.text, ...facts].map((t) => fact(r, t, say)).join("\n");
}

export default {
  type: "teams",
  check(r, say) {
    const message = json(r.body, say);
    clean(message, say);
    within(r.body, BYTES_MAX, bytes, "the request", say);
    const text = message["@type"] ? connector(r, message, say) : workflow(r, message, say);
    if ([...texts(message)].length === 0) say("nothing in it");
    if (r.count > 1) return says(text, { n: `${r.count} alerts` }, ["n"], say);
    const follows = r.scene.phase === "release";
    says(
      text,
      r.scene.messages[0],
      r.scene.over_long || follows ? ["title"] : ["title", "sentence", "footer"],
      say,
    );
  },
  spoil: [
    [
      "an element unknown",
      (b) => void (b.attachments[0].content.body[0].type = "TextBlok"),
    ],
    ["a style unknown", (b) => void (b.attachments[0].content.body[0].style = "blinking")],
    [
      "a link",
      (b) => void (b.attachments[0].content.body.at(-1).text += "[x](http://evil.com)"),
    ],
    [
      "an image",
      (b) => void (b.attachments[0].content.body.at(-1).text += "![x](http://evil.com)"),
    ],
    [
      "a function",
      (b) => void (b.attachments[0].content.body.at(-1).text += "{{DATE(x)}}"),
    ],
    [
      "an action of somebody else's",
      (b) => void (b.attachments[0].content.actions[0].url = "http://evil.com"),
    ],
    [
      "too large",
      (b) => void (b.attachments[0].content.body.at(-1).text += "x".repeat(29000)),
    ],
    ["a member more", (b) => void (b.text = "x")],
    [
      "a bidi override",
      (b) => void (b.attachments[0].content.body.at(-1).text += "\u202e"),
    ],
  ],
};
