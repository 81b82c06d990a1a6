// types.mjs -- values held against the vendors' own TypeScript types: one file of
// literals is written and compiled once, at the end.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directory, load } from "./vendor.mjs";

const OPTIONS = { strict: true, noEmit: true, skipLibCheck: true, types: [] };

// Free text is all the same to a type; so alerts that differ in nothing else share
// one literal. What could be a word of the vendor's stays as it is.
function shape(value) {
  if (typeof value === "string") return /^[\w.\/:-]{1,60}$/.test(value) ? value : "text";
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shape(v)]));
}

const literals = new Map(); // source of one line -> who is to be told
const imports = new Set();

// `type` may use what `from`, an import statement, brings.
export function hold(value, type, from, say) {
  const line = `: ${type} = ${JSON.stringify(shape(value))};`;
  imports.add(from);
  if (!literals.has(line)) literals.set(line, []);
  literals.get(line).push(say);
}

export function compile() {
  const ts = load("typescript");
  const place = mkdtempSync(join(directory, "types-"));
  const file = join(place, "literals.ts");
  const head = [...imports, "export {};"].join("\n").split("\n");
  const lines = [...literals.keys()];
  try {
    writeFileSync(file, [...head, ...lines.map((l, i) => `const v${i}${l}`)].join("\n"));
    const program = ts.createProgram([file], {
      ...OPTIONS,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
    });
    for (const d of ts.getPreEmitDiagnostics(program)) {
      const text = ts.flattenDiagnosticMessageText(d.messageText, " ").slice(0, 400);
      const at =
        d.file?.fileName === file
          ? ts.getLineAndCharacterOfPosition(d.file, d.start).line - head.length
          : -1;
      if (at < 0) throw new Error(`tsc: ${text}`);
      for (const say of literals.get(lines[at])) say(`tsc: ${text}`);
    }
  } finally {
    rmSync(place, { recursive: true });
  }
  return lines.length;
}
