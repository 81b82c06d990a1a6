// hostile.test.mjs -- hostile text on every page: nothing is run, nothing of it is
// markup, and nothing makes a page wider than the screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { settled } from "./browser.mjs";
import { fillHostile, HOSTILE, hostileVendor } from "./hostile.mjs";
import { flow } from "./flow.mjs";
import { openingsOf, pagesOf } from "./list.mjs";

/** Elements and links that only text of ours could have become. */
const MARKUP = "[data-hostile], main iframe, main img, main script, object, embed, [onerror], [onload], a[href^='javascript:' i], [srcdoc]";

/** Whether a page shows hostile text; it must be as it was written. */
async function assertInert(page) {
  const found = await page.evaluate((markup) => ({
    harmed: globalThis.harmed, markup: document.querySelectorAll(markup).length, turning: /[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText),
    shown: document.body.innerText.includes("<img src=x data-hostile onerror=") || document.body.innerHTML.includes("&lt;img src=x data-hostile"),
    over: document.documentElement.scrollWidth - innerWidth,
  }), MARKUP);
  assert.equal(found.harmed, undefined, "hostile text was run");
  assert.equal(found.markup, 0, "hostile text became markup");
  assert.equal(found.turning, false, "a sign turns the text around it");
  assert.ok(found.over <= 0, `${found.over} px too wide`);
  return found.shown;
}

async function withVendor(tocsin, use) {
  const vendor = await hostileVendor();
  try {
    const [alert] = await fillHostile(tocsin, vendor);
    await use({ alert, recipient: "ops.team", endpoint: "ops.team" });
  } finally {
    vendor.closeAllConnections();
    vendor.close();
  }
}

/** Pages that would prove nothing if they did not show it. */
const SHOW_IT = ["overview", "engaged", "alerts", "alert", "alert-drawer", "recipient", "why", "why-pick", "silences", "users", "deliveries", "delivery", "test", "chats", "completion", "raw", "menu-top"];

for (const width of [1440, 320])
  flow(`hostile text on every page, ${width} px`, { width }, async ({ t, tocsin, page }) => {
    await withVendor(tocsin, async (scene) => {
      const shown = [];
      for (const [name, path, open] of [...pagesOf(scene), ...(width === 1440 ? openingsOf(scene) : [])])
        await t.test(name, async () => {
          await page.goto(tocsin.url + path);
          await settled(page);
          await open?.(page);
          await settled(page);
          if (await assertInert(page)) shown.push(name);
        });
      if (width === 1440) assert.deepEqual(SHOW_IT.filter((name) => !shown.includes(name)), [], "here it was to be seen");
    });
  });

const BACKUP = new URL("../samples/ntopng-live-export-notifications-config.json", import.meta.url);

/** ntopng's own export, with hostile names in the place of its names. */
const backup = () => readFileSync(BACKUP, "utf8").replace(/"(endpoint_conf_name|recipient_name)": ?"[^"]*"/g, (_, key) => `${JSON.stringify(key)}:${JSON.stringify(HOSTILE[0])}`);

const FILES = [
  ["ntopng-backup", backup()],
  ["alertmanager", `receivers:\n  - name: ${JSON.stringify(HOSTILE[0])}\nroute:\n  receiver: ${JSON.stringify(HOSTILE[0])}\n`],
  ["apprise", HOSTILE.join("\n")],
  ["ntopng-pools", "{" + HOSTILE[0]],
];

flow("a hostile file, by its name and by what is in it", {}, async ({ tocsin, page }) => {
  const shown = [];
  for (const [kind, text] of FILES) {
    await page.goto(`${tocsin.url}/import?from=${kind}`);
    await page.locator("input[type=file]").setInputFiles({ name: `${HOSTILE[0].replaceAll("/", "")}.json`, mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Look what would happen" }).click();
    await page.locator(".card[role=status], [role=alert]").first().waitFor();
    if (await assertInert(page)) shown.push(kind);
  }
  assert.ok(shown.includes("ntopng-backup"), `the report names what it found, not ${shown}`);
});

flow("the page behind a signed link", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.call("PATCH", "/settings", { base_url: tocsin.url });
  await tocsin.channel("oncall", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await tocsin.alert({ action: "engage", entity_value: HOSTILE[2], message: HOSTILE[0] });
  const link = /http[^\s"\\)]+\/l\/[\w.-]+/.exec((await fakes.message(/./)).body)[0];
  await page.goto(link);
  await page.locator("body", { hasText: HOSTILE[0] }).waitFor();
  assert.equal(await page.locator("[data-hostile]").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.harmed), undefined);
});
