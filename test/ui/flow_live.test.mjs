// flow_live.test.mjs -- alerts as they happen, while somebody reads the list.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";

async function several(tocsin, n) {
  for (let i = 0; i < n; i++) await tocsin.alert({ message: `message ${i}`, entity_value: `10.0.0.${i}` });
}

/** Of each alert that is on the screen: where its row is, in px from the top. */
const places = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("[data-alert]")].map((a) => [a.dataset.alert, a.closest("tr").getBoundingClientRect().top])));

/** Every row that was on the screen is still there, and where it was. */
function assertStill(before, now) {
  for (const [id, top] of Object.entries(before)) assert.equal(now[id], top, `the row of alert ${id} has moved`);
}

async function explorer(page, tocsin, rows) {
  await page.goto(tocsin.url + "/alerts");
  await page.locator(`tr[data-row="${rows - 1}"]`).waitFor();
  await page.locator(".live-told").waitFor();
  await settled(page);
  await page.evaluate(() => { globalThis.stayed = true; }); /* gone after a reload */
}

flow("an alert is on top without a reload; the others keep their order", {}, async ({ tocsin, page }) => {
  await several(tocsin, 5);
  await explorer(page, tocsin, 5);
  const before = Object.keys(await places(page));
  const id = await tocsin.alert({ type: "syn_scan", message: "it has just happened" });
  await page.locator("tr[data-row='0']", { hasText: "it has just happened" }).waitFor();
  assert.deepEqual(Object.keys(await places(page)).sort(), [...before, String(id)].sort());
  assert.equal(await page.evaluate(() => globalThis.stayed), true);
});

const READING = {
  "the pointer is on a row": (page) => page.locator("tr[data-row='2']").hover(),
  "a row has the focus": (page) => page.locator("tr[data-row='2'] a").first().focus(),
  "a row is selected": (page) => page.locator("tr[data-row='2'] input").check(),
  "an alert is open": (page) => page.locator("tr[data-row='2'] a").first().click(),
  "the list is scrolled": (page) => page.evaluate(() => scrollTo(0, 400)),
};

for (const [when, read] of Object.entries(READING))
  flow(`no row moves when ${when}: what is new is counted, and shown when asked for`, {}, async ({ tocsin, page }) => {
    await several(tocsin, 40);
    await explorer(page, tocsin, 20);
    await read(page);
    await settled(page);
    const before = await places(page);
    await tocsin.alert({ message: "it has just happened" });
    await page.getByRole("button", { name: /^1 new/ }).waitFor();
    assertStill(before, await places(page));
    await tocsin.alert({ message: "and once more", entity_value: "10.9.9.9" });
    await page.getByRole("button", { name: /^2 new/ }).waitFor();
    assertStill(before, await places(page));
    assert.equal(await page.evaluate(() => globalThis.stayed), true);
    await page.getByRole("button", { name: /^2 new/ }).click({ force: true });
    await page.locator("tr[data-row='0']", { hasText: "and once more" }).waitFor();
  });

flow("the rail counts what is engaged, and an open alert follows its own story", {}, async ({ tocsin, page }) => {
  const id = await tocsin.alert({ action: "engage", message: "the disk fills" });
  await page.goto(`${tocsin.url}/a/${id}`);
  await page.locator(".rail .count", { hasText: "1" }).waitFor();
  await tocsin.alert({ action: "engage", entity_value: "192.168.1.8", message: "another disk fills" });
  await page.locator(".rail .count", { hasText: "2" }).waitFor();
  await tocsin.alert({ action: "release", message: "there is room again" });
  await page.locator(".alert .state-released").waitFor();
  await page.locator(".timeline", { hasText: /ended/i }).waitFor();
});
