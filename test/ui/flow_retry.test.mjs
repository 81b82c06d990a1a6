// flow_retry.test.mjs -- a message that died, sent again once the other side is well.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";

async function aDeadOne(tocsin, fakes) {
  await tocsin.channel("ops-chat", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await fakes.fail("mattermost", "refused", 2); /* the message, and the plainer one that is tried after it */
  const id = await tocsin.alert({ message: "the disk is full" });
  await tocsin.dead(1);
  return id;
}

flow("a dead delivery says why, is retried, and arrives", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await aDeadOne(tocsin, fakes);
  assert.equal(fakes.got.length, 0);
  await page.goto(tocsin.url + "/deliveries?state=dead");
  await page.locator("tr[data-row='0'] button.link").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/400/).first().waitFor();
  await dialog.getByRole("button", { name: "Send again" }).first().click();
  await fakes.message(/the disk is full/);
  await page.goto(tocsin.url + "/deliveries?state=delivered&recipient=ops-chat");
  await page.locator("tr[data-row='0']", { hasText: "ops-chat" }).waitFor();
  assert.equal(fakes.got.length, 1, "once, and no more");
});

flow("all that are dead, at once", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await aDeadOne(tocsin, fakes);
  await page.goto(tocsin.url + "/endpoints/ops-chat");
  await page.getByRole("link", { name: "Deliveries" }).last().click();
  await page.getByRole("button", { name: "Failed", exact: true }).click();
  await page.getByRole("button", { name: "Send all failed again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send all failed again" }).click();
  await fakes.message(/the disk is full/);
});

flow("the list of alerts says who got each, and when that changes", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await aDeadOne(tocsin, fakes);
  await tocsin.call("PATCH", "/recipients/ops-chat", { minimum_severity: "error" });
  await tocsin.alert({ severity: "info", message: "nobody wants this" });
  await tocsin.stored(2);
  await page.goto(tocsin.url + "/alerts");
  const sent = (row) => page.locator(`tr[data-row='${row}'] .cell-sent`);
  await sent(1).locator(".state-dead", { hasText: "Failed: ops-chat" }).waitFor();
  await sent(0).getByText("nobody").waitFor();
  await page.locator("tr[data-row='1'] a[data-alert]").click();
  const drawer = page.locator(".drawer");
  await drawer.getByRole("button", { name: "Send again" }).click();
  await drawer.locator(".timeline").getByRole("link", { name: /ops-chat: Delivered, \d/ }).waitFor();
  await page.keyboard.press("Escape");
  await sent(1).locator(".state-delivered", { hasText: "Delivered: ops-chat" }).waitFor();
  await sent(1).getByRole("link").click();
  await page.waitForURL(/\/why\?alert=/);
});
