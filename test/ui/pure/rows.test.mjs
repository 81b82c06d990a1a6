// rows.test.mjs -- the explorer's rows as they change under the reader.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { marked, startsWith, updated } = await load("explorer/rows.ts");
const rows = [{ id: 3, state: "engaged" }, { id: 2, state: "stored" }, { id: 1, state: "stored" }];

test("a row that changed is drawn anew where it is, the others are the same objects", () => {
  const now = updated(rows, [{ id: 4, state: "stored" }, { id: 3, state: "released" }, { id: 2, state: "stored" }]);
  assert.deepEqual(now.map((r) => [r.id, r.state]), [[3, "released"], [2, "stored"], [1, "stored"]]);
  assert.equal(now[1], rows[1]);
});

test("nothing new is the same array, so that nothing is drawn", () => {
  assert.equal(updated(rows, [{ id: 3, state: "engaged" }, { id: 9, state: "stored" }]), rows);
});

test("a list that goes on begins with its first page", () => {
  assert.ok(startsWith(rows, [{ id: 3 }, { id: 2 }]));
  assert.ok(!startsWith(rows, [{ id: 4 }, { id: 3 }]));
  assert.ok(!startsWith([], [{ id: 4 }]));
});

test("marks are seen at once", () => {
  assert.deepEqual(marked(rows, "ack", [2], "maya", "now").map((r) => r.ack?.by), [undefined, "maya", undefined]);
  assert.deepEqual(marked(marked(rows, "ack", [2], "maya", "now"), "unack", [2], "maya", "now")[1].ack, null);
  assert.deepEqual(marked(rows, "delete", [3, 1], "maya", "now").map((r) => r.id), [2]);
  assert.equal(marked(rows, "note", [2], "maya", "now"), rows);
});
