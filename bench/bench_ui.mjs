// bench_ui.mjs -- the explorer in Chromium over a long history: how soon rows are there.
/* usage: node bench_ui.mjs BUILD [ALERTS [HISTORY]]. The alerts are bench_store's, or of
 * a file it has kept. Each figure is the median of ten and the worst; "rows" is when the
 * first row has been drawn. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [build, alerts = "1000000", kept = ""] = process.argv.slice(2);
process.env.TOCSIN_BUILD = build;
const { launch, open, settled } = await import("../test/ui/browser.mjs");
const { Tocsin } = await import("../test/ui/tocsin.mjs");

const TIMES = 10;
const DAYS = { "7 days": "since=2020-12-16T14:20:56Z&until=2020-12-23T14:20:56Z", "30 days": "since=all" };

const ms = (n) => `${n.toFixed(0)} ms`;

function show(what, values, aim = "") {
  const sorted = [...values].sort((a, b) => a - b);
  console.log(`${what.padEnd(58)} ${ms(sorted[sorted.length >> 1]).padStart(9)} ${ms(sorted.at(-1)).padStart(9)}   ${aim}`);
}

/** Where the history is, once it is made. */
function history(work) {
  if (kept) return kept;
  const made = spawnSync(join(build, "bench/bench_store"), [alerts, work, "keep"], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  return join(work, "bench-history.db");
}

async function prepare() {
  const work = mkdtempSync(join(tmpdir(), "bench-ui-"));
  const from = history(work);
  const tocsin = await new Tocsin().start();
  const session = await tocsin.signUp();
  await tocsin.call("PATCH", "/settings", { history_days: 36500 });
  await tocsin.end("SIGTERM");
  copyFileSync(from, join(tocsin.data, "history.db"));
  rmSync(work, { recursive: true });
  await tocsin.start();
  return { tocsin, session };
}

/** Run in the page: resolves with the time at which the next row has been drawn. */
const noteRows = () => {
  globalThis.rowsAt = new Promise((done) => {
    const look = () => {
      if (document.querySelector("tr[data-row='0']")) requestAnimationFrame(() => setTimeout(() => done(performance.now())));
      else requestAnimationFrame(look);
    };
    look();
  });
};

async function cold(browser, at, view) {
  const took = [];
  for (let i = 0; i < TIMES; i++) {
    const { page, context } = await open(browser, at);
    await page.addInitScript(noteRows);
    await page.goto(`${at.url}/alerts?${view}`, { waitUntil: "commit" });
    took.push(await page.evaluate(() => globalThis.rowsAt));
    await context.close();
  }
  return took;
}

async function warm(page, at, view) {
  await page.addInitScript(noteRows);
  const took = [];
  for (let i = 0; i < TIMES; i++) {
    await page.goto(`${at.url}/alerts?${view}`, { waitUntil: "commit" });
    took.push(await page.evaluate(() => globalThis.rowsAt));
    await settled(page);
  }
  return took;
}

/** By a link on another page; the way all links of the pages go. */
async function inside(page, at, view) {
  const took = [];
  for (let i = 0; i < TIMES; i++) {
    await page.goto(at.url + "/silences");
    await settled(page);
    took.push(await page.evaluate(async (to) => {
      const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: to }));
      const from = performance.now();
      link.click();
      while (!document.querySelector("tr[data-row='0']")) await new Promise(requestAnimationFrame);
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      return performance.now() - from;
    }, `/alerts?${view}`));
  }
  return took;
}

/** From the end of the list to the rows behind it, page after page. */
async function scrolling(page, at) {
  await page.goto(`${at.url}/alerts?since=all`);
  await settled(page);
  const took = [];
  for (let i = 0; i < 5 * TIMES; i++)
    took.push(await page.evaluate(async () => {
      const rows = () => Math.max(...[...document.querySelectorAll("tr[data-row]")].map((tr) => Number(tr.dataset.row)));
      const loaded = rows();
      const from = performance.now();
      while (rows() < loaded + 50) {
        scrollTo(0, document.body.scrollHeight);
        await new Promise(requestAnimationFrame);
      }
      return performance.now() - from;
    }));
  return took;
}

/** From a key to the frame that shows it, and what was drawn anew in the table. */
async function typing(page) {
  await page.evaluate(() => {
    globalThis.drawn = 0;
    globalThis.keys = [];
    new MutationObserver((all) => (globalThis.drawn += all.length)).observe(document.querySelector("table.rows"), { childList: true, subtree: true, attributes: true, characterData: true });
    addEventListener("keydown", (e) => requestAnimationFrame(() => setTimeout(() => globalThis.keys.push(performance.now() - e.timeStamp))));
  });
  await page.locator(".combo input").focus({ preventScroll: true });
  await page.keyboard.type("severity>=critical and cli_ip=192.168.3.0/24", { delay: 20 });
  await settled(page);
  return page.evaluate(() => ({ keys: globalThis.keys, drawn: globalThis.drawn }));
}

const places = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("[data-alert]")].map((a) => [a.dataset.alert, a.closest("tr").getBoundingClientRect().top])));

/** How far any row moved, in px, while `n` alerts came. */
async function live(page, tocsin, n) {
  await page.evaluate(() => scrollTo(0, 3000));
  await settled(page);
  const before = await places(page);
  const asked = [];
  page.on("request", (r) => r.url().includes("/api/") && asked.push(r.url()));
  for (let i = 0; i < n; i++) await tocsin.alert({ entity_value: `10.0.${i >> 8}.${i & 255}`, action: "store" });
  await page.locator(".fresh button").waitFor();
  await settled(page);
  const now = await places(page);
  const moved = Math.max(0, ...Object.entries(before).map(([id, top]) => Math.abs((now[id] ?? Infinity) - top)));
  return { moved, asked: asked.length };
}

const { tocsin, session } = await prepare();
const browser = await launch();
try {
  const at = { url: tocsin.url, session };
  console.log(`${"the explorer over " + alerts + " alerts, in Chromium".padEnd(40)}`.padEnd(58) + "    median     worst   (aim)");
  for (const [name, view] of Object.entries(DAYS)) {
    const { page, context } = await open(browser, at);
    show(`${name}: rows after a click within the pages`, await inside(page, at, view), "(100 ms)");
    show(`${name}: rows after opening the address, nothing cached`, await cold(browser, at, view));
    show(`${name}: rows after opening the address again`, await warm(page, at, view));
    await context.close();
  }
  const { page } = await open(browser, at);
  show("30 days: the next rows at the end of the list", await scrolling(page, at));
  await page.goto(`${tocsin.url}/alerts?since=all`);
  await settled(page);
  const { keys, drawn } = await typing(page);
  show("typing in the filter: from a key to its frame", keys);
  console.log(`typing in the filter: changes in the table ${drawn}`);
  const { moved, asked } = await live(page, tocsin, 500);
  console.log(`500 alerts while the list is read: a row moved by ${moved} px at most; ${asked} requests of the page`);
} finally {
  await browser.close();
  await tocsin.stop();
}
