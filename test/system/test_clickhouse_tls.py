# test_clickhouse_tls.py -- a ClickHouse behind HTTPS: who it is, and who we are.
"""usage: test_clickhouse_tls.py BUILD

Debian's clickhouse-server (18.16) with an https_port and certificates of the openssl
command's making."""
import json
import unittest

import clickhouse
import harness
import history
import peers

TLS = """ <https_port>{https}</https_port>
 <openSSL><server>
  <certificateFile>{certificate}</certificateFile><privateKeyFile>{key}</privateKeyFile>
  <caConfig>{ca}</caConfig><verificationMode>{mode}</verificationMode>
  <loadDefaultCAFile>false</loadDefaultCAFile><cacheSessions>false</cacheSessions>
  <disableProtocols>sslv2,sslv3</disableProtocols>
 </server></openSSL>"""


class Https(history.Test):
    def setUp(self):
        self.directory = peers.Directory("clickhouse")
        self.addCleanup(self.directory.remove)
        self.authority = peers.Authority(self.directory)
        self.server = clickhouse.ClickHouse(self.directory, "tocsin", history.PASSWORD)
        self.addCleanup(self.server.stop)
        self.https = peers.free_port()

    def begin(self, host="localhost", certificate=None, mode="none", **settings):
        """The server with this certificate, and tocsin that asks it as `host`."""
        pem, key = certificate or self.authority.certificate("server")
        self.server.configure(TLS.format(https=self.https, certificate=pem, key=key,
                                         ca=self.authority.ca, mode=mode))
        self.server.start()
        peers.wait_until("it listens for HTTPS", lambda: peers.answers(self.https))
        self.prepare(self.directory, f"https://{host}:{self.https}", **settings)
        self.tocsin.start()
        self.send(0, 50)

    def is_stored(self):
        harness.wait_until("all are stored", self.tocsin.drained, 60)
        self.assertEqual(self.counts(), "50\t50\t50")

    def is_refused(self, why):
        """Nothing is stored or lost, and it is said what is wrong."""
        status, problem = self.tocsin.get("/api/v1/alerts")
        self.assertEqual(status, 503, problem)
        self.assertRegex(json.dumps(problem), why)
        self.assertEqual(self.queue()["tocsin_queue_messages"], 50)
        self.assertEqual(self.server.ask(
            "SELECT count() FROM system.databases WHERE name = 'history'"), "0")

    def test_an_authority_of_ones_own(self):
        self.begin(clickhouse_ca_file=self.authority.ca)
        self.is_stored()

    def test_a_certificate_of_its_own(self):
        """Self-signed: the certificate itself is what is trusted."""
        alone = peers.Authority(self.directory, "alone")
        pem, key = self.directory.file("self.pem"), self.directory.file("self.key")
        alone.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                      "-keyout", key, "-out", pem)
        self.begin(certificate=(pem, key), clickhouse_ca_file=pem)
        self.is_stored()

    def test_an_unknown_authority(self):
        self.begin()
        self.is_refused("certificate")

    def test_another_authority(self):
        other = peers.Authority(self.directory, "other")
        self.begin(clickhouse_ca_file=other.ca)
        self.is_refused("certificate")

    def test_another_name(self):
        certificate = self.authority.certificate("elsewhere", "DNS:elsewhere.example")
        self.begin(certificate=certificate, clickhouse_ca_file=self.authority.ca)
        self.is_refused("name|certificate")

    def test_it_asks_who_we_are(self):
        pem, key = self.authority.certificate("tocsin", "DNS:tocsin.example")
        self.begin(mode="strict", clickhouse_ca_file=self.authority.ca,
                   clickhouse_cert_file=pem, clickhouse_key_file=key)
        self.is_stored()

    def test_it_asks_and_we_say_nothing(self):
        self.begin(mode="strict", clickhouse_ca_file=self.authority.ca)
        self.is_refused("not reachable")


if __name__ == "__main__":
    peers.main()
