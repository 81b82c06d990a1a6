// flow_account.test.mjs -- a user's own account, the words of a recipient, a replay that
// is followed, and many tabs with one stream.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";

const NAME = "vera";
const PASSWORD = "correct horse battery staple";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 6238, as an app on a phone does it. */
function codeOf(secret) {
  const bits = [...secret].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function knock(page) {
  await page.fill("input[autocomplete=username]", NAME);
  await page.fill("input[type=password]", PASSWORD);
  await page.click("button.primary");
}

flow("one-time passwords: enrolled by QR code or text, asked for, recovered from, turned off", {}, async ({ tocsin, another }) => {
  await tocsin.post("/users", { name: NAME, role: "editor", password: PASSWORD });
  const atDoor = async () => {
    const { page } = await another({ session: null });
    await page.goto(tocsin.url + "/account");
    await page.waitForSelector(".door input");
    return page;
  };
  const page = await atDoor();
  await knock(page);
  await settled(page);
  await page.click("text=Set up one-time passwords");
  await page.fill("dialog input", PASSWORD);
  await page.click("dialog footer .primary");
  await page.waitForSelector("dialog svg.qr path");
  await page.fill("dialog input", codeOf((await page.textContent(".secret-text")).replace(/\s/g, "")));
  await page.click("dialog footer .primary");
  const codes = await page.locator(".codes li").allTextContents().then((c) => (c.length ? c : page.waitForSelector(".codes li").then(() => page.locator(".codes li").allTextContents())));
  assert.equal(codes.length, 10);
  await page.click("text=I have kept them");
  await page.waitForSelector("text=10 recovery codes left");

  const second = await atDoor();
  await knock(second);
  await second.waitForSelector("text=One-time code");
  await second.click("text=Use a recovery code");
  await second.fill(".door input", codes[0]);
  await second.click("button.primary");
  await second.waitForSelector("text=9 recovery codes left");
  await page.reload();
  await page.click("text=Sign out everywhere else");
  await page.click("dialog footer .danger");
  await page.waitForSelector("text=1 session ended");
  await second.waitForSelector(".door form", { timeout: 20_000 });
  await page.click("text=New recovery codes");
  await page.fill("dialog input", PASSWORD);
  await page.click("dialog footer .primary");
  await page.waitForSelector("dialog .codes li:nth-child(10)");
  await page.click("dialog footer .primary");
  await page.waitForSelector("text=10 recovery codes left");
  await page.click("text=Turn off one-time passwords");
  await page.fill("dialog input", PASSWORD);
  await page.click("dialog footer .primary");
  await page.waitForSelector("button:has-text('Set up one-time passwords')");
});

flow("words in a box that completes names, says where a mistake is, and shows both ends of an alert", {}, async ({ tocsin, page }) => {
  await tocsin.post("/endpoints", { name: "words-mail", type: "email", params: { smtp_server: "mail.example.net", email_sender: "tocsin@example.net" }, enabled: false });
  await tocsin.post("/recipients", { name: "words", endpoint: "words-mail", params: { email_recipient: "noc@example.net" } });
  await page.goto(tocsin.url + "/recipients/words");
  await settled(page);
  await page.click("text=Your own words");
  const [title, text] = [page.locator("textarea.code").nth(0), page.locator("textarea.code").nth(1)];
  await title.click();
  await page.keyboard.type("{{tit");
  await page.waitForSelector(".template [role=option]");
  await page.keyboard.press("Enter");
  await page.keyboard.type(" on {{subj");
  await page.locator(".template [role=option]", { hasText: "subject" }).first().waitFor();
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.querySelector("textarea.code").value === "{{title}} on {{subject}}");
  await text.click();
  await page.keyboard.type("{{sentence}}\n  {{#state}}");
  await page.waitForSelector("button:has-text('line 2, column 3')");
  assert.equal(await text.evaluate((e) => e.selectionStart), "{{sentence}}\n  {{#state}}".length, "nothing moved the caret");
  await page.keyboard.type("[{{state}}]{{/");
  await page.locator(".template [role=option]").first().waitFor();
  await page.keyboard.press("Enter");
  await page.click("text=It is over");
  await page.waitForSelector(".bubble:has-text('Released after')");
  await page.click("button:has-text('It begins')");
  await page.waitForSelector(".bubble:has-text('Engaged')");
  await page.waitForSelector(".would-count", { timeout: 20_000 });
});

flow("nine tabs hold one stream, and all of them hear", {}, async ({ tocsin, page, context }) => {
  const streams = async () => {
    const r = await fetch(tocsin.url + "/metrics", { headers: { Authorization: "Bearer " + tocsin.token } });
    return Number(/^tocsin_event_streams (\d+)/m.exec(await r.text())[1]);
  };
  const pages = [page];
  for (let i = 0; i < 8; i++) pages.push(await context.newPage());
  for (const p of pages) {
    await p.goto(tocsin.url + "/engaged");
    await p.waitForSelector("h1");
  }
  assert.equal(await streams(), 1);
  await tocsin.alert({ type: "heard_everywhere", action: "engage" });
  await Promise.all(pages.map((p) => p.getByText("Heard everywhere").first().waitFor()));
});
