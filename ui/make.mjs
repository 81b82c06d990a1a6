// make.mjs -- what meson runs: the packages as the lock file says, then the build.
/* usage: node make.mjs NPM OUTPUT.c DEPFILE, in the build directory. It needs no
 * package itself, so that it can fetch them. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const STAMP = join(HERE, "node_modules", ".tocsin-lock");
const BUSY = join(HERE, ".npm-busy"); /* two builds fetch one after the other */
const BUSY_MAX_MS = 300_000;

const [npm, output, depfile] = process.argv.slice(2);

function wanted() {
  const both = ["package.json", "package-lock.json"].map((f) => readFileSync(join(HERE, f)));
  return createHash("sha256").update(Buffer.concat(both)).digest("hex");
}

function isCurrent() {
  try {
    return readFileSync(STAMP, "utf8") === wanted();
  } catch {
    return false;
  }
}

function isStale() {
  try {
    return Date.now() - statSync(BUSY).mtimeMs > BUSY_MAX_MS;
  } catch {
    return false;
  }
}

function enter() {
  for (;;) {
    try {
      return mkdirSync(BUSY);
    } catch (e) {
      if (e.code !== "EEXIST") throw e;
      if (isStale()) rmdirSync(BUSY);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
}

function fetchPackages() {
  enter();
  try {
    if (isCurrent()) return;
    const done = spawnSync(npm, ["ci"], { cwd: HERE, stdio: ["ignore", "inherit", "inherit"] });
    if (done.status !== 0) throw new Error("npm ci failed; without the web interface: meson configure -Dui=disabled");
    writeFileSync(STAMP, wanted());
  } finally {
    rmdirSync(BUSY);
  }
}

if (!isCurrent()) fetchPackages();
const { make } = await import("./build.mjs");
await make(output, depfile);
