// flow_test.test.mjs -- a test message, and what it said and was told.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";

async function channel(tocsin, fakes) {
  const { endpoint, recipient } = fakes.params.mattermost;
  await tocsin.channel("ops-chat", "mattermost", endpoint, { params: recipient });
}

flow("a test message arrives, and the transcript shows each step", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await channel(tocsin, fakes);
  await page.goto(tocsin.url + "/recipients/ops-chat");
  await page.getByRole("button", { name: "Send test" }).click();
  const transcript = page.locator(".transcript-good");
  await transcript.waitFor();
  assert.match(await transcript.textContent(), /users\/me[^]*200[^]*channels[^]*200[^]*sample[^]*201/);
  assert.equal((await fakes.message(/./)).edits, 0);
  assert.equal(fakes.got.length, 1, "one message, and no more");
});

flow("a test that is refused shows the vendor's own words", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await channel(tocsin, fakes);
  await fakes.fail("mattermost", "revoked", 5);
  await page.goto(tocsin.url + "/recipients/ops-chat");
  await page.getByRole("button", { name: "Send test" }).click();
  const transcript = page.locator(".transcript-bad");
  await transcript.waitFor();
  assert.match(await transcript.textContent(), /401[^]*Invalid or expired session/);
  assert.equal(fakes.got.length, 0);
});
