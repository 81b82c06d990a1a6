// flow_alike.test.mjs -- an alert among its like: how often, how long, compared with the
// day before, narrowed to it or without it; and one note for many.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";

const HOUR_MS = 3_600_000;
const ago = (hours) => new Date(Date.now() - hours * HOUR_MS).toISOString();
const text = (page, words) => page.getByText(words).first().waitFor();

flow("an alert says how many are like it, and leads to those, or to all others", {}, async ({ tocsin, page }) => {
  for (const hours of [1, 2, 3]) await tocsin.alert({ action: "store", tstamp: ago(hours), key: "k" + hours });
  const id = await tocsin.alert({ action: "store", entity_value: "192.168.1.8" });
  const last = await tocsin.alert({ action: "store", tstamp: ago(4), key: "k4" });
  await tocsin.stored(5);
  await page.goto(`${tocsin.url}/a/${last}`);
  await page.getByRole("link", { name: "4 like it in 7 days" }).click();
  await page.locator("[role=status]", { hasText: "4 alerts" }).waitFor();
  await page.goto(`${tocsin.url}/a/${last}`);
  await page.getByRole("link", { name: "Not this entity_value" }).click();
  await page.locator(`[data-alert='${id}']`).waitFor();
  await settled(page);
  assert.equal(await page.locator("[data-alert]").count(), 1);
});

flow("the overview compares with the day before", {}, async ({ tocsin, page }) => {
  for (const hours of [1, 2, 3, 30, 31]) await tocsin.alert({ action: "store", tstamp: ago(hours), key: "k" + hours });
  await tocsin.stored(5);
  await page.goto(tocsin.url + "/");
  await text(page, "+50% on the day before");
});

flow("when it was says how long", {}, async ({ tocsin, page }) => {
  await tocsin.alert({ action: "engage", tstamp: ago(2), key: "k" });
  await tocsin.alert({ action: "release", tstamp: ago(2), tstamp_end: ago(1), key: "k" });
  await page.goto(tocsin.url + "/alerts?since=24h");
  await page.locator(".cell-when", { hasText: "→ 1 hr" }).first().waitFor();
});

flow("one note for all that are selected, by keyboard", {}, async ({ tocsin, page }) => {
  const ids = [await tocsin.alert({ key: "a" }), await tocsin.alert({ key: "b" })];
  await tocsin.stored(2);
  await page.goto(tocsin.url + "/alerts");
  for (const row of [0, 1]) await page.locator(`tr[data-row='${row}'] input`).check();
  await page.keyboard.press("m");
  await page.locator("dialog[open] input").waitFor();
  await page.keyboard.type("same switch");
  await page.keyboard.press("Enter");
  await text(page, "Note added");
  for (const id of ids) assert.equal((await tocsin.get(`/alerts/${id}/notes`)).data[0].text, "same switch");
});
