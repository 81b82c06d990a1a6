// syslog.mjs -- syslog: headers and structured data by glossy, the JSON and ECS
// bodies by their own rules, Checkmk's element as its Event Console takes it.
import { load } from "./vendor.mjs";
import { checkDocument } from "./ecs.mjs";
import { bytes, clean, json, oneLine, stands, within } from "./text.mjs";

const { Parse: glossy } = load("glossy");

// RFC 5424, section 6, strictly; the message is what is left.
const HEADER = /^<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;
const DATA =
  /^(?:-|(?:\[[^ \]="]{1,32}(?: [^ \]="]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\])+)(?: |$)/;
// RFC 3164; to the machine's own socket without the host's name.
const OLD = /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:(gw-pisa) )?[!-~]{1,32}: /;

const sizes = { udp: 2048 };
const limit = (e) => e.max_size ?? sizes[e.transport] ?? 8192;

function header(frame, say) {
  const head = HEADER.exec(frame);
  const rest = frame.slice(head?.[0].length ?? 0);
  const data = DATA.exec(rest);
  if (!head || !data) return void say(`not RFC 5424: ${frame.slice(0, 200)}`);
  // glossy takes the last "]" of the message for the end of the data: so it gets
  // another message to read.
  const read = glossy.parse(head[0] + data[0].trimEnd() + " said");
  if (read.type !== "RFC5424" || read.message !== "said") say("glossy reads no RFC 5424");
  if (read.host !== "gw-pisa" || !read.appName)
    say(`glossy: of ${read.host} ${read.appName}`);
  if (!(read.time instanceof Date) || !read.time.getTime()) say("glossy: no time");
  if (read.facility === undefined) say("glossy: no facility");
  if (/[^!-~ ]/.test(head[0])) say("a header that is not ASCII");
  return { data: read.structuredData, message: rest.slice(data[0].length) };
}

function oldHeader(frame, local, say) {
  const head = OLD.exec(frame);
  if (!head || !head[1] !== local) return void say(`not RFC 3164: ${frame.slice(0, 200)}`);
  const read = glossy.parse(frame);
  if (read.type !== "RFC3164" || !read.time) say("glossy reads no RFC 3164");
  if (read.host !== (local ? "tocsin:" : "gw-pisa")) say(`glossy: of ${read.host}`);
  return { message: frame.slice(head[0].length) };
}

// Eight brackets at most, and none inside of one.
function textBody(message, m, say) {
  const fields = /^(?:\[[^[\]]*\]){5,6} /.exec(message);
  if (!fields && !message.endsWith("…")) say(`no fields: ${message.slice(0, 120)}`);
  if (
    !stands(
      message.replaceAll("(", "[").replaceAll(")", "]"),
      m.title.replaceAll("(", "[").replaceAll(")", "]"),
    ) &&
    !message.endsWith("…")
  )
    say(`the title does not stand in ${message.slice(0, 120)}`);
}

function jsonBody(message, alert, say) {
  const body = json(message, say);
  if (!body) return;
  if (/[^ -~]/.test(message)) say("JSON that is not ASCII");
  if (body.id !== alert.id || body.action !== alert.action)
    say("another alert's id or action");
  if (!stands(body.type, alert.type) || !body.severity || !body.entity_type)
    say("type, severity or entity are missing");
  if (!stands(body.message ?? "", alert.message) && !body.message?.endsWith("…"))
    say("message is another");
  clean([body.message, body.type, body.category, body.entity_value], say);
}

const CHECKMK = ["sl", "host", "ipaddress", "application", "comment", "severity"];

function checkmkBody(data, message, m, say) {
  const element = data?.["Checkmk@18662"];
  if (!element) return void say("no element for Checkmk");
  for (const [name, value] of Object.entries(element)) {
    if (!CHECKMK.includes(name)) say(`Checkmk: a parameter "${name}"`);
    if (/["\\\]]/.test(value)) say(`Checkmk: ${name} holds what old versions do not undo`);
  }
  if (!/^\d+$/.test(element.sl)) say("Checkmk: sl is no number");
  if (!/^\(.*\)$/.test(element.comment) && !element.comment.includes("…"))
    say("Checkmk: comment is not whole");
  if (!stands(message.replace(/[()]/g, ""), m.title.replace(/[[\]()]/g, "")))
    say(`the title does not stand in ${message.slice(0, 120)}`);
}

function frame(r, text, i, say) {
  const e = r.mode.endpoint;
  const alert = r.scene.alerts[i];
  const local = (e.transport ?? "local") === "local";
  const body =
    local || e.header === "rfc3164" ? oldHeader(text, local, say) : header(text, say);
  oneLine(text, say);
  clean(text, say);
  within(text, limit(e), bytes, "a frame", say);
  if (!body) return;
  if (e.format === "json") jsonBody(body.message, alert, say);
  else if (e.format === "ecs") {
    const doc = json(body.message, say);
    if (doc) checkDocument(r, doc, alert, say);
  } else if (e.format === "checkmk")
    checkmkBody(body.data, body.message, r.scene.messages[i], say);
  else textBody(body.message, r.scene.messages[i], say);
}

const first = (mode) => (r) =>
  r.of === mode &&
  r.count === 1 &&
  r.scene.corpus === 1 &&
  !r.scene.over_long &&
  r.scene.shape === 0;
const edit = (change) => (r) => void (r.frames[0] = change(r.frames[0]));

export default {
  type: "syslog",
  check(r, say) {
    // What max_size leaves may be too little even for the least.
    if (r.refused)
      return void (
        (r.mode.endpoint.max_size && /max_size/.test(r.refused)) ||
        say(r.refused)
      );
    if (r.frames.length !== r.count) say(`${r.frames.length} frames for ${r.count} alerts`);
    r.frames.forEach((text, i) => frame(r, text, i, say));
  },
  spoil: [
    ["a second line", edit((f) => f + "\n<34>1 - h a - - - forged"), first("syslog-udp")],
    ["a control", edit((f) => f + "\u001b[31m"), first("syslog-udp")],
    ["no MSGID", edit((f) => f.replace(/ low_goodput - /, " - ")), first("syslog-udp")],
    ["too long", edit((f) => f + "x".repeat(2048)), first("syslog-udp")],
    [
      "a blank in the header",
      edit((f) => f.replace("gw-pisa", "gw pisa")),
      first("syslog-checkmk"),
    ],
    [
      "a quote not escaped",
      edit((f) => f.replace('comment="', 'comment="a"b')),
      first("syslog-checkmk"),
    ],
    [
      "a parameter of Checkmk's own",
      edit((f) => f.replace('comment="', 'facility="')),
      first("syslog-checkmk"),
    ],
    ["JSON cut", edit((f) => f.slice(0, -1)), first("syslog-json")],
    [
      "a name that is not ECS's",
      edit((f) => f.replace('"rule":{"name"', '"rule":{"nome"')),
      first("syslog-ecs"),
    ],
    [
      "an address that is none",
      edit((f) => f.replace('"ip":"64.13.134.52"', '"ip":""')),
      first("syslog-ecs"),
    ],
    [
      "an event of a kind ECS does not have",
      edit((f) => f.replace('"kind":"alert"', '"kind":"alarm"')),
      first("syslog-ecs"),
    ],
    [
      "the month in another language",
      edit((f) => f.replace(/Nov/, "nov")),
      first("syslog-3164"),
    ],
  ],
};
