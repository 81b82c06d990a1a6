/* test_address.c -- where nothing is ever sent, and where only when allowed; then
 * sixty ways to write such an address, through the real transport. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/ip.h"
#include "transport_rig.h"

enum verge { OPEN, PRIVATE, NEVER };

static const struct {
    const char *ip;
    enum verge want;
} rows[] = {
    {"1.1.1.1", OPEN},
    {"8.8.8.8", OPEN},
    {"203.0.113.9", OPEN},
    {"9.255.255.255", OPEN},
    {"11.0.0.0", OPEN},
    {"100.63.255.255", OPEN},
    {"100.128.0.0", OPEN},
    {"126.255.255.255", OPEN},
    {"128.0.0.0", OPEN},
    {"169.253.255.255", OPEN},
    {"169.255.0.0", OPEN},
    {"172.15.255.255", OPEN},
    {"172.32.0.0", OPEN},
    {"192.0.1.0", OPEN},
    {"192.167.255.255", OPEN},
    {"192.169.0.0", OPEN},
    {"198.17.255.255", OPEN},
    {"198.20.0.0", OPEN},
    {"223.255.255.255", OPEN},
    {"2606:4700::1111", OPEN},
    {"2001:db8::1", OPEN},
    {"64:ff9b::808:808", OPEN},  /* NAT64 of 8.8.8.8 */
    {"2002:808:808::1", OPEN},   /* 6to4 of 8.8.8.8 */
    {"2001:1::1", OPEN},
    {"fe00::1", OPEN},

    {"127.0.0.1", PRIVATE},
    {"127.255.255.255", PRIVATE},
    {"10.0.0.0", PRIVATE},
    {"10.255.255.255", PRIVATE},
    {"172.16.0.0", PRIVATE},
    {"172.31.255.255", PRIVATE},
    {"192.168.0.0", PRIVATE},
    {"192.168.255.255", PRIVATE},
    {"100.64.0.0", PRIVATE},
    {"100.127.255.255", PRIVATE},
    {"192.0.0.1", PRIVATE},
    {"198.18.0.0", PRIVATE},
    {"198.19.255.255", PRIVATE},
    {"::1", PRIVATE},
    {"fc00::1", PRIVATE},
    {"fdff:ffff::1", PRIVATE},
    {"fec0::1", PRIVATE},
    {"::ffff:127.0.0.1", PRIVATE},
    {"::ffff:10.1.2.3", PRIVATE},
    {"64:ff9b::7f00:1", PRIVATE},
    {"64:ff9b::a00:1", PRIVATE},
    {"64:ff9b:1::1", PRIVATE},
    {"2002:7f00:1::", PRIVATE},
    {"2002:c0a8:101::1", PRIVATE},

    {"0.0.0.0", NEVER},
    {"0.255.255.255", NEVER},
    {"169.254.0.1", NEVER},
    {"169.254.169.254", NEVER},
    {"169.254.170.2", NEVER},
    {"100.100.100.200", NEVER},
    {"168.63.129.16", NEVER},
    {"192.0.0.192", NEVER},
    {"224.0.0.1", NEVER},
    {"239.255.255.255", NEVER},
    {"240.0.0.1", NEVER},
    {"255.255.255.255", NEVER},
    {"::", NEVER},
    {"::7f00:1", NEVER}, /* ::127.0.0.1 */
    {"fe80::1", NEVER},
    {"febf::1", NEVER},
    {"ff02::1", NEVER},
    {"fd00:ec2::254", NEVER},
    {"2001::1", NEVER},
    {"::ffff:169.254.169.254", NEVER},
    {"::ffff:0.0.0.0", NEVER},
    {"64:ff9b::a9fe:a9fe", NEVER},
    {"2002:a9fe:a9fe::", NEVER},
    {"2002:e000:1::", NEVER},
};

static void test_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {0};
        struct ip ip;
        bool public, allowed;

        assert_true(ip_parse(str_of(rows[i].ip), &ip));
        public = address_allowed(&ip, false, &err);
        if (!public)
            assert_string_not_equal(err.text, "");
        allowed = address_allowed(&ip, true, &err);
        if (public != (rows[i].want == OPEN) ||
            allowed != (rows[i].want != NEVER))
            fail_msg("%s: %d and %d", rows[i].ip, public, allowed);
    }
}

static void test_words(void **state)
{
    struct error err;
    struct ip ip;

    (void)state;
    assert_true(ip_parse(STR("10.1.2.3"), &ip));
    assert_false(address_allowed(&ip, false, &err));
    assert_string_equal(err.text, "10.1.2.3 is a private address; allow "
                                  "private addresses for this endpoint if it "
                                  "is meant");
    assert_true(ip_parse(STR("64:ff9b::a9fe:a9fe"), &ip));
    assert_false(address_allowed(&ip, true, &err));
    assert_string_equal(err.text, "64:ff9b::a9fe:a9fe is a cloud metadata "
                                  "service; nothing is ever sent there");
}

/* --- as a URL --- */

/* Reached by none of them: the port is one that listens on this machine. */
static const char *const denied[] = {
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F000001",
    "0x7f.1", "0177.0.0.1", "0177.1", "017700000001", "0x7f.0x0.0x0.0x1",
    "127.000.000.001", "127.255.255.254", "localhost", "LOCALHOST",
    "foo.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::1%25lo]",
    "[::ffff:127.0.0.1]", "[::FFFF:127.0.0.1]", "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
    "[::127.0.0.1]", "0", "00", "0x0", "0.1", "0.0.0.0", "[::]",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[fe80::1]",
    "[fe80::1%25lo]", "224.0.0.1", "239.255.255.250", "[ff02::1]", "240.0.0.1",
    "255.255.255.255", "10.0.0.1", "0xa000001", "192.168.1.1", "172.16.0.1",
    "172.31.255.255", "100.64.0.1", "100.100.100.200", "168.63.129.16",
    "[fc00::1]", "[fec0::1]",
    /* names that are written to be read differently */
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.\xef\xbc\x90.\xef\xbc\x90.\xef\xbc\x91",
    "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.\xe2\x93\xaa.\xe2\x93\xaa.\xe2\x91\xa0",
    "127\xe3\x80\x82""0\xe3\x80\x82""0\xe3\x80\x82""1", "user@127.0.0.1",
    "user:pw@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1\\@example.com",
    "127.0.0.1%00.example.com", "%31%32%37.0.0.1", "127.0.0.1\t", " 127.0.0.1",
    "",
};

static void deny(struct rig *rig, const char *url, bool allow_private)
{
    struct request q = {
        .via = VIA_HTTP,
        .http = {.method = "POST", .url = str_of(url), .body = STR("x"),
                 .allow_private = allow_private},
    };
    struct answer a;

    rig_carry(rig, &q, &a);
    if (a.response.outcome != OUTCOME_DENIED)
        fail_msg("%s: outcome %d: %s", url, (int)a.response.outcome, a.error);
    assert_string_not_equal(a.error, "");
    assert_null(strstr(a.error, "S3CRET"));
    assert_null(strstr(a.error, "user:pw"));
}

static void never_serve(void *arg, int fd, unsigned nth)
{
    (void)arg;
    (void)fd;
    (void)nth; /* counted */
}

static void test_urls(void **state)
{
    struct server server;
    struct rig rig;
    char url[256];

    (void)state;
    rig_init(&rig);
    server_start(&server, never_serve, NULL);
    for (size_t i = 0; i < COUNT_OF(denied); i++) {
        snprintf(url, sizeof(url), "http://%s:%u/S3CRET?token=S3CRET",
                 denied[i], server.port);
        deny(&rig, url, false);
    }
    snprintf(url, sizeof(url), "http://127.0.0.1:%u#@example.com/",
             server.port);
    deny(&rig, url, false);
    server_stop(&server);
    assert_int_equal(server.connections, 0);
    rig_release(&rig);
}

/* Allowing private addresses does not allow these. */
static void test_never(void **state)
{
    static const char *const urls[] = {
        "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/",
        "http://0.0.0.0:80/", "http://0/", "http://[::]/", "http://224.0.0.1/",
        "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/", "https://100.100.100.200/",
    };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < COUNT_OF(urls); i++)
        deny(&rig, urls[i], true);
    rig_release(&rig);
}

static void test_schemes(void **state)
{
    static const char *const urls[] = {
        "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:25/_x",
        "dict://127.0.0.1:6379/info", "smtp://127.0.0.1/", "ldap://127.0.0.1/",
        "unix:///run/x.sock", "javascript:alert(1)", "//127.0.0.1/",
        "127.0.0.1/", "http:/", "http://", "", "http://a b/", "http://a:99999/",
        "http://[::1/",
    };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < COUNT_OF(urls); i++)
        deny(&rig, urls[i], true);
    rig_release(&rig);
}

/* A connection that one request was allowed to open must not carry another that
 * is not: the first leaves it open, the second would find it. */
static void keep_open(void *arg, int fd, unsigned nth)
{
    char head[2048];
    unsigned *requests = arg;

    (void)nth;
    while (hear_until(fd, "\r\n\r\n", head, sizeof(head))) {
        (*requests)++;
        say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
}

static void test_kept_connection(void **state)
{
    unsigned requests = 0;
    struct server server;
    struct answer a;
    struct rig rig;
    char url[64];
    struct request q = {.via = VIA_HTTP,
                        .http = {.method = "GET", .allow_private = true}};

    (void)state;
    rig_init(&rig);
    server_start(&server, keep_open, &requests);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    q.http.url = str_of(url);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    deny(&rig, url, false);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(requests, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_words),
        cmocka_unit_test(test_urls),     cmocka_unit_test(test_never),
        cmocka_unit_test(test_schemes),  cmocka_unit_test(test_kept_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
