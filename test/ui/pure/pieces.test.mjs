// pieces.test.mjs -- the other pure pieces.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { filled } = await load("base/plural.ts");
const { csv } = await load("base/csv.ts");
const { eventOf, eventsOf } = await load("base/sse.ts");
const { problemOf } = await load("base/problem.ts");
const { sliceOf } = await load("parts/window.ts");
const { stacked } = await load("parts/stack.ts");
const { patchOf, said, typedValue, controlOf, parted } = await load("parts/field.ts");
const { safeLink, humane, shellWord } = await load("base/words.ts");
const { moment, span } = await load("base/ranges.ts");
const { groupsOf, worstFirst } = await load("pages/engaged_groups.ts");
const { seriesOf } = await load("explorer/counts.ts");
const { idle, looks } = await load("pages/looks.ts");
const { strength } = await load("base/password.ts");

test("texts with values and plurals", () => {
  assert.equal(filled("{n, plural, one {# alert} other {# alerts}} of {of}", { n: 1, of: "x" }, "en"), "1 alert of x");
  assert.equal(filled("{n, plural, =0 {none} one {# Alarm} other {# Alarme}}", { n: 0 }, "de"), "none");
  assert.equal(filled("{n, plural, one {# allarme} other {# allarmi}}", { n: 12345 }, "it"), "12.345 allarmi");
  assert.equal(filled("{a} {missing}!", { a: "{b}" }, "en"), "{b} !", "a value is no pattern");
  assert.equal(filled("open { brace", {}, "en"), "open { brace");
});

test("no cell of a CSV is a formula", () => {
  assert.equal(csv([{ a: "=1+1", b: -5, c: 'say "x"', d: "+x", e: null }, { a: "@x", f: { g: 1 } }]),
    "a,b,c,d,e,f\r\n'=1+1,-5,\"say \"\"x\"\"\",'+x,,\r\n'@x,,,,,\"{\"\"g\"\":1}\"\r\n");
});

test("server-sent events, however they are cut", async () => {
  assert.equal(eventOf(": heartbeat"), null);
  assert.deepEqual(eventOf("id: 7\nevent: alerts\ndata: a\ndata: b"), { id: "7", event: "alerts", data: "a\nb" });
  const bytes = new TextEncoder().encode("id: 1\ndata: ä\n\n: beat\n\nevent: x\r\ndata: y\r\n\r\n");
  for (let size = 1; size < 8; size++) {
    const body = new ReadableStream({
      start(c) {
        for (let i = 0; i < bytes.length; i += size) c.enqueue(bytes.slice(i, i + size));
        c.close();
      },
    });
    const found = [];
    for await (const e of eventsOf(body)) found.push(e);
    assert.deepEqual(found, [{ id: "1", event: "message", data: "ä" }, { id: "", event: "x", data: "y" }], `cut at ${size}`);
  }
});

test("problems are read, whatever came", () => {
  const p = problemOf(422, { type: "https://x/problems/invalid-object", detail: "no", errors: [{ pointer: "/params/token", message: "is required" }] });
  assert.equal(p.code, "invalid-object");
  assert.equal(p.about("params/token"), "is required");
  assert.equal(problemOf(502, "<html>").message, "HTTP 502");
  assert.ok(problemOf(404, null).isMissing);
});

test("only the rows on the screen are drawn", () => {
  const s = sliceOf(1_000_000, 41, 20_000_000, 900);
  assert.ok(s.to - s.from < 60);
  assert.equal(s.above + (s.to - s.from) * 41 + s.below, 41_000_000);
  assert.deepEqual(sliceOf(0, 41, 0, 900), { from: 0, to: 0, above: 0, below: 0 });
  assert.deepEqual(stacked([[1, 2], [3, 4]]), [[1, 2], [4, 6]]);
});

test("a form sends what was changed, and no secret that it never had", () => {
  const before = { name: "a", params: { url: "x", token: { set: true }, n: 1 }, types: null };
  assert.equal(patchOf(before, structuredClone(before)), null);
  assert.deepEqual(patchOf(before, { ...before, params: { ...before.params, n: 2 }, types: ["t"] }), { params: { n: 2 }, types: ["t"] });
  assert.deepEqual(patchOf(before, { ...before, params: { ...before.params, token: null } }), { params: { token: null } });
  assert.deepEqual(said({ a: "x", b: "", c: null, d: { set: false }, e: false, f: [] }), { a: "x", e: false, f: [] });
  assert.equal(typedValue({ type: "integer" }, "25"), 25);
  assert.equal(typedValue({ type: "integer" }, "2x"), "2x", "the server says what is wrong with it");
  assert.deepEqual(typedValue({ type: "array" }, "a\n b \n\n"), ["a", "b"]);
  assert.equal(controlOf({ type: ["string", "integer"], "x-duration": true }), "text");
});

test("what has to be said comes first", () => {
  const secret = { type: "string", "x-secret": true };
  const plain = { type: "string" };
  const names = (list) => list.map(([n]) => n);
  assert.deepEqual(names(parted({ properties: { hook: secret, ca: plain }, required: [] }).needed), ["hook"]);
  assert.deepEqual(names(parted({ properties: { server: plain, password: secret }, required: ["server"] }).needed), ["server"]);
});

test("links and words of alerts do no harm", () => {
  assert.equal(safeLink("javascript:alert(1)"), null);
  assert.equal(safeLink(" data:text/html,x"), null);
  assert.equal(safeLink("https://example.com/a"), "https://example.com/a");
  assert.equal(humane("low_goodput"), "Low goodput");
  assert.equal(humane("ndpi_tls_certificate_expired"), "TLS certificate expired");
  assert.equal(humane("syn_scan"), "SYN scan");
  assert.equal(humane("vip_single"), "Vip single");
  assert.equal(shellWord("a'; rm -rf /"), "'a'\\''; rm -rf /'");
});

test("moments as people type them", () => {
  const at = Date.parse("2026-11-25T12:00:00Z");
  assert.equal(span("now-2d"), 172_800_000);
  assert.equal(moment("90m", at), at - 5_400_000);
  assert.equal(moment("2020-11-23T00:00:00Z", at), 1_606_089_600_000);
  assert.equal(moment("soon", at), null);
});

test("the worst stands first", () => {
  const a = (id, severity, entity_value) => ({ id, severity, entity_value });
  const groups = groupsOf([a(1, "notice", "x"), a(2, "error", "y"), a(3, "critical", "x")], "entity_value").sort(worstFirst);
  assert.deepEqual(groups.map((g) => [g.name, g.alerts.map((x) => x.id)]), [["x", [3, 1]], ["y", [2]]]);
});

test("what needs a look: what is broken first, and nothing when all is well", () => {
  const well = { ready: true, endpoints: [], recipients: [{ name: "store", dead: 0 }, { name: "noc", dead: 0 }], sources: [], disk: { free_bytes: 1e12 } };
  assert.deepEqual(looks(well, [], 0), []);
  const bad = { ...well, endpoints: [{ name: "hook", paused: false, last_error: "503" }], recipients: [{ name: "store", dead: 0 }, { name: "noc", dead: 2 }], disk: { free_bytes: 1e6 } };
  assert.deepEqual(looks(bad, [{ comment: "swap", ends: "1970-01-01T00:10:00Z" }], 0).map((l) => l.key), ["look.disk", "look.dead", "look.failing", "look.ending"]);
  const seen = (name, last_matched, changed, more = {}) => ({ name, dead: 0, endpoint: "mail", enabled: true, last_matched, changed, ...more });
  const day = (n) => new Date(n * 86_400_000).toISOString();
  const quiet = { ...well, started: day(8), recipients: [seen("store", day(1), null, { endpoint: "alert_store_db" }), seen("old", day(1), day(0)), seen("new", null, day(9)),
    seen("never", null, day(2)), seen("off", null, day(2), { enabled: false }), seen("forgotten", null, null), seen("edited", day(1), day(8))] };
  assert.deepEqual(idle(quiet, 10 * 86_400_000).map((r) => [r.name, r.since / 86_400_000]), [["old", 1], ["never", 2]]);
  assert.deepEqual(looks(quiet, [], 10 * 86_400_000, [{ name: "old", since: 86_400_000, came: 312 }, { name: "never", since: 2 * 86_400_000, came: 0 }]).map((l) => [l.name, l.values, l.href]),
    [["old", { n: 312, days: 9 }, "/why"]]);
  const behind = { ...well, recipients: [{ name: "store", dead: 0, pending: 7, oldest: "1970-01-01T00:00:00Z", last_error: "not reachable" }, { name: "noc", dead: 0 }] };
  assert.deepEqual(looks(behind, [], 60_000), []);
  assert.deepEqual(looks(behind, [], 60_001).map((l) => [l.key, l.name, l.values.n, l.text]), [["look.behind", "store", 7, "not reachable"]]);
});

test("a password's strength", () => {
  assert.deepEqual(["short", "aaaaaaaaaaaaaaaa", "correct horse battery staple"].map(strength), [0, 0, 2]);
});

test("buckets as stacked series: the least severe first, what never occurs left out", () => {
  const bucket = (from, severities) => ({ from, severities });
  assert.deepEqual(seriesOf({ bucket: 60, data: [bucket("1970-01-01T00:01:00Z", { error: 2, total: 2 }), bucket("1970-01-01T00:02:00Z", { notice: 1, debug: 0, total: 1 })] }), {
    at: [60, 120], by: [{ severity: "notice", counts: [0, 1] }, { severity: "error", counts: [2, 0] }],
  });
});
