// browser.mjs -- Debian's Chromium, a page of it, and what the page did wrong.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { until } from "./tocsin.mjs";

const load = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = load("playwright-core");
export const AXE = load.resolve("axe-core/axe.min.js");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-proxy-server",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
}

const asked = new WeakMap(); /* of each page: the requests that have no answer yet */

/** The stream of events never ends. */
const isAwaited = (r) => !r.url().includes("/api/v1/events");

function follow(page) {
  const open = new Set();
  asked.set(page, open);
  page.on("request", (r) => isAwaited(r) && open.add(r));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (r) => open.delete(r));
}

/** A page, signed in by `session` (a cookie) if there is one, and `faults`: all that
 * no page of ours may do. */
export async function open(browser, { url, session = null, theme = "light", language = "en", width = 1440, height = 900 }) {
  const context = await browser.newContext({ viewport: { width, height }, bypassCSP: false, locale: language, timezoneId: "Europe/Rome", reducedMotion: "reduce" });
  if (session) await context.addCookies([session]);
  await context.addInitScript(({ theme, language }) => {
    for (const [k, v] of Object.entries({ theme, language })) if (localStorage.getItem("tocsin." + k) === null) localStorage.setItem("tocsin." + k, JSON.stringify(v));
    addEventListener("securitypolicyviolation", (e) => console.error("CSP: " + e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile));
  }, { theme, language });
  const page = await context.newPage();
  const faults = [];
  follow(page);
  page.on("pageerror", (e) => faults.push("error: " + e.message));
  page.on("dialog", (d) => { faults.push("dialog: " + d.message()); void d.dismiss(); });
  page.on("console", (m) => m.type() === "error" && !/Failed to load resource/.test(m.text()) && faults.push("console: " + m.text()));
  page.on("request", (r) => !r.url().startsWith(url) && !/^(data|blob):/.test(r.url()) && faults.push("elsewhere: " + r.url()));
  return { page, context, faults };
}

/** A picture as WebP, a third of a PNG's size. */
export async function shoot(page, path) {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 88 });
  await devtools.detach();
  writeFileSync(path, Buffer.from(data, "base64"));
}

const twoFrames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** What is drawn while something is awaited; a page may also say that it waits for alerts. */
const isWaiting = (page) => page.locator("main .waiting:not([role=status] *)").count();

/** Until every request has its answer, and what follows from it is drawn. */
export async function settled(page) {
  await page.waitForSelector("h1");
  await until("the page is still", async () => {
    if (asked.get(page).size > 0) return false;
    await twoFrames(page);
    return asked.get(page).size === 0 && (await isWaiting(page)) === 0;
  });
}
