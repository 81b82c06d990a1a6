// thehive.mjs -- TheHive: alerts and what follows them by schemas of OURS, Markdown
// by `marked`.
import { isIP } from "node:net";
import { thehive, thehive4, thehiveComment, thehiveUpdate } from "./schemas.mjs";
import { read } from "./markdown.mjs";
import { clean, json, oneLine, ourLinks, says, stands } from "./text.mjs";

function observables(list, say) {
  const seen = new Set();
  for (const o of list ?? []) {
    const key = `${o.dataType} ${o.data}`;
    if (seen.has(key)) say(`the observable ${key} twice`);
    seen.add(key);
    if (o.dataType === "ip" && !isIP(o.data)) say(`the address ${o.data}`);
  }
}

function created(r, alert, version4, say) {
  (version4 ? thehive4 : thehive)(alert, say);
  observables(version4 ? alert.artifacts : alert.observables, say);
  oneLine(
    [alert.title, alert.type, alert.source, alert.sourceRef, ...(alert.tags ?? [])],
    say,
  );
  if (alert.externalLink && !ourLinks(r).has(alert.externalLink))
    say(`externalLink ${alert.externalLink}`);
  if (!stands(alert.title, r.scene.messages[0].title)) say(`title ${alert.title}`);
  const text = read(r, "description", alert.description, ["table", "hr"], say);
  says(text, r.scene.messages[0], r.scene.over_long ? [] : ["sentence"], say);
}

export default {
  type: "thehive",
  check(r, say) {
    const body = json(r.body, say);
    const path = new URL(r.url).pathname;
    clean(body, say);
    if (path.endsWith("/query")) return void (Array.isArray(body.query) || say("no query"));
    if (path.endsWith("/alert")) return created(r, body, path === "/api/alert", say);
    if (path.endsWith("/comment")) thehiveComment(body, say);
    else if (r.method === "PATCH") {
      if (body.description !== undefined)
        return void read(r, "description", body.description, ["table", "hr"], say);
      return thehiveUpdate(body, say);
    }
    read(r, "message", body.message, [], say);
  },
  spoil: [
    ["a source too long", (b) => void (b.source = "x".repeat(33))],
    ["a severity unknown", (b) => void (b.severity = 5)],
    ["a tag twice", (b) => void b.tags.push(b.tags[0])],
    ["an image", (b) => void (b.description += "\n\n![x](http://evil.com)")],
    ["a link", (b) => void (b.description += "\n\n[x](http://evil.com)")],
    ["HTML", (b) => void (b.description += "\n\n<script>x</script>")],
    [
      "an address that is none",
      (b) => void (b.observables[0] = { dataType: "ip", data: "evil.com" }),
    ],
    ["an observable twice", (b) => void b.observables.push(b.observables[0])],
    ["another alert", (b) => void (b.title = "x")],
    ["a bidi override", (b) => void (b.title += "\u202e")],
  ],
};
