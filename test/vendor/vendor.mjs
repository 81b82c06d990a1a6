// vendor.mjs -- the vendors' packages, from where they were installed.
import { createRequire } from "node:module";
import { join } from "node:path";

// A directory outside of the repository, with node_modules of package-lock.json.
export const directory = process.env.TOCSIN_VENDOR;
if (!directory) throw new Error("TOCSIN_VENDOR: name the directory with node_modules");

export const load = createRequire(join(directory, "package.json"));
