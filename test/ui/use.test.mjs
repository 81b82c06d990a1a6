// use.test.mjs -- the pages as people use them: by keyboard, in other languages,
// from nothing to the first message.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, settled } from "./browser.mjs";
import { client, listener } from "./scene.mjs";

const at = { url: process.env.TOCSIN_URL, token: process.env.TOCSIN_TOKEN };
const CLICKS_MAX = 15;

let browser, sink;
before(async () => {
  browser = await launch();
  sink = await listener();
});
after(async () => {
  sink.close();
  await browser.close();
});

async function withPage(options, use) {
  const { page, context, faults } = await open(browser, { ...at, ...options });
  try {
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? "");

test("alerts by keyboard alone: walk, open, close, filter", () => withPage({}, async (page) => {
  await page.goto(at.url + "/");
  await settled(page);
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await page.waitForSelector("tr[data-row='3']");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.activeElement?.closest("tr")?.dataset.row === "1");
  await page.keyboard.press("x");
  assert.equal(await page.locator("tbody input:checked").count(), 1);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".drawer h2");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".drawer", { state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.row), "1", "the focus is back on its row");
  await page.keyboard.press("/");
  await page.keyboard.type("severity>=crit");
  await page.waitForSelector("[role=option]");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.search.includes("severity"));
  await page.waitForFunction(() => [...document.querySelectorAll("tbody .severity")].every((e) => /Critical|Alert|Emergency/.test(e.textContent)));
}));

test("a silence is tried out on the last week before it is made", () => withPage({}, async (page) => {
  await page.goto(at.url + "/silences?new=1");
  await settled(page);
  await page.locator(".dialog input, dialog input").first().fill("severity>=info");
  await page.getByRole("button", { name: "Try it on the last 7 days" }).click();
  await page.getByText(/this would have held back \d/).waitFor();
  await page.getByText(/\d messages, \d+ without it/).first().waitFor();
}));

test("every page is reached by Tab from the top, and the first stop skips", () => withPage({}, async (page) => {
  await page.goto(at.url + "/");
  await settled(page);
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /Skip/);
  const reached = new Set();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.getAttribute("href")));
  }
  for (const path of ["/engaged", "/alerts", "/recipients", "/endpoints", "/why", "/system"]) assert.ok(reached.has(path), path);
}));

test("a filter that is wrong is said beside it, and the list stays", () => withPage({}, async (page) => {
  await page.goto(at.url + "/alerts?q=" + encodeURIComponent("severity>=error and"));
  await page.waitForSelector(".filter-bar .wrong");
  assert.match(await page.textContent(".filter-bar .wrong"), /column/);
  await page.waitForSelector("[data-search]");
}));

test("typing in the filter draws no row anew", () => withPage({}, async (page) => {
  await page.goto(at.url + "/alerts");
  await page.waitForSelector("tr[data-row='3']");
  await page.waitForFunction(() => document.querySelector("main > .waiting") === null);
  await page.evaluate(() => {
    globalThis.drawn = 0;
    new MutationObserver((all) => (globalThis.drawn += all.length)).observe(document.querySelector("table.rows"), { childList: true, subtree: true, attributes: true, characterData: true });
  });
  await page.focus(".combo input");
  await page.keyboard.type("type=low_goodput and score>");
  assert.equal(await page.evaluate(() => globalThis.drawn), 0);
}));

test("a long list draws what is on the screen, and asks for more at its end", () => withPage({}, async (page) => {
  await page.goto(at.url + "/alerts?since=all");
  await page.waitForSelector("tr[data-row='3']");
  const total = Number(await page.getAttribute("table.rows", "aria-rowcount")) - 1;
  assert.ok(total > 200);
  for (let i = 0; i < 60 && (await page.locator(`tr[data-row='${total - 1}']`).count()) === 0; i++) {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(50); /* for the page that was asked for */
  }
  assert.equal(await page.locator(`tr[data-row='${total - 1}']`).count(), 1);
  assert.ok((await page.locator("tr[data-row]").count()) < 80, "only what is on the screen");
}));

for (const [language, word] of [["it", "Allarmi"], ["de", "Alarme"]]) {
  test(`in ${language}: no word is left in English`, () => withPage({ language }, async (page) => {
    await page.goto(at.url + "/alerts");
    await page.waitForFunction((w) => document.querySelector("h1")?.textContent === w, word);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    assert.ok(!/Overview|Endpoints now|Recipients|Settings/.test(await page.textContent("nav.rail")));
  }));
}

test("the theme follows the system, and stays as chosen", () => withPage({ theme: "system" }, async (page) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(at.url + "/");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.waitForSelector("h1");
  await page.keyboard.press("t");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
}));

test("a secret is never in a form", () => withPage({}, async (page) => {
  const call = client(at);
  await call("PATCH", "/endpoints/netops-hook", { params: { username: "hook", password: "canary-9f3b" } });
  await page.goto(at.url + "/endpoints/netops-hook");
  await page.waitForSelector("form input");
  const all = await page.evaluate(() => document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join());
  assert.ok(!all.includes("canary-9f3b"));
}));

test(`a channel, its test, a recipient and its first message: at most ${CLICKS_MAX} clicks`, () => withPage({}, async (page) => {
  let clicks = 0;
  const click = async (selector) => {
    clicks++;
    await page.click(selector);
  };
  await page.goto(at.url + "/sources?first=1");
  await page.waitForSelector("main .primary");
  await click("text=Next: where alerts go");
  await click(".tile[href$='type=webhook']");
  await page.fill("input[name=name], .form input >> nth=0", "first-hook");
  await page.fill("input[name=url]", `http://127.0.0.1:${sink.address().port}/take`);
  const more = page.locator("details.more:not([open]) summary");
  if (await more.count()) await click("details.more summary");
  await click("label:has-text('private')");
  await click("form footer .primary");
  await page.waitForURL(/endpoints\/first-hook$/);
  await click("text=Send test");
  await page.waitForSelector(".transcript-good");
  await page.goto(at.url + "/recipients/new?endpoint=first-hook");
  await page.waitForSelector(".sentence");
  await page.fill(".form input >> nth=0", "first");
  await click("form footer .primary");
  await page.waitForURL(/recipients\/first$/);
  const { alerts } = await client(at)("POST", "/alerts", { type: "disk_full", entity: "host", entity_value: "192.168.1.7", severity: "error", message: "/var is 97 % full" });
  await page.goto(`${at.url}/a/${alerts[0].id}`);
  await page.waitForSelector(".decisions li:has-text('first') .state-delivered", { timeout: 15_000 });
  assert.ok(clicks <= CLICKS_MAX, `${clicks} clicks`);
  await client(at)("DELETE", "/recipients/first");
  await client(at)("DELETE", "/endpoints/first-hook");
}));
