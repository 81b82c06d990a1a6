// flow_silence.test.mjs -- a silence, from the alert that annoys to its end.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";
import { until } from "./tocsin.mjs";

flow("silencing: what it would hide is shown first, and then it does", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.channel("ops-chat", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  const id = await tocsin.alert({ action: "engage", type: "host_unreachable", entity_value: "192.168.1.9", message: "no answer" });
  await tocsin.alert({ type: "host_unreachable", entity_value: "192.168.1.9", message: "no answer, earlier" });
  await fakes.message(/no answer/);
  await tocsin.stored(2);
  await page.goto(`${tocsin.url}/a/${id}`);
  await page.getByRole("link", { name: "Silence…" }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByLabel(/^Which alerts/).inputValue(), "type=host_unreachable and entity_value=192.168.1.9");
  await dialog.getByText("Affects now: 1 engaged alert").waitFor();
  await dialog.getByLabel(/^Why/).fill("the router is being replaced");
  await dialog.getByRole("button", { name: "4 hours" }).click();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.locator(".card", { hasText: "the router is being replaced" }).waitFor();

  const before = fakes.got.length;
  const silenced = await tocsin.alert({ type: "host_unreachable", entity_value: "192.168.1.9", message: "no answer, again" });
  const other = await tocsin.alert({ type: "syn_scan", message: "it is something else" });
  await fakes.message(/it is something else/);
  assert.deepEqual(fakes.got.slice(before).filter((m) => /no answer, again/.test(m.text)), [], "nothing of what is silenced is told");
  await page.goto(`${tocsin.url}/why?alert=${silenced}`);
  await page.getByRole("row", { name: /ops-chat/ }).getByText(/silence/i).first().waitFor();
  assert.ok(other > silenced);
});

flow("a silence is tried out on the last week before it is made", {}, async ({ tocsin, page }) => {
  await tocsin.alert({ type: "host_unreachable", message: "no answer" });
  await tocsin.stored(1);
  await page.goto(tocsin.url + "/silences?new=1");
  const dialog = page.getByRole("dialog");
  await dialog.locator("input").first().fill("severity>=info");
  await dialog.getByRole("button", { name: "Try it on the last 7 days" }).click();
  await page.getByText(/this would have held back \d/).waitFor();
  await page.getByText(/\d messages?, \d+ without it/).first().waitFor();
});

flow("a silence is made longer, and ended", {}, async ({ tocsin, page }) => {
  const at = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
  await tocsin.post("/silences", { name: "swap", matcher: "type=host_unreachable", comment: "router swap", author: "maya", starts: at(-1), ends: at(1) });
  await page.goto(tocsin.url + "/silences");
  const card = page.locator(".card", { hasText: "router swap" });
  await card.getByRole("button", { name: "One hour more" }).click();
  await page.locator(".toast").first().waitFor();
  assert.ok(Date.parse((await tocsin.get("/silences/swap")).data.ends) > Date.now() + 90 * 60_000);
  await card.getByRole("button", { name: "End now" }).click();
  await card.getByText(/expired|over|ended/i).first().waitFor();
  assert.equal((await tocsin.get("/silences/swap")).data.state, "expired");
});

flow("a silence for one recipient: chosen, tried out, shown, and only that one hears nothing", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await tocsin.channel("quiet", "mattermost", fakes.params.mattermost.endpoint, { params: fakes.params.mattermost.recipient });
  await tocsin.post("/recipients", { name: "loud", endpoint: "quiet", params: fakes.params.mattermost.recipient });
  const first = await tocsin.alert({ type: "host_unreachable", message: "no answer" });
  await tocsin.stored(1);
  await page.goto(tocsin.url + "/silences?new=1");
  const dialog = page.getByRole("dialog");
  await dialog.locator("input").first().fill("type=host_unreachable");
  await dialog.getByLabel("Held back for recipients:", { exact: true }).selectOption("only");
  await dialog.getByLabel("Add to Held back for recipients:").selectOption("quiet");
  await dialog.getByRole("button", { name: "Try it on the last 7 days" }).click();
  await dialog.getByText("this would have held back 1").waitFor();
  await dialog.getByLabel(/^Why/).fill("the router is being replaced");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.locator(".card", { hasText: "only for quiet" }).waitFor();
  assert.deepEqual((await tocsin.get("/silences")).data[0].recipients, ["quiet"]);
  const second = await tocsin.alert({ type: "host_unreachable", entity_value: "10.9.9.9", message: "again no answer" });
  const states = async (id) => Object.fromEntries((await tocsin.get(`/deliveries?alert=${id}`)).data.map((d) => [d.recipient, d.state]));
  await until("one is told nothing and the other all", async () => { const s = await states(second); return s.quiet === "withheld" && s.loud === "delivered"; });
  assert.equal((await states(first)).quiet, "delivered");
});
