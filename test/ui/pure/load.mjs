// load.mjs -- a piece of the pages as a module that node runs.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const UI = new URL("../../../ui/", import.meta.url);
const { build } = createRequire(new URL("package.json", UI))("esbuild");

/** `path` is under ui/src: "base/filter.ts". */
export async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("src/" + path, UI))], bundle: true, format: "esm", write: false,
    external: ["catalogue:*"],
    jsx: "automatic", jsxImportSource: "preact", absWorkingDir: fileURLToPath(UI),
  });
  return import("data:text/javascript;base64," + Buffer.from(outputFiles[0].contents).toString("base64"));
}
