# test_spine.py -- the real tocsin from the outside: what a user and a sender see.
"""usage: test_spine.py BUILD"""
import json, os, pathlib, shutil, socket, subprocess, sys, tempfile, unittest

import harness

BUILD = "build"


class Spine(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="spine-")
        self.sinks, self.servers = [], []

    def tearDown(self):
        for server in self.servers:
            if server.process and server.process.poll() is None:
                    self.assertEqual(server.stop(), 0, server.log_text()[-3000:])
            log = server.log_text()
            self.assertNotIn("runtime error", log)
            self.assertNotIn("Sanitizer", log)
        for sink in self.sinks:
            sink.stop()
        shutil.rmtree(self.work)

    def sink(self, modes="ok:1000"):
        log = os.path.join(self.work, f"sink{len(self.sinks)}.log")
        self.sinks.append(harness.Sink(BUILD, modes, log))
        return self.sinks[-1]

    def server(self, sinks=None, yaml=None):
        config = None
        if sinks:
            config = harness.webhook_config(os.path.join(self.work, "conf"), sinks)
        if yaml:
            config = os.path.join(self.work, "conf")
            os.makedirs(config, exist_ok=True)
            with open(os.path.join(config, "more.yaml"), "w") as f:
                f.write(yaml)
        data = os.path.join(self.work, "data")
        os.makedirs(data, mode=0o700, exist_ok=True)
        self.servers.append(harness.Tocsin(BUILD, data, config).start())
        return self.servers[-1]

    def send(self, server, alert, **more):
        return server.post("/api/v1/alerts", {"type": "test", **alert}, token=False, **more)

    def change(self, server, **alert):
        status, answer = self.send(server, alert)
        self.assertEqual(status, 200, answer)
        return answer["alerts"][0]["change"]

    def received(self, sink):
        if not os.path.exists(sink.log):
            return {}
        return harness.read_log(sink.log)[1]

    def tocsin(self, server, *words, status=0, stdin=None):
        r = subprocess.run([os.path.join(BUILD, "tocsin"), *words, "--data", server.data, "--server",
                            f"http://127.0.0.1:{server.port}"], capture_output=True, text=True, input=stdin)
        self.assertEqual(r.returncode, status, f"{words}: {r.stdout}{r.stderr}")
        return r.stdout + r.stderr

    # --- life cycle ------------------------------------------------------------

    def test_life_cycle_survives_a_restart(self):
        sink = self.sink()
        server = self.server({"hook": sink})
        host = dict(entity="host", entity_value="10.0.0.1", severity="error")
        self.assertEqual(self.change(server, action="engage", seq=1, **host), "engaged")
        self.assertEqual(self.change(server, action="engage", seq=2, **host), "repeated")
        server.kill()
        server.start()
        self.assertEqual(self.change(server, action="engage", seq=3, **host), "repeated")
        engaged = server.get("/api/v1/alerts?state=engaged")[1]["data"]
        self.assertEqual([(a["entity_value"], a["repeats"]) for a in engaged], [("10.0.0.1", 2)])
        self.assertEqual(self.change(server, action="release", seq=4, **host), "released")
        self.assertEqual(self.change(server, action="release", seq=5, **host), "unseen")
        self.assertEqual(self.change(server, action="store", seq=6, **host), "stored")
        harness.wait_until("all delivered", server.drained)
        # Repeats and releases of what was never seen are not told; the kill may
        # have repeated what was in flight.
        self.assertEqual(sorted(self.received(sink)), [1, 4, 6])
        self.assertEqual(server.get("/api/v1/alerts?state=engaged")[1]["data"], [])
        kept = server.get("/api/v1/alerts?state=any")[1]["data"]
        self.assertEqual(sorted(a["seq"] for a in kept), [4, 5, 6])

    def test_a_lease_that_runs_out_releases(self):
        sink = self.sink()
        server = self.server({"hook": sink})
        body = [{"labels": {"alertname": "Down", "instance": "a:1", "severity": "critical"},
                 "annotations": {"summary": "gone"}, "startsAt": "2026-01-01T00:00:00Z",
                 "endsAt": "2999-01-01T00:00:00Z"}]
        self.assertEqual(server.post("/api/v2/alerts", body, token=False)[0], 200)
        self.assertEqual(len(server.get("/api/v1/alerts?state=engaged")[1]["data"]), 1)
        settings = {"resolve_timeout": "1s"}
        self.assertEqual(server.call("PATCH", "/api/v1/settings", settings)[0], 200)
        del body[0]["endsAt"]
        self.assertEqual(server.post("/api/v2/alerts", body, token=False)[0], 200)
        harness.wait_until("the lease runs out", lambda: server.get(
            "/api/v1/alerts?state=engaged")[1]["data"] == [], 20)
        ended = harness.wait_until("history has it", lambda: server.get(
            "/api/v1/alerts?state=ended")[1]["data"], 20)
        self.assertEqual(ended[0]["type"], "Down")

    def test_the_same_key_is_taken_once(self):
        server = self.server()
        first = self.send(server, {"id": "abc"})[1]["alerts"][0]
        again = self.send(server, {"id": "abc"})[1]["alerts"][0]
        self.assertEqual((again["id"], again["change"]), (first["id"], "duplicate"))
        server.kill()
        server.start()
        again = self.send(server, {"id": "abc"})[1]["alerts"][0]
        self.assertEqual((again["id"], again["change"]), (first["id"], "duplicate"))

    # --- criteria and explanation -------------------------------------------------

    def test_criteria_decide_and_explain(self):
        sinks = {"all": self.sink(), "errors": self.sink(), "lab": self.sink(), "none": self.sink()}
        server = self.server(sinks)
        for name, criteria in (("errors", {"minimum_severity": "error"}), ("lab", {"host_pools": ["lab"]}),
                               ("none", {"categories": []})):
            recipient = {"name": name + "2", "endpoint": name, **criteria}
            if name == "lab":
                pool = {"name": "lab", "members": ["10.1.0.0/16"]}
                self.assertEqual(server.post("/api/v1/pools", pool)[0], 201)
            self.assertEqual(server.post("/api/v1/recipients", recipient)[0], 201)
        alert = dict(entity="host", entity_value="10.1.2.3", severity="warning")
        _, answer = self.send(server, {"seq": 7, **alert})
        harness.wait_until("all delivered", server.drained)
        _, shown = server.get(f"/api/v1/alerts/{answer['alerts'][0]['id']}/decisions")
        outcomes = {d["recipient"]: d["outcome"] for d in shown["decisions"]}
        self.assertEqual({k: outcomes[k] for k in ("errors2", "lab2", "none2", "alert_store_db")},
                         {"errors2": "not_matched", "lab2": "deliver", "none2": "not_matched",
                          "alert_store_db": "deliver"})
        failed = [c for d in shown["decisions"] if d["recipient"] == "errors2"
                  for c in d["criteria"] if not c["pass"]]
        self.assertEqual([(c["name"], c["have"]) for c in failed], [("minimum_severity", "warning")])
        self.assertEqual(self.received(sinks["lab"])[7], 2)  # recipients lab and lab2
        self.assertEqual(self.received(sinks["errors"])[7], 1)
        out = self.tocsin(server, "explain", str(answer["alerts"][0]["id"]))
        self.assertIn("errors2", out)
        self.tocsin(server, "explain", "1", "--recipient", "lab2", "--verify", "deliver")
        self.tocsin(server, "explain", "1", "--recipient", "lab2", "--verify", "not_matched", status=1)

    def test_the_builtin_recipient_is_there_and_locked(self):
        server = self.server()
        names = [r["name"] for r in server.get("/api/v1/recipients")[1]["data"]]
        self.assertEqual(names, ["alert_store_db"])
        self.assertEqual(server.call("DELETE", "/api/v1/recipients/alert_store_db")[0], 409)
        self.assertEqual(server.call("PATCH", "/api/v1/recipients/alert_store_db",
                                     {"categories": []})[0], 409)

    # --- endpoints that misbehave --------------------------------------------------

    def test_a_hung_endpoint_delays_nobody_else(self):
        well, hung = self.sink(), self.sink("hang:1000")
        server = self.server({"well": well, "hung": hung})
        for i in range(100):
            self.change(server, seq=i)
        harness.wait_until("the well one has all", lambda: len(self.received(well)) == 100)
        self.assertEqual(self.received(hung), {})
        sums = server.conservation()
        self.assertGreaterEqual(sums["pending"], 100)
        hung.restart("ok:1000")
        harness.wait_until("the hung one has all", lambda: len(self.received(hung)) == 100, 120)

    def test_dead_deliveries_say_why_and_go_out_again(self):
        sink = self.sink("400:1000")
        server = self.server({"hook": sink})
        for i in range(3):
            self.change(server, seq=i)
        harness.wait_until("all ended", server.drained)
        dead = server.get("/api/v1/deliveries?state=dead")[1]["data"]
        self.assertEqual(len(dead), 3)
        self.assertIn("400", dead[0]["reason"])
        sink.restart("ok:1000")
        self.assertIn("1 deliver", self.tocsin(server, "delivery", "retry", dead[0]["id"]))
        self.tocsin(server, "delivery", "retry", "--state", "dead")
        harness.wait_until("all received", lambda: len(self.received(sink)) == 3)
        harness.wait_until("settled", server.drained)
        self.assertEqual(server.conservation()["dead"], 0)

    def test_dead_credentials_pause_and_an_edit_tries_again(self):
        sink = self.sink("401:1000")
        server = self.server()
        endpoint = {"name": "e", "type": "webhook", "params": {"url": sink.url, "allow_private": True}}
        self.assertEqual(server.post("/api/v1/endpoints", endpoint)[0], 201)
        self.assertEqual(server.post("/api/v1/recipients", {"name": "r", "endpoint": "e"})[0], 201)
        self.change(server, seq=1)

        def paused():
            status = server.get("/api/v1/status")[1]
            return [e for e in status["endpoints"] if e["name"] == "e" and e["paused"]]
        harness.wait_until("the endpoint is paused", paused, 60)
        self.assertEqual(server.conservation()["dead"], 0)
        sink.restart("ok:1000")
        change = {"params": {"shared_secret": "x"}}
        self.assertEqual(server.call("PATCH", "/api/v1/endpoints/e", change)[0], 200)
        harness.wait_until("it went out at once", server.drained, 30)
        self.assertEqual(self.received(sink), {1: 1})

    def test_what_waits_for_a_deleted_recipient_is_dead_not_gone(self):
        server = self.server({"hook": self.sink("hang:1000")})
        self.change(server, seq=1)
        shutil.rmtree(os.path.join(self.work, "conf"))
        os.makedirs(os.path.join(self.work, "conf"))
        server.kill()
        server.start()
        dead = harness.wait_until("dead", lambda: server.get("/api/v1/deliveries?state=dead")[1]["data"])
        self.assertIn("deleted", dead[0]["reason"])

    # --- doors -----------------------------------------------------------------------

    def test_nothing_is_read_or_written_without_a_token(self):
        server = self.server()
        for method, path in (("GET", "/api/v1/alerts"), ("GET", "/api/v1/endpoints"), ("GET", "/api/v1/status"),
                             ("POST", "/api/v1/endpoints"), ("PATCH", "/api/v1/settings"),
                             ("POST", "/api/v1/deliveries/retry"), ("DELETE", "/api/v1/recipients/x")):
            body = {} if method in ("POST", "PATCH") else None
            status, answer = server.call(method, path, body, token=False)
            self.assertEqual(status, 401, (method, path, answer))
        for path in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(server.get(path, token=False)[0], 200)
        self.assertEqual(os.stat(os.path.join(server.data, "admin.token")).st_mode & 0o777, 0o600)

    def test_the_token_is_shown_at_the_first_start_only(self):
        server = self.server()
        token = server.token()
        self.assertEqual(server.log_text().count(token), 1)
        server.stop()
        server.start()
        self.assertEqual(server.log_text().count(token), 1)

    def test_secrets_are_never_read_back(self):
        server = self.server()
        canary = "canary-5f1c2e"
        body = {"name": "e", "type": "webhook", "params": {"url": "http://127.0.0.1:9/x", "allow_private": True,
                                                           "password": canary, "username": "u"}}
        self.assertEqual(server.post("/api/v1/endpoints", body)[0], 201)
        self.assertEqual(server.post("/api/v1/recipients", {"name": "r", "endpoint": "e"})[0], 201)
        self.change(server, seq=1)
        seen = [json.dumps(server.get(p)[1]) for p in
                ("/api/v1/endpoints", "/api/v1/endpoints/e", "/api/v1/status", "/api/v1/recipients/r",
                 "/api/v1/deliveries", "/metrics")]
        seen.append(json.dumps(server.post("/api/v1/endpoints/e/test", {})[1]))
        self.assertEqual(server.stop(), 0)
        for folder, _, files in os.walk(server.data):
            seen += [pathlib.Path(folder, f).read_bytes().decode("latin1") for f in files]
        for text in seen:
            self.assertNotIn(canary, text)

    def test_bad_bodies_are_refused_whole_with_their_place(self):
        server = self.server()
        good = {"type": "t", "entity": "host", "entity_value": "1.2.3.4"}
        table = [(b"{", 400, ""), (b"[1]", 422, "/0"), ([good, {**good, "severity": "loud"}], 422, "/1/severity"),
                 ([good, {**good, "tstamp": {}}], 422, "/1/tstamp"),
                 ({**good, "message": "x" * 70000}, 422, "/message"), (b"[" * 100, 400, ""),
                 (b'{"type":"a","type":"b"}', 400, "")]
        for body, want, place in table:
            status, answer = server.post("/api/v1/alerts", body, token=False)
            self.assertEqual(status, want, answer)
            self.assertEqual(answer["status"], want)
            if place:
                self.assertTrue(answer["errors"][0]["pointer"].endswith(place), answer)
        # Too large is answered from the headers alone, nothing is read.
        with socket.create_connection(("127.0.0.1", server.port)) as s:
            s.sendall(b"POST /api/v1/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                      b"Content-Length: 5242880\r\n\r\n")
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 413 "))
        self.assertEqual(server.conservation()["accepted"], 0)

    def test_a_second_one_on_the_same_data_is_refused(self):
        server = self.server()
        r = subprocess.run([os.path.join(BUILD, "tocsin"), "serve", "--data", server.data, "--listen",
                            "127.0.0.1:0"], capture_output=True, text=True)
        self.assertEqual(r.returncode, 1)
        self.assertIn("another tocsin is running", r.stderr)

    # --- the command line ------------------------------------------------------------------

    def test_scripts_are_offered_and_tried(self):
        server = self.server()
        folder = os.path.join(server.data, "scripts")
        os.mkdir(folder, 0o755)
        for name, mode in (("page.sh", 0o755), ("bad.sh", 0o777)):
            path = pathlib.Path(folder, name)
            path.write_text("#!/bin/sh\ncat >/dev/null\necho paged\n")
            path.chmod(mode)
        self.tocsin(server, "settings", "set", f"scripts_dir={folder}")
        self.tocsin(server, "endpoint", "add", "sh", "--type", "shell", "--set", "script=page.sh")
        out = self.tocsin(server, "endpoint", "choices", "sh", "-q")
        self.assertIn("page.sh\n", out.splitlines(True))
        self.assertRegex(out, r"(?m)^not offered: .*bad\.sh has mode 0777")
        self.assertIn("paged", self.tocsin(server, "endpoint", "test", "sh"))
        os.unlink(os.path.join(folder, "page.sh"))
        out = self.tocsin(server, "endpoint", "test", "sh", status=1)
        self.assertRegex(out, r"(?m)^sample +✗ failed .*page\.sh: No such file or directory$")
        self.assertRegex(out, r"(?m)^✗ failed: would be tried again")

    def test_command_line_from_nothing_to_a_delivery(self):
        sink = self.sink()
        server = self.server()
        self.tocsin(server, "endpoint", "add", "ops", "--type", "webhook", "--set", f"url={sink.url}",
                    "--set", "allow_private=true")
        self.tocsin(server, "recipient", "add", "ops", "--endpoint", "ops", "--minimum_severity", "warning")
        out = self.tocsin(server, "recipient", "test", "ops")
        self.assertRegex(out, r"(?m)^sample +✓ ok +[0-9.]+ ms  200 OK$")
        self.assertRegex(out, r"(?m)^ +.*connect [0-9.]+ ms, send [0-9.]+ ms, 127\.0\.0\.1:\d+$")
        self.assertRegex(out, r"(?m)^✓ delivered \([0-9.]+ ms\)$")
        self.tocsin(server, "endpoint", "choices", "ops", status=6)
        out = self.tocsin(server, "send", "-s", "error", "-t", "disk_full", "-b", "/var is full")
        self.assertIn("stored", out)
        out = self.tocsin(server, "send", "-", stdin='{"type":"a","seq":1}\n{"type":"b","seq":2,"severity":"error"}\n')
        self.assertIn("2 alerts accepted", out)
        lines = '{"type":"a"}\n\n{"type":"b","score":-1}\n{"type":"c"}\n'
        out = self.tocsin(server, "send", "-", stdin=lines, status=6)
        self.assertIn("line 3 is wrong; nothing was taken from line 1 on", out)
        self.assertIn("0 alerts accepted", out)
        out = self.tocsin(server, "send", "-", stdin='{"type":"a"}\n' * 64 + '{"type":"b"}\nnope\n', status=6)
        self.assertIn("line 66 is wrong; nothing was taken from line 65 on", out)
        self.assertIn("64 alerts accepted", out)
        out = self.tocsin(server, "send", "-", stdin='{"type":"a","score":-1}\n', status=6)
        self.assertIn("line 1 is wrong", out)
        out = self.tocsin(server, "send", "-", stdin='[{"type":"a"},\n {"type":"b","score":-1}]\n', status=6)
        self.assertIn("nothing was taken of the document, for what is at /1/score", out)
        out = self.tocsin(server, "send", "-", stdin='{"type":"a"}\n{"type":"b","severty":"error"}\n')
        self.assertIn('warning: line 2: "severty" was taken as a fact; did you mean "severity"?', out)
        out = self.tocsin(server, "send", "-", stdin='[{"type":"a"},\n {"type":"b","severty":"error"}]\n')
        self.assertIn("warning: /1/severty: was taken as a fact", out)
        harness.wait_until("delivered", lambda: 2 in self.received(sink))
        self.assertIn("disk_full", self.tocsin(server, "alerts", "list"))
        out = self.tocsin(server, "alerts", "list", "--limit", "2")
        self.assertRegex(out, r"(?m)^2 of \d+ shown; --limit N, or --cursor \S+ for more$")
        self.assertNotIn("for more", self.tocsin(server, "alerts", "list", "--limit", "1000"))
        out = self.tocsin(server, "recipient", "list", "--limit", "1")
        self.assertIn("1 of 2 shown; --limit N, or --cursor alert_store_db for more", out)
        self.assertIn("ops", self.tocsin(server, "status"))
        self.assertIn("delivered", self.tocsin(server, "delivery", "list"))
        self.assertIn("disk_full", self.tocsin(server, "alerts", "list", "--filter", "severity>=error and var"))
        self.tocsin(server, "alerts", "list", "--filter", "type=disk_full and vlan=3", status=3)
        out = self.tocsin(server, "alerts", "list", "--filter", "vlan=x", status=6)
        self.assertIn('column 6: "x" is not a number', out)
        out = self.tocsin(server, "recipient", "set", "ops", "--categories", "securty", status=6)
        self.assertIn('"securty" is not a category; did you mean "security"?', out)
        out = self.tocsin(server, "recipient", "set", "ops", "--types", "syn_scn,disk_full")
        self.assertIn('/types/0: "syn_scn" is none of ntopng\'s alert types; did you mean "syn_scan"?', out)
        self.tocsin(server, "recipient", "set", "ops", "--types", "any")
        out = self.tocsin(server, "recipient", "set", "ops", "--filter", "severty>=error", status=6)
        self.assertIn('column 1: there is no field "severty"; did you mean severity?', out)
        self.tocsin(server, "recipient", "set", "ops", "--filter", "type=disk_full and score>1000")
        out = self.tocsin(server, "explain", "1", "--recipient", "ops", "--now")
        self.assertRegex(out, r"(?m)^    FAIL filter +has score \d+, wants type=disk_full and score>1000$")
        self.assertRegex(out, r"(?m)^        pass type +has disk_full, wants =disk_full$")
        self.assertRegex(out, r"(?m)^        FAIL score +has \d+, wants >1000$")
        self.tocsin(server, "endpoint", "set", "ops", "--set", "password=hunter2", status=2)
        # Only a secret is read from a file: a channel's name may begin with "@".
        self.tocsin(server, "endpoint", "set", "ops", "--set", "username=@ops")
        self.assertIn('"@ops"', self.tocsin(server, "endpoint", "show", "ops"))
        self.tocsin(server, "endpoint", "set", "ops", "--set", "username=-")
        self.assertIn('"username": "-"', self.tocsin(server, "endpoint", "show", "ops"))
        self.tocsin(server, "endpoint", "set", "ops", "--set", "username", status=2)
        secret = pathlib.Path(server.data, "secret")
        secret.write_text("hunter2\n")
        self.tocsin(server, "endpoint", "set", "ops", "--set", "username=u", "--set", f"password=@{secret}")
        self.tocsin(server, "endpoint", "set", "ops", "--set", "password=-", stdin="hunter2\n")
        secret.write_text("x" * 5000)
        self.tocsin(server, "endpoint", "set", "ops", "--set", f"password=@{secret}", status=2)
        self.tocsin(server, "endpoint", "rm", "ops", "--yes", status=6)  # in use
        self.tocsin(server, "recipient", "set", "ops", "--filter", "")
        self.tocsin(server, "endpoint", "disable", "ops")
        self.assertIn('"enabled": false', self.tocsin(server, "endpoint", "show", "ops"))
        self.tocsin(server, "send", "-s", "error", "-t", "disk_failed", "-b", "/var is full")
        out = self.tocsin(server, "recipient", "rm", "ops", "--yes", status=6)
        self.assertIn('recipient "ops" has 1 pending delivery', out)
        self.assertIn("tocsin recipient rm ops --force", out)
        self.tocsin(server, "endpoint", "enable", "ops")
        self.tocsin(server, "recipient", "disable", "ops")
        self.assertIn('"enabled": false', self.tocsin(server, "recipient", "show", "ops"))
        self.tocsin(server, "recipient", "rm", "ops", "--yes", "--force")
        self.tocsin(server, "endpoint", "rm", "ops", "--yes")
        self.tocsin(server, "alertz", status=2)

    def test_settings(self):
        server = self.server()
        out = self.tocsin(server, "settings", "set", "ntopng_password=hunter2", status=2)
        self.assertIn("ntopng_password=@FILE", out)
        self.assertNotIn("hunter2", out)
        self.tocsin(server, "settings", "set", "ntopng_password=-", stdin="hunter2\n")
        secret = pathlib.Path(server.data, "secret")
        secret.write_text("hunter2\n")
        self.tocsin(server, "settings", "set", f"ntopng_shared_secret=@{secret}", "instance=@gw", "history_days=7")
        self.tocsin(server, "settings", "set", "ntopng_password=")
        out = self.tocsin(server, "settings", "show")
        self.assertIn('"@gw"', out)
        self.assertRegex(out, r'"history_days": 7\b')
        self.assertIn('did you mean "instance"', self.tocsin(server, "settings", "set", "instanc=x", status=6))
        self.tocsin(server, "settings", "set", "instance", status=2)
        self.tocsin(server, "settings", "st", status=2)

    def test_import_of_ntopng_pools(self):
        server = self.server()
        path = os.path.join(self.work, "pools.json")
        with open(path, "w") as f:
            json.dump({"version": "1.0", "modules": {"pool": {"host": [
                {"pool_id": 2, "name": "My IoT", "members": ["10.1.0.0/16@0"]}]}}}, f)
        out = self.tocsin(server, "import", "ntopng-pools", path, "--dry-run")
        self.assertEqual(out, '~ pool      My IoT: it is called "My-IoT" here\n+ pool      My IoT: 1 members\n'
                              "1 taken, 1 adjusted, 0 not taken; nothing was changed\n")
        self.tocsin(server, "pool", "show", "My-IoT", status=3)
        self.tocsin(server, "import", "ntopng-pools", path)
        self.assertIn("10.1.0.0/16@0", self.tocsin(server, "pool", "show", "My-IoT"))
        self.assertIn("already", self.tocsin(server, "import", "ntopng-pools", path, status=1))
        self.tocsin(server, "import", "ntopng-pools", path, "--replace")
        self.tocsin(server, "import", "ntopng-pols", path, status=2)

    def test_imports(self):
        server = self.server()
        key = os.path.join(self.work, "key")
        with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("0123456789abcdef0123456789abcdef")
        path = os.path.join(self.work, "alertmanager.yml")
        with open(path, "w") as f:
            f.write("route: {receiver: mail, routes: [{matchers: ['team=\"db\"'], receiver: pager}]}\n"
                    "receivers:\n"
                    "- {name: mail, email_configs: [{to: a@example.org, from: b@example.org,"
                    " smarthost: 'mail.example.org:587', send_resolved: true}]}\n"
                    f"- {{name: pager, pagerduty_configs: [{{routing_key_file: {key}}}]}}\n")
        self.tocsin(server, "import", "alertmanager", path, "--dry-run")
        self.tocsin(server, "recipient", "show", "mail", status=3)
        self.tocsin(server, "import", "alertmanager", path)
        self.assertIn("not {team=", self.tocsin(server, "recipient", "show", "mail"))
        out = self.tocsin(server, "import", "ntopng-backup",
                          os.path.join("test", "samples", "ntopng-live-export-notifications-config.json"), status=1)
        self.assertIn("+ recipient wh_rcp: on wh_ep", out)
        self.assertNotIn("s3cr3t", out)
        path = os.path.join(self.work, "apprise.txt")
        with open(path, "w") as f:
            f.write("night=syslog://local3\nntfy://nowhere\n")
        out = self.tocsin(server, "import", "apprise", path, status=1)
        self.assertIn("+ recipient line 1: night on apprise-syslog", out)
        self.assertIn("! recipient line 2: ntfy: Tocsin has no endpoint", out)

    def test_check_config_and_apply(self):
        server = self.server()
        path = os.path.join(self.work, "a.yaml")
        with open(path, "w") as f:
            f.write("endpoints:\n  - name: e\n    type: syslog\nrecipients:\n"
                    "  - name: r\n    endpoint: e\n    minimum_severty: error\n")
        out = self.tocsin(server, "check-config", path, status=6)
        self.assertIn(f"{path}:7:5", out)
        self.assertIn('did you mean "minimum_severity"', out)
        with open(path) as f:
            good = f.read().replace("severty", "severity")
        with open(path, "w") as f:
            f.write(good)
        self.tocsin(server, "check-config", path)
        out = self.tocsin(server, "apply", "-f", path, "--dry-run")
        self.assertIn("recipient r: created\n", out)
        self.assertIn("  + minimum_severity: \"error\"\n", out)
        self.assertIn("2 new, 0 changed, 0 deleted, 0 as before; nothing was changed", out)
        self.assertIn("2 new", self.tocsin(server, "apply", "-f", path))
        self.assertIn("2 as before", self.tocsin(server, "apply", "-f", path))
        self.assertIn("error", self.tocsin(server, "recipient", "list"))


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
