// flow_language.test.mjs -- forms speak the reader's language: what the server's option
// tables say, in every type's form, and at once when the language changes.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { settled, shoot } from "./browser.mjs";
import { assertFits } from "./fits.mjs";
import { flow, SHOTS } from "./flow.mjs";

const schemaIn = (tocsin, language) => tocsin.get("/schema/endpoint-types?language=" + language);
const helpsOf = (schema) => Object.values(schema.properties).map((p) => p.description);

/** Folded parts of a form are opened, so that they are measured and seen. */
const unfold = (page) => page.evaluate(() => document.querySelectorAll("main details").forEach((d) => (d.open = true)));

async function choose(page, language) {
  await page.locator("header.bar details summary").first().click();
  await page.locator("header.bar .choosers select").first().selectOption(language);
  await page.locator(`html[lang=${language}]`).waitFor();
  await page.keyboard.press("Escape");
}

flow("a form in German is German, and a change of language redraws it", { language: "de" }, async ({ tocsin, page }) => {
  await page.goto(tocsin.url + "/endpoints/new?type=email");
  const server = (label) => page.getByLabel(label, { exact: false }).first();
  await server("SMTP-Server").fill("mail.example.net");
  await unfold(page);
  const security = page.getByLabel("Verschlüsselung");
  assert.deepEqual(await security.locator("option").allTextContents(), ["starttls", "tls", "ohne"]);
  await security.selectOption("none");

  await choose(page, "it");
  await page.getByText("Nome o indirizzo del server che accetta la tua posta.").waitFor();
  assert.equal(await server("Server SMTP").inputValue(), "mail.example.net", "what was typed stays");
  assert.equal(await page.getByLabel("Cifratura").inputValue(), "none");
  assert.deepEqual(await page.getByLabel("Cifratura").locator("option").allTextContents(), ["starttls", "tls", "senza"]);

  await choose(page, "en");
  await page.getByText("Name or address of the server that takes your mail.").waitFor();
  assert.equal(await server("SMTP server").inputValue(), "mail.example.net");
});

flow("a default is said as its choice is", { language: "de" }, async ({ tocsin, page }) => {
  await page.goto(tocsin.url + "/endpoints/new?type=syslog");
  await page.getByText(/Voreinstellung: lokal\.$/).waitFor();
  assert.ok((await page.getByLabel("Facility").locator("option").allTextContents()).includes("alert"), "a name and no severity");
  await page.goto(tocsin.url + "/settings");
  await page.getByText(/Voreinstellung: Keiner\.$/).waitFor();
});

for (const language of ["de", "it"])
  flow(`every form in ${language}: the server's words, at 320 px`, { language, width: 320, height: 640 }, async ({ t, tocsin, page }) => {
    const [own, english] = [await schemaIn(tocsin, language), await schemaIn(tocsin, "en")];
    mkdirSync(SHOTS, { recursive: true });
    const looksRight = async (name, path, schemas, foreign) => t.test(name, async () => {
      await page.goto(tocsin.url + path);
      await settled(page);
      await unfold(page);
      const seen = await page.textContent("main");
      for (const help of schemas.flatMap(helpsOf)) assert.ok(seen.includes(help), help);
      for (const help of foreign.flatMap(helpsOf)) assert.ok(!seen.includes(help), help);
      await shoot(page, join(SHOTS, `form-${name}-${language}.webp`));
      await assertFits(page);
    });
    for (const [i, type] of own.data.entries()) {
      if (type.builtin || !type.available) continue;
      await looksRight(type.name, "/endpoints/new?type=" + type.name, [type.endpoint], [english.data[i].endpoint]);
    }
    await tocsin.post("/endpoints", { name: "tickets", type: "thehive", params: { url: "https://hive.example.net", api_key: "0123456789abcdef0123456789abcdef" } });
    const hive = (s) => s.data.find((x) => x.name === "thehive").recipient;
    await looksRight("recipient", "/recipients/new?endpoint=tickets", [hive(own), own.pace], [hive(english), english.pace]);
    await looksRight("settings", "/settings", [own.settings], [english.settings]);
  });
