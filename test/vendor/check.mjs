// check.mjs -- reads what render_tool prints, and has every request read by the
// vendor's own code: usage: render_tool | TOCSIN_VENDOR=DIR node check.mjs
import { createInterface } from "node:readline";
import { compile } from "./types.mjs";
import { modules, nothingToRead } from "./modules.mjs";

const SHOWN = 12; // problems told of one type

class Reader {
  constructor(module) {
    this.module = module;
    this.seen = 0;
    this.problems = [];
    this.controls = module.spoil.map(([name]) => ({ name, tried: false, caught: false }));
  }

  async read(r) {
    let fine = true;
    this.seen++;
    await this.ask(r, (problem) => {
      fine = false;
      this.problems.push({ problem, r });
    });
    if (fine) await this.control(r);
  }

  // A reader that finds nothing wrong must be able to: each way to spoil a good
  // request is tried once, and has to be found.
  async control(r) {
    for (const [i, [, spoil, fits]] of this.module.spoil.entries()) {
      const control = this.controls[i];
      if (control.tried || (fits ?? plainOne)(r) === false) continue;
      control.tried = true;
      await this.ask(spoiled(r, spoil), () => void (control.caught = true));
    }
  }

  // What a module stumbles over is not as it should be, either.
  async ask(r, say) {
    try {
      await this.module.check(r, say);
    } catch (e) {
      say(`${e.message} (${e.stack.split("\n")[1]?.trim()})`);
    }
  }
}

// The first text of the corpus that is one, in a new alert, by a type's first mode.
const plainOne = (r) =>
  r.of === r.mode.type &&
  r.step === 0 &&
  r.count === 1 &&
  r.scene.phase === "new" &&
  r.scene.corpus === 1 &&
  r.scene.shape === 0 &&
  !r.scene.over_long;

// A JSON body is spoiled as a value; other requests as they are.
function spoiled(r, spoil) {
  const copy = {
    ...structuredClone({ ...r, mode: null, scene: null }),
    mode: r.mode,
    scene: r.scene,
  };
  let body;
  try {
    body = JSON.parse(copy.body);
  } catch {
    return spoil(copy, copy) ?? copy;
  }
  spoil(body, copy);
  copy.body = JSON.stringify(body);
  return copy;
}

// What is left of a scene in a request that sends the rest again.
function part(scene, at) {
  return {
    ...scene,
    alerts: at.map((i) => scene.alerts[i]),
    messages: at.map((i) => scene.messages[i]),
  };
}

function told({ problem, r }) {
  const s = r.scene;
  return (
    `  ${r.of}, ${s.phase}, step ${r.step}, ${r.count} of corpus ${s.corpus}` +
    `${s.over_long ? " over-long" : ""}, shape ${s.shape}: ${problem}`
  );
}

async function main() {
  const readers = new Map(modules.map((m) => [m.type, new Reader(m)]));
  const modes = new Map();
  const unread = new Set();
  let place, scene;
  for await (const line of createInterface({ input: process.stdin })) {
    const r = JSON.parse(line);
    if (r.mode) modes.set(r.mode, r);
    else if (r.phase) scene = r;
    else if (!r.of) place = r;
    else {
      const mode = modes.get(r.of);
      const reader = readers.get(mode.type);
      if (reader)
        await reader.read({
          ...r,
          mode,
          scene: part(scene, r.at),
          place,
          count: r.at.length,
        });
      else if (!nothingToRead.has(mode.type)) unread.add(mode.type);
    }
  }
  const literals = compile();
  let bad = unread.size + (scene ? 0 : 1);
  for (const { module, seen, problems, controls } of readers.values()) {
    const asleep = controls.filter((c) => seen && !c.caught);
    if (seen)
      console.log(
        `${module.type}: ${seen} messages, ${problems.length} problems, ` +
          `${controls.length - asleep.length} of ${controls.length} controls caught`,
      );
    problems.slice(0, SHOWN).forEach((p) => console.log(told(p)));
    asleep.forEach((c) =>
      console.log(`  ${c.tried ? "not caught" : "never tried"}: ${c.name}`),
    );
    bad += problems.length + asleep.length;
  }
  for (const type of unread) console.log(`${type}: nobody reads it; add a module`);
  if (!scene) console.log("no alerts on standard input");
  console.log(`tsc: ${literals} literals`);
  return bad ? 1 : 0;
}

process.exitCode = await main();
