// dev.mjs -- the pages as they are being written, before a Tocsin that runs.
/* usage: node dev.mjs PORT http://127.0.0.1:8627   then open http://127.0.0.1:PORT
 * Bundles anew for each page that is loaded; the rest goes to Tocsin. */
import { createServer, request } from "node:http";
import { extname } from "node:path";
import { assetsOf, bundle } from "./build.mjs";

const [port, origin] = process.argv.slice(2);
const GUARDS = /^(content-security-policy|cross-origin-|permissions-policy|referrer-policy|x-content-type-options)/;
let assets = [];

/** The headers that Tocsin guards its answers with, so that pages meet them here too. */
async function guards() {
  const answer = await fetch(origin + "/healthz");
  return Object.fromEntries([...answer.headers].filter(([name]) => GUARDS.test(name)));
}

async function serve(req, res) {
  const path = req.url.split("?")[0];
  const isPage = extname(path) === "" && !/^\/(api|in|metrics|healthz|readyz|-)/.test(path);
  if (isPage) assets = assetsOf(await bundle({ minify: false }));
  const asset = assets.find((a) => a.path === (isPage ? "/index.html" : path));
  if (asset) return res.writeHead(200, { ...(await guards()), "Content-Type": asset.type }).end(asset.body);
  const to = request(origin + req.url, { method: req.method, headers: { ...req.headers, host: new URL(origin).host, ...(req.headers.origin ? { origin } : {}) } }, (from) => {
    res.writeHead(from.statusCode, from.headers);
    from.pipe(res);
  });
  to.on("error", (e) => res.writeHead(502).end(String(e)));
  res.on("close", () => to.destroy()); /* a stream of events has no end of its own */
  req.pipe(to);
}

createServer((req, res) => void serve(req, res)).listen(Number(port), "127.0.0.1");
