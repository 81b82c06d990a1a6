// fits.mjs -- a page fits its window, and a thumb its targets.
import assert from "node:assert/strict";

/** Buttons and the like that are smaller than 24 px; a label counts with its box. */
const smallTargets = (page) => page.evaluate(() => [...document.querySelectorAll("button, .button, select, input, summary")]
  .filter((e) => e.checkVisibility() && !e.closest(".hidden"))
  .map((e) => [e, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([, r]) => r.width < 24 || r.height < 24).map(([e, r]) => `${e.outerHTML.slice(0, 80)} ${r.width}x${r.height}`));

export async function assertFits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${over} px too wide`);
  assert.deepEqual(await smallTargets(page), [], "targets are 24 px at least");
}
