# clickhouse.py -- real clickhouse-servers of the test's own, on loopback.
"""Debian's clickhouse-server with its own configuration, users, paths and ports; also
several as a cluster, which a ZooKeeper (Debian's, too) holds together."""
import os
import signal
import socket
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
{more}
</yandex>
"""
# What a member of a cluster has beside it.
MEMBER = """ <interserver_http_host>127.0.0.1</interserver_http_host>
 <interserver_http_port>{interserver}</interserver_http_port>
 <zookeeper><node><host>127.0.0.1</host><port>{keeper}</port></node>
  <session_timeout_ms>5000</session_timeout_ms></zookeeper>
 <macros><shard>{shard}</shard><replica>{replica}</replica></macros>
 <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>
 <remote_servers><{cluster}>{shards}</{cluster}></remote_servers>"""
SHARD = "<shard><internal_replication>true</internal_replication>{replicas}</shard>"
REPLICA = ("<replica><host>127.0.0.1</host><port>{port}</port><user>{user}</user>"
           "<password>{password}</password></replica>")
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
        self.configure()

    def configure(self, more=""):
        """Before start(): `more` goes into its config.xml."""
        self.config = self.directory.file("config.xml", CONFIG.format(
            directory=self.directory.path, http=self.http, tcp=self.tcp, more=more))
        self.directory.file("users.xml", USERS.format(user=self.user,
                                                      password=self.password))

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


class Keeper:
    """Debian's ZooKeeper, run by java in the foreground."""

    CONFIG = ("dataDir={directory}\nclientPort={port}\nclientPortAddress=127.0.0.1\n"
              "tickTime=500\nadmin.enableServer=false\nmaxClientCnxns=0\n")

    def __init__(self, directory):
        self.directory, self.port, self.process = directory, peers.free_port(), None

    def start(self):
        config = self.directory.file("zoo.cfg", self.CONFIG.format(
            directory=self.directory.path, port=self.port))
        self.process = peers.Process(
            ["java", "-Xmx128m", "-cp", "/usr/share/java/zookeeper.jar",
             "org.apache.zookeeper.server.quorum.QuorumPeerMain", config],
            self.directory.file("zookeeper.out"))
        peers.wait_until("ZooKeeper serves", self.serves, 60)
        return self

    def serves(self):
        """That it listens is not enough: 18.16 crashes when a session fails at once."""
        self.process.check()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                s.sendall(b"srvr")
                return s.recv(100).startswith(b"Zookeeper version")
        except OSError:
            return False

    def stop(self):
        if self.process:
            self.process.stop()


class Cluster:
    """`shards` times `replicas` servers: servers[shard][replica]."""

    def __init__(self, shards, replicas, user="default", password="", name="history"):
        self.name = name
        self.directories = []
        self.keeper = Keeper(self.new_directory())
        self.servers = [[ClickHouse(self.new_directory(), user, password)
                         for _ in range(replicas)] for _ in range(shards)]

    def new_directory(self):
        self.directories.append(peers.Directory("clickhouse"))
        return self.directories[-1]

    @property
    def all(self):
        return [server for shard in self.servers for server in shard]

    def shards(self):
        return "".join(SHARD.format(replicas="".join(
            REPLICA.format(port=s.tcp, user=s.user, password=s.password) for s in shard))
            for shard in self.servers)

    def start(self):
        self.keeper.start()
        for at, shard in enumerate(self.servers):
            for nth, server in enumerate(shard):
                server.configure(MEMBER.format(
                    interserver=peers.free_port(), keeper=self.keeper.port, shard=at,
                    replica=nth, cluster=self.name, shards=self.shards()))
                server.start()
        for server in self.all:
            peers.wait_until("it has a session", lambda: self.has_session(server), 60)
        return self

    @staticmethod
    def has_session(server):
        try:
            return server.answers() and server.ask(
                "SELECT count() FROM system.zookeeper WHERE path = '/'") != "0"
        except AssertionError:
            if server.process.poll() is not None:
                raise
            return False

    def stop(self):
        for server in self.all:
            server.stop()
        self.keeper.stop()
        for directory in self.directories:
            directory.remove()
