// filter.test.mjs -- filters taken apart and put together, and what comes next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { partsOf, joined, quoted, comparison, expecting } = await load("base/filter.ts");

const { shifted, viewOf, paramsOf } = await load("explorer/view.ts");

test("parts are split at and, not within quotes, parentheses or words", () => {
  for (const [text, parts] of [
    ["", []],
    ["severity>=error", ["severity>=error"]],
    ["a=1 and b=2 and c", ["a=1", "b=2", "c"]],
    ['message~"this and that" and a=1', ['message~"this and that"', "a=1"]],
    ['m="a \\" and b" and c', ['m="a \\" and b"', "c"]],
    ["(a=1 and b=2) and c=3", ["(a=1 and b=2)", "c=3"]],
    ["land=1 and sand", ["land=1", "sand"]],
    ["a=1 or b=2 and c=3", ["a=1 or b=2 and c=3"]],
    ["(a=1 or b=2) and c=3", ["(a=1 or b=2)", "c=3"]],
  ]) assert.deepEqual(partsOf(text), parts, text);
  assert.equal(joined(["a=1", "", "b=2"]), "a=1 and b=2");
});

test("values are quoted when the grammar would read them otherwise", () => {
  for (const [value, text] of [
    ["10.0.0.0/8", "10.0.0.0/8"], ["low_goodput", "low_goodput"], ["a b", '"a b"'], ["and", '"and"'], ["", '""'],
    ['say "hi"', '"say \\"hi\\""'], ["back\\slash", '"back\\\\slash"'], ["x) or (y", '"x) or (y"'],
  ]) assert.equal(quoted(value), text);
  assert.equal(comparison("type", "!=", "a b"), 'type!="a b"');
});

test("what is expected at the end of what is typed", () => {
  for (const [text, want, field, typed] of [
    ["", "field", undefined, ""], ["sev", "field", undefined, "sev"], ["severity ", "sign", "severity", ""],
    ["severity>=", "value", "severity", ""], ["severity>=err", "value", "severity", "err"],
    ["a=1 and ty", "field", undefined, "ty"], ["not type=", "value", "type", ""], ["(type=x or cat", "field", undefined, "cat"],
  ]) {
    const e = expecting(text);
    assert.deepEqual([e.want, e.field, e.typed], [want, field, typed], text);
    assert.equal(text.slice(e.from), typed, text);
  }
});

test("the URL's view as the API's question", () => {
  const now = Date.parse("2026-11-25T12:34:56Z");
  const view = (q) => viewOf(new URLSearchParams(q));
  assert.deepEqual(paramsOf(view("since=1h&q=a%3D1+or+b%3D2&state=attention"), now), {
    entity: undefined, state: undefined, acknowledged: undefined, since: "2026-11-25T11:34:00.000Z", until: undefined, filter: "severity>=error and (a=1 or b=2)",
  });
  assert.equal(paramsOf(view("state=engaged"), now).since, undefined, "what is engaged is shown whenever it began");
  assert.equal(view("state=nonsense").state, "any");
});

test("a step back and forth again", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  const view = viewOf(new URLSearchParams("since=24h"));
  const back = shifted(view, -1, now);
  assert.deepEqual(back, { since: "2026-11-23T12:00:00.000Z", until: "2026-11-24T12:00:00.000Z" });
  assert.deepEqual(shifted({ ...view, ...back }, 1, now).until, "2026-11-25T12:00:00.000Z");
});
