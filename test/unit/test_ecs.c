/* test_ecs.c -- documents of the Elastic Common Schema: every key the seed lists is
 * there, no key is there that the schema does not have, and what a database of
 * places adds to what the source said. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>

#include "base/limits.h"
#include "endpoint/ecs.h"
#include "golden.h"
#include "strs.h"

#define CASES "test/golden/elasticsearch/*.json"

/* --- the schema ---------------------------------------------------------- */

enum kind { TEXT_KIND, NUMBER_KIND };

/* Of the field reference; `modern`: not yet in 1.6.0. */
static const struct {
    const char *name;
    enum kind kind;
    bool modern;
} fields[] = {
    {"@timestamp", TEXT_KIND, false},
    {"message", TEXT_KIND, false},
    {"tags", TEXT_KIND, false},
    {"ecs.version", TEXT_KIND, false},
    {"event.action", TEXT_KIND, false},
    {"event.category", TEXT_KIND, false},
    {"event.created", TEXT_KIND, false},
    {"event.dataset", TEXT_KIND, false},
    {"event.duration", NUMBER_KIND, false},
    {"event.end", TEXT_KIND, false},
    {"event.id", TEXT_KIND, false},
    {"event.kind", TEXT_KIND, false},
    {"event.module", TEXT_KIND, false},
    {"event.original", TEXT_KIND, false},
    {"event.risk_score", NUMBER_KIND, false},
    {"event.severity", NUMBER_KIND, false},
    {"event.severity_label", TEXT_KIND, false}, /* the seed's alone */
    {"event.start", TEXT_KIND, false},
    {"event.type", TEXT_KIND, false},
    {"event.url", TEXT_KIND, false},
    {"host.ip", TEXT_KIND, false},
    {"host.name", TEXT_KIND, false},
    {"network.application", TEXT_KIND, false},
    {"network.bytes", NUMBER_KIND, false},
    {"network.community_id", TEXT_KIND, false},
    {"network.packets", NUMBER_KIND, false},
    {"network.protocol", TEXT_KIND, false},
    {"network.transport", TEXT_KIND, false},
    {"network.vlan.id", TEXT_KIND, false},
    {"observer.name", TEXT_KIND, false},
    {"observer.product", TEXT_KIND, false},
    {"observer.type", TEXT_KIND, false},
    {"organization.name", TEXT_KIND, false},
    {"related.ip", TEXT_KIND, false},
    {"rule.id", TEXT_KIND, false},
    {"rule.name", TEXT_KIND, false},
    {"source.mac", TEXT_KIND, false},
    {"user.name", TEXT_KIND, false},
};

/* The same of "source" and of "destination". */
static const struct {
    const char *name;
    enum kind kind;
    bool modern;
} ends[] = {
    {"ip", TEXT_KIND, false},
    {"port", NUMBER_KIND, false},
    {"bytes", NUMBER_KIND, false},
    {"packets", NUMBER_KIND, false},
    {"as.number", NUMBER_KIND, false},
    {"as.organization.name", TEXT_KIND, false},
    {"geo.city_name", TEXT_KIND, false},
    {"geo.continent_code", TEXT_KIND, true},
    {"geo.continent_name", TEXT_KIND, false},
    {"geo.country_iso_code", TEXT_KIND, false},
    {"geo.country_name", TEXT_KIND, false},
    {"geo.location.lat", NUMBER_KIND, false},
    {"geo.location.lon", NUMBER_KIND, false},
};

static bool in_schema(struct str name, enum json_type type, bool old)
{
    enum kind kind = type == JSON_NUMBER ? NUMBER_KIND : TEXT_KIND;
    struct str rest = name;
    struct str first = str_until(&rest, '.');

    if (type != JSON_NUMBER && type != JSON_STRING)
        return false;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (str_is(name, fields[i].name))
            return fields[i].kind == kind && !(old && fields[i].modern);
    }
    if (!str_is(first, "source") && !str_is(first, "destination"))
        return false;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        if (str_is(rest, ends[i].name))
            return ends[i].kind == kind && !(old && ends[i].modern);
    }
    return false;
}

/* Every leaf; what is in a list counts as the list's. */
static void walk(struct arena *a, const struct json *j, struct str path, bool old)
{
    if (j->type != JSON_OBJECT && j->type != JSON_ARRAY) {
        if (!in_schema(path, j->type, old))
            fail_msg("%.*s is not of ECS %s", STR_ARG(path), old ? "1.6.0" : "8.17.0");
        return;
    }
    for (const struct json *m = j->first; m != NULL; m = m->next) {
        struct str name = path;

        if (path.n == 0 && str_is(m->name, "alert"))
            continue;
        if (j->type == JSON_OBJECT)
            name = path.n == 0 ? m->name
                               : arena_printf(a, "%.*s.%.*s", STR_ARG(path),
                                              STR_ARG(m->name));
        walk(a, m, name, old);
    }
}

/* --- documents ----------------------------------------------------------- */

/* Knows an address of Milan, and nothing else. */
static bool milan_find(void *arg unused, const struct ip *ip, struct arena *a unused,
                       struct geo_place *out)
{
    char text[IP_TEXT_MAX];

    ip_text(ip, text);
    *out = (struct geo_place){
        .city = STR("Milan"), .continent_code = STR("EU"),
        .continent = STR("Europe"), .country_code = STR("IT"),
        .country = STR("Italy"), .located = true, .latitude = 45.4722,
        .longitude = 9.1922, .as_number = 137, .as_name = STR("GARR"),
    };
    return strcmp(text, "23.206.251.35") == 0;
}

static const struct geo milan = {milan_find, NULL};

static const struct json *document(struct arena *a, const struct alert *alert,
                                   const struct ecs_options *with)
{
    struct message_place place = {.instance = STR("gw"),
                                  .base_url = STR("https://alerts.example.net")};
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);
    struct error err;
    const struct json *j;

    ecs_write(alert, &place, with, &o, a);
    assert_false(b.over);
    j = json_parse(a, arena_str(a, buf_view(&b)), &err);
    if (j == NULL)
        fail_msg("%s", err.text);
    return j;
}

static void case_read(const char *path, struct golden *g)
{
    struct buf json freed_by(buf_release) = BUF(1u << 20);
    char chunk[4096];
    struct error err;
    FILE *f = fopen(path, "re");
    size_t n;

    assert_non_null(f);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(&json, chunk, n);
    fclose(f);
    if (!golden_read(g, "elasticsearch", buf_view(&json), &err))
        fail_msg("%s: %s", path, err.text);
}

static void check_case(const char *path)
{
    struct golden g;

    case_read(path, &g);
    for (size_t i = 0; i < g.in.count; i++) {
        for (unsigned way = 0; way < 32; way++) {
            struct ecs_options with = {
                .version = way & 1 ? ECS_VERSION_OLD : ECS_VERSION,
                .scalar_category = way & 2, .geo = way & 4 ? &milan : NULL,
                .raw = way & 8, .minimal = way & 16, .test = way & 2,
                .text_max = 1000,
            };

            walk(&g.arena, document(&g.arena, g.items[i].alert, &with), STR_NONE,
                 way & 1);
        }
    }
    golden_release(&g);
}

static void test_schema(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(glob(CASES, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        if (!str_ends(str_of(files.gl_pathv[i]), ".response.json"))
            check_case(files.gl_pathv[i]);
    }
    globfree(&files);
}

/* --- the seed's keys ----------------------------------------------------- */

static const char *const always[] = {
    "@timestamp", "message", "ecs.version", "event.category", "event.created",
    "event.dataset", "event.kind", "event.module", "event.risk_score",
    "event.severity", "event.severity_label", "organization.name", "rule.name",
};

static const char *const of_flows[] = {
    "source.ip", "source.port", "source.as.number", "source.geo.city_name",
    "source.geo.continent_name", "source.geo.country_name",
    "source.geo.country_iso_code", "source.geo.location.lat",
    "source.geo.location.lon", "network.community_id", "network.protocol",
    "network.transport", "network.vlan.id", "destination.ip",
    "destination.port", "destination.as.number", "destination.geo.city_name",
    "destination.geo.continent_name", "destination.geo.country_name",
    "destination.geo.country_iso_code", "destination.geo.location.lat",
    "destination.geo.location.lon",
};

static const struct json *at(struct arena *a, const struct json *j,
                             const char *path)
{
    struct str rest = str_of(path);

    while (rest.n > 0)
        j = json_get(j, arena_c(a, str_until(&rest, '.')));
    return j;
}

static void has_all(struct arena *a, const struct json *doc,
                    const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct json *j = at(a, doc, names[i]);

        if (j == NULL || (j->type == JSON_STRING && j->text.n == 0))
            fail_msg("%s is not there", names[i]);
    }
}

static void alert_of(struct arena *a, const char *text, struct alert *out)
{
    struct error err;
    const struct json *j = json_parse(a, str_of(text), &err);

    if (j == NULL || !alert_read(a, j, 1606141256000, out, &err))
        fail_msg("%s: %s", text, err.text);
}

#define FLOW "\"entity\":\"flow\",\"type\":\"x\",\"proto\":6,\"proto.ndpi\":\"HTTP\","   \
             "\"cli_port\":1,\"srv_port\":80,\"vlan_id\":0,"
#define BOTH "\"cli_ip\":\"23.206.251.35\",\"srv_ip\":\"23.206.251.35\""

static void test_seed(void **state)
{
    struct ecs_options with = {.version = ECS_VERSION, .geo = &milan,
                               .text_max = 1000};
    struct arena a freed_by(arena_release) = {0};
    struct alert alert;

    (void)state;
    alert_of(&a, "{" FLOW BOTH "}", &alert);
    for (int old = 0; old < 2; old++) {
        with.version = old ? ECS_VERSION_OLD : ECS_VERSION;
        has_all(&a, document(&a, &alert, &with), always, COUNT_OF(always));
        has_all(&a, document(&a, &alert, &with), of_flows, COUNT_OF(of_flows));
    }
    for (int e = 0; e < ENTITY_COUNT; e++) {
        alert.entity = (enum entity)e;
        if (entity_from_number(e, &alert.entity))
            has_all(&a, document(&a, &alert, &with), always, COUNT_OF(always));
    }
}

/* --- places -------------------------------------------------------------- */

#define OURS "\"srv_ip\":\"23.206.251.35\",\"cli_ip\":\"10.0.0.1\""

static const struct {
    const char *facts; /* of the server */
    bool asked;
    const char *as, *geo; /* "": not there */
} places[] = {
    {"", true, "{\"number\":137,\"organization\":{\"name\":\"GARR\"}}",
     "{\"city_name\":\"Milan\",\"continent_code\":\"EU\","
     "\"continent_name\":\"Europe\",\"country_iso_code\":\"IT\","
     "\"country_name\":\"Italy\",\"location\":{\"lat\":45.4722,\"lon\":9.1922}}"},
    {"", false, "", ""},
    /* What was said is kept, and what fits it is added. */
    {",\"srv_country_name\":\"IT\",\"srv_continent_name\":\"EU\",\"srv_asn\":137",
     true, "{\"number\":137,\"organization\":{\"name\":\"GARR\"}}",
     "{\"city_name\":\"Milan\",\"continent_code\":\"EU\","
     "\"continent_name\":\"Europe\",\"country_iso_code\":\"IT\","
     "\"country_name\":\"Italy\",\"location\":{\"lat\":45.4722,\"lon\":9.1922}}"},
    {",\"srv_location_lat\":1.5,\"srv_location_lon\":2.5,\"srv_asn\":64512", true,
     "{\"number\":64512}",
     "{\"city_name\":\"Milan\",\"continent_code\":\"EU\","
     "\"continent_name\":\"Europe\",\"country_iso_code\":\"IT\","
     "\"country_name\":\"Italy\",\"location\":{\"lat\":1.5,\"lon\":2.5}}"},
    /* Of another place nothing is added. */
    {",\"srv_country_name\":\"US\",\"srv_continent_name\":\"NA\",\"srv_asn\":16625",
     true, "{\"number\":16625}",
     "{\"continent_code\":\"NA\",\"continent_name\":\"North America\","
     "\"country_iso_code\":\"US\"}"},
    {",\"srv_city_name\":\"Pisa\"", true,
     "{\"number\":137,\"organization\":{\"name\":\"GARR\"}}",
     "{\"city_name\":\"Pisa\"}"},
    {",\"srv_country_name\":\"Italy\"", true,
     "{\"number\":137,\"organization\":{\"name\":\"GARR\"}}",
     "{\"city_name\":\"Milan\",\"continent_code\":\"EU\","
     "\"continent_name\":\"Europe\",\"country_iso_code\":\"IT\","
     "\"country_name\":\"Italy\",\"location\":{\"lat\":45.4722,\"lon\":9.1922}}"},
    /* What is no place is none. */
    {",\"srv_location_lat\":0,\"srv_location_lon\":0,\"srv_asn\":-1", false, "", ""},
    {",\"srv_location_lat\":\"45\",\"srv_location_lon\":9", false, "", ""},
    {",\"srv_location_lat\":90.1,\"srv_location_lon\":9", false, "", ""},
    {",\"srv_location_lat\":45,\"srv_location_lon\":-180.1", false, "", ""},
    {",\"srv_asn\":4294967296", false, "", ""},
    {",\"srv_asn\":\"16625\",\"srv_country_name\":7", false, "", ""},
};

static const char *written(struct arena *a, const struct json *j)
{
    struct buf b freed_by(buf_release) = BUF(65536);
    struct json_out o = JSON_OUT(&b);

    if (j == NULL)
        return "";
    out_tree(&o, NULL, j);
    return arena_c(a, buf_view(&b));
}

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct ecs_options with = {.version = ECS_VERSION, .text_max = 1000};
        struct alert alert;
        const struct json *doc;

        with.geo = places[i].asked ? &milan : NULL;
        alert_of(&a, arena_printf(&a, "{" FLOW OURS "%s}", places[i].facts).p,
                 &alert);
        doc = document(&a, &alert, &with);
        assert_string_equal(written(&a, at(&a, doc, "destination.as")),
                            places[i].as);
        assert_string_equal(written(&a, at(&a, doc, "destination.geo")),
                            places[i].geo);
        assert_null(at(&a, doc, "source.geo")); /* not known anywhere */
    }
}

/* --- what goes over a flow ------------------------------------------------ */

static const struct {
    const char *facts, *transport, *protocol, *application, *id;
} flows[] = {
    {"\"proto\":6,\"cli_port\":60952,\"srv_port\":80,\"proto.ndpi\":\"HTTP\"",
     "tcp", "http", "", "1:fUGQhJ6nxu/LILCAW+Lb8dF4sKU="},
    {"\"proto\":\"TCP\",\"cli_port\":60952,\"srv_port\":80,"
     "\"proto.ndpi\":\"TLS.Google\"", "tcp", "tls", "google",
     "1:fUGQhJ6nxu/LILCAW+Lb8dF4sKU="},
    {"\"proto\":\"17\",\"cli_port\":60952,\"srv_port\":80", "udp", "", "",
     "1:IwyC60/dvMKz5w00yx+PpL/aDno="},
    /* What the source says is right, and of ICMP only it can say. */
    {"\"proto\":6,\"cli_port\":1,\"srv_port\":2,\"community_id\":\"1:x\"", "tcp",
     "", "", "1:x"},
    {"\"proto\":1,\"cli_port\":8,\"srv_port\":0", "icmp", "", "", ""},
    {"\"proto\":58", "ipv6-icmp", "", "", ""},
    {"\"proto\":256", "", "", "", ""},
    {"\"proto\":-1,\"community_id\":\"1:x\"", "", "", "", "1:x"},
    {"\"cli_port\":1", "", "", "", ""},
};

static void test_flows(void **state)
{
    struct ecs_options with = {.version = ECS_VERSION, .text_max = 1000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(flows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert;
        const struct json *n;

        alert_of(&a, arena_printf(&a, "{\"type\":\"x\",\"entity\":\"flow\","
                                      "\"cli_ip\":\"192.168.1.29\","
                                      "\"srv_ip\":\"23.206.251.35\",%s}",
                                  flows[i].facts).p, &alert);
        n = json_get(document(&a, &alert, &with), "network");
        assert_str(flows[i].facts, json_text(json_get(n, "transport")),
                   flows[i].transport);
        assert_str(flows[i].facts, json_text(json_get(n, "protocol")),
                   flows[i].protocol);
        assert_str(flows[i].facts, json_text(json_get(n, "application")),
                   flows[i].application);
        assert_str(flows[i].facts, json_text(json_get(n, "community_id")),
                   flows[i].id);
    }
}

/* --- the alert itself ---------------------------------------------------- */

/* Nothing of it is lost: as an object under names that are safe, or as it is. */
static void test_raw(void **state)
{
    static const char text[] =
        "{\"type\":\"x\",\"message\":\"m\",\"a.b\":{\"c.d\":[[{\"..\":null}]],"
        "\"\":1.50},\"  \":[],\"proto\":6,\"proto.ndpi\":\"HTTP\",\"u\":{}}";
    struct ecs_options with = {.version = ECS_VERSION, .raw = true,
                               .text_max = 1000};
    struct arena a freed_by(arena_release) = {0};
    struct buf line freed_by(buf_release) = BUF(65536);
    struct alert alert;
    const struct json *raw, *doc;

    (void)state;
    alert_of(&a, text, &alert);
    raw = json_get(document(&a, &alert, &with), "alert");
    assert_string_equal(written(&a, json_get(raw, "a_b")),
                        "{\"c_d\":[[{\"__\":null}]],\"_\":1.50}");
    assert_string_equal(written(&a, json_get(raw, "proto_ndpi")), "\"HTTP\"");
    assert_string_equal(written(&a, json_get(raw, "_")), "[]");

    with.minimal = true;
    doc = document(&a, &alert, &with);
    alert_write_line(&alert, &line);
    assert_str("original", json_text(at(&a, doc, "event.original")), buf_c(&line));
    assert_null(json_get(doc, "alert"));
    assert_int_equal(doc->count, 4);
}

/* A name never meets another: it would be there twice, and that is no JSON. */
static void test_names(void **state)
{
    static const struct {
        const char *facts, *want;
    } rows[] = {
        {"\"a.b\":1,\"a_b\":2", "\"a.b\":1,\"a_b\":2"},
        {"\"a_b\":1,\"a.b\":2", "\"a_b\":1,\"a.b\":2"},
        {"\"a.b_c\":1,\"a_b.c\":2", "\"a_b_c\":1,\"a_b.c\":2"},
        {"\"\":1,\" \":2,\"_\":3", "\"\":1,\" \":2,\"_\":3"},
        {"\".\":1,\"\":2", "\"_\":1,\"\":2"},
        {"\"entity.value\":1", "\"entity.value\":1"},
        {"\"a\":[{\"b.c\":1},{\"b.c\":2}]", "\"a\":[{\"b_c\":1},{\"b_c\":2}]"},
    };
    struct ecs_options with = {.version = ECS_VERSION, .raw = true,
                               .text_max = 1000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert;
        const char *got;

        alert_of(&a, arena_printf(&a, "{\"type\":\"x\",%s}", rows[i].facts).p,
                 &alert);
        got = written(&a, json_get(document(&a, &alert, &with), "alert"));
        if (strstr(got, arena_printf(&a, ",%s}", rows[i].want).p) == NULL)
            fail_msg("%s: got %s", rows[i].facts, got);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_flows),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
