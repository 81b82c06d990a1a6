// pages.test.mjs -- every page in Chromium: nothing forbidden happens, axe finds
// nothing, it fits 320 px, and a picture of it in both themes.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { AXE, launch, open, settled } from "./browser.mjs";
import { PAGES } from "./list.mjs";

const at = { url: process.env.TOCSIN_URL, token: process.env.TOCSIN_TOKEN };
const shots = process.env.TOCSIN_SHOTS;
const axe = readFileSync(AXE, "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let browser;
before(async () => {
  browser = await launch();
  if (shots) mkdirSync(shots, { recursive: true });
});
after(() => browser.close());

/** The rules are run by the driver, not by the page: its policy forbids scripts. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] }), RULES);
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " | " + (n.any[0]?.message ?? n.all[0]?.message ?? "")).join("; ")}`);
}

for (const theme of ["light", "dark"]) {
  test(`every page, ${theme}, 1440 px`, async (t) => {
    const { page, context, faults } = await open(browser, { ...at, theme });
    for (const [name, path] of PAGES) {
      await t.test(name, async () => {
        await page.goto(at.url + path);
        await settled(page);
        if (shots) await page.screenshot({ path: `${shots}/${name}-${theme}.png` });
        assert.deepEqual(await violations(page), []);
        assert.equal(await page.evaluate(() => globalThis.harmed), undefined, "an alert's text was run");
        assert.deepEqual(faults.splice(0), []);
      });
    }
    await context.close();
  });
}

for (const theme of ["light", "dark"]) {
  test(`the door, ${theme}`, async (t) => {
    for (const [name, path] of [["login", "/alerts"], ["setup", "/setup#tcn_0"]]) {
      await t.test(name, async () => {
        const { page, context, faults } = await open(browser, { ...at, token: "", theme, width: name === "login" ? 1440 : 320 });
        await page.goto(at.url + path);
        await page.waitForSelector(".door form input");
        if (shots) await page.screenshot({ path: `${shots}/${name}-${theme}.png` });
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(faults, []);
        await context.close();
      });
    }
  });
}

test("every page, 320 px", async (t) => {
  const { page, context, faults } = await open(browser, { ...at, width: 320, height: 640 });
  for (const [name, path] of PAGES) {
    await t.test(name, async () => {
      await page.goto(at.url + path);
      await settled(page);
      if (shots) await page.screenshot({ path: `${shots}/${name}-320.png` });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide`);
      const small = await page.evaluate(() => [...document.querySelectorAll("button, .button, select, input, summary")]
        .filter((e) => e.checkVisibility() && !e.closest(".hidden"))
        .map((e) => [e, e.closest("label") ?? e]).map(([e, hit]) => [e, hit.getBoundingClientRect()])
        .filter(([, r]) => r.width < 24 || r.height < 24).map(([e, r]) => `${e.outerHTML.slice(0, 80)} ${r.width}x${r.height}`));
      assert.deepEqual(small, [], "targets are 24 px at least");
      assert.deepEqual(faults.splice(0), []);
    });
  }
  await context.close();
});
