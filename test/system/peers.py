# peers.py -- real servers for the transport's tests: ports, waiting, certificates.
"""Shared by test_syslog_peers.py and test_smtp_peer.py."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(what, check, seconds=20, every=0.02):
    """Polls until check() is true; what it waits for is said when it is not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what}")


def answers(port):
    """Whether somebody listens on this TCP port of ours."""
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Directory:
    """A directory that goes away with the test."""

    def __init__(self, prefix):
        self.path = tempfile.mkdtemp(prefix=prefix)

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w") as f:
                f.write(text)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Process:
    """A server in the foreground; what it says goes to a file."""

    def __init__(self, command, log, env=None):
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out,
                                            stdin=subprocess.DEVNULL, env=env)

    def check(self):
        """Fails with the server's last words if it has ended."""
        if self.process.poll() is not None:
            with open(self.log, errors="replace") as f:
                raise AssertionError(f"{self.process.args[0]} ended with "
                                     f"{self.process.returncode}: {f.read()[-2000:]}")
        return True

    def wait_for(self, ports):
        for port in ports:
            wait_until(f"{self.process.args[0]} listens on port {port}",
                       lambda: self.check() and answers(port))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Authority:
    """A certificate authority of one's own, made by the openssl command."""

    def __init__(self, directory, name="ca"):
        self.directory, self.name = directory, name
        self.ca = directory.file(f"{name}.pem")
        self.ca_key = directory.file(f"{name}.key")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                     "-subj", f"/CN=Test authority {name}",
                     "-keyout", self.ca_key, "-out", self.ca)

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def certificate(self, name, names="DNS:localhost,IP:127.0.0.1", days="2"):
        """(certificate, key) of a server that goes by `names`."""
        key, request = self.directory.file(name + ".key"), self.directory.file(name + ".csr")
        pem = self.directory.file(name + ".pem")
        extra = self.directory.file(name + ".ext", f"subjectAltName={names}\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key,
                     "-CAcreateserial", "-days", days, "-extfile", extra, "-out", pem)
        return pem, key


class Tool:
    """test/transport_tool: the real transport, one request at a time."""

    def __init__(self, build):
        places = [os.path.join(build, "test", "transport_tool"),
                  os.path.join(build, "transport_tool")]
        found = [p for p in places if os.path.exists(p)]
        if not found:
            raise SystemExit(f"no transport_tool in {build}; build it first")
        self.path = found[0]

    def __call__(self, way, *lists, **options):
        """The answers, one a time it was sent. `lists`: (option, value) pairs."""
        command = [self.path, way]
        for name, value in [*options.items(), *lists]:
            command += ["--" + name.replace("_", "-"), str(value)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                              errors="surrogateescape")
        if done.returncode not in (0, 1):
            raise AssertionError(f"{' '.join(command)}: {done.returncode}: {done.stderr[-2000:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def one(self, way, *lists, **options):
        found = self(way, *lists, **options)
        assert len(found) == 1, found
        return found[0]


def build_directory():
    """The first argument, taken off before unittest looks at the rest."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(f"usage: {sys.argv[0]} BUILD_DIR [unittest options]")
    return sys.argv.pop(1)


def main():
    """unittest prints a summary line, and exits with 1 when a test failed."""
    unittest.main(verbosity=1)
