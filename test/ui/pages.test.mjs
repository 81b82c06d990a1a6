// pages.test.mjs -- every page, dialog and menu in Chromium: axe finds nothing, it fits
// 320 px with targets that a thumb hits, and a picture of it in both themes.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AXE, settled, shoot } from "./browser.mjs";
import { assertFits } from "./fits.mjs";
import { flow, SHOTS } from "./flow.mjs";
import { openingsOf, pagesOf } from "./list.mjs";
import { FAKES, fillNetwork } from "./network.mjs";

const axe = readFileSync(AXE, "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const DOORS = [["login", "/alerts"], ["setup", "/setup#tcn_0"]];

/** The rules are run by the driver, not by the page: its policy forbids scripts. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] }), RULES);
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " | " + (n.any[0]?.message ?? n.all[0]?.message ?? "")).join("; ")}`);
}

async function arrive(page, tocsin, path, open) {
  await page.goto(tocsin.url + path);
  await settled(page);
  await open?.(page);
  await settled(page);
}

for (const theme of ["light", "dark"])
  flow(`every page, dialog and menu, ${theme}`, { theme, fakes: FAKES }, async ({ t, tocsin, fakes, page }) => {
    mkdirSync(SHOTS, { recursive: true });
    const scene = await fillNetwork(tocsin, fakes);
    for (const [name, path, open] of [...pagesOf(scene), ...openingsOf(scene)])
      await t.test(name, async () => {
        await arrive(page, tocsin, path, open);
        await shoot(page, join(SHOTS, `${name}-${theme}.webp`));
        assert.deepEqual(await violations(page), []);
      });
  });

flow("every page and dialog, 320 px", { width: 320, height: 640, fakes: FAKES }, async ({ t, tocsin, fakes, page }) => {
  const scene = await fillNetwork(tocsin, fakes);
  for (const [name, path, open] of [...pagesOf(scene), ...openingsOf(scene)])
    await t.test(name, async () => {
      await arrive(page, tocsin, path, open);
      await shoot(page, join(SHOTS, `${name}-320.webp`));
      await assertFits(page);
    });
});

flow("the door, in both themes and at both widths", { signedIn: false }, async ({ tocsin, another }) => {
  for (const [name, path] of DOORS)
    for (const [look, size] of [["light", {}], ["dark", { theme: "dark" }], ["320", { width: 320, height: 640 }]]) {
      const { page } = await another(size);
      await page.goto(tocsin.url + path);
      await page.locator(".door form input").first().waitFor();
      await settled(page);
      await shoot(page, join(SHOTS, `${name}-${look}.webp`));
      assert.deepEqual(await violations(page), [], `${name}, ${look}`);
      await assertFits(page);
    }
});

test("no page of the program is left out", () => {
  const app = readFileSync(new URL("../../ui/src/app.tsx", import.meta.url), "utf8");
  const patterns = [...app.matchAll(/^ {2}\["(\/[^"]*)"/gm)].map((m) => new RegExp("^" + m[1].replace(/\{\w+\}/g, "[^/]+") + "$"));
  const paths = pagesOf({ alert: 1, recipient: "a", endpoint: "b" }).map(([, path]) => path.split("?")[0]);
  assert.ok(patterns.length >= 18);
  assert.deepEqual(patterns.filter((p) => !paths.some((path) => p.test(path))).map(String), []);
});
