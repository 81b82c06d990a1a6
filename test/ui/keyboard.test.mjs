// keyboard.test.mjs -- without a mouse: the wizard, a recipient, an alert acknowledged.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";
import { PASSWORD } from "./tocsin.mjs";

const focus = (page) => page.evaluate(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return "nothing";
  return `${e.labels?.[0]?.textContent ?? ""} ${e.getAttribute("aria-label") ?? ""} ${e.textContent ?? ""}`.trim();
});

const TABS_MAX = 80;

/** Tab until what has the focus is called so; never by a click. */
async function tabTo(page, name) {
  for (let i = 0; i < TABS_MAX; i++) {
    if (name.test(await focus(page))) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${name} is not reached by Tab; the focus is on ${await focus(page)}`);
}

async function type(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

async function press(page, name, key = "Enter") {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** In a list: its first letters choose. */
async function choose(page, name, letters) {
  await tabTo(page, name);
  await page.keyboard.type(letters);
}

flow("the wizard, from the link to a message", { fakes: ["mattermost"], signedIn: false }, async ({ tocsin, fakes, page }) => {
  const { url, token } = fakes.params.mattermost.endpoint;
  await page.goto(tocsin.setupLink);
  await page.getByLabel(/^User/).waitFor();
  await type(page, /^User/, "maya");
  await type(page, /^Password/, PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "Sources" }).waitFor();
  await press(page, /^Next: where alerts go/);
  await page.locator("h1", { hasText: "endpoint" }).waitFor();
  await press(page, /^Mattermost/);
  await page.locator("h1", { hasText: "New Mattermost" }).waitFor();
  await type(page, /^Server URL/, url);
  await type(page, /^Token/, token);
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/endpoints\/mattermost$/);
  await settled(page);
  await press(page, /^Add recipient/);
  await page.locator(".sentence").waitFor();
  await press(page, /^Find$/);
  await page.getByLabel("2 found").waitFor();
  await choose(page, /2 found/, "N");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/recipients\/mattermost$/);
  await settled(page);
  await press(page, /^Send test$/);
  await page.locator(".transcript-good").waitFor();
  await fakes.message(/./);
});

flow("a recipient: every part of the sentence", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.post("/endpoints", { name: "ops-chat", type: "mattermost", params: fakes.params.mattermost.endpoint });
  await page.goto(tocsin.url + "/");
  await settled(page);
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.locator("h1", { hasText: "Recipients" }).waitFor();
  await settled(page);
  await press(page, /^Add recipient/);
  await page.locator(".sentence").waitFor();
  await type(page, /^Name/, "soc");
  await choose(page, /severity is at least/, "Err");
  await choose(page, /^ ?category is/, "only");
  await choose(page, /category is: add|add.*category/i, "Cyber");
  await type(page, /filter says/, "not type=low_goodput");
  await type(page, /^Channel id/, fakes.params.mattermost.recipient.channel_id);
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/recipients\/soc$/);
  const { data } = await tocsin.get("/recipients/soc");
  assert.deepEqual([data.endpoint, data.minimum_severity, data.categories, data.filter], ["ops-chat", "error", ["security"], "not type=low_goodput"]);
});

flow("an alert: found, opened, acknowledged, and its silence written", {}, async ({ tocsin, page }) => {
  for (const i of [0, 1, 2, 3]) await tocsin.alert({ action: "engage", entity_value: `10.0.0.${i}`, message: `disk ${i} is full` });
  await page.goto(tocsin.url + "/");
  await settled(page);
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await page.locator("tr[data-row='3']").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.activeElement?.closest("tr")?.dataset.row === "1");
  await page.keyboard.press("a");
  await page.locator("tr[data-row='1'] .state-released").waitFor();
  const { data } = await tocsin.get("/alerts?acknowledged=true");
  assert.deepEqual(data.map((a) => a.message), ["disk 2 is full"]);
  await page.keyboard.press("Enter");
  await page.locator(".drawer h2").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".drawer").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.row), "1", "the focus is back on its row");
  await page.keyboard.press("s");
  await page.locator("dialog[open]").waitFor();
  await type(page, /^Why/, "known");
  await page.keyboard.press("Enter");
  await page.locator(".card", { hasText: "known" }).waitFor();
});

flow("a filter: completed, taken, and said wrong", {}, async ({ tocsin, page }) => {
  await tocsin.alert({ severity: "critical" });
  await tocsin.alert({ severity: "info", entity_value: "10.0.0.2" });
  await page.goto(tocsin.url + "/alerts");
  await page.locator("tr[data-row='1']").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("severity>=crit");
  await page.locator(".combo-list [role=option]").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.locator("tr[data-row='1']").waitFor({ state: "detached" });
  assert.match(page.url(), /severity/);
  await page.keyboard.type("type=");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.locator(".filter-bar .wrong", { hasText: "column" }).waitFor();
});

flow("every page of the rail by Tab from the top, and the first stop skips it", {}, async ({ tocsin, page }) => {
  await page.goto(tocsin.url + "/");
  await settled(page);
  await page.keyboard.press("Tab");
  assert.match(await focus(page), /Skip/);
  const rail = await page.locator("nav.rail a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.ok(rail.length >= 15);
  for (const path of rail) {
    for (let i = 0; (await page.evaluate(() => document.activeElement?.getAttribute("href"))) !== path; i++) {
      assert.ok(i < TABS_MAX, `${path} is not reached`);
      await page.keyboard.press("Tab");
    }
  }
});
