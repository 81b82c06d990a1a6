// flow_login.test.mjs -- the door: in, out, thrown out, and slowed when guessing.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { flow } from "./flow.mjs";
import { PASSWORD, USER } from "./tocsin.mjs";

async function signIn(page, password = PASSWORD) {
  await page.getByLabel(/^User/).fill(USER);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOut(page) {
  await page.locator(".bar summary", { hasText: USER }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel(/^Password/).waitFor();
}

const isIn = (page) => page.locator("nav.rail").waitFor();

flow("signing in leads to the page that was asked for; signing out ends the session", {}, async ({ tocsin, page, context }) => {
  await page.goto(tocsin.url + "/pools");
  await settled(page);
  const [before] = await context.cookies();
  await signOut(page);
  const old = await fetch(tocsin.url + "/api/v1/me", { headers: { Cookie: `${before.name}=${before.value}` } });
  assert.equal(old.status, 401, "the cookie is worth nothing any more");
  await signIn(page);
  await isIn(page);
  assert.equal(await page.locator("h1").textContent(), "Host pools");
});

/** The answer's status, once the page has taken it in. */
async function tryToSignIn(page, password) {
  const [answer] = await Promise.all([page.waitForResponse(/\/login$/), signIn(page, password)]);
  await page.locator(".wrong").waitFor();
  return answer.status();
}

/* The waits grow: however slow this machine is, one of them is not over yet. */
flow("who guesses is told so, and then made to wait", { signedIn: false }, async ({ tocsin, page }) => {
  await tocsin.signUp();
  await page.goto(tocsin.url + "/");
  assert.equal(await tryToSignIn(page, "not her password"), 401);
  await page.getByText("That is not right").waitFor();
  for (let tries = 2; (await tryToSignIn(page, `guess number ${tries}`)) === 401; tries++) assert.ok(tries < 25, "nobody is slowed");
  await page.getByText(/too many/i).waitFor();
});

flow("a session that is ended elsewhere shows the door, and nothing is lost by it", {}, async ({ tocsin, page, context }) => {
  await page.goto(tocsin.url + "/alerts?q=severity%3E%3Derror");
  await settled(page);
  const elsewhere = await context.request.post(tocsin.url + "/api/v1/login", { data: { user: USER, password: PASSWORD } });
  assert.equal(elsewhere.status(), 200);
  await tocsin.call("PATCH", `/users/${USER}`, { password: PASSWORD + "!" });
  await tocsin.alert({});
  await page.getByLabel(/^Password/).waitFor();
  await signIn(page, PASSWORD + "!");
  await isIn(page);
  assert.match(page.url(), /severity/);
});
