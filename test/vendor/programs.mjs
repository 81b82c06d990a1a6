// programs.mjs -- what is run or written down: fail2ban and shell scripts. Of an
// alert a command line gets an address, or nothing at all.
import { isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { json, oneLine } from "./text.mjs";

const canonical = (address) =>
  isIP(address) &&
  new URL(`http://${isIP(address) === 6 ? `[${address}]` : address}/`).hostname.replace(
    /^\[|\]$/g,
    "",
  ) === address;

const LINE =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z tocsin: jail j: ban (\S+) \(alert \d+\.3\)$/;

export const fail2ban = {
  type: "fail2ban",
  check(r, say) {
    // Who is no address is not banned; but nothing is run or written either.
    if (r.refused) return void (/attacker/.test(r.refused) || say(r.refused));
    if (r.lines !== undefined) {
      const lines = r.lines.split("\n");
      if (lines.pop() !== "" || lines.length !== r.count) say("not a line for each alert");
      for (const line of lines)
        if (!canonical(LINE.exec(line)?.[1])) say(`the line ${line}`);
      return;
    }
    const [program, s, socket, set, jail, what, address, ...more] = r.argv;
    if (
      program !== "fail2ban-client" ||
      s !== "-s" ||
      !socket.startsWith("/") ||
      set !== "set" ||
      jail !== r.mode.recipient.jail ||
      more.length
    )
      say(`argv ${r.argv.join(" ")}`);
    if (what !== (r.scene.phase === "release" ? "unbanip" : "banip")) say(what);
    if (!canonical(address)) say(`the address ${address}`);
    if (r.input) say("an input");
  },
  spoil: [
    ["a host name", (r) => void (r.argv[6] = "evil.com"), (r) => r.argv],
    [
      "an address not in its own form",
      (r) => void (r.argv[6] = "064.13.134.52"),
      (r) => r.argv,
    ],
    ["an argument more", (r) => void r.argv.push("-x"), (r) => r.argv],
    ["another line", (r) => void (r.lines += "x\n"), (r) => r.lines],
  ],
};

const ENV = /^(PATH=[\w/:]+|LANG=[\w.-]+|TOCSIN_(ALERT_ID=\d+|ACTION=\w+|SEVERITY=\w+))$/;

export const shell = {
  type: "shell",
  check(r, say) {
    if (!isDeepStrictEqual(r.argv, ["a.sh", "-v", "a b"])) say(`argv ${r.argv.join(" ")}`);
    for (const one of r.env) if (!ENV.test(one)) say(`in the environment: ${one}`);
    if (!r.input.endsWith("\n")) say("the input has no end");
    oneLine(r.input.slice(0, -1), say);
    if (!isDeepStrictEqual(json(r.input, say), r.scene.alerts[0]))
      say("the input is another alert");
  },
  spoil: [
    ["a word of the alert's in argv", (r) => void r.argv.push("$(id)")],
    ["one in the environment", (r) => void r.env.push("TOCSIN_MESSAGE=$(id)")],
    ["another alert", (r) => void (r.input = '{"id":1}\n')],
  ],
};
