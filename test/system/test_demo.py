# test_demo.py -- `tocsin demo` as a newcomer runs it: every channel, in a few seconds,
# nothing left behind.
"""usage: test_demo.py BUILD"""
import json, os, re, shutil, signal, subprocess, sys, tempfile, unittest
import urllib.request

import harness

BUILD = "build"
SECONDS = 150  # the demo ends by itself before that, whatever happens
RULE = re.compile(r"^(\S.*?) -{3,} (\d+) messages?$|^(\S.*?) -{3,} not shown$|^(In all) -+$")
# What a release does to the message of its engage, where it can.
FOLLOWS = {"discord": "edited 1", "telegram": "edited 1", "slack": "edited 1",
           "mattermost": "edited 1", "pagerduty": "ended", "email": "in the thread of",
           "thehive": "in the thread of"}
# Text that would be active, were it sent as it came.
ACTIVE = {"telegram": ("<script", "<b>PAY", "@everyone", "@channel"),
          "slack": ("<!channel>", "<@U123>", "<script"),
          "mattermost": ("@channel", "@everyone"),
          "teams": ("{{DATE()", "<at>"),
          "wechat": ("<@U123>", "<script")}


def texts(j):
    """Every string in a JSON value that is not marked as plain text."""
    if isinstance(j, str):
        yield j
    if isinstance(j, dict) and j.get("type") == "plain_text":
        return
    for v in j.values() if isinstance(j, dict) else j if isinstance(j, list) else []:
        yield from texts(v)


class Demo(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="demo-")
        self.environment = {**os.environ, "TMPDIR": self.work}

    def tearDown(self):
        left = os.listdir(self.work)
        shutil.rmtree(self.work)
        self.assertEqual(left, [], "files were left behind")

    def tocsin(self, *words):
        return [os.path.join(BUILD, "tocsin"), "demo", *words]

    def run_demo(self, *words, status=0):
        r = subprocess.run(self.tocsin(*words), env=self.environment, timeout=SECONDS,
                           capture_output=True, text=True)
        self.assertEqual(r.returncode, status, r.stdout[-2000:] + r.stderr)
        return r

    def blocks(self, text):
        """{title: its lines}, and how many messages each says it has."""
        found, counts, lines = {}, {}, []
        for line in text.splitlines():
            m = RULE.match(line)
            if m:
                title = next(g for g in (m[1], m[3], m[4]) if g)
                lines = found.setdefault(title, [])
                counts[title] = int(m[2] or 0)
            lines.append(line)
        return found, counts

    def types(self):
        """What this build has, by the running program's own word."""
        data = tempfile.mkdtemp(prefix="types-")
        server = harness.Tocsin(BUILD, data).start()
        try:
            return [t for t in server.get("/api/v1/schema/endpoint-types")[1]["data"] if not t["builtin"]]
        finally:
            server.stop()
            shutil.rmtree(data)

    # --- all of it ---------------------------------------------------------------

    def test_every_channel_is_shown(self):
        r = self.run_demo("--raw")
        self.assertEqual(r.stderr, "")
        blocks, counts = self.blocks(r.stdout)
        for t in self.types():
            with self.subTest(t["name"]):
                self.assertIn(t["title"], blocks)
                text = "\n".join(blocks[t["title"]])
                self.assertNotIn("NOT DELIVERED", text)
                if not t["available"]:
                    self.assertIn(t["unavailable"], text)
                    continue
                self.assertNotIn("no fake of it yet", text)
                self.assertGreater(counts[t["title"]], 0)
                self.assertEqual(len(re.findall(r"^ +\d+(  .*)?$", text, re.M)),
                                 counts[t["title"]])
                self.assertIn(FOLLOWS.get(t["name"], ""), text)
                self.harmless(t["name"], blocks[t["title"]])
        self.nothing_acts_on_a_terminal(r.stdout)
        summary = "\n".join(blocks["In all"])
        sums = re.search(r"(\d+) deliveries accepted = (\d+) delivered \+ 0 dead \+ 0 pending", summary)
        self.assertEqual(sums[1], sums[2])
        self.assertIn("./dev run", summary)

    def nothing_acts_on_a_terminal(self, text):
        self.assertEqual([c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)], [])
        self.assertFalse(set(text) & set("\u202e\u200b\u2066"))

    def harmless(self, name, lines):
        bodies = [json.loads(l[7:]) for l in lines if l.startswith('     > {"')]
        for word in ACTIVE.get(name, ()):
            for text in (t for b in bodies for t in texts(b)):
                self.assertNotIn(word, text, name)
        if name == "discord":
            self.assertTrue(bodies)
            for b in bodies:
                self.assertEqual(b["allowed_mentions"], {"parse": []})
        if name == "email":
            raw = "\n".join(l for l in lines if l.startswith("     > "))
            self.assertIn("text/html", raw)
            self.assertIn("&lt;script&gt;", raw.replace("=\n     > ", ""))

    def test_without_raw_there_are_no_bodies(self):
        out = self.run_demo("--only", "webhook,syslog").stdout
        self.assertNotIn("     > ", out)
        self.assertIn("[Host Unreachable]", out)
        blocks, counts = self.blocks(out)
        self.assertEqual(sorted(counts), ["In all", "Syslog", "Webhook"])
        self.assertLessEqual(max(map(len, out.splitlines())), 110)

    # --- words ---------------------------------------------------------------------

    def test_wrong_words_are_refused(self):
        for words, said in ((["--only", "webhok"], 'did you mean "webhook"'),
                            (["--only", ","], "no type"), (["--only", ""], "takes types"),
                            (["--bogus"], "bogus"), (["more"], '"more" is not understood')):
            self.assertIn(said, self.run_demo(*words, status=2).stderr)
        self.assertIn("--keep", self.run_demo("--help").stdout)

    def test_a_directory_that_is_in_use_is_not_touched(self):
        data = os.path.join(self.work, "data")
        os.mkdir(data)
        open(os.path.join(data, "mine"), "w").close()
        self.assertIn("empty", self.run_demo("--data", data, status=1).stderr)
        self.assertEqual(os.listdir(data), ["mine"])
        shutil.rmtree(data)
        quoted = os.path.join(self.work, "it's")
        self.assertIn("quote", self.run_demo("--data", quoted, status=1).stderr)
        os.rmdir(quoted)

    def test_a_given_directory_is_kept(self):
        data = os.path.join(self.work, "data")
        self.run_demo("--data", data, "--only", "shell")
        self.assertIn("tocsin.db", os.listdir(data))
        with open(os.path.join(data, "shell.out")) as f:
            self.assertEqual([json.loads(l)["action"] for l in f],
                             ["store", "engage", "release", "engage", "release", "store"])
        shutil.rmtree(data)

    # --- staying up, and ending early -------------------------------------------------

    def lines_until(self, process, pattern):
        """Reads on until a line matches; what was read."""
        read = []
        for line in process.stdout:
            read.append(line)
            if re.search(pattern, line):
                return read
        self.fail("not said: " + pattern + "\n" + "".join(read)[-2000:])

    def test_keep_shows_what_is_sent(self):
        with subprocess.Popen(self.tocsin("--keep", "--only", "webhook,email"), text=True,
                              env=self.environment, stdout=subprocess.PIPE) as p:
            said = self.lines_until(p, "--data ")
            port = int(re.search(r"http://127\.0\.0\.1:(\d+)", "".join(said))[1])
            alert = json.dumps({"type": "greeting", "message": "Sent by hand"}).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/alerts", alert,
                                             {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.assertEqual(answer.status, 200)
            seen = "".join(self.lines_until(p, "Sent by hand") + self.lines_until(p, "Sent by hand"))
            self.assertNotIn("Low Goodput", seen)  # only what is new
            p.send_signal(signal.SIGTERM)
            p.stdout.read()
            self.assertEqual(p.wait(30), 0)

    def test_interrupted_it_cleans_up_and_says_so(self):
        with subprocess.Popen(self.tocsin("--only", "telegram,wechat"), text=True,
                              env=self.environment, stdout=subprocess.PIPE) as p:
            self.lines_until(p, "delivered to")
            p.send_signal(signal.SIGINT)
            p.stdout.read()
            self.assertEqual(p.wait(30), 1)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1) if len(sys.argv) > 1 else BUILD
    unittest.main(verbosity=2)
