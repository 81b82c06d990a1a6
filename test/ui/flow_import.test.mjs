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

const POOL = "pools:\n  - name: lab\n    members: [10.0.0.0/8]\n";

flow("our own YAML: the line that is wrong, what would change, and an export that changes nothing", {}, async ({ tocsin, page }) => {
  const look = () => page.getByRole("button", { name: "Look what would happen" }).click();
  const line = page.locator(".report li");
  await page.goto(tocsin.url + "/import?from=tocsin");
  await page.locator("textarea").fill(POOL.replace("members", "membrs"));
  await look();
  await page.locator("[role=alert]", { hasText: /import.yaml:3:5/ }).waitFor();
  await page.locator("textarea").fill(POOL);
  await look();
  await line.filter({ hasText: /\+ new: pool lab/ }).waitFor();
  assert.deepEqual(await names(tocsin, "pools"), []);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "What was done" }).waitFor();
  assert.deepEqual(await names(tocsin, "pools"), ["lab"]);

  await page.locator("textarea").fill(POOL.replace("10.0.0.0/8", "10.1.0.0/16"));
  await look();
  await line.filter({ hasText: "changed: pool lab members: +10.1.0.0/16 −10.0.0.0/8" }).waitFor();
  await page.getByLabel("Take away what it does not name").check();
  await page.locator("textarea").fill("pools: []\n");
  await look();
  await line.filter({ hasText: "taken away: pool lab" }).waitFor();

  const exported = await page.locator("pre", { hasText: "lab" }).textContent();
  await page.locator("textarea").fill(exported);
  await look();
  await page.locator("[role=status]", { hasText: "Nothing to take over." }).waitFor();
});
