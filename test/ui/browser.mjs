// browser.mjs -- Debian's Chromium, a page of it, and what the page did wrong.
import { createRequire } from "node:module";

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

/** A page that is signed in, and `faults`: all that no page of ours may do. */
export async function open(browser, { url, token, theme = "light", language = "en", width = 1440, height = 900 }) {
  const context = await browser.newContext({ viewport: { width, height }, bypassCSP: false, locale: language, timezoneId: "Europe/Rome", reducedMotion: "reduce" });
  await context.addInitScript(({ token, theme, language }) => {
    sessionStorage.setItem("tocsin.token", token);
    for (const [k, v] of Object.entries({ theme, language })) if (localStorage.getItem("tocsin." + k) === null) localStorage.setItem("tocsin." + k, JSON.stringify(v));
    addEventListener("securitypolicyviolation", (e) => console.error("CSP: " + e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile));
  }, { token, theme, language });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push("error: " + e.message));
  page.on("dialog", (d) => { faults.push("dialog: " + d.message()); void d.dismiss(); });
  page.on("console", (m) => m.type() === "error" && !/Failed to load resource/.test(m.text()) && faults.push("console: " + m.text()));
  page.on("request", (r) => !r.url().startsWith(url) && !/^(data|blob):/.test(r.url()) && faults.push("elsewhere: " + r.url()));
  return { page, context, faults };
}

/** Until nothing more is asked and nothing is awaited. */
export async function settled(page) {
  await page.waitForSelector("h1");
  await page.waitForFunction(() => document.querySelector("main .waiting") === null || document.querySelector("main [data-still], main [role=status] .waiting") !== null, null, { timeout: 10_000 });
  await page.waitForTimeout(150); /* a frame or two for what follows the answer */
}
