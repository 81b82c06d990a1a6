// flow_queue.test.mjs -- a queue that is paused with a reason keeps what comes, over a
// kill, and lets it go in the end; and what a failed delivery was told is read there.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";

const card = (page) => page.getByRole("region", { name: "Queues" });

flow("a queue is paused, keeps what comes, and goes on", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.channel("ops-chat", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await page.goto(tocsin.url + "/deliveries");
  await card(page).getByRole("button", { name: /^Show all/ }).click();
  await card(page).getByRole("button", { name: "Pause ops-chat", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  assert.equal(await dialog.locator("input:invalid").count(), 1, "without a reason it stays open");
  await dialog.getByLabel(/^Why/).fill("new certificates");
  await dialog.getByRole("button", { name: "4 hours", exact: true }).click();
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await card(page).getByText("new certificates").waitFor();
  await tocsin.alert({ message: "the disk is full" });
  await page.reload();
  await card(page).getByText("1 waiting").waitFor();
  assert.equal(fakes.got.length, 0);
  await page.goto(tocsin.url + "/");
  await page.getByText("is paused by hand").waitFor();
  await page.goto(tocsin.url + "/deliveries");
  await card(page).getByRole("button", { name: "Resume ops-chat", exact: true }).click();
  await fakes.message(/the disk is full/);
});

flow("what was sent and answered is read, by keyboard", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.channel("ops-chat", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await fakes.fail("mattermost", "refused", 2);
  await tocsin.alert({ message: "the disk is full" });
  await tocsin.dead(1);
  await page.goto(tocsin.url + "/deliveries?state=dead");
  await page.waitForSelector("tr[data-row='0']");
  await page.keyboard.press("j");
  await page.locator("tr[data-row='0'] button:focus").waitFor();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.locator(".said pre", { hasText: "the disk is full" }).first().waitFor();
  assert.match(await dialog.locator(".said").nth(1).textContent(), /400/);
  assert.match(await page.evaluate(() => location.search), /d=\d+\.\d+/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("r");
  await fakes.message(/the disk is full/);
});

flow("what waits too long is dropped, and sent after all", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.channel("ops-chat", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await tocsin.call("POST", "/queues/ops-chat/pause", { reason: "moving" });
  await tocsin.alert({ message: "the disk is full" });
  await page.clock.install({ time: Date.now() + 7 * 3_600_000 }); /* seven hours later */
  await page.goto(tocsin.url + "/deliveries");
  await card(page).getByRole("button", { name: "Drop older…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "24 hours" }).click();
  await dialog.getByRole("button", { name: "None is older" }).waitFor();
  await dialog.getByRole("button", { name: "6 hours" }).click();
  await dialog.getByRole("button", { name: "Drop 1 message" }).click();
  await page.getByText("1 is not sent after all").waitFor();
  assert.equal((await tocsin.call("GET", "/deliveries?state=dead&endpoint=ops-chat")).data.length, 1);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("1 is sent again").waitFor();
  await card(page).getByRole("button", { name: "Resume ops-chat", exact: true }).click();
  await fakes.message(/the disk is full/);
});
