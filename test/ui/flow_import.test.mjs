// flow_import.test.mjs -- from ntopng: first looked at, then done.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";

const SAMPLE = new URL("../samples/ntopng-live-export-notifications-config.json", import.meta.url).pathname;

const names = async (tocsin, what) => (await tocsin.get("/" + what)).data.map((o) => o.name);

flow("an ntopng backup: the report comes first and changes nothing", {}, async ({ tocsin, page }) => {
  await page.goto(tocsin.url + "/import");
  await page.getByLabel(/file/i).first().setInputFiles(SAMPLE);
  const before = await names(tocsin, "endpoints");
  await page.getByRole("button", { name: "Look what would happen" }).click();
  await page.locator(".report li").first().waitFor();
  const report = await page.locator(".report").textContent();
  assert.deepEqual(await names(tocsin, "endpoints"), before);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.locator(".toast", { hasText: /imported/i }).waitFor();
  const after = await names(tocsin, "endpoints");
  assert.ok(after.length > before.length);
  for (const name of after.filter((n) => !before.includes(n))) assert.ok(report.includes(name), `the report said nothing of ${name}`);
});

flow("what cannot be read is said, and nothing is imported", {}, async ({ tocsin, page }) => {
  await page.goto(tocsin.url + "/import?from=alertmanager");
  await page.locator("textarea").fill("route:\n  receiver: [");
  await page.getByRole("button", { name: "Look what would happen" }).click();
  await page.locator("[role=alert]", { hasText: /line 3, column 1/ }).waitFor();
  assert.ok(await page.getByRole("button", { name: "Import", exact: true }).isDisabled());
});
