// scene.mjs -- what the pages show in the tests: alerts, some hostile, channels
// that work and channels that do not.
import { createServer } from "node:http";

const HOSTILE = [
  "<img src=x onerror=\"window.harmed=1\">", "<script>window.harmed=1</script>", "\"><svg onload=window.harmed=1>",
  "javascript:window.harmed=1", "{{constructor.constructor('window.harmed=1')()}}", "\u202egnp.exe [red](javascript:window.harmed=1)",
  "=cmd|'/c calc'!A1", "</textarea><script>window.harmed=1</script>",
];

const TYPES = [
  ["low_goodput", "flow", "network", "notice"], ["tls_certificate_expired", "flow", "security", "warning"],
  ["host_unreachable", "am_host", "active_monitoring", "error"], ["syn_scan", "host", "security", "critical"],
  ["disk_full", "host", "system", "error"], ["interface_drops", "interface", "internals", "warning"],
  ["suspicious_dga_domain", "flow", "security", "emergency"], ["user_login", "user", "system", "info"],
];

function subject(entity, i) {
  if (entity === "flow") return { cli_ip: `192.168.1.${i % 40 + 2}`, cli_port: 40000 + i, srv_ip: `203.0.113.${i % 9 + 1}`, srv_port: 443, proto: 6 };
  if (entity === "am_host") return { entity_value: "icmp@ntop.org" };
  return { entity_value: entity === "host" ? `192.168.1.${i % 12 + 2}` : entity === "user" ? "maya" : "eth" + (i % 3) };
}

function ordinary(i, now) {
  const [type, entity, category, severity] = TYPES[i % TYPES.length];
  return {
    type, entity, category, severity, ...subject(entity, i), source: i % 3 ? "ntopng" : "prometheus",
    action: i % 9 === 3 ? "engage" : "store", tstamp: new Date(now - i * 410_000).toISOString(),
    message: `${type.replaceAll("_", " ")}: seen ${i + 1} times, threshold ${i % 7}`,
  };
}

function hostile(i, now) {
  const text = HOSTILE[i % HOSTILE.length];
  return {
    type: `hostile_${i}`, entity: "host", category: "security", severity: "error", action: i % 2 ? "engage" : "store",
    entity_value: text, message: text, info: text,
    tstamp: new Date(now - 1000 - i).toISOString(),
  };
}

/** A channel that takes everything, or refuses everything for good. */
export function listener() {
  const server = createServer((req, res) => {
    req.resume().on("end", () => res.writeHead(req.url === "/refuse" ? 400 : 200).end(HOSTILE[0]));
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

export function client({ url, token }) {
  return async (method, path, body) => {
    const r = await fetch(url + "/api/v1" + path, {
      method, headers: { Authorization: "Bearer " + token, "Content-Type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await r.text();
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
}

async function until(what, check) {
  for (let i = 0; i < 200; i++) {
    if (await check()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("waited for " + what + " in vain");
}

export async function seed(at, port) {
  const call = client(at);
  const to = (path) => ({ url: `http://127.0.0.1:${port}${path}`, allow_private: true });
  await call("POST", "/endpoints", { name: "netops-hook", type: "webhook", params: to("/take") });
  await call("POST", "/endpoints", { name: "old-pager", type: "webhook", params: to("/refuse") });
  await call("POST", "/endpoints", { name: "soc-telegram", type: "telegram", params: { token: "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }, enabled: false });
  await call("POST", "/pools", { name: "iot", members: ["192.168.1.0/28", "AA:BB:CC:00:11:22"] });
  await call("POST", "/pools", { name: "servers", members: ["203.0.113.0/24", "2001:db8:1::/48"] });
  await call("POST", "/recipients", { name: "netops", endpoint: "netops-hook", minimum_severity: "warning" });
  await call("POST", "/recipients", { name: "night-shift", endpoint: "old-pager", minimum_severity: "critical" });
  await call("POST", "/recipients", { name: "iot-team", endpoint: "netops-hook", host_pools: ["iot"], categories: ["security", "network"], filter: "score>=50" });
  await call("POST", "/queues/iot-team/pause", { reason: "new firmware " + HOSTILE[1] });
  const now = Date.now();
  const alerts = [...Array.from({ length: 240 }, (_, i) => ordinary(239 - i, now)), ...HOSTILE.map((_, i) => hostile(i, now))];
  for (const a of alerts) await call("POST", "/alerts", a);
  await until("deliveries to settle", async () => (await call("GET", "/status")).outbox.dead > 0);
  await until("history to be written", async () => (await call("GET", "/alerts?limit=1")).total.value >= 200);
}
