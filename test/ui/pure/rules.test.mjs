// rules.test.mjs -- the house rules of the pages: catalogues alike, contrast, no
// way for text to become markup.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path) => readFileSync(join(ROOT, path), "utf8");
const catalogue = (l) => JSON.parse(read(`i18n/${l}.json`));

function files(dir) {
  return readdirSync(join(ROOT, dir)).flatMap((f) => {
    const path = join(dir, f);
    return statSync(join(ROOT, path)).isDirectory() ? files(path) : [path];
  });
}

const values = (text) => [...text.matchAll(/\{(\w+)[,}]/g)].map((m) => m[1]).sort();

for (const language of ["it", "de"]) {
  test(`the catalogue ${language} says all that en says, with the same values`, () => {
    const [en, other] = [catalogue("en"), catalogue(language)];
    assert.deepEqual(Object.keys(other), Object.keys(en));
    for (const key of Object.keys(en)) assert.deepEqual([...new Set(values(other[key]))], [...new Set(values(en[key]))], key);
  });
}

test("every text of the catalogue is used", () => {
  const code = files("ui/src").filter((f) => /\.tsx?$/.test(f)).map(read).join("\n");
  const prefixes = [...code.matchAll(/[`"](\w+\.(?:\w+_)?)\$\{/g)].map((m) => m[1]);
  const lists = [...code.matchAll(/word\((?:list|"(\w+)")/g)].map((m) => m[1]).filter(Boolean).concat("category", "entity");
  const isUsed = (key) => code.includes(`"${key}"`) || prefixes.some((p) => key.startsWith(p)) || lists.some((l) => key.startsWith(l + "."));
  assert.deepEqual(Object.keys(catalogue("en")).filter((k) => !isUsed(k)), []);
});

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

test("every colour of text can be read on every ground, in both themes", () => {
  const [light, dark] = read("ui/src/style/tokens.css").split(":root[data-theme=\"dark\"]").map((block) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]])));
  for (const theme of [light, dark]) {
    for (const ground of ["bg", "panel", "raised", "hover", "chosen"])
      for (const [name, colour] of Object.entries(theme).filter(([n]) => n.startsWith("sev-") || ["text", "dim", "accent", "good", "warn", "bad"].includes(n)))
        assert.ok(contrast(colour, theme[ground]) >= 4.5, `${name} ${colour} on ${ground} ${theme[ground]}: ${contrast(colour, theme[ground]).toFixed(2)}`);
    assert.ok(contrast(theme["on-accent"], theme.accent) >= 4.5);
    for (const ground of ["bg", "panel"]) assert.ok(contrast(theme.edge, theme[ground]) >= 3, "borders of inputs");
  }
});

test("text never becomes markup or code", () => {
  for (const f of files("ui/src").filter((f) => /\.tsx?$/.test(f)))
    assert.doesNotMatch(read(f), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet|\beval\(|new Function|srcdoc/, f);
});

test("files are small, and say in their first line what they are", () => {
  for (const f of files("ui/src").filter((f) => /\.tsx?$/.test(f))) {
    const lines = read(f).split("\n");
    assert.ok(lines.length <= 250, `${f}: ${lines.length} lines`);
    assert.match(lines[0], new RegExp(`^// ${f.split("/").pop().replace(".", "\\.")} -- \\S`), f);
  }
});
