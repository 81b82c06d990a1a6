// schemas.mjs -- JSON Schemas of what some vendors take. OURS, written from their
// documentation (they publish none as a package): what they refuse, these refuse.
import { load } from "./vendor.mjs";

const Ajv = load("ajv/dist/2020").default;
const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allErrors: true,
});
load("ajv-formats").default(ajv);

const text = (max) => ({ type: "string", minLength: 1, maxLength: max });
const object = (required, properties) => ({
  type: "object",
  required,
  properties,
  additionalProperties: false,
});
const compiled = (schema) => {
  const validate = ajv.compile(schema);
  return (value, say) => {
    if (!validate(value))
      for (const e of validate.errors) say(`our schema: ${e.instancePath} ${e.message}`);
  };
};

// WeCom's group robot.
export const wechat = compiled({
  oneOf: [
    object(["msgtype", "markdown"], {
      msgtype: { const: "markdown" },
      markdown: object(["content"], { content: text(4096) }),
    }),
    object(["msgtype", "text"], {
      msgtype: { const: "text" },
      text: object(["content"], {
        content: text(2048),
        mentioned_list: { type: "array", items: text(64) },
      }),
    }),
  ],
});

const KEY = { type: "string", pattern: "^[0-9A-Za-z]{32}$" };
const details = { type: "object" };

// PagerDuty's Events API v2: /v2/enqueue.
const links = {
  type: "array",
  items: object(["href"], {
    href: { type: "string", format: "uri" },
    text: text(1024),
  }),
};
export const pagerduty = compiled({
  oneOf: [
    object(["routing_key", "event_action", "payload"], {
      routing_key: KEY,
      event_action: { const: "trigger" },
      dedup_key: text(255),
      client: text(1024),
      client_url: { type: "string", format: "uri" },
      links,
      payload: object(["summary", "source", "severity"], {
        summary: text(1024),
        source: text(1024),
        severity: { enum: ["critical", "error", "warning", "info"] },
        timestamp: { type: "string", format: "date-time" },
        component: text(1024),
        group: text(1024),
        class: text(1024),
        custom_details: details,
      }),
    }),
    object(["routing_key", "event_action", "dedup_key"], {
      routing_key: KEY,
      event_action: { enum: ["acknowledge", "resolve"] },
      dedup_key: text(255),
      payload: { type: "object" },
    }),
  ],
});

// /v2/change/enqueue.
export const pagerdutyChange = compiled(
  object(["routing_key", "payload"], {
    routing_key: KEY,
    links,
    payload: object(["summary"], {
      summary: text(1024),
      source: text(1024),
      timestamp: { type: "string", format: "date-time" },
      custom_details: details,
    }),
  }),
);

// TheHive 5: POST /api/v1/alert.
const tags = { type: "array", items: text(128), uniqueItems: true };
const hive = {
  type: text(32),
  source: text(32),
  sourceRef: text(128),
  title: text(512),
  description: text(1048576),
  severity: { enum: [1, 2, 3, 4] },
  date: { type: "integer", minimum: 1e12 },
  tags,
  flag: { type: "boolean" },
  tlp: { enum: [0, 1, 2, 3, 4] },
  pap: { enum: [0, 1, 2, 3] },
  externalLink: { type: "string", maxLength: 4096, format: "uri" },
  summary: text(1048576),
  status: text(64),
};
const observable = object(["dataType", "data"], {
  dataType: {
    enum: [
      "ip",
      "domain",
      "fqdn",
      "hostname",
      "url",
      "uri_path",
      "mail",
      "mail-subject",
      "user-agent",
      "hash",
      "file",
      "filename",
      "registry",
      "regexp",
      "autonomous-system",
      "other",
    ],
  },
  data: text(4096),
  message: text(1048576),
  tlp: hive.tlp,
  pap: hive.pap,
  tags,
  ioc: { type: "boolean" },
  sighted: { type: "boolean" },
  ignoreSimilarity: { type: "boolean" },
});
const observables = { type: "array", items: observable };
const REQUIRED = ["type", "source", "sourceRef", "title", "description"];
export const thehive = compiled(object(REQUIRED, { ...hive, observables }));
// TheHive 4: POST /api/alert.
export const thehive4 = compiled(
  object(REQUIRED, {
    ...hive,
    tlp: { enum: [0, 1, 2, 3] },
    artifacts: observables,
  }),
);
export const thehiveComment = compiled(object(["message"], { message: text(1048576) }));
export const thehiveUpdate = compiled({
  type: "object",
  minProperties: 1,
  additionalProperties: false,
  properties: {
    addTags: tags,
    removeTags: tags,
    tags,
    status: text(64),
    summary: text(1048576),
    flag: { type: "boolean" },
  },
});

// What Teams' workflow template takes: a message with one card.
export const teams = compiled(
  object(["type", "attachments"], {
    type: { const: "message" },
    summary: text(1024),
    attachments: {
      type: "array",
      minItems: 1,
      maxItems: 1,
      items: object(["contentType", "content"], {
        contentType: { const: "application/vnd.microsoft.card.adaptive" },
        contentUrl: { type: "null" },
        content: { type: "object" },
      }),
    },
  }),
);
// The connector's card of old.
const section = object([], {
  title: text(1024),
  activityTitle: text(1024),
  text: text(20000),
  markdown: { type: "boolean" },
  facts: {
    type: "array",
    items: object(["name", "value"], {
      name: text(1024),
      value: { type: "string" },
    }),
  },
});
export const messageCard = compiled({
  type: "object",
  required: ["@type", "@context"],
  additionalProperties: false,
  anyOf: [{ required: ["summary"] }, { required: ["text"] }],
  properties: {
    "@type": { const: "MessageCard" },
    "@context": { type: "string" },
    summary: text(20000),
    text: text(20000),
    title: text(20000),
    themeColor: { type: "string", pattern: "^#?[0-9A-Fa-f]{6}$" },
    sections: { type: "array", items: section },
    potentialAction: {
      type: "array",
      items: object(["@type", "name", "targets"], {
        "@type": { const: "OpenUri" },
        name: text(100),
        targets: {
          type: "array",
          items: object(["os", "uri"], {
            os: { const: "default" },
            uri: { type: "string", format: "uri" },
          }),
        },
      }),
    },
  },
});
