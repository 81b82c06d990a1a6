// build.mjs -- the web interface as C: bundles, compresses, looks at the sizes.
/* Everything that goes in is named in the depfile, so that ninja knows. */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { minify } from "terser";
import { sourceOf } from "./assets.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIMITS = { ".js": 120_000, ".css": 20_000 }; /* bytes, compressed, all together */
const TYPES = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
};

const CATALOGUES = join(HERE, "../i18n");

/** "catalogue:it" is the texts of it in the order of en's keys, which need not be
 * said once more. */
const catalogues = {
  name: "catalogues",
  setup(on) {
    const read = (language) => JSON.parse(readFileSync(join(CATALOGUES, language + ".json"), "utf8"));
    on.onResolve({ filter: /^catalogue:/ }, ({ path }) => ({ path, namespace: "catalogue" }));
    on.onLoad({ filter: /.*/, namespace: "catalogue" }, ({ path }) => {
      const texts = read(path.split(":")[1]);
      return { contents: JSON.stringify(Object.keys(read("en")).map((key) => texts[key])), loader: "json" };
    });
  },
};

export async function bundle(extra = {}) {
  return build({
    absWorkingDir: HERE,
    entryPoints: { app: "src/main.tsx", style: "src/style/all.css", icon: "src/icon.svg" },
    loader: { ".svg": "copy" },
    outdir: "/assets",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    charset: "utf8",
    plugins: [catalogues],
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
    ...extra,
  });
}

/** terser finds 4 % that esbuild leaves. */
async function smaller(result) {
  const shrink = async (f) => {
    if (extname(f.path) !== ".js") return f;
    const { code } = await minify(f.text, { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } });
    return { path: f.path, contents: Buffer.from(code) };
  };
  return { ...result, outputFiles: await Promise.all(result.outputFiles.map(shrink)) };
}

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

function pageOf(files) {
  const path = (name, ext) => files.find((f) => new RegExp(`/${name}-\\w+\\${ext}$`).test(f.path)).path;
  return readFileSync(join(HERE, "src/index.html"), "utf8")
    .replace("{icon}", path("icon", ".svg"))
    .replace("{style}", path("style", ".css"))
    .replace("{script}", path("app", ".js"));
}

/** {path, type, etag, body, gzip, immutable} of every file; gzip null: no gain. */
export function assetsOf(result) {
  const files = result.outputFiles.map((f) => ({ path: f.path, body: Buffer.from(f.contents), immutable: true }));
  files.push({ path: "/index.html", body: Buffer.from(pageOf(files)), immutable: false });
  return files.map((f) => {
    const gzip = gzipSync(f.body, { level: 9 });
    return { ...f, type: TYPES[extname(f.path)], etag: `"${hash(f.body)}"`, gzip: gzip.length < f.body.length ? gzip : null };
  }).sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function sizesOf(assets) {
  return Object.entries(LIMITS).map(([ext, limit]) => ({
    ext,
    limit,
    size: assets.filter((a) => extname(a.path) === ext).reduce((n, a) => n + (a.gzip ?? a.body).length, 0),
  }));
}

function depfile(target, inputs) {
  const own = ["make.mjs", "build.mjs", "assets.mjs", "src/index.html", "package-lock.json"];
  const read = Object.keys(inputs).map((p) => p.replace(/^catalogue:catalogue:(.*)/, "../i18n/$1.json"));
  const all = [...own, ...read].map((p) => join(HERE, p));
  return `${target}: ${all.map((p) => relative(process.cwd(), p).replaceAll(" ", "\\ ")).join(" ")}\n`;
}

/** Writes the C and the depfile; throws if the pages have grown too large. */
export async function make(output, deps) {
  const result = await smaller(await bundle());
  const assets = assetsOf(result);
  for (const { ext, size, limit } of sizesOf(assets)) {
    console.log(`ui: ${ext} ${size} of ${limit} bytes, compressed`);
    if (size > limit) throw new Error(`${ext} is ${size} bytes compressed; at most ${limit} are allowed`);
  }
  writeFileSync(output, sourceOf(assets));
  writeFileSync(deps, depfile(output, result.metafile.inputs));
}
