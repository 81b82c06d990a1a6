// template.test.mjs -- a template's text under its editor's hands; a browser's name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { nameAt, openAt, completed, inserted, placeOf, offsetOf, fitting } = await load("recipient/template_text.ts");
const { agentName } = await load("base/agent.ts");
const { countsOf, holdsOf, anHour } = await load("recipient/rehearsed.ts");

/** "|" is the caret. */
const caretIn = (s) => [s.replace("|", ""), s.indexOf("|")];
const shown = ({ text, caret }) => text.slice(0, caret) + "|" + text.slice(caret);

test("what is named before the caret", () => {
  for (const [s, want] of [
    ["on {{sub|", ["", "sub"]], ["{{|", ["", ""]], ["{{ # lab|", ["#", "lab"]], ["{{/|", ["/", ""]], ["{{labels.jo|", ["", "labels.jo"]],
    ["no|", null], ["{{done}} |", null], ["{{two words|", null],
  ]) {
    const [text, caret] = caretIn(s);
    const at = nameAt(text, caret);
    assert.deepEqual(at && [at.mark, at.typed], want, s);
  }
});

test("a chosen name closes its braces, and a section gets its end", () => {
  for (const [s, name, want] of [
    ["on {{sub|", "subject", "on {{subject}}|"], ["{{sub|ject}} x", "severity", "{{severity}}| x"], ["{{sub| x", "subject", "{{subject}}|x"],
    ["{{#la|", "labels.job", "{{#labels.job}}|{{/labels.job}}"], ["{{#la|}}a{{/labels.job}}", "labels.job", "{{#labels.job}}|a{{/labels.job}}"], ["{{#a}}x{{/|", "a", "{{#a}}x{{/a}}|"],
  ]) {
    const [text, caret] = caretIn(s);
    assert.equal(shown(completed(text, caret, nameAt(text, caret), name)), want, s);
  }
  assert.equal(shown(inserted(...caretIn("a | b"), "title")), "a {{title}}| b");
  assert.equal(shown(inserted(...caretIn("a {{| b"), "title")), "a {{title}}|b");
});

test("the sections that are open, the innermost first", () => {
  assert.deepEqual(openAt("{{#a}}{{^b}}{{#c}}{{/c}}", 24), ["b", "a"]);
  assert.deepEqual(openAt("{{#a}}{{/a}}", 12), []);
});

test("an error's place, and where that is in the text", () => {
  const p = placeOf('recipient "noc", text_template: line 2, column 4: there is no "x": y');
  assert.deepEqual([p.line, p.column, p.text], [2, 4, 'there is no "x": y']);
  assert.equal(placeOf("has no words").line, 0);
  const text = "one\nä🧪c{{x}}";
  assert.equal(text.slice(offsetOf(text, p)), "{{x}}", "columns are characters");
});

test("names that begin so come first", () => {
  const names = ["cli_ip", "ip", "srv_ip", "title"].map((name) => ({ name }));
  assert.deepEqual(fitting(names, "IP", 3).map((n) => n.name), ["ip", "cli_ip", "srv_ip"]);
  assert.equal(fitting(names, "", 2).length, 2);
});

test("browsers as people call them", () => {
  for (const [agent, name] of [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36", "Chrome, Linux"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1", "Safari, iOS"],
    ["curl/7.88.1", "curl"], ["my-script", "my-script"], ["", ""],
  ]) assert.equal(agentName(agent), name);
});

test("a replay's counts, whatever it knows to tell apart", () => {
  const r = {
    since: "2026-11-24T00:00:00Z", until: "2026-11-25T00:00:00Z", messages: 48,
    by_recipient: [{ recipient: "noc", messages: 48, engaged: 40, released: 0, later_invented: 8, by_hold: [{ kind: "quiet", deliveries: 3, withheld: 1, held: 0 }] }],
  };
  assert.deepEqual(countsOf(r), [{ name: "engaged", count: 40 }, { name: "later_invented", count: 8 }]);
  assert.deepEqual(holdsOf(r), [{ kind: "quiet", ends: [{ name: "deliveries", count: 3 }, { name: "withheld", count: 1 }] }]);
  assert.equal(anHour(r), 2);
  assert.deepEqual(countsOf({ ...r, by_recipient: [] }), []);
});
