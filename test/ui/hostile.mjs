// hostile.mjs -- a Tocsin full of what an attacker would like to have read: in alerts,
// in what people wrote, in what vendors answer, in files that are imported.
import { createServer } from "node:http";
import { until } from "./tocsin.mjs";

/** Each would leave a mark if anything ran it, or if it became an element. */
export const HOSTILE = [
  "<img src=x data-hostile onerror=\"window.harmed=1\">", "<script data-hostile>window.harmed=1</script>",
  "\"><svg data-hostile onload=window.harmed=1>", "javascript:window.harmed=1",
  "{{constructor.constructor('window.harmed=1')()}}", "\u202egnp.exe [red](javascript:window.harmed=1)",
  "=cmd|'/c calc'!A1", "</textarea></script><iframe data-hostile srcdoc='<script>parent.harmed=1</script>'>",
];
const ANY = HOSTILE[0] + HOSTILE[2];

/** A Mattermost whose every word is hostile, and which refuses every message. */
export function hostileVendor() {
  const channel = (i) => ({ id: String(i).repeat(26), display_name: HOSTILE[i] ?? ANY, name: HOSTILE[i] ?? ANY, type: "O", delete_at: 0 });
  const answer = (method, path) => {
    if (method === "POST") return [400, { id: "x", message: ANY }];
    if (path.endsWith("users/me")) return [200, { id: "u1", username: ANY, is_bot: true }];
    return [200, /channels\/\w+$/.test(path) ? channel(1) : HOSTILE.map((_, i) => channel(i))];
  };
  const server = createServer((req, res) => {
    req.resume().on("end", () => {
      const [status, body] = answer(req.method, req.url.split("?")[0]);
      res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

const alertOf = (text, i) => ({
  type: text, entity: "host", entity_value: text, category: "security", severity: "error", action: i % 2 ? "store" : "engage",
  message: text, info: text, source: text.slice(0, 60), cli_name: text, labels: { team: text }, tstamp: new Date(Date.now() - 60_000 * i).toISOString(),
});

export async function fillHostile(tocsin, vendor) {
  const url = `http://127.0.0.1:${vendor.address().port}`;
  await tocsin.channel("ops.team", "mattermost", { url, token: "a".repeat(26) }, { params: { channel_id: "1".repeat(26) }, title_template: ANY, text_template: ANY + " {message}" });
  await tocsin.post("/pools", { name: "iot", members: ["192.168.1.0/28"] });
  const ids = [];
  for (const [i, text] of HOSTILE.entries()) ids.push((await tocsin.post("/alerts", alertOf(text, i))).alerts[0].id);
  for (const text of HOSTILE) {
    await tocsin.post("/alerts/note", { ids, by: text.slice(0, 60), text });
    await tocsin.post("/silences", { name: `s${HOSTILE.indexOf(text)}`, matcher: "message=" + JSON.stringify(text), comment: text, author: text.slice(0, 60), starts: null, ends: new Date(Date.now() + 3_600_000).toISOString() });
    await tocsin.post("/tokens", { name: text.slice(0, 60), scopes: ["ingest"] });
  }
  await tocsin.post("/alerts/ack", { ids: ids.slice(0, 2), by: HOSTILE[0], note: ANY });
  await tocsin.call("PATCH", "/settings", { base_url: tocsin.url, instance: ANY.slice(0, 60) });
  await until("a refused delivery", async () => (await tocsin.get("/status")).outbox.dead > 0);
  await tocsin.stored(HOSTILE.length);
  await tocsin.post("/queues/ops.team/pause", { reason: ANY });
  return ids;
}
