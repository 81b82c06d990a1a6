# clickhouse.py -- a real clickhouse-server of the test's own, on loopback.
"""Debian's clickhouse-server with its own configuration, users, paths and ports."""
import os
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import peers

CONFIG = """<?xml version="1.0"?>
<yandex>
 <logger><level>warning</level><log>{directory}/ch.log</log>
  <errorlog>{directory}/ch.err</errorlog></logger>
 <http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
 <listen_host>127.0.0.1</listen_host>
 <path>{directory}/data/</path><tmp_path>{directory}/tmp/</tmp_path>
 <users_config>users.xml</users_config>
 <default_profile>default</default_profile>
 <default_database>default</default_database>
 <mark_cache_size>268435456</mark_cache_size>
</yandex>
"""
USERS = """<?xml version="1.0"?>
<yandex>
 <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
 <users><{user}><password>{password}</password>
  <networks><ip>127.0.0.1</ip></networks>
  <profile>default</profile><quota>default</quota></{user}></users>
 <quotas><default></default></quotas>
</yandex>
"""


class ClickHouse:
    """One server; kill() and start() again is what a power cut does to it."""

    def __init__(self, directory, user="default", password=""):
        self.directory, self.user, self.password = directory, user, password
        self.http, self.tcp = peers.free_port(), peers.free_port()
        self.process = None
        for part in ("data", "tmp"):
            os.makedirs(directory.file(part))
        self.config = directory.file("config.xml", CONFIG.format(
            directory=directory.path, http=self.http, tcp=self.tcp))
        directory.file("users.xml", USERS.format(user=user, password=password))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http}"

    def start(self):
        with open(self.directory.file("ch.out"), "ab") as out:
            self.process = subprocess.Popen(
                ["clickhouse-server", f"--config-file={self.config}"],
                stdout=out, stderr=out, cwd=self.directory.path)
        peers.wait_until("ClickHouse answers", self.answers)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"clickhouse-server ended: {self.process.returncode}")
        try:
            return self.ask("SELECT 1") == "1"
        except OSError:
            return False

    def ask(self, sql):
        request = urllib.request.Request(self.url, sql.encode())
        request.add_header("X-ClickHouse-User", self.user)
        request.add_header("X-ClickHouse-Key", self.password)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read().decode().strip()
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{sql}\n{e.read().decode(errors='replace')}") from e

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
