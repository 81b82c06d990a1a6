// wechat.mjs -- WeCom's group robot, which no package of its vendor's reads: a
// schema and a reader of its few marks, both OURS.
import { wechat } from "./schemas.mjs";
import { bytes, clean, json, ourLinks, says, within } from "./text.mjs";

const FONT = /^<(?:\/font|font color="(?:info|comment|warning)")>/;

function marks(r, content, say) {
  for (const { index } of content.matchAll(/</g))
    if (!FONT.test(content.slice(index)))
      say(`"<" begins ${content.slice(index, index + 20)}`);
  for (const [, target] of content.matchAll(/\]\(([^)]*)\)/g))
    if (!ourLinks(r).has(target)) say(`a link to ${target}`);
  const open = (content.match(/<font /g) ?? []).length;
  if (open !== (content.match(/<\/font>/g) ?? []).length) say("a colour left open");
}

export default {
  type: "wechat",
  check(r, say) {
    const body = json(r.body, say);
    wechat(body, say);
    clean(body, say);
    const { content, mentioned_list: people } = body[body.msgtype] ?? {};
    within(content, body.msgtype === "text" ? 2048 : 4096, bytes, "content", say);
    if (!content?.trim()) return void say("an empty message");
    if (body.msgtype === "markdown") marks(r, content, say);
    else if (content.includes("<")) say('"<" in a text');
    for (const one of people ?? [])
      if (!r.mode.recipient.mentioned_list?.includes(one)) say(`mentions ${one}`);
    const text = content.replace(/<[^>]*>/g, "").replaceAll("＜", "<");
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
    ["a mention", (b) => void (b.markdown.content += "<@zhangsan>")],
    ["everybody mentioned", (b) => void (b.markdown.content += "<@all>")],
    ["a link", (b) => void (b.markdown.content += "[x](http://evil.com)")],
    ["a colour left open", (b) => void (b.markdown.content += '<font color="info">x')],
    ["too many bytes", (b) => void (b.markdown.content += "宋".repeat(1300))],
    ["a member more", (b) => void (b.markdown.mentioned_list = ["@all"])],
    ["the alert left out", (b) => void (b.markdown.content = "x")],
  ],
};
