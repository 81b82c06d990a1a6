/* test_geo.c -- what the databases of places and networks say, what files are
 * refused, and that a snapshot has them open. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_empty.h"
#include "config/geo.h"
#include "config_bench.h"
#include "strs.h"

/* test/mmdb_write.py makes them; see there what is in which. */
static const char *file_of(struct arena *a, const char *name)
{
    const char *directory = getenv("TOCSIN_MMDB_DIR");

    if (directory == NULL)
        directory = "build/test";
    return arena_printf(a, "%s/%s", directory, name).p;
}

/* "city continent_code continent country_code country lat lon as as_name" */
static const char *told(struct arena *a, const struct geo *g, const char *address)
{
    struct geo_place p;
    struct ip ip;

    assert_true(ip_parse(str_of(address), &ip));
    if (!g->find(g->arg, &ip, a, &p))
        return "nothing";
    if (!p.located)
        assert_true(p.latitude == 0 && p.longitude == 0);
    return arena_printf(a, "%.*s|%.*s|%.*s|%.*s|%.*s|%.4f %.4f|%lld %.*s",
                        STR_ARG(p.city), STR_ARG(p.continent_code),
                        STR_ARG(p.continent), STR_ARG(p.country_code),
                        STR_ARG(p.country), p.latitude, p.longitude,
                        (long long)p.as_number, STR_ARG(p.as_name)).p;
}

static const struct {
    const char *city, *asn; /* NULL: none */
    const char *address, *want;
} lookups[] = {
    {"city.mmdb", "asn.mmdb", "23.206.251.35",
     "Milan|EU|Europe|IT|Italy|45.4722 9.1922|16625 Akamai Technologies"},
    {"city.mmdb", NULL, "23.206.251.35",
     "Milan|EU|Europe|IT|Italy|45.4722 9.1922|0 "},
    {NULL, "asn.mmdb", "23.206.251.35",
     "|||||0.0000 0.0000|16625 Akamai Technologies"},
    {"city.mmdb", "asn.mmdb", "81.2.69.255",
     "London|EU|Europe|GB|United Kingdom|51.5142 -0.0931|20712 Andrews & Arnold Ltd"},
    {"city.mmdb", "asn.mmdb", "81.2.70.0", "nothing"},
    {"city.mmdb", "asn.mmdb", "192.168.1.29", "nothing"},
    {"city.mmdb", "asn.mmdb", "2001:db8::35",
     "Z\xc3\xbcrich|EU|Europe|CH|Switzerland|47.5000 8.5000|4294967295 "},
    {"city.mmdb", "asn.mmdb", "::ffff:23.206.251.35",
     "Milan|EU|Europe|IT|Italy|45.4722 9.1922|16625 Akamai Technologies"},
    {"city.mmdb", "asn.mmdb", "::", "nothing"},
    {"city.mmdb", "asn.mmdb", "255.255.255.255", "nothing"},
    /* A file of v4 addresses only, and one of v6 asked of it. */
    {"city-v4.mmdb", NULL, "81.2.69.1",
     "London|EU|Europe|GB|United Kingdom|51.5142 -0.0931|0 "},
    {"city-v4.mmdb", NULL, "2001:db8::35", "nothing"},
    /* Records with little, wrong or no sense in them. */
    {"city.mmdb", NULL, "203.0.113.1", "|||AU||0.0000 0.0000|0 "},
    {"city.mmdb", NULL, "203.0.113.129", "|||||0.0000 0.0000|0 "},
    {"city.mmdb", NULL, "203.0.113.193", "|||||0.0000 0.0000|0 "},
    {"broken-tree.mmdb", NULL, "23.206.251.35", "nothing"},
    {"broken-data.mmdb", NULL, "23.206.251.35", "|||||0.0000 0.0000|0 "},
    {"broken-data.mmdb", NULL, "81.2.69.1", "|||||0.0000 0.0000|0 "},
};

static struct str path_of(struct arena *a, const char *name)
{
    return name == NULL ? STR_NONE : str_of(file_of(a, name));
}

static void test_lookups(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lookups); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct geo g freed_by(geo_close) = {0};
        struct error err;

        if (!geo_open(path_of(&a, lookups[i].city), path_of(&a, lookups[i].asn),
                      &g, &err))
            fail_msg("%zu: %s", i, err.text);
        assert_str(lookups[i].address,
                   str_of(told(&a, &g, lookups[i].address)), lookups[i].want);
    }
}

static void test_none(void **state)
{
    struct geo g = {0};
    struct error err;

    (void)state;
    assert_true(geo_open(STR_NONE, STR_NONE, &g, &err));
    assert_true(g.find == NULL && g.arg == NULL);
    geo_close(&g);
}

static const struct {
    const char *city, *asn, *place, *text;
} refusals[] = {
    {"no-such.mmdb", NULL, "/geo_city_file", "No such file"},
    {NULL, "no-such.mmdb", "/geo_asn_file", "No such file"},
    {"city.mmdb", "not.mmdb", "/geo_asn_file", "not a MaxMind DB"},
    {"empty.mmdb", NULL, "/geo_city_file", "not a MaxMind DB"},
    {".", NULL, "/geo_city_file", "is not a file"},
    {"asn.mmdb", NULL, "/geo_city_file", "is a GeoLite2-ASN database"},
    {NULL, "city.mmdb", "/geo_asn_file", "is a GeoLite2-City database"},
    {NULL, "city-v4.mmdb", "/geo_asn_file", "is a Tests-Country database"},
};

static void refused(struct str city, struct str asn, const char *place,
                    const char *text)
{
    struct error err = {0};
    struct geo g;

    assert_false(geo_open(city, asn, &g, &err));
    assert_null(g.find);
    assert_string_equal(err.place, place);
    if (strstr(err.text, text) == NULL)
        fail_msg("%s: not \"%s\"", err.text, text);
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct arena a freed_by(arena_release) = {0};

        refused(path_of(&a, refusals[i].city), path_of(&a, refusals[i].asn),
                refusals[i].place, refusals[i].text);
    }
    refused(STR("city.mmdb"), STR_NONE, "/geo_city_file", "absolute path");
    refused(STR("/dev/null"), STR_NONE, "/geo_city_file", "is not a file");
}

/* --- in the configuration ------------------------------------------------ */

static void copy(const char *from, const char *to)
{
    char bytes[8192];
    FILE *in = fopen(from, "re");
    FILE *out = fopen(to, "we");
    size_t n;

    assert_true(in != NULL && out != NULL);
    n = fread(bytes, 1, sizeof(bytes), in);
    assert_true(n > 0 && n < sizeof(bytes));
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static const char *milan(struct bench *b)
{
    const struct geo *g = &config_now(b->config)->geo;

    return g->find == NULL ? "none" : told(&b->arena, g, "23.206.251.35");
}

static enum config_result set(struct bench *b, const char *path)
{
    const char *json = arena_printf(&b->arena, "{\"geo_city_file\":\"%s\"}",
                                    path).p;
    struct edit e = bench_edit(b, EDIT_PATCH, OBJECT_SETTINGS, NULL, json);

    return config_edit(b->config, &e, &b->err);
}

/* Refused when it is set; gone or broken later, it is a fault and no more. */
static void test_setting(void **state)
{
    static const char want[] = "Milan|EU|Europe|IT|Italy|45.4722 9.1922|0 ";
    const struct snapshot *kept;
    const char *path;
    struct bench b;

    (void)state;
    bench_init(&b);
    path = bench_path(&b, "places.mmdb");
    assert_string_equal(milan(&b), "none");
    assert_int_equal(set(&b, path), CONFIG_INVALID);
    if (strstr(b.err.text, "geo_city_file: cannot open") == NULL)
        fail_msg("%s", b.err.text);
    copy(file_of(&b.arena, "city.mmdb"), path);
    assert_int_equal(set(&b, path), CONFIG_OK);
    assert_string_equal(milan(&b), want);
    bench_reopen(&b);
    assert_string_equal(milan(&b), want);

    kept = config_acquire(b.config);
    assert_int_equal(set(&b, ""), CONFIG_OK);
    assert_string_equal(milan(&b), "none");
    assert_string_equal(told(&b.arena, &kept->geo, "23.206.251.35"), want);
    config_release(b.config, kept);

    assert_int_equal(set(&b, path), CONFIG_OK);
    assert_int_equal(unlink(path), 0);
    bench_reopen(&b);
    assert_string_equal(milan(&b), "none");
    assert_true(config_now(b.config)->settings_origin.fault.n > 0);
    bench_release(&b);
}

/* On another machine, before it is installed, the file need not be there. */
static void test_elsewhere(void **state)
{
    struct error err;
    struct bench b = {.config = config_open_empty(&err)};

    (void)state;
    assert_non_null(b.config);
    assert_int_equal(set(&b, "/no/such.mmdb"), CONFIG_OK);
    assert_string_equal(milan(&b), "none");
    config_close(b.config);
    arena_release(&b.arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_setting),
        cmocka_unit_test(test_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
