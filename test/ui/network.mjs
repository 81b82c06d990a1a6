// network.mjs -- a small network as it goes: a day of alerts, people and channels. The
// pages are looked at and the pictures are made with it; the same each time, but for
// the times.
import { createServer } from "node:http";
import { until } from "./tocsin.mjs";

export const FAKES = ["mattermost", "slack", "telegram"];

const flow = (cli, srv, port, more) => ({ entity: "flow", source: "ntopng", cli_ip: cli, cli_port: 49152 + (srv.length * 977) % 9000, srv_ip: srv, srv_port: port, proto: 6, vlan_id: 0, ...more });
const of = (entity, entity_value, source, more) => ({ entity, entity_value, source, ...more });

/** What happens, and how often a day. */
const KINDS = [
  [60, (i) => flow(`192.168.1.${20 + i % 9}`, "23.206.251.35", 80, { type: "low_goodput", category: "network", severity: "notice", score: 10, message: `Low goodput: only ${31 + i % 9}.${i % 10} % of the bytes were payload`, info: "ocsp.int-x3.letsencrypt.org" })],
  [34, (i) => flow(`192.168.1.${30 + i % 5}`, `198.51.100.${14 + i % 3}`, 443, { type: "tls_certificate_expired", category: "security", severity: "warning", score: 50, message: `The certificate of ${["mail", "wiki", "files"][i % 3]}.example.net expired ${2 + i % 5} days ago`, info: `${["mail", "wiki", "files"][i % 3]}.example.net` })],
  [9, (i) => flow(`192.168.4.${11 + i % 3}`, "203.0.113.66", 53, { type: "ndpi_suspicious_dga_domain", category: "security", severity: "error", score: 100, message: `${["xk2v9qzt4m", "q8r0lpw3nd", "z7hh2kq9xa"][i % 3]}.example looks as if a program had made it up`, info: `${["xk2v9qzt4m", "q8r0lpw3nd", "z7hh2kq9xa"][i % 3]}.example` })],
  [4, () => flow("203.0.113.17", "192.168.2.10", 443, { type: "ndpi_url_possible_sql_injection", category: "security", severity: "critical", score: 200, message: "Possible SQL injection in /shop?id=7%27%20OR%201=1", info: "shop.example.net/shop" })],
  [22, (i) => of("host", `192.168.1.${40 + i % 7}`, "ntopng", { type: "flow_flood", category: "security", severity: "warning", score: 60, message: `Flow flood: ${310 + 13 * (i % 8)} new flows a minute, more than 256` })],
  [16, (i) => of("interface", ["eno1", "wan0"][i % 2], "ntopng", { type: "interface_drops", category: "internals", severity: "warning", score: 40, message: `${1 + i % 4}.${i % 10} % of the packets were dropped` })],
  [12, (i) => of("host", ["db1.example.net", "web2.example.net"][i % 2], "prometheus", { type: "NodeFilesystemAlmostOutOfSpace", category: "system", severity: "error", score: 100, message: `Filesystem on /dev/sda1 has only ${4 - i % 3}.${i % 10} % left` })],
  [18, (i) => of("user", ["lucaf", "elena", "maya"][i % 3], "ntopng", { type: "user_activity", category: "system", severity: "info", score: 5, message: "Signed in from 192.168.1.5" })],
  [6, (i) => of("mac", "B8:27:EB:1A:4C:0" + i % 6, "ntopng", { type: "mac_ip_association_change", category: "network", severity: "notice", score: 20, message: `192.168.1.${60 + i % 6} is answered by another card now` })],
];

const ENGAGED = [
  [4, of("am_host", "icmp@ntop.org", "ntopng", { type: "host_unreachable", category: "active_monitoring", severity: "error", score: 100, message: "icmp://ntop.org gave no reply for 3 tries" })],
  [11, of("host", "203.0.113.17", "ntopng", { type: "syn_scan", category: "security", severity: "critical", score: 200, message: "TCP SYN scan: 5964 connection requests a minute, more than 256" })],
  [26, of("host", "db1.example.net", "prometheus", { type: "NodeFilesystemAlmostOutOfSpace", category: "system", severity: "error", score: 100, message: "Filesystem on /dev/sda1 has only 2.1 % left" })],
  [47, of("interface", "wan0", "ntopng", { type: "interface_drops", category: "internals", severity: "warning", score: 40, message: "3.4 % of the packets were dropped" })],
  [95, of("snmp_device", "sw-rack2", "prometheus", { type: "InterfaceDown", category: "network", severity: "warning", score: 50, message: "GigabitEthernet0/14 is down" })],
];

/** Numbers that look random and are the same each time. */
function dice(seed) {
  let n = seed;
  return () => ((n = (n * 1103515245 + 12345) % 2147483648) / 2147483648);
}

/** More by day than by night, and a scan in the early afternoon. */
function aDay(now) {
  const roll = dice(4711);
  const hourly = (at) => 0.25 + Math.max(0, Math.sin(((new Date(at).getUTCHours() - 6) / 12) * Math.PI));
  const all = [];
  for (const [often, make] of KINDS)
    for (let i = 0; i < often; ) {
      const at = now - 120_000 - roll() * 86_100_000;
      if (roll() * 1.25 < hourly(at)) all.push({ ...make(i++), action: "store", tstamp: new Date(at).toISOString() });
    }
  return all.sort((a, b) => (a.tstamp < b.tstamp ? -1 : 1));
}

/** A pager whose gateway takes nothing any more. */
function deafPager() {
  const server = createServer((req, res) => req.resume().on("end", () => res.writeHead(422, { "Content-Type": "application/json" }).end('{"error":"unknown service key"}')));
  return new Promise((done) => server.listen(0, "127.0.0.1", () => { server.unref(); done(server); }));
}

async function people(tocsin) {
  const password = "correct horse battery";
  for (const [name, role] of [["lucaf", "editor"], ["elena", "responder"], ["screen", "viewer"]]) await tocsin.post("/users", { name, role, password });
  for (const [name, scopes] of [["prometheus", ["ingest"]], ["grafana", ["alerts:read"]]]) await tocsin.post("/tokens", { name, scopes });
}

async function channels(tocsin, fakes, pager) {
  const { mattermost, slack, telegram } = fakes.params;
  await tocsin.post("/pools", { name: "servers", members: ["192.168.2.0/24", "198.51.100.0/24", "2001:db8:1::/48"] });
  await tocsin.post("/pools", { name: "iot", members: ["192.168.4.0/24", "B8:27:EB:00:00:00/24"].slice(0, 1) });
  const on = (name, type, params, endpoint, recipient) => tocsin.post("/endpoints", { name: endpoint, type, params }).then(() => tocsin.post("/recipients", { name, endpoint, ...recipient }));
  await on("noc", "mattermost", mattermost.endpoint, "noc-mattermost", { params: mattermost.recipient, minimum_severity: "warning", quiet_hours: null });
  await on("soc", "slack", slack.endpoint, "soc-slack", { params: slack.recipient, minimum_severity: "warning", categories: ["security"] });
  await on("luca", "telegram", telegram.endpoint, "home-telegram", { params: telegram.recipient, minimum_severity: "critical", filter: "not vlan=66" });
  await on("night-shift", "webhook", { url: `http://127.0.0.1:${pager.address().port}/page`, allow_private: true }, "pager-gateway", { minimum_severity: "critical" });
  await tocsin.post("/recipients", { name: "iot-team", endpoint: "noc-mattermost", params: mattermost.recipient, host_pools: ["iot"] });
}

async function quiet(tocsin) {
  const at = (hours) => new Date(Date.now() + 3_600_000 * hours).toISOString();
  await tocsin.post("/silences", { name: "rack2", matcher: "entity_value=sw-rack2", comment: "Rack 2 is being rewired, ticket NET-88", author: "maya", starts: at(-1), ends: at(3) });
  await tocsin.post("/silences", { name: "backups", matcher: "type=flow_flood and ip=192.168.2.0/24", comment: "Backups fill the line on Sundays", author: "lucaf", schedule: "Sun 02:00-04:00", time_zone: "Europe/Rome" });
}

/** The numbers and names that pages are opened with. */
export async function fillNetwork(tocsin, fakes) {
  const pager = await deafPager();
  const now = Date.now();
  await tocsin.call("PATCH", "/settings", { instance: "gw-pisa", base_url: tocsin.url });
  await people(tocsin);
  const day = aDay(now);
  await tocsin.post("/alerts", day.slice(0, -12));
  await channels(tocsin, fakes, pager);
  await quiet(tocsin);
  await tocsin.post("/alerts", day.slice(-12));
  const ids = [];
  for (const [minutes, alert] of ENGAGED) ids.push(await tocsin.alert({ ...alert, action: "engage", tstamp: new Date(now - minutes * 60_000).toISOString() }));
  await tocsin.post("/alerts/ack", { ids: [ids[2]], by: "user elena", note: "Luca orders a larger disk" });
  await tocsin.post("/alerts/note", { ids: [ids[1]], by: "user elena", text: "Same address as last Tuesday; the provider knows" });
  await tocsin.dead(1);
  await tocsin.stored(day.length + ENGAGED.length);
  await until("the chats are told", async () => (await tocsin.get("/status")).outbox.pending === 0);
  await tocsin.post("/queues/iot-team/pause", { reason: "New firmware until noon" });
  return { alert: ids[1], recipient: "soc", endpoint: "noc-mattermost" };
}
