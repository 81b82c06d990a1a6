// flow_setup.test.mjs -- from the link that is printed once to a message in the chat.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";
import { Hand } from "./hand.mjs";
import { PASSWORD } from "./tocsin.mjs";

const CLICKS_MAX = 15;

flow(`the wizard: from the link to a recipient that works, at most ${CLICKS_MAX} clicks`, { fakes: ["mattermost"], signedIn: false }, async ({ t, tocsin, fakes, page }) => {
  const hand = new Hand(page);
  const { url, token } = fakes.params.mattermost.endpoint;
  await page.goto(tocsin.setupLink);
  await hand.type(/^User/, "maya");
  await hand.type(/^Password/, PASSWORD);
  await hand.press("Create and sign in");
  await hand.press("Send a sample alert");
  await hand.follow("Next: where alerts go");
  await hand.follow(/^Mattermost/);
  await hand.type(/^Server URL/, url);
  await hand.type(/^Token/, token);
  await hand.press("Save");
  await hand.follow("Add recipient");
  await hand.press("Find");
  await hand.choose(page.getByLabel("2 found"), { index: 1 });
  await hand.press("Save");
  await hand.press("Send test");
  await page.locator(".transcript-good").waitFor();
  await fakes.message(/./);
  await tocsin.alert({ message: "the disk of the mail server is full" });
  await fakes.message(/the disk of the mail server is full/);
  t.diagnostic(`${hand.clicks} clicks`);
  assert.ok(hand.clicks <= CLICKS_MAX, `${hand.clicks} clicks`);
});

flow("the link works once: whoever comes later is sent to the door", { signedIn: false }, async ({ tocsin, page }) => {
  const link = tocsin.setupLink;
  await tocsin.signUp();
  await page.goto(link);
  await page.getByLabel(/^User/).fill("eve");
  await page.getByLabel(/^Password/).fill("another password of hers");
  await page.getByRole("button", { name: "Create and sign in" }).click();
  await page.locator(".wrong").waitFor();
  assert.deepEqual((await tocsin.get("/users")).data.map((u) => u.name), ["maya"]);
});
