// webhook.mjs -- webhooks: the signature by standardwebhooks' own code; ntopng's
// body by what its documentation says. The alert must come out as it went in.
import { isDeepStrictEqual } from "node:util";
import { load } from "./vendor.mjs";
import { json } from "./text.mjs";

const { Webhook } = load("standardwebhooks");

// Verified as at the time it was sent: they look at the clock.
function verified(r, say) {
  const now = Date.now;
  Date.now = () => r.place.now_ms;
  try {
    return new Webhook(r.mode.endpoint.signing_secret).verify(r.body, r.headers);
  } catch (e) {
    return void say(`standardwebhooks: ${e.message}`);
  } finally {
    Date.now = now;
  }
}

function standard(r, say) {
  const body = verified(r, say);
  if (!body) return;
  const alert = r.scene.alerts[0];
  const type = { engage: "engaged", release: "released", store: "stored" }[alert.action];
  if (r.headers["webhook-id"].includes(".")) say("a dot in webhook-id");
  if (body.type !== `alert.${type}`) say(`type ${body.type}`);
  if (!Date.parse(body.timestamp)) say(`timestamp ${body.timestamp}`);
  if (!isDeepStrictEqual(body.data, alert)) say("data is not the alert");
}

// Their own names for ours beside the facts, which keep theirs.
function ntopng(r, say) {
  const body = json(r.body, say);
  if (body.version !== "0.2" || body.sharedsecret !== r.mode.endpoint.shared_secret)
    say("version or sharedsecret");
  if (body.alerts.length !== r.count) say(`${body.alerts.length} alerts`);
  body.alerts.forEach((got, i) => {
    const alert = r.scene.alerts[i];
    for (const name of [
      "message",
      "type",
      "action",
      "severity",
      "info",
      "labels",
      "cli_name",
    ])
      if (!isDeepStrictEqual(got[name], alert[name])) say(`${name} is not the alert's`);
    if (typeof got.entity_id !== "number" || typeof got.tstamp !== "number")
      say("entity_id or tstamp is no number");
  });
}

export default {
  type: "webhook",
  check(r, say) {
    for (const [name, value] of Object.entries(r.headers))
      if (/[^ -~]/.test(value)) say(`a header ${name} that is not ASCII`);
    if (r.mode.endpoint.format === "standard") standard(r, say);
    else ntopng(r, say);
  },
  spoil: [
    [
      "another message",
      (b) => void (b.alerts[0].message += "x"),
      (r) => r.of === "webhook" && r.count === 1,
    ],
    [
      "another signature",
      (b, r) => void (r.headers["webhook-signature"] = "v1,AAAA"),
      (r) => r.of === "webhook-standard",
    ],
    ["another body", (b) => void (b.type += "x"), (r) => r.of === "webhook-standard"],
    [
      "another id",
      (b, r) => void (r.headers["webhook-id"] += "x"),
      (r) => r.of === "webhook-standard",
    ],
  ],
};
