// seed.mjs -- fills a Tocsin with what the pages show: node seed.mjs URL TOKEN
import { listener, seed } from "./scene.mjs";

const [url, token] = process.argv.slice(2);
const sink = await listener();
await seed({ url, token }, sink.address().port);
sink.close();
process.exit(0); /* connections that are kept alive are not waited for */
