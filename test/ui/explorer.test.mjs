// explorer.test.mjs -- a long list: typing draws nothing of it, scrolling asks for what
// is behind its end, and what happens meanwhile moves no row.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";

const MANY = 2000;

async function many(tocsin) {
  const now = Date.now();
  const alert = (i) => ({ type: "low_goodput", entity: "host", entity_value: `10.0.${i >> 8}.${i & 255}`, severity: "notice", message: `message ${i}`, action: "store", tstamp: new Date(now - 1000 * (MANY - i)).toISOString() });
  for (let from = 0; from < MANY; from += 500) await tocsin.post("/alerts", Array.from({ length: 500 }, (_, i) => alert(from + i)));
  await tocsin.stored(MANY);
}

async function open(page, tocsin) {
  await many(tocsin);
  await page.goto(tocsin.url + "/alerts");
  await page.locator("tr[data-row='15']").waitFor();
  await page.locator(".live-told").waitFor();
  await settled(page);
}

/** Counts what is drawn anew in the table: elements, attributes, texts. */
const watch = (page) => page.evaluate(() => {
  globalThis.drawn = 0;
  new MutationObserver((all) => (globalThis.drawn += all.length)).observe(document.querySelector("table.rows"), { childList: true, subtree: true, attributes: true, characterData: true });
});
const drawn = (page) => page.evaluate(() => globalThis.drawn);

const bottom = (page) => page.evaluate(() => {
  scrollTo(0, document.body.scrollHeight);
  return Math.max(...[...document.querySelectorAll("tr[data-row]")].map((tr) => Number(tr.dataset.row)));
});

flow("typing in the filter draws no row anew", {}, async ({ tocsin, page }) => {
  await open(page, tocsin);
  await watch(page);
  await page.locator(".combo input").focus();
  await page.keyboard.type("type=low_goodput and score>=50 and not vlan=66");
  await settled(page);
  assert.equal(await page.locator(".combo input").inputValue(), "type=low_goodput and score>=50 and not vlan=66");
  assert.equal(await drawn(page), 0);
});

flow("scrolling asks by keyset for what comes next, each once, and draws what is on the screen", {}, async ({ tocsin, page }) => {
  await open(page, tocsin);
  const asked = [];
  page.on("request", (r) => r.url().includes("/api/v1/alerts?") && asked.push(new URL(r.url()).searchParams));
  for (let last = 0; last < MANY - 1; last = await bottom(page)) await settled(page);
  assert.ok(asked.every((q) => q.get("cursor") && !q.has("offset")), "by cursor alone");
  assert.equal(new Set(asked.map((q) => q.get("cursor"))).size, asked.length, "no page is asked for twice");
  assert.equal(asked.length, MANY / 100 - 1);
  assert.ok((await page.locator("tr[data-row]").count()) < 80, "only what is on the screen is drawn");
  await page.locator(`tr[data-row='${MANY - 1}']`, { hasText: "message 0" }).waitFor();
});

/** Where each row that is drawn is, from the top of the screen. */
const places = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("[data-alert]")].map((a) => [a.dataset.alert, a.closest("tr").getBoundingClientRect().top])));

flow("alerts that come while somebody scrolls move no row", {}, async ({ tocsin, page }) => {
  await open(page, tocsin);
  for (let step = 1; step <= 8; step++) {
    await page.evaluate((to) => scrollTo(0, to), step * 1500);
    await settled(page);
    const before = await places(page);
    await tocsin.alert({ entity_value: `10.9.9.${step}`, message: "it has just happened" });
    await page.getByRole("button", { name: new RegExp(`^${step} new`) }).waitFor();
    const now = await places(page);
    for (const [id, top] of Object.entries(before)) assert.equal(now[id], top, `the row of alert ${id} has moved`);
  }
});
