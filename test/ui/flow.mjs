// flow.mjs -- a test that has a Tocsin, the fakes it asks for and a page to itself.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { launch, open, shoot } from "./browser.mjs";
import { BUILD, Fakes, Tocsin } from "./tocsin.mjs";

export const SHOTS = join(BUILD, "ui-shots");

let browser = null;
after(() => browser?.close());

/** What a failure looked like is kept beside the pictures. */
async function keepSight(name, page, tocsin) {
  const base = join(SHOTS, "failed " + name.replace(/\W+/g, " ").trim());
  mkdirSync(SHOTS, { recursive: true });
  writeFileSync(base + ".log", tocsin.log());
  await shoot(page, base + ".webp").catch(() => undefined);
}

/** `use` gets {t, tocsin, fakes, page, context, another}; what pages did wrong fails the
 * test, and so does a Tocsin that does not end well. `another` opens a second page. */
export function flow(name, { fakes: types = [], signedIn = true, ...look }, use) {
  test(name, async (t) => {
    browser ??= await launch();
    const tocsin = await new Tocsin().start();
    const fakes = types.length ? new Fakes() : null;
    const opened = [];
    try {
      await fakes?.start(types);
      const session = signedIn ? await tocsin.signUp() : null;
      const another = async (more = {}) => {
        opened.push(await open(browser, { url: tocsin.url, session, ...look, ...more }));
        return opened.at(-1);
      };
      await use({ t, tocsin, fakes, another, ...(await another()) });
      for (const o of opened) assert.deepEqual(o.faults, []);
    } catch (e) {
      if (opened.length) await keepSight(name, opened[0].page, tocsin);
      throw e;
    } finally {
      for (const o of opened) await o.context.close();
      await fakes?.stop();
      await tocsin.stop();
    }
  });
}
