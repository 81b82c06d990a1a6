// looks.test.mjs -- the pages in other languages and themes, and what they never show.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";

for (const [language, word] of [["it", "Allarmi"], ["de", "Alarme"]])
  flow(`in ${language}: no word is left in English`, { language }, async ({ tocsin, page }) => {
    await page.goto(tocsin.url + "/alerts");
    await page.locator("h1", { hasText: word }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    assert.ok(!/Overview|Endpoints now|Recipients|Settings/.test(await page.textContent("nav.rail")));
  });

flow("the theme follows the system, and stays as chosen", { theme: "system" }, async ({ tocsin, page }) => {
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(tocsin.url + "/");
  await settled(page);
  assert.equal(await theme(), "dark");
  await page.keyboard.press("t");
  assert.equal(await theme(), "light");
  await page.reload();
  await settled(page);
  assert.equal(await theme(), "light");
});

flow("a secret is never in a form", {}, async ({ tocsin, page }) => {
  await tocsin.channel("hook", "webhook", { url: "https://hook.example/alerts", username: "hook", password: "canary-9f3b" });
  for (const path of ["/endpoints/hook", "/endpoints", "/import", "/audit"]) {
    await page.goto(tocsin.url + path);
    await settled(page);
    const all = await page.evaluate(() => document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join());
    assert.ok(!all.includes("canary-9f3b"), path);
  }
});
