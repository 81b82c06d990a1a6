/* test_filter.c -- filters as tables: what they find, how they are written, and
 * each mistake with its column. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/filter.h"

static struct arena arena;

static const struct filter *filter_of(const char *text)
{
    struct error err = {0};
    const struct filter *f = filter_parse(str_of(text), &arena, NULL, &err);

    if (f == NULL)
        fail_msg("%s: %s", text, err.text);
    return f;
}

static struct alert alert_of(const char *text)
{
    struct alert a = {0};
    struct error err = {0};
    const struct json *j = json_parse(&arena, str_of(text), &err);

    if (j == NULL || !alert_read(&arena, j, 1000, &a, &err))
        fail_msg("%s: %s", text, err.text);
    return a;
}

static const struct str lab[] = {{"10.1.0.0/16", 11}, {"192.168.1.7@12", 14}};
static const struct pool pool_list[] = {
    {.id = 2, .name = {"lab", 3}, .ntopng_id = -1, .members = lab, .member_count = 2},
};

static enum filter_answer ask(const struct filter *f, const char *alert)
{
    struct error err;
    struct pools *pools = pools_new(pool_list, COUNT_OF(pool_list), &err);
    struct alert a = alert_of(alert);
    struct filter_subject s;
    enum filter_answer answer;

    filter_subject_init(&s, &a, pools);
    answer = filter_ask(f, &s);
    filter_subject_release(&s);
    pools_free(pools);
    return answer;
}

#define FLOW                                                                     \
    "{\"type\":\"low_goodput\",\"entity\":\"flow\",\"category\":\"network\","    \
    "\"severity\":\"warning\",\"score\":60,\"source\":\"ntopng\","               \
    "\"message\":\"Low Goodput on tcp\",\"cli_ip\":\"192.168.1.29\","            \
    "\"cli_port\":60952,\"srv_ip\":\"23.206.251.35\",\"srv_port\":80,"           \
    "\"srv_asn\":16625,\"cli_asn\":\"0\",\"vlan_id\":7,\"ifid\":3,"              \
    "\"ifname\":\"eno1\",\"cli_name\":\"cam-12\",\"info\":\"a.example.org/x\","  \
    "\"srv_blacklisted\":true,\"tags\":[\"web\",\"slow\"],\"ratio\":39.8}"
#define HOST                                                                     \
    "{\"type\":\"syn_scan\",\"entity\":\"host\",\"severity\":\"error\","         \
    "\"entity_value\":\"10.1.2.3@12\",\"action\":\"engage\",\"name\":\"pc7\"}"
#define PUSHED                                                                   \
    "{\"type\":\"InstanceDown\",\"entity\":\"other\",\"severity\":\"critical\"," \
    "\"source\":\"alertmanager\",\"labels\":{\"alertname\":\"InstanceDown\","    \
    "\"severity\":\"page\",\"env\":\"lab\",\"instance\":\"db-1:9100\"}}"
#define SIX                                                                      \
    "{\"type\":\"t\",\"entity\":\"host\",\"entity_value\":\"2001:db8::7\"}"
#define MAC                                                                      \
    "{\"type\":\"t\",\"entity\":\"mac\",\"entity_value\":\"aa-bb-cc-00-11-22\"}"

static const struct {
    const char *filter, *alert;
    bool want;
} rows[] = {
    /* severity and score are in order */
    {"severity>=warning", FLOW, true},
    {"severity>=error", FLOW, false},
    {"severity = warn", FLOW, true},
    {"severity<=4", FLOW, true}, /* ntopng's number */
    {"severity!=warning", FLOW, false},
    {"severity in (error, critical)", HOST, true},
    {"severity ~ \"^err\"", HOST, true},
    {"score>59.5 and score<61", FLOW, true},
    {"score=60", FLOW, true},
    {"score>60", FLOW, false},
    {"score in (1, 60)", FLOW, true},
    /* texts */
    {"type=low_goodput", FLOW, true},
    {"type=Low_goodput", FLOW, false},
    {"type in (low_goodput, tls_expired)", FLOW, true},
    {"not type in (low_goodput, tls_expired)", FLOW, false},
    {"type not in (a, b)", FLOW, true},
    {"type~good", FLOW, true},
    {"type!~good", FLOW, false},
    {"type=~good", FLOW, false},
    {"type=~\".*good.*\"", FLOW, true},
    {"entity=device", MAC, true},
    {"entity=4", FLOW, true},
    {"action=engage", HOST, true},
    {"source=ntopng", FLOW, true},
    {"category=network", FLOW, true},
    {"info~\"example\\.org\"", FLOW, true},
    /* addresses */
    {"cli_ip=192.168.1.0/24", FLOW, true},
    {"cli_ip=192.168.1.29", FLOW, true},
    {"srv_ip=192.168.1.0/24", FLOW, false},
    {"ip=23.0.0.0/8", FLOW, true},
    {"ip!=23.0.0.0/8", FLOW, false},
    {"ip!=24.0.0.0/8", FLOW, true},
    {"ip=10.1.0.0/16", HOST, true},
    {"ip=10.1.2.3", HOST, true},
    {"ip in (1.1.1.1, 2001:db8::/32)", SIX, true},
    {"ip=2001:DB8:0:0::7", SIX, true},
    {"ip=0.0.0.0/0", SIX, false},
    {"cli_ip~\"^192\\.168\\.\"", FLOW, true},
    {"mac=AA:BB:CC:00:11:22", MAC, true},
    {"mac=AA:BB:CC:00:11:23", MAC, false},
    /* where it was seen */
    {"vlan=7", FLOW, true},
    {"vlan=12", HOST, true},
    {"vlan>12", HOST, false},
    {"vlan=0", SIX, false}, /* it does not say */
    {"asn=16625", FLOW, true},
    {"cli_asn=16625", FLOW, false},
    {"asn in (1, 0)", FLOW, true},
    {"port=80", FLOW, true},
    {"port<1024 and port>50000", FLOW, true}, /* one port each */
    {"interface=eno1", FLOW, true},
    {"interface=3", FLOW, true},
    {"pool=lab", HOST, true},
    {"pool=Default", FLOW, true},
    {"pool!=Default", FLOW, false},
    {"pool=\"\"", MAC, true}, /* about no host */
    {"host~\"^cam-\"", FLOW, true},
    {"host=pc7", HOST, true},
    {"host=10.1.2.3", HOST, true},
    /* labels and facts */
    {"label.env=lab", PUSHED, true},
    {"tag.env!=lab", PUSHED, false},
    {"tag.env!=lab", FLOW, true}, /* what is not there is empty */
    {"label.env=\"\"", FLOW, true},
    {"alertname=~\"Inst.*\"", PUSHED, true},
    {"alertname=~\"Inst\"", PUSHED, false},
    {"alertname=low_goodput", FLOW, true},
    {"{severity=\"page\"}", PUSHED, true},
    {"{severity=\"critical\"}", PUSHED, false},
    {"{severity=\"error\"}", HOST, true},
    {"{alertname=~\"Inst.*\", env!~\"prod|la\", job=\"\",}", PUSHED, true},
    {"{env!~\"la.\"}", PUSHED, false},
    {"fact.ratio<40", FLOW, true},
    {"fact.ratio<=39", FLOW, false},
    {"fact.srv_blacklisted=true", FLOW, true},
    {"fact.tags=slow", FLOW, true},
    {"fact.tags!=slow", FLOW, false},
    {"fact.nothing>0", FLOW, false},
    /* words */
    {"goodput", FLOW, true},
    {"GOODPUT TCP", FLOW, true},
    {"\"goodput on\"", FLOW, true},
    {"goodput udp", FLOW, false},
    {"not udp", FLOW, true},
    {"10.1.2", HOST, true},
    /* and, or, not */
    {"a or b or goodput", FLOW, true},
    {"severity>=error or type=low_goodput and score=60", FLOW, true},
    {"(severity>=error or type=low_goodput) and score=61", FLOW, false},
    {"!(severity>=error) && !type=x || score=1", FLOW, true},
    {"not not goodput", FLOW, true},
    {"NOT (goodput OR x)", FLOW, false},
    {"severity>=warning and (cli_ip=192.168.1.0/24 or host~\"^cam-\") and not type in "
     "(low_goodput, tls_expired) and tag.env!=lab", FLOW, false},
    {"severity>=warning and (cli_ip=192.168.1.0/24 or host~\"^cam-\") and not type in "
     "(other, tls_expired) and tag.env!=lab", FLOW, true},
    /* ntopng's spelling */
    {"cli_ip=192.168.1.29;eq", FLOW, true},
    {"cli_ip=192.168.1.29;neq", FLOW, false},
    {"severity=4;gte & score=60;lte", FLOW, true},
    {"info=a.example;in", FLOW, true},
    {"info=aXexample;in", FLOW, false},
    {"info=a.example;nin", FLOW, false},
};

static void test_what_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((ask(filter_of(rows[i].filter), rows[i].alert) == FILTER_YES) != rows[i].want)
            fail_msg("row %zu: %s on %s", i, rows[i].filter, rows[i].alert);
}

/* The same filter comes back from its canonical text. */
static void test_texts_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str once = filter_text(filter_of(rows[i].filter), &arena);
        const struct filter *again = filter_of(arena_c(&arena, once));

        if (!str_eq(once, filter_text(again, &arena)))
            fail_msg("%s: not the same again", once.p);
        if ((ask(again, rows[i].alert) == FILTER_YES) != rows[i].want)
            fail_msg("%s answers otherwise", once.p);
    }
}

static void test_canonical_texts(void **state)
{
    static const struct {
        const char *text, *want;
    } texts[] = {
        {"severity >= WARN", "severity>=warning"},
        {"a b", "a and b"},
        {"not type in (x,y)", "type not in (x, y)"},
        {"not score<3", "not score<3"},
        {"not score=3", "score!=3"},
        {"{a=~\"x\",b!~'y z'}", "label.a=~x and not label.b=~\"y z\""},
        {"(a and b) and (c or d)", "a and b and (c or d)"},
        {"not (a or b)", "not (a or b)"},
        {"ip=2001:0DB8::/32", "ip=2001:db8::/32"},
        {"ip=10.0.0.1/32", "ip=10.0.0.1"},
        {"mac=aa-bb-cc-dd-ee-ff", "mac=AA:BB:CC:DD:EE:FF"},
        {"info=a.b;in", "info~\"a\\.b\""},
        {"host ~ \"\\d+\"", "host~\"\\d+\""},
        {"host = 'say \"hi\" \\\\'", "host=\"say \\\"hi\\\" \\\\\""},
        {"\"and\"", "\"and\""},
        {"tag.env=x alertname=y host_pool=lab", "label.env=x and label.alertname=y and pool=lab"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_string_equal(filter_text(filter_of(texts[i].text), &arena).p, texts[i].want);
}

static void test_mistakes_have_a_column(void **state)
{
    static const struct {
        const char *text;
        size_t column;
        const char *words;
    } bad[] = {
        {"", 1, "empty"},
        {"   ", 1, "empty"},
        {"severty>=warning", 1, "did you mean severity"},
        {"score>1 and colour=red", 13, "label.colour"},
        {"severity>=warnin", 11, "did you mean warning"},
        {"severity>=", 11, "a value is expected, not the end"},
        {"severity>=)", 11, "not \")\""},
        {"type>3", 5, "cannot be compared"},
        {"score~3", 6, "<, <="},
        {"score=x", 7, "not a number"},
        {"entity=hostt", 8, "did you mean host"},
        {"action=end", 8, "engage"},
        {"ip=10.0.0.1/8", 4, "did you mean 10.0.0.0/8"},
        {"cli_ip=300.1.1.1", 8, "not an address"},
        {"mac=1", 5, "not a MAC"},
        {"(a or b", 1, "not closed"},
        {"a or b)", 7, "and, or or the end"},
        {"a or", 5, "a field or a word"},
        {"and a", 1, "a field or a word"},
        {"a and or b", 7, "a field or a word"},
        {"type in x", 9, "list of values"},
        {"type in (a b)", 12, ", or )"},
        {"type in ()", 10, "a value"},
        {"type in (a", 11, ", or )"},
        {"type not x", 1, NULL},
        {"host~\"(\"", 6, "pattern is wrong at its character 2"},
        {"host~\"a", 6, "not closed"},
        {"\"\"", 1, "empty quotes"},
        {"a | b", 3, "what is this character"},
        {"score=3;foo", 9, "one of eq"},
        {"{a>3}", 3, "one of ="},
        {"{a=b", 5, ", or }"},
        {"{}", 2, "name of a label"},
        {"h\xc3\xa9t\xc3\xa9 severty=1", 6, "did you mean severity"},
        {"host=\"a\nb\"", 8, "control character"},
        {"host~\"\\C\"", 6, "pattern"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct error err = {0};
        size_t column = 0;
        const struct filter *f = filter_parse(str_of(bad[i].text), &arena, &column, &err);

        if (bad[i].words == NULL) {
            assert_non_null(f); /* three words to look for */
            continue;
        }
        if (f != NULL || column != bad[i].column || strstr(err.text, bad[i].words) == NULL)
            fail_msg("%s: column %zu, %s", bad[i].text, column, err.text);
        assert_true(str_starts(str_of(err.text), "column "));
    }
}

static struct str repeated(const char *before, const char *text, size_t n, const char *after)
{
    struct buf b freed_by(buf_release) = BUF(1u << 20);

    buf_text(&b, before);
    for (size_t i = 0; i < n; i++)
        buf_text(&b, text);
    buf_text(&b, after);
    return arena_str(&arena, buf_view(&b));
}

static void test_limits(void **state)
{
    struct {
        struct str text;
        const char *words;
    } bad[] = {
        {repeated("", "a", FILTER_BYTES_MAX + 1, ""), "4097 bytes"},
        {repeated("", "(", FILTER_DEPTH_MAX + 1, "a"), "more than 32"},
        {repeated("", "not ", FILTER_DEPTH_MAX + 1, "a"), "more than 32"},
        {repeated("", "a ", FILTER_NODES_MAX, ""), "more than 500"},
        {repeated("type in (a", ",a", FILTER_VALUES_MAX, ")"), "more than 1000"},
        {repeated("host~\"", "a", FILTER_PATTERN_MAX + 1, "\""), "513 bytes"},
        {STR("host~\"(((a{1,100}){1,100}){1,100}){1,100}\""), "too large"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct error err = {0};

        assert_null(filter_parse(bad[i].text, &arena, NULL, &err));
        if (strstr(err.text, bad[i].words) == NULL)
            fail_msg("%zu: %s", i, err.text);
    }
    filter_of(repeated("", "not ", FILTER_DEPTH_MAX - 1, "a").p);
    filter_of(repeated("type in (a", ",a", FILTER_VALUES_MAX - 1, ")").p);
}

/* A careless pattern and a hostile text: an end, and no claim. */
static void test_a_pattern_that_takes_too_long_is_unsure(void **state)
{
    struct str hostile = repeated("{\"type\":\"t\",\"entity\":\"host\",\"severity\":\"error\","
                                  "\"message\":\"", "aaaaaaaaaa", 100, "!\"}");
    static const struct {
        const char *filter;
        enum filter_answer want;
    } asked[] = {
        {"message~\"(a+)+$\"", FILTER_UNSURE},
        {"message!~\"(a+)+$\"", FILTER_UNSURE},
        {"severity>=error or message~\"(a+)+$\"", FILTER_YES},
        {"message~\"(a+)+$\" or severity>=error", FILTER_YES},
        {"message~\"(a+)+$\" and severity<error", FILTER_NO},
        {"severity>=error and message~\"(a+)+$\"", FILTER_UNSURE},
        {"not (severity>=error and message~\"(a+)+$\")", FILTER_UNSURE},
        {"message~\"a.*!\"", FILTER_YES},
        {"message~\"a.*b\"", FILTER_NO},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        if (ask(filter_of(asked[i].filter), hostile.p) != asked[i].want)
            fail_msg("%s", asked[i].filter);
}

static void test_every_comparison_is_explained(void **state)
{
    static const struct {
        const char *name;
        bool pass;
        struct str have, want;
    } want[] = {
        {"severity", true, {"warning", 7}, {">=notice", 8}},
        {"cli_ip", false, {"192.168.1.29", 12}, {"=10.0.0.0/8", 11}},
        {"type", false, {"low_goodput", 11}, {"not in (low_goodput, x)", 23}},
        {"score", true, {"60", 2}, {"not <3", 6}},
        {"env", true, {"nothing", 7}, {"!=lab", 5}},
        {"text", false, {"Low Goodput on tcp, 192.168.1.29", 32}, {"udp", 3}},
    };
    const struct filter *f = filter_of("severity>=notice (cli_ip=10.0.0.0/8 or type not in "
                                       "(low_goodput, x)) not score<3 label.env!=lab udp");
    struct alert a = alert_of(FLOW);
    struct filter_subject s;
    struct reason *r;

    (void)state;
    filter_subject_init(&s, &a, NULL);
    assert_int_equal(filter_explain(f, &s, &arena, &r), COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        assert_string_equal(r[i].name, want[i].name);
        assert_int_equal(r[i].pass, want[i].pass);
        if (!str_starts(r[i].have, arena_c(&arena, want[i].have)) && i != 5)
            fail_msg("%s: %.*s", r[i].name, STR_ARG(r[i].have));
        if (!str_eq(r[i].want, want[i].want))
            fail_msg("%s: %.*s", r[i].name, STR_ARG(r[i].want));
    }
    filter_subject_release(&s);
}

static void test_what_must_hold(void **state)
{
    const struct filter *f = filter_of("severity>warning and type in (a, b) and goodput and "
                                       "(source=x or source=y) and category!=z");
    const struct filter_value *v;
    size_t n;

    (void)state;
    assert_int_equal(filter_least(f), SEVERITY_WARNING);
    assert_true(filter_needs(f, "type", &v, &n));
    assert_int_equal(n, 2);
    assert_string_equal(v[1].text.p, "b");
    assert_false(filter_needs(f, "source", &v, &n));
    assert_false(filter_needs(f, "category", &v, &n));
    assert_true(str_is(filter_words(f), "goodput"));
    f = filter_of("severity in (error, notice)");
    assert_int_equal(filter_least(f), SEVERITY_NOTICE);
    f = filter_of("severity<error or type=a");
    assert_int_equal(filter_least(f), SEVERITY_NONE);
    assert_false(filter_needs(f, "type", &v, &n));
    assert_int_equal(filter_words(f).n, 0);
}

/* --- the page for people ------------------------------------------------------ */

/* "filter -- what is said": the second part is only there for mistakes. */
static void check_example(const char *kind, struct str line)
{
    size_t at = 0;
    struct error err = {0};
    const struct filter *f;

    while (at < line.n && !str_starts(str_from(line, at), " -- "))
        at++;
    f = filter_parse(str_first(line, at), &arena, NULL, &err);
    if (strcmp(kind, "filter") == 0 && f == NULL)
        fail_msg("docs/filters.md: %.*s: %s", STR_ARG(line), err.text);
    if (strcmp(kind, "mistake") == 0 &&
        (f != NULL || !str_is(str_from(line, at + 4), err.text)))
        fail_msg("docs/filters.md: %.*s: it says %s", STR_ARG(line), err.text);
}

static void test_the_page_is_right(void **state)
{
    struct buf page freed_by(buf_release) = BUF(1u << 20);
    FILE *f = fopen("docs/filters.md", "re");
    const char *kind = NULL;
    struct str rest;
    const char *name, *values;
    size_t n, found = 0;
    char *room;

    (void)state;
    assert_non_null(f);
    while ((room = buf_room(&page, 4096)) != NULL && (n = fread(room, 1, 4096, f)) > 0)
        buf_used(&page, n);
    fclose(f);
    for (rest = buf_view(&page); rest.n > 0;) {
        struct str line = str_until(&rest, '\n');

        if (str_starts(line, "```")) {
            line = str_from(line, 3);
            kind = str_is(line, "filter") ? "filter" : str_is(line, "mistake") ? "mistake" : NULL;
        } else if (kind != NULL) {
            check_example(kind, line);
            found++;
        }
    }
    assert_true(found > 20);
    for (size_t i = 0; filter_field_at(i, &name, &values); i++)
        if (strstr(buf_c(&page), arena_printf(&arena, "`%s`", name).p) == NULL)
            fail_msg("docs/filters.md does not tell of %s", name);
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_found),
        cmocka_unit_test(test_texts_round_trip),
        cmocka_unit_test(test_canonical_texts),
        cmocka_unit_test(test_mistakes_have_a_column),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_a_pattern_that_takes_too_long_is_unsure),
        cmocka_unit_test(test_every_comparison_is_explained),
        cmocka_unit_test(test_what_must_hold),
        cmocka_unit_test(test_the_page_is_right),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
