// flow_why.test.mjs -- why somebody did, or did not, get an alert.
import assert from "node:assert/strict";
import { flow } from "./flow.mjs";

async function recipients(tocsin, fakes) {
  const { endpoint, recipient } = fakes.params.mattermost;
  await tocsin.channel("everybody", "mattermost", endpoint, { params: recipient });
  await tocsin.channel("soc", "mattermost", endpoint, { params: recipient, minimum_severity: "critical", categories: ["security"] });
}

const rowOf = (page, table, name) => page.getByRole("region", { name: table }).getByRole("row", { name: new RegExp(`^${name}`) });
const row = (page, name) => rowOf(page, "Recipients and criteria", name);

flow("every criterion of everybody, and then as against now", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await recipients(tocsin, fakes);
  const id = await tocsin.alert({ category: "system", severity: "error" });
  await fakes.message(/97 %/);
  await page.goto(`${tocsin.url}/a/${id}`);
  await page.getByRole("main").getByRole("link", { name: "Why?" }).click();
  await row(page, "everybody").getByText("delivered").first().waitFor();
  const soc = await row(page, "soc").textContent();
  assert.match(soc, /error[^]*wanted: critical[^]*system[^]*wanted: security/, "what it has, and what is asked");
  assert.equal(await row(page, "soc").locator("td.bad").count(), 2, "both that fail, not the first alone");
  await page.getByText(/^Nobody limits: Entity, Type/).waitFor();
  await tocsin.call("PATCH", "/recipients/soc", { minimum_severity: null, categories: null });
  await page.getByText("others would get it now").waitFor();
  await tocsin.post("/silences", { name: "swap", matcher: "type=disk_full", comment: "a new disk", author: "maya", starts: null, ends: new Date(Date.now() + 3_600_000).toISOString() });
  await page.getByRole("button", { name: "As it is now" }).click();
  await rowOf(page, /if it came now/, "everybody").getByText("would hold it back").waitFor();
  assert.equal(await row(page, "soc").locator("td.bad").count(), 0);
});

flow("an alert that never was: built, and pasted", { fakes: ["mattermost"] }, async ({ tocsin, fakes, page }) => {
  await recipients(tocsin, fakes);
  await page.goto(tocsin.url + "/why?way=json");
  await page.locator("textarea").fill(JSON.stringify({ type: "syn_scan", entity: "host", entity_value: "10.0.0.1", severity: "critical", category: "security" }));
  await page.getByRole("button", { name: "Ask" }).click();
  await row(page, "soc").waitFor();
  assert.equal(await row(page, "soc").locator("td.bad").count(), 0);
  await page.getByRole("button", { name: "Build one" }).click();
  await page.getByRole("button", { name: "Ask" }).click();
  await row(page, "soc").waitFor();
  assert.equal((await tocsin.get("/alerts?limit=1")).data.length, 0, "asking stores nothing");
});
