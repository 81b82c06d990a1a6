// tocsin.mjs -- the real `tocsin serve` on a directory of its own, and the vendors'
// fakes beside it; both are processes of the build in TOCSIN_BUILD.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const BUILD = process.env.TOCSIN_BUILD ?? "build";
export const USER = "maya";
export const PASSWORD = "correct horse battery";
const WAIT_MS = 30_000; /* a machine that is busy; what is awaited is mostly there at once */

/** Looks again and again; a test never sleeps for a time it merely hopes is long enough. */
export async function until(what, check) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await new Promise((again) => setTimeout(again, 20))) {
    const found = await check();
    if (found) return found;
  }
  throw new Error(`not within ${WAIT_MS / 1000} s: ${what}`);
}

export class Tocsin {
  data = mkdtempSync(join(tmpdir(), "tocsin-ui-"));
  port = 0; /* a free one, and the same again after a kill */

  async start() {
    try {
      return await this.#begin();
    } catch (e) {
      this.process?.kill("SIGKILL"); /* what does not get ready is not left behind */
      throw e;
    }
  }

  /** Its words go to a file, and stay there after a kill. */
  async #begin() {
    const log = openSync(this.logPath, "a");
    const before = this.log().length;
    this.process = spawn(join(BUILD, "tocsin"), ["serve", "--data", this.data, "--listen", `127.0.0.1:${this.port}`], { stdio: ["ignore", log, log] });
    closeSync(log);
    const [, port] = await until("tocsin listens", () => this.alive() && /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.log().slice(before)));
    this.port = Number(port);
    await until("tocsin is ready", async () => this.alive() && (await fetch(this.url + "/readyz").catch(() => null))?.ok);
    return this;
  }

  get url() { return `http://127.0.0.1:${this.port}`; }
  get logPath() { return join(this.data, "log"); }
  get token() { return readFileSync(join(this.data, "admin.token"), "utf8").trim(); }
  /** The link that is printed once, for the first admin. */
  get setupLink() { return /http\S+\/setup#\S+/.exec(this.log())[0]; }

  log() {
    try {
      return readFileSync(this.logPath, "utf8");
    } catch {
      return "";
    }
  }

  alive() {
    assert.equal(this.process.exitCode, null, "tocsin has ended: " + this.log().slice(-3000));
    return true;
  }

  /** What the API answers; anything but a 2xx is an error. */
  async call(method, path, body, type = "application/json") {
    const r = await fetch(this.url + "/api/v1" + path, {
      method, headers: { Authorization: "Bearer " + this.token, ...(body === undefined ? {} : { "Content-Type": type }) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await r.text();
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  get = (path) => this.call("GET", path);
  post = (path, body) => this.call("POST", path, body);

  /** One alert; its number. */
  async alert(a) {
    const { alerts } = await this.post("/alerts", { entity: "host", entity_value: "192.168.1.7", type: "disk_full", severity: "error", message: "/var is 97 % full", ...a });
    return alerts[0].id;
  }

  async channel(name, type, params, recipient = {}) {
    await this.post("/endpoints", { name, type, params });
    await this.post("/recipients", { name, endpoint: name, ...recipient });
  }

  stored = (n) => until(`${n} alerts in the history`, async () => (await this.get("/alerts?limit=1")).total.value >= n);
  dead = (n) => until(`${n} dead deliveries or more`, async () => (await this.get("/status")).outbox.dead >= n);

  /** The first admin, by the link; the cookie of her session. */
  async signUp(user = USER, password = PASSWORD) {
    const token = this.setupLink.split("#")[1];
    const r = await fetch(this.url + "/api/v1/setup", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, user, password }) });
    assert.equal(r.status, 201);
    const [, name, value] = /^([^=]+)=([^;]+)/.exec(r.headers.get("set-cookie"));
    return { name, value, url: this.url, httpOnly: true, sameSite: "Strict" };
  }

  async end(signal) {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    return (await ended)[0];
  }

  /** A leak or worse, which the sanitizers tell at the end, is a failure too. */
  async stop() {
    const code = await this.end("SIGTERM");
    const log = this.log();
    rmSync(this.data, { recursive: true, force: true });
    assert.equal(code, 0, "tocsin ended with " + code + ": " + log.slice(-4000));
  }
}

/** Vendors behind ports: `params[type]` are an endpoint's and a recipient's, `got`
 * the messages in the order in which they came. */
export class Fakes {
  params = {};
  got = [];
  #heard = 0;

  async start(types) {
    this.process = spawn(join(BUILD, "test", "fakes"), types, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface(this.process.stdout).on("line", (line) => this.#take(JSON.parse(line)));
    await until("the fakes listen", () => types.every((t) => this.params[t]));
    return this;
  }

  #take(said) {
    if (said.endpoint) this.params[said.type] = said;
    else if (said.fault) this.#heard++;
    else this.got.push(said);
  }

  /** The next requests go wrong in the vendor's own way. */
  async fail(type, fault, requests) {
    const before = this.#heard;
    this.process.stdin.write(`${type} ${fault} ${requests}\n`);
    await until("the fake has heard", () => this.#heard > before);
  }

  message = (pattern) => until(`a message like ${pattern}`, () => this.got.find((m) => pattern.test(m.text)));

  async stop() {
    const ended = once(this.process, "exit");
    this.process.stdin.end();
    assert.equal((await ended)[0], 0, "the fakes failed");
  }
}
