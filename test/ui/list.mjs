// list.mjs -- every page there is, and every dialog, drawer and menu upon them.
import { PASSWORD } from "./tocsin.mjs";

/** [name, path] of all pages, for a scene that has these. */
export function pagesOf({ alert, recipient, endpoint }) {
  return [
    ["overview", "/"],
    ["engaged", "/engaged"],
    ["alerts", "/alerts"],
    ["alerts-day", "/alerts?since=24h"],
    ["alerts-filtered", "/alerts?q=severity%3E%3Derror&state=engaged"],
    ["alerts-nothing", "/alerts?q=" + encodeURIComponent("type=of_another_world")],
    ["alert-drawer", `/alerts?since=24h&a=${alert}`],
    ["alert", `/a/${alert}`],
    ["recipients", "/recipients"],
    ["recipient", "/recipients/" + recipient],
    ["recipient-new", "/recipients/new?endpoint=" + endpoint],
    ["recipient-builtin", "/recipients/alert_store_db"],
    ["endpoints", "/endpoints"],
    ["endpoint", "/endpoints/" + endpoint],
    ["endpoint-new", "/endpoints/new"],
    ["endpoint-form", "/endpoints/new?type=email"],
    ["endpoint-builtin", "/endpoints/alert_store_db"],
    ["why", `/why?alert=${alert}`],
    ["why-pick", "/why"],
    ["why-build", "/why?way=build"],
    ["why-json", "/why?way=json"],
    ["silences", "/silences"],
    ["pools", "/pools"],
    ["deliveries", "/deliveries"],
    ["deliveries-failed", "/deliveries?state=dead"],
    ["sources", "/sources"],
    ["account", "/account"],
    ["users", "/users"],
    ["audit", "/audit"],
    ["settings", "/settings"],
    ["import", "/import"],
    ["system", "/system"],
    ["nowhere", "/nowhere"],
  ];
}

const dialog = (page) => page.locator("dialog[open]").waitFor();
const press = (page, name) => page.getByRole("button", { name }).first().click();
const menu = (page, words) => page.locator("summary", { hasText: words }).first().click();
const firstRow = (page) => page.locator("tr[data-row='0']").waitFor();

async function enrol(page) {
  await press(page, "Set up one-time passwords");
  await page.locator("dialog[open] input").fill(PASSWORD);
  await page.locator("dialog[open] footer .primary").click();
  await page.locator("dialog[open] svg.qr path").first().waitFor();
}

/** The boxes for a recipient's own words, and what these may speak of; nothing is
 * written, as a page with changes keeps who would leave. */
async function ownWords(page) {
  const boxes = page.locator("details.more", { has: page.locator("textarea.code") }).first();
  for (const one of [boxes, boxes.locator("details.more")]) await one.evaluate((e) => (e.open = true));
  await boxes.locator(".variables button").first().waitFor();
  await boxes.locator("textarea").first().focus();
  await boxes.evaluate((e) => scrollTo(0, e.getBoundingClientRect().top + scrollY - 70)); /* nothing is half below the bar */
}

async function tryOut(page) {
  await page.locator("dialog[open] input").first().fill("severity>=info");
  await press(page.getByRole("dialog"), "Try it on the last 7 days");
  await page.getByRole("dialog").getByText(/would have held back/).waitFor();
}

/** [name, path, how it is opened]. */
export function openingsOf({ alert, recipient }) {
  return [
    ["keys", "/", async (p) => { await p.keyboard.press("?"); await dialog(p); }],
    ["palette", "/", async (p) => { await p.keyboard.press("Control+k"); await p.locator(".palette [role=option]").first().waitFor(); }],
    ["menu-account", "/", (p) => menu(p, "maya")],
    ["menu-looks", "/", (p) => p.locator(".bar summary").first().click()],
    ["menu-export", "/alerts", (p) => menu(p, "Export")],
    ["menu-columns", "/alerts", (p) => menu(p, "Columns")],
    ["menu-views", "/alerts", (p) => menu(p, "Views")],
    ["menu-range", "/alerts", (p) => menu(p, "Last 7 days")],
    ["menu-top", "/alerts", (p) => menu(p, "Top alerts")],
    ["chart-table", "/alerts", (p) => press(p, "As a table")],
    ["completion", "/alerts", async (p) => { await p.locator(".combo input").fill("type="); await p.locator(".combo-list [role=option]").first().waitFor(); }],
    ["selected", "/alerts", async (p) => { await firstRow(p); await p.locator("tr[data-row='0'] input").check(); }],
    ["question", "/alerts", async (p) => { await firstRow(p); await p.locator("tr[data-row='0'] input").check(); await press(p, "Delete"); await dialog(p); }],
    ["raw", `/a/${alert}`, (p) => press(p, "Raw JSON")],
    ["silence", "/silences?new=1", dialog],
    ["silence-tried", "/silences?new=1", tryOut],
    ["pause", "/deliveries", async (p) => { await press(p, /^Show all/); await press(p, /^Pause /); await dialog(p); }],
    ["totp", "/account", enrol],
    ["template", "/recipients/" + recipient, ownWords],
    ["delivery", "/deliveries?state=dead", async (p) => { await firstRow(p); await p.locator("tr[data-row='0'] button.link").click(); await dialog(p); }],
    ["pool", "/pools", async (p) => { await press(p, /pool/i); await dialog(p); }],
    ["user", "/users", async (p) => { await press(p, /user/i); await dialog(p); }],
    ["token", "/users", async (p) => { await press(p, /token/i); await dialog(p); }],
    ["test", "/recipients/" + recipient, async (p) => { await press(p, "Send test"); await p.locator(".transcript").waitFor(); await p.locator(".transcript").evaluate((e) => e.scrollIntoView({ block: "center" })); }],
    ["chats", "/recipients/" + recipient, async (p) => { await press(p, "Find"); await p.locator("select option").nth(1).waitFor({ state: "attached" }); }],
    ["wrong", "/endpoints/new?type=email", async (p) => { await press(p, "Save"); await p.locator(".wrong").first().waitFor(); }],
  ];
}
