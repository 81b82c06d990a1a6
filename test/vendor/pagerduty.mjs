// pagerduty.mjs -- PagerDuty's events, by a schema of OURS (its own is no package).
import { pagerduty, pagerdutyChange } from "./schemas.mjs";
import { bytes, clean, json, oneLine, ourLinks, stands, within } from "./text.mjs";

const EVENT_MAX = 512 * 1024;

export default {
  type: "pagerduty",
  check(r, say) {
    const body = json(r.body, say);
    const change = new URL(r.url).pathname === "/v2/change/enqueue";
    (change ? pagerdutyChange : pagerduty)(body, say);
    clean(body, say);
    within(r.body, EVENT_MAX, bytes, "the event", say);
    if (body.client_url && !ourLinks(r).has(body.client_url))
      say(`client_url ${body.client_url}`);
    for (const link of body.links ?? [])
      if (!ourLinks(r).has(link.href)) say(`a link to ${link.href}`);
    if (body.event_action === "resolve") return;
    oneLine([body.payload.summary, body.payload.source, body.dedup_key ?? ""], say);
    if (!stands(body.payload.summary, r.scene.messages[0].title))
      say(`summary ${body.payload.summary}`);
  },
  spoil: [
    ["a severity unknown", (b) => void (b.payload.severity = "warn")],
    ["no source", (b) => void delete b.payload.source],
    ["a summary too long", (b) => void (b.payload.summary += "x".repeat(1024))],
    ["a link of somebody else's", (b) => void (b.client_url = "http://evil.com/")],
    ["a time that is none", (b) => void (b.payload.timestamp = "yesterday")],
    ["another alert", (b) => void (b.payload.summary = "x")],
    ["a control", (b) => void (b.payload.summary += "\u001b[31m")],
    ["a member unknown", (b) => void (b.payload.sumary = "x")],
  ],
};
