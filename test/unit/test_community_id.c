/* test_community_id.c -- the published vectors of Community ID v1. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/ip.h"

#include "strs.h"

struct vector {
    const char *from, *to;
    uint16_t from_port, to_port;
    uint8_t proto;
    uint16_t seed;
    const char *want;
    bool one_way; /* the other direction is another flow */
};

static const struct vector vectors[] = {
    {"192.168.1.29", "23.206.251.35", 60952, 80, 6, 0,
     "1:fUGQhJ6nxu/LILCAW+Lb8dF4sKU=", false},
    {"192.168.1.29", "23.206.251.35", 60952, 80, 17, 0,
     "1:IwyC60/dvMKz5w00yx+PpL/aDno=", false},
    {"192.168.1.29", "23.206.251.35", 60952, 80, 6, 1,
     "1:YvOlWjhdIVzcM0++zQRudtonLcE=", false},
    {"128.232.110.120", "66.35.250.204", 34855, 80, 6, 0,
     "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", false},
    {"192.168.1.52", "8.8.8.8", 54585, 53, 17, 0,
     "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", false},
    {"192.168.170.8", "192.168.170.56", 7, 7, 132, 0,
     "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", false},
    {"192.168.0.89", "192.168.0.1", 8, 0, 1, 0,
     "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", true},
    {"192.168.0.1", "192.168.0.89", 0, 0, 1, 0,
     "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", true},
    {"10.0.0.1", "10.0.0.2", 11, 0, 1, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM=",
     true},
    {"10.0.0.2", "10.0.0.1", 11, 0, 1, 0, "1:c5iqfdGYsNWhMJVcYXWPNWbpnKs=",
     true},
    {"fe80::200:86ff:fe05:80da", "ff02::2", 133, 0, 58, 0,
     "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=", true},
    {"2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943,
     25, 6, 0, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", false},
    {"2001:db8::1", "2001:db8::2", 49152, 443, 6, 0,
     "1:nVytkgXAOJHYvYPARNzqK3FosjA=", false},
    {"127.0.0.1", "127.0.0.1", 49152, 443, 6, 0,
     "1:g+jN1o13GhRoyIuDkUiAtcBq6Hk=", false},
    {"10.1.12.1", "10.1.12.2", 0, 0, 46, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=",
     false},
    {"192.0.2.1", "192.0.2.2", 0, 0, 47, 0, "1:OF71QrXQ3uLb1NPEC6e1InPqsIM=",
     false},
    /* What has no ports has none, whatever the tuple says. */
    {"192.0.2.1", "192.0.2.2", 7, 9, 47, 0, "1:OF71QrXQ3uLb1NPEC6e1InPqsIM=",
     false},
    /* Of a real capture by ntopng: low_goodput and url_possible_sql_injection. */
    {"192.168.1.93", "2.23.155.233", 61641, 80, 6, 0,
     "1:e+hli+5x8hN51Hd58512w14/uwo=", false},
    {"192.168.137.178", "192.168.137.86", 42258, 80, 6, 0,
     "1:3B9K3MFPljBE2IZSuZ09zaY6MUY=", false},
};

/* The specification's own: baseline/baseline_deflt.json and baseline_seed1.json of
 * corelight/community-id-spec, all 23, in order. Where a flow has two directions
 * both are there. */
static const struct {
    const char *from, *to;
    uint16_t from_port, to_port;
    uint8_t proto;
    const char *seed_0, *seed_1;
} baseline[] = {
    {"fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 136, 58,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=",
     "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
    {"fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 135, 58,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=",
     "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
    {"fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 135, 136, 58,
     "1:zavyT/cezQr1fmImYCwYnMXbgck=",
     "1:2hSqmsDZ2kdcY9kbiUzOEBic0iM="},
    {"fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 136, 135, 58,
     "1:zavyT/cezQr1fmImYCwYnMXbgck=",
     "1:2hSqmsDZ2kdcY9kbiUzOEBic0iM="},
    {"3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, 58,
     "1:2ObVBgIn28oZvibYZhZMBgh7WdQ=",
     "1:lVEtCZpYu84Xqaa++3lXFyuu2n4="},
    {"3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4, 58,
     "1:hLZd0XGWojozrvxqE0dWB1iM6R0=",
     "1:W8MHwXpWzpoSTD+cGcaJr4u0ys8="},
    {"3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 129, 58,
     "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=",
     "1:GfZxjAkDk2MkegpBYHV6tadtFXQ="},
    {"3ffe:501:0:1001::2", "3ffe:507:0:1:200:86ff:fe05:80da", 129, 128, 58,
     "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=",
     "1:GfZxjAkDk2MkegpBYHV6tadtFXQ="},
    {"fe80::200:86ff:fe05:80da", "ff02::2", 133, 134, 58,
     "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=",
     "1:L7Ka0ZMYu+J3bL4ulW2PrqyXNo8="},
    {"fe80::260:97ff:fe07:69ea", "ff02::1", 134, 133, 58,
     "1:pkvHqCL88/tg1k4cPigmZXUtL00=",
     "1:K/ee5UCqAMAQXDorP5nSa2CGLjc="},
    {"192.168.0.89", "192.168.0.1", 8, 0, 1,
     "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=",
     "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
    {"192.168.0.1", "192.168.0.89", 0, 8, 1,
     "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=",
     "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
    {"10.0.0.1", "10.0.0.2", 11, 0, 1,
     "1:YHxtAirCG//0OzkcVAukqKQN9xM=",
     "1:XjUibYHaafLQ3pxQeiMI8g25q20="},
    {"2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, 6,
     "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=",
     "1:eJYTW6AOzFLlSUoESovMjnu7rMw="},
    {"2607:f8b0:400c:c03::1a", "2001:470:e5bf:dead:4957:2174:e82c:4887", 25, 63943, 6,
     "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=",
     "1:eJYTW6AOzFLlSUoESovMjnu7rMw="},
    {"192.168.170.8", "192.168.170.56", 7, 7, 132,
     "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=",
     "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg="},
    {"192.168.170.56", "192.168.170.8", 7, 7, 132,
     "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=",
     "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg="},
    {"128.232.110.120", "66.35.250.204", 34855, 80, 6,
     "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
     "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
    {"66.35.250.204", "128.232.110.120", 80, 34855, 6,
     "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
     "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
    {"192.168.1.52", "8.8.8.8", 54585, 53, 17,
     "1:d/FP5EW3wiY1vCndhwleRRKHowQ=",
     "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
    {"8.8.8.8", "192.168.1.52", 53, 54585, 17,
     "1:d/FP5EW3wiY1vCndhwleRRKHowQ=",
     "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
    {"10.1.12.1", "10.1.12.2", 0, 0, 46,
     "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=",
     "1:rYir8gphR31noO9iDRQmF/BteEI="},
    {"10.1.12.2", "10.1.12.1", 0, 0, 46,
     "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=",
     "1:rYir8gphR31noO9iDRQmF/BteEI="},
};

static void check(const struct vector *v, bool turned)
{
    struct flow_tuple t = {.from_port = turned ? v->to_port : v->from_port,
                           .to_port = turned ? v->from_port : v->to_port,
                           .proto = v->proto};
    char got[COMMUNITY_ID_MAX];

    assert_true(ip_parse(str_of(turned ? v->to : v->from), &t.from));
    assert_true(ip_parse(str_of(turned ? v->from : v->to), &t.to));
    community_id(&t, v->seed, got);
    assert_str(v->from, str_of(got), v->want);
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        check(&vectors[i], false);
        if (!vectors[i].one_way)
            check(&vectors[i], true);
    }
}

static void test_baseline(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(baseline), 23);
    for (size_t i = 0; i < COUNT_OF(baseline); i++) {
        struct vector v = {
            .from = baseline[i].from, .to = baseline[i].to,
            .from_port = baseline[i].from_port, .to_port = baseline[i].to_port,
            .proto = baseline[i].proto, .want = baseline[i].seed_0,
        };

        check(&v, false);
        v.seed = 1;
        v.want = baseline[i].seed_1;
        check(&v, false);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_baseline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
