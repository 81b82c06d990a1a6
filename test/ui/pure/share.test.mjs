// share.test.mjs -- tabs that share one listener.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { share } = await load("base/share.ts");
const { topicsOf } = await load("base/topics.ts");

/** A browser: its tabs hear one another at once, and one holds the lock. */
function browser() {
  const channels = [];
  const waiting = [];
  let held = false;
  const next = () => {
    if (held || waiting.length === 0) return;
    held = true;
    void waiting.shift().work().then(() => { held = false; next(); });
  };
  return {
    tab() {
      const channel = {
        heard: null,
        hear: (f) => (channel.heard = f),
        post: (m) => channels.filter((c) => c !== channel).forEach((c) => c.heard?.(structuredClone(m))),
        close: () => channels.splice(channels.indexOf(channel), 1),
      };
      channels.push(channel);
      return { channel, alone: (work) => { waiting.push({ work }); next(); return Promise.resolve(); } };
    },
  };
}

/** One tab's ear: what it heard, and the listener while it is the one who listens. */
function ear() {
  const is = { heard: [], how: "not", as: null };
  is.on = {
    onNews: (h) => is.heard.push(h.data),
    onHow: (h) => (is.how = h),
    listen: (as, stop) => new Promise((done) => { is.as = as; stop.addEventListener("abort", () => { is.as = null; done(); }); }),
  };
  return is;
}

const turn = () => new Promise((done) => setImmediate(done));

test("events are about their topics, as the server names them", () => {
  for (const [event, topics] of [["alert", ["alerts"]], ["delivery", ["deliveries"]], ["job", ["jobs"]], ["config", ["config"]], ["alerts-more", ["alerts"]], ["ready", []]])
    assert.deepEqual(topicsOf(event), topics, event);
  assert.equal(topicsOf("reset").length, 4);
});

test("one tab listens, the others are told, also how it goes", () => {
  const all = browser();
  const [a, b, c] = [ear(), ear(), ear()];
  for (const e of [a, b]) share(all.tab(), e.on);
  assert.ok(a.as);
  assert.equal(b.as, null);
  a.as.how("told");
  a.as.news({ topic: "alerts", data: 1 }, "7-1");
  share(all.tab(), c.on);
  assert.deepEqual([a.how, b.how, c.how], ["told", "told", "told"], "who comes later asks");
  a.as.news({ topic: "alerts", data: 2 }, "7-2");
  assert.deepEqual([a.heard, b.heard, c.heard], [[1, 2], [1, 2], [2]]);
});

test("when the one who listened is closed, the next goes on where it was", async () => {
  const all = browser();
  const [a, b] = [ear(), ear()];
  const close = share(all.tab(), a.on);
  share(all.tab(), b.on);
  a.as.news({ topic: "alerts", data: 1 }, "7-41");
  close();
  await turn();
  assert.equal(b.as.lastId, "7-41");
  b.as.news({ topic: "alerts", data: 2 }, "7-42");
  assert.deepEqual(b.heard, [1, 2]);
});

test("where tabs cannot agree, each listens for itself", () => {
  const [a, b] = [ear(), ear()];
  const all = browser();
  share({ ...all.tab(), alone: null }, a.on);
  share({ channel: null, alone: null }, b.on);
  assert.ok(a.as && b.as);
  a.as.news({ topic: "alerts", data: 1 }, "1");
  assert.deepEqual([a.heard, b.heard], [[1], []]);
});
