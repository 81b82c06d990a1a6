/* test_ip.c -- addresses, prefixes, MACs and protocols, as tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/ip.h"

#include "strs.h"

#include <arpa/inet.h>

static const struct {
    const char *text, *want; /* NULL: refused */
    bool v4;
} addresses[] = {
    {"1.2.3.4", "1.2.3.4", true},
    {"0.0.0.0", "0.0.0.0", true},
    {"255.255.255.255", "255.255.255.255", true},
    {"256.1.1.1", NULL, true},
    {"01.2.3.4", NULL, true},
    {"1.2.3.04", NULL, true},
    {"0x7f.0.0.1", NULL, true},
    {"0177.0.0.1", NULL, true},
    {"127.1", NULL, true},
    {"2130706433", NULL, true},
    {"1.2.3", NULL, true},
    {"1.2.3.", NULL, true},
    {".1.2.3", NULL, true},
    {"1.2.3.4.", NULL, true},
    {"1.2.3.4.5", NULL, true},
    {"1..2.3", NULL, true},
    {" 1.2.3.4", NULL, true},
    {"1.2.3.4 ", NULL, true},
    {"1.2.3.-4", NULL, true},
    {"1.2.3.+4", NULL, true},
    {"1.2.3.1000", NULL, true},
    {"", NULL, true},
    {"host", NULL, true},
    {"::", "::", false},
    {"::1", "::1", false},
    {"1::", "1::", false},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", false},
    {"2001:DB8::A", "2001:db8::a", false},
    {"2001:db8:0:0:0:0:0:1", "2001:db8::1", false},
    {"2001:0db8::0001", "2001:db8::1", false},
    {"1:0:0:2:0:0:0:3", "1:0:0:2::3", false},
    {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4", false},
    {"1:2:3:4:5:6:0:8", "1:2:3:4:5:6:0:8", false},
    {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::", false},
    {"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8", false},
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", false},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", false},
    {"64:ff9b::1.2.3.4", "64:ff9b::102:304", false},
    {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", false},
    {"::ffff:1.2.3.4", "1.2.3.4", true},
    {"::ffff:102:304", "1.2.3.4", true},
    {"0:0:0:0:0:FFFF:1.2.3.4", "1.2.3.4", true},
    {"::1.2.3.4", "::102:304", false},
    {"::ffff:0:1.2.3.4", "::ffff:0:102:304", false},
    {"::ffff:1.2.3", NULL, false},
    {"::ffff:01.2.3.4", NULL, false},
    {"1.2.3.4::", NULL, false},
    {"::1.2.3.4:5", NULL, false},
    {"1:2:3:4:5:6:7:1.2.3.4", NULL, false},
    {"fe80::1%eth0", NULL, false},
    {"[::1]", NULL, false},
    {":::", NULL, false},
    {"1:::2", NULL, false},
    {"1::2::3", NULL, false},
    {":1", NULL, false},
    {"1:", NULL, false},
    {"1:2:3:4:5:6:7", NULL, false},
    {"1:2:3:4:5:6:7:8:9", NULL, false},
    {"1:2:3:4::5:6:7:8", NULL, false},
    {"12345::", NULL, false},
    {"g::", NULL, false},
    {"::1/64", NULL, false},
    {":", NULL, false},
};

static void test_read_and_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        struct ip ip;
        char text[IP_TEXT_MAX];
        bool read = ip_parse(str_of(addresses[i].text), &ip);

        if (read != (addresses[i].want != NULL))
            fail_msg("%s was %s", addresses[i].text, read ? "taken" : "refused");
        if (!read)
            continue;
        ip_text(&ip, text);
        assert_str(addresses[i].text, str_of(text), addresses[i].want);
        assert_int_equal(ip.v4, addresses[i].v4);
    }
}

/* The C library as an oracle: whatever it writes, we read and write the same. */
static void test_like_the_c_library(void **state)
{
    uint64_t dice = 12345;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        unsigned char bytes[16];
        char theirs[INET6_ADDRSTRLEN], ours[IP_TEXT_MAX];
        struct ip ip;

        for (int k = 0; k < 16; k++) {
            dice = dice * 6364136223846793005u + 1442695040888963407u;
            bytes[k] = dice >> 62 ? 0 : (unsigned char)(dice >> 48);
        }
        bytes[0] |= 0x20; /* the forms with a dotted quad are in the table */
        assert_non_null(inet_ntop(AF_INET6, bytes, theirs, sizeof(theirs)));
        assert_true(ip_parse(str_of(theirs), &ip));
        assert_memory_equal(ip.b, bytes, 16);
        ip_text(&ip, ours);
        assert_string_equal(ours, theirs);
    }
}

enum {
    PRIVATE = 1,
    LOOPBACK = 2,
    LINK_LOCAL = 4,
    MULTICAST = 8,
    UNSPECIFIED = 16,
    METADATA = 32,
};

static void test_kinds(void **state)
{
    static const struct {
        const char *ip;
        int kinds;
    } rows[] = {
        {"10.255.0.1", PRIVATE},
        {"11.0.0.1", 0},
        {"172.16.0.1", PRIVATE},
        {"172.31.255.255", PRIVATE},
        {"172.32.0.0", 0},
        {"172.15.255.255", 0},
        {"192.168.0.0", PRIVATE},
        {"192.169.0.0", 0},
        {"fc00::1", PRIVATE},
        {"fdff::1", PRIVATE},
        {"fe00::1", 0},
        {"127.0.0.1", LOOPBACK},
        {"127.255.255.255", LOOPBACK},
        {"128.0.0.1", 0},
        {"::1", LOOPBACK},
        {"::2", 0},
        {"::ffff:127.0.0.1", LOOPBACK},
        {"169.254.1.1", LINK_LOCAL},
        {"169.255.1.1", 0},
        {"fe80::1", LINK_LOCAL},
        {"febf::1", LINK_LOCAL},
        {"fec0::1", 0},
        {"224.0.0.1", MULTICAST},
        {"239.255.255.255", MULTICAST},
        {"240.0.0.1", 0},
        {"ff02::1", MULTICAST},
        {"0.0.0.0", UNSPECIFIED},
        {"0.1.2.3", UNSPECIFIED},
        {"1.0.0.0", 0},
        {"::", UNSPECIFIED},
        {"169.254.169.254", METADATA | LINK_LOCAL},
        {"::ffff:169.254.169.254", METADATA | LINK_LOCAL},
        {"fd00:ec2::254", METADATA | PRIVATE},
        {"fd00:ec2::253", PRIVATE},
        {"100.100.100.200", METADATA},
        {"168.63.129.16", METADATA},
        {"8.8.8.8", 0},
        {"2001:db8::1", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ip ip;
        int got;

        assert_true(ip_parse(str_of(rows[i].ip), &ip));
        got = (ip_is_private(&ip) ? PRIVATE : 0) |
              (ip_is_loopback(&ip) ? LOOPBACK : 0) |
              (ip_is_link_local(&ip) ? LINK_LOCAL : 0) |
              (ip_is_multicast(&ip) ? MULTICAST : 0) |
              (ip_is_unspecified(&ip) ? UNSPECIFIED : 0) |
              (ip_is_metadata(&ip) ? METADATA : 0);
        assert_i64(rows[i].ip, got, rows[i].kinds);
    }
}

static void test_embedded(void **state)
{
    static const struct {
        const char *ip, *v4;
    } rows[] = {
        {"64:ff9b::169.254.169.254", "169.254.169.254"},
        {"2002:7f00:1::", "127.0.0.1"},
        {"64:ff9b:1::1.2.3.4", NULL},
        {"2003::1", NULL},
        {"1.2.3.4", NULL},
        {"::1.2.3.4", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ip ip, v4;
        char text[IP_TEXT_MAX] = "";

        assert_true(ip_parse(str_of(rows[i].ip), &ip));
        if (ip_embedded_v4(&ip, &v4)) {
            assert_true(v4.v4);
            ip_text(&v4, text);
        }
        assert_str(rows[i].ip, str_of(text), rows[i].v4 ? rows[i].v4 : "");
    }
}

static void test_prefixes(void **state)
{
    static const struct {
        const char *text, *ip; /* NULL: refused */
        unsigned bits;
        bool host_bits;
    } rows[] = {
        {"10.0.0.0/8", "10.0.0.0", 8, false},
        {"10.1.2.3/8", "10.0.0.0", 8, true},
        {"10.1.2.3", "10.1.2.3", 32, false},
        {"10.1.2.3/32", "10.1.2.3", 32, false},
        {"0.0.0.0/0", "0.0.0.0", 0, false},
        {"1.0.0.0/0", "0.0.0.0", 0, true},
        {"192.168.1.129/25", "192.168.1.128", 25, true},
        {"192.168.1.128/25", "192.168.1.128", 25, false},
        {"2001:db8::/32", "2001:db8::", 32, false},
        {"2001:db8::1/32", "2001:db8::", 32, true},
        {"2001:db8::1", "2001:db8::1", 128, false},
        {"::/0", "::", 0, false},
        {"::ffff:10.0.0.0/104", "10.0.0.0", 8, false},
        {"::ffff:10.0.0.1/104", "10.0.0.0", 8, true},
        {"::ffff:0.0.0.0/96", "0.0.0.0", 0, false},
        {"::ffff:10.0.0.1", "10.0.0.1", 32, false},
        {"::ffff:10.0.0.0/95", NULL, 0, false},
        {"10.0.0.0/33", NULL, 0, false},
        {"10.0.0.0/129", NULL, 0, false},
        {"::/129", NULL, 0, false},
        {"10.0.0.0/", NULL, 0, false},
        {"10.0.0.0/08", NULL, 0, false},
        {"10.0.0.0/-1", NULL, 0, false},
        {"10.0.0.0/8/8", NULL, 0, false},
        {"10.0.0.0/255.0.0.0", NULL, 0, false},
        {"/8", NULL, 0, false},
        {"10/8", NULL, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct prefix p;
        bool host_bits;
        char text[IP_TEXT_MAX];
        bool read = prefix_parse(str_of(rows[i].text), &p, &host_bits);

        if (read != (rows[i].ip != NULL))
            fail_msg("%s was %s", rows[i].text, read ? "taken" : "refused");
        if (!read)
            continue;
        ip_text(&p.ip, text);
        assert_str(rows[i].text, str_of(text), rows[i].ip);
        assert_i64(rows[i].text, p.bits, rows[i].bits);
        assert_i64(rows[i].text, host_bits, rows[i].host_bits);
    }
}

static void test_holds(void **state)
{
    static const struct {
        const char *prefix, *ip;
        bool want;
    } rows[] = {
        {"10.0.0.0/8", "10.255.1.2", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "::ffff:10.1.1.1", true},
        {"192.168.1.128/25", "192.168.1.127", false},
        {"192.168.1.128/25", "192.168.1.255", true},
        {"192.168.1.4/30", "192.168.1.7", true},
        {"192.168.1.4/30", "192.168.1.8", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "8.8.8.8", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"2001:db8::1", "2001:db8::1", true},
        {"2001:db8::1", "2001:db8::2", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct prefix p;
        struct ip ip;
        bool host_bits;

        assert_true(prefix_parse(str_of(rows[i].prefix), &p, &host_bits));
        assert_true(ip_parse(str_of(rows[i].ip), &ip));
        if (prefix_holds(&p, &ip) != rows[i].want)
            fail_msg("%s in %s", rows[i].ip, rows[i].prefix);
    }
}

static void test_macs(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"08:00:27:ef:d3:15", "08:00:27:EF:D3:15"},
        {"08-00-27-EF-D3-15", "08:00:27:EF:D3:15"},
        {"FF:FF:FF:FF:FF:FF", "FF:FF:FF:FF:FF:FF"},
        {"08:00:27-ef-d3-15", NULL},
        {"08:00:27:ef:d3", NULL},
        {"08:00:27:ef:d3:15:16", NULL},
        {"080027efd315", NULL},
        {"0800.27ef.d315", NULL},
        {"8:0:27:ef:d3:15", NULL},
        {"08:00:27:ef:d3:1g", NULL},
        {"08_00_27_ef_d3_15", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mac m;
        char text[MAC_TEXT_MAX] = "";

        if (mac_parse(str_of(rows[i].text), &m))
            mac_text(&m, text);
        assert_str(rows[i].text, str_of(text),
                   rows[i].want ? rows[i].want : "");
    }
}

static void test_protocols(void **state)
{
    static const struct {
        const char *text;
        int want; /* -1: refused */
    } rows[] = {
        {"tcp", 6},   {"TCP", 6},    {"udp", 17},  {"6", 6},
        {"icmp", 1},  {"icmp6", 58}, {"sctp", 132}, {"ipv6-icmp", 58},
        {"gre", 47},  {"255", 255},  {"256", -1},   {"-1", -1},
        {"", -1},     {"http", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t number = 0;
        bool read = proto_parse(str_of(rows[i].text), &number);

        assert_i64(rows[i].text, read ? number : -1, rows[i].want);
    }
    assert_string_equal(proto_name(6), "tcp");
    assert_null(proto_name(254));
    assert_null(proto_name(-1));
    assert_null(proto_name(6 + 256));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_write),
        cmocka_unit_test(test_like_the_c_library),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_protocols),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
