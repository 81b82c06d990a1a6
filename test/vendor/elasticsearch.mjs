// elasticsearch.mjs -- bulk requests: two lines an alert, each document by ECS.
import { checkDocument } from "./ecs.mjs";
import { json } from "./text.mjs";

const INDEX = /^[a-z][a-z0-9_.-]*-\d{4}-\d\d-\d\d$/;

function minimal(doc, alert, say) {
  const original = json(doc.event.original, say);
  if (original?.message !== alert.message) say("event.original is not the alert");
  const more = Object.keys(doc).filter(
    (n) => !["@timestamp", "message", "ecs", "event", "tags"].includes(n),
  );
  if (more.length) say(`a minimal document with ${more}`);
}

export default {
  type: "elasticsearch",
  check(r, say) {
    const lines = r.body.split("\n");
    if (lines.pop() !== "") say("no end of line at the end");
    if (lines.length !== 2 * r.count) say(`${lines.length} lines for ${r.count} alerts`);
    if (r.headers["Content-Type"] !== "application/x-ndjson") say("Content-Type");
    const ids = new Set();
    for (let i = 0; i < r.count; i++) {
      const { create, ...other } = json(lines[2 * i], say) ?? {};
      const doc = json(lines[2 * i + 1], say);
      if (!create || Object.keys(other).length) say("an action that is not create");
      if (!INDEX.test(create?._index) || create._index.length > 255)
        say(`the index ${create?._index}`);
      if (create?._index.slice(-10) !== doc?.["@timestamp"].slice(0, 10))
        say("the index of another day");
      if (!/^[0-9a-f]{64}$/.test(create?._id)) say(`the id ${create?._id}`);
      ids.add(create?._id);
      if (doc) checkDocument(r, doc, r.scene.alerts[i], say);
      if (doc?.event.original !== undefined) minimal(doc, r.scene.alerts[i], say);
    }
    if (ids.size !== r.count) say("an id twice");
  },
  spoil: [
    ["a line more", (r) => void (r.body += "{}\n")],
    [
      "an index that is none",
      (r) => void (r.body = r.body.replace('"_index":"', '"_index":"_')),
    ],
    ["another action", (r) => void (r.body = r.body.replace('"create"', '"index"'))],
    [
      "a name that is not ECS's",
      (r) => void (r.body = r.body.replace('"rule":{"name"', '"rule":{"nome"')),
    ],
    [
      "an address that is none",
      (r) => void (r.body = r.body.replace('"ip":"64.13.134.52"', '"ip":"x"')),
    ],
    [
      "a port as a text",
      (r) => void (r.body = r.body.replace('"port":443', '"port":"443"')),
    ],
    [
      "an array that should be none",
      (r) => void (r.body = r.body.replace('"kind":"alert"', '"kind":["alert"]')),
    ],
    ["a control", (r) => void (r.body = r.body.replace('"tcp"', '"tcp\\u202e"'))],
  ],
};
