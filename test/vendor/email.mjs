// email.mjs -- mails as mailparser reads them, and their HTML as htmlparser2 does.
import { load } from "./vendor.mjs";
import { clean, oneLine, ourLinks, says, stands } from "./text.mjs";

const { simpleParser } = load("mailparser");
const { Parser } = load("htmlparser2");

const HEADERS = new Set([
  "from",
  "to",
  "cc",
  "subject",
  "date",
  "message-id",
  "in-reply-to",
  "references",
  "auto-submitted",
  "x-auto-response-suppress",
  "list-id",
  "importance",
  "x-tocsin-severity",
  "x-tocsin-alert",
  "x-tocsin-alerts",
  "x-tocsin-type",
  "x-tocsin-state",
  "mime-version",
  "content-type",
]);
const TAGS = new Set([
  "html",
  "head",
  "meta",
  "title",
  "style",
  "body",
  "div",
  "table",
  "tr",
  "td",
  "span",
  "h1",
  "br",
  "b",
  "a",
]);
const OPTIONS = { skipTextToHtml: true, skipHtmlToText: true, skipTextLinks: true };
const LINE_MAX = 998;

const addresses = (field) => field?.value.map((a) => a.address).join() ?? "";

function html(r, source, say) {
  let text = "",
    hidden = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (!TAGS.has(name)) say(`a tag <${name}>`);
        for (const [attribute, value] of Object.entries(attributes)) {
          if (/^on|^src$|^srcset$|^action$/.test(attribute)) say(`${attribute}="${value}"`);
          if (attribute === "href" && !ourLinks(r).has(value)) say(`a link to ${value}`);
        }
        if (name === "style" || name === "title") hidden++;
      },
      onclosetag(name) {
        if (name === "style" || name === "title") hidden--;
        if (/^(td|tr|div|h1|table)$/.test(name)) text += "\n";
      },
      ontext(piece) {
        if (!hidden) text += piece;
      },
      oncomment(piece) {
        say(`a comment: ${piece}`);
      },
    },
    { decodeEntities: true },
  );
  parser.end(source);
  return text;
}

function headers(r, mail, say) {
  const seen = new Set();
  for (const { key, line } of mail.headerLines) {
    if (!HEADERS.has(key)) say(`a header ${line.slice(0, 80)}`);
    if (seen.has(key)) say(`${key} twice`);
    seen.add(key);
  }
  for (const key of ["from", "to", "subject", "date", "message-id", "auto-submitted"])
    if (!seen.has(key)) say(`no ${key}`);
  const { email_sender: sender } = r.mode.endpoint;
  if (addresses(mail.from) !== sender || r.mail.from !== sender) say("from another");
  if (addresses(mail.to) !== r.mode.recipient.email_recipient)
    say(`to ${addresses(mail.to)}`);
  if (addresses(mail.cc) !== /<(.*)>/.exec(r.mode.recipient.cc)[1])
    say(`cc ${addresses(mail.cc)}`);
  if (mail.bcc || mail.replyTo) say("bcc or reply-to");
  if ([addresses(mail.to), addresses(mail.cc)].join() !== r.mail.to.join())
    say("the envelope differs");
  if (!/^<[\w.=-]+@[\w.-]+>$/.test(mail.messageId)) say(`Message-ID ${mail.messageId}`);
}

function raw(text, say) {
  if (/[^\r]\n|\r[^\n]/.test(text)) say("a bare CR or LF");
  if (/[^\t\r\n -~]/.test(text)) say("not ASCII");
  for (const line of text.split("\r\n")) if (line.length > LINE_MAX) say("a line too long");
}

export default {
  type: "email",
  async check(r, say) {
    const mail = await simpleParser(r.mail.body, OPTIONS);
    const m = r.scene.messages[0];
    raw(r.mail.body, say);
    headers(r, mail, say);
    clean([mail.subject, mail.text, mail.html], say);
    oneLine(mail.subject ?? "", say);
    if (mail.attachments.length) say(`${mail.attachments.length} attachments`);
    if (!mail.text?.trim() || !mail.html) return void say("no text or no HTML");
    const read = html(r, mail.html, say);
    if (r.handle && r.count === 1 && ![].concat(mail.references).includes(r.handle))
      say(`References ${mail.references}, not ${r.handle}`);
    if (r.count > 1) {
      if (!stands(mail.subject, `${r.count} alerts`)) say(`the subject is ${mail.subject}`);
      return;
    }
    if (!stands(mail.subject, m.title) && !mail.subject.includes("…"))
      say(`the subject is ${mail.subject}`);
    says(mail.text, m, ["title", "sentence", "facts", "footer", "link"], say);
    says(read, m, ["title", "sentence", "facts", "footer"], say);
  },
  spoil: [
    [
      "a header injected",
      (r) => void (r.mail.body = "Bcc: v@example.org\r\n" + r.mail.body),
    ],
    ["a recipient more", (r) => void r.mail.to.push("v@example.org")],
    [
      "an address injected",
      (r) => void (r.mail.body = r.mail.body.replace("To: ", "To: v@e.org, ")),
    ],
    [
      "a script",
      (r) => void (r.mail.body = r.mail.body.replace("</table>", "<script>x</script>")),
    ],
    ["an image", (r) => void (r.mail.body = r.mail.body.replace("</table>", "<img>"))],
    [
      "a link",
      (r) =>
        void (r.mail.body = r.mail.body.replace(/href=3D"[^"]*"/, 'href=3D"http://e.com"')),
    ],
    [
      "a part more",
      (r) =>
        void (r.mail.body = r.mail.body.replace(
          "--=_tocsin--",
          "--=_tocsin\r\nContent-Type: text/x\r\n\r\nx\r\n--=_tocsin--",
        )),
    ],
    [
      "a bare LF",
      (r) => void (r.mail.body = r.mail.body.replace("\r\n\r\n", "\r\n\r\nx\n")),
    ],
    [
      "no plain text",
      (r) => void (r.mail.body = r.mail.body.replace("text/plain", "text/html")),
    ],
    ["the thread lost", (r) => void (r.handle = "<other@example.org>")],
  ],
};
