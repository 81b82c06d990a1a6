// flow_recipient.test.mjs -- an endpoint and a recipient, as they are written by hand.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";

const saved = (page, name) => page.locator(".toast", { hasText: `${name} saved` }).waitFor();

flow("an endpoint: what is wrong with it is said beside the field, then it is there", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await page.goto(tocsin.url + "/endpoints/new?type=mattermost");
  await page.getByLabel(/^Name/).fill("ops-chat");
  await page.getByLabel(/^Server URL/).fill("not an address");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".field-wrong", { hasText: "Server URL" }).waitFor();
  await page.getByLabel(/^Server URL/).fill(fakes.params.mattermost.endpoint.url);
  await page.getByLabel(/^Token/).fill(fakes.params.mattermost.endpoint.token);
  await page.getByRole("button", { name: "Save" }).click();
  await saved(page, "ops-chat");
  await page.waitForURL(/\/endpoints\/ops-chat$/);
  const { data } = await tocsin.get("/endpoints/ops-chat");
  assert.deepEqual(data.params, { url: { set: true }, token: { set: true } });
});

/** "when severity is at least": the line of the sentence. */
const line = (page, words) => page.locator(".sentence .line", { hasText: words });

async function only(page, words, values) {
  const at = line(page, words);
  await at.getByRole("combobox").first().selectOption("only");
  for (const v of values) await at.getByRole("combobox").last().selectOption(v);
}

flow("a recipient: a sentence, what it would have sent, and how that reads", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  const { endpoint, recipient } = fakes.params.mattermost;
  await tocsin.post("/endpoints", { name: "ops-chat", type: "mattermost", params: endpoint });
  await tocsin.post("/pools", { name: "servers", members: ["192.168.1.0/24"] });
  await tocsin.alert({ type: "syn_scan", category: "security", severity: "critical", message: "5964 connection requests a minute" });
  await tocsin.alert({ type: "user_login", category: "system", severity: "info", message: "maya came in" });
  await page.goto(tocsin.url + "/recipients/new");
  await page.getByLabel(/^Name/).fill("soc");
  await line(page, "severity is at least").getByRole("combobox").selectOption("error");
  await only(page, "category is", ["security", "network"]);
  await only(page, "host pool is", ["servers"]);
  await line(page, "filter says").getByRole("textbox").fill("not type=low_goodput");
  await page.getByLabel(/^Channel id/).fill(recipient.channel_id);
  await page.locator(".would-count", { hasText: /^1 message of 2 alerts/ }).waitFor();
  await page.locator(".bubble", { hasText: "192.168.1.7" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await saved(page, "soc");
  const { data } = await tocsin.get("/recipients/soc");
  const { endpoint: on, minimum_severity, categories, entities, host_pools, filter } = data;
  assert.deepEqual({ on, minimum_severity, categories, entities, host_pools, filter }, {
    on: "ops-chat", minimum_severity: "error", categories: ["security", "network"], entities: null, host_pools: ["servers"], filter: "not type=low_goodput",
  });
});

flow("changes that are not saved keep who would leave", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.channel("ops-chat", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await page.goto(tocsin.url + "/recipients/ops-chat");
  await line(page, "severity is at least").getByRole("combobox").selectOption("error");
  const asked = page.evaluate(() => new Promise((said) => { globalThis.confirm = (text) => { said(text); return false; }; }));
  await page.getByRole("link", { name: "Overview" }).first().click();
  assert.match(await asked, /not saved/);
  assert.match(page.url(), /recipients\/ops-chat/);
});
