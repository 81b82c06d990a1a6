// flow_ack.test.mjs -- acknowledging: on the page, and by the link in a message.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";
import { until } from "./tocsin.mjs";

const acked = async (tocsin, id) => (await tocsin.get(`/alerts/${id}`)).data.ack;

flow("an alert is acknowledged on its page, and taken back by Undo", {}, async ({ tocsin, page }) => {
  const id = await tocsin.alert({ action: "engage" });
  await page.goto(`${tocsin.url}/alerts?state=engaged&a=${id}`);
  const drawer = page.locator(".drawer");
  await drawer.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await drawer.locator("p.good", { hasText: "Acknowledged by user maya" }).waitFor();
  assert.equal((await acked(tocsin, id)).by, "user maya");
  await page.locator("tr[data-row='0'] .state-released").waitFor();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await drawer.locator("p.good", { hasText: "Acknowledged by user maya" }).waitFor({ state: "detached" });
  assert.equal(await acked(tocsin, id), null);
});

flow("many at once, by the filter that selects them", {}, async ({ tocsin, page }) => {
  for (let i = 0; i < 3; i++) await tocsin.alert({ action: "engage", entity_value: `10.0.0.${i}` });
  await tocsin.alert({ action: "engage", type: "syn_scan" });
  await page.goto(tocsin.url + "/alerts?state=engaged&q=" + encodeURIComponent("type=disk_full"));
  await page.locator("tr[data-row='2']").waitFor();
  await page.locator("tr[data-row='0'] input").check();
  await page.getByRole("button", { name: "Acknowledge all 3 that match" }).click();
  await page.locator(".toast", { hasText: "3" }).waitFor();
  assert.equal((await tocsin.get("/alerts?state=engaged&acknowledged=true")).total.value, 3);
});

flow("the undo of all that match takes back neither older ones nor what was done since", {}, async ({ tocsin, page }) => {
  const kept = async (id) => (await tocsin.get(`/alerts/${id}/notes`)).ack;
  const [older, again, third] = [await tocsin.alert({ entity_value: "a" }), await tocsin.alert({ entity_value: "b" }), await tocsin.alert({ entity_value: "c" })];
  await tocsin.stored(3);
  await tocsin.post("/alerts/ack", { ids: [older], note: "known" });
  await page.goto(tocsin.url + "/alerts");
  await page.locator("tr[data-row='2']").waitFor();
  await page.locator("tr[data-row='0'] input").check();
  await page.getByRole("button", { name: "Acknowledge all 3 that match" }).click();
  await page.locator(".toast", { hasText: "2 alerts acknowledged" }).waitFor();
  await tocsin.post("/alerts/ack", { ids: [again], note: "mine" });
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await page.locator(".toast", { hasText: "Undo" }).waitFor({ state: "detached" });
  await until("the third is taken back", async () => !(await kept(third)));
  assert.equal((await kept(older)).note, "known");
  assert.equal((await kept(again)).note, "mine");
});

flow("by the signed link: looking changes nothing, the button does", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page, another }) => {
  await tocsin.call("PATCH", "/settings", { base_url: tocsin.url });
  await tocsin.channel("oncall", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  const id = await tocsin.alert({ action: "engage", message: "the disk of <b>it</b> is full" });
  const link = /http[^\s"\\)]+\/l\/[\w.-]+/.exec((await fakes.message(/disk of/)).body)[0];
  await page.goto(`${tocsin.url}/a/${id}`);
  const { page: phone, context } = await another({ session: null, width: 360, height: 640 });
  await phone.goto(link);
  await phone.getByText("the disk of <b>it</b> is full").waitFor();
  assert.equal(await acked(tocsin, id), null, "a program that looks at links acknowledges nothing");
  assert.equal((await context.request.head(link)).ok() && (await acked(tocsin, id)), null);
  await phone.getByLabel(/note/i).fill("I am on my way");
  await phone.getByRole("button", { name: /acknowledge/i }).click();
  await phone.getByText(/acknowledged/i).first().waitFor();
  const { by, note } = await acked(tocsin, id);
  assert.deepEqual({ by, note }, { by: "link of oncall", note: "I am on my way" });
  await page.getByText("I am on my way").waitFor(); /* who looks at the alert sees it at once */
  await page.getByText("oncall: Delivered (acknowledged)").waitFor();
});
