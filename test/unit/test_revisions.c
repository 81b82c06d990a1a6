/* test_revisions.c -- the configuration's past: rebuilt, compared, gone back to,
 * forgotten; and exported so that it reads back as itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "config/declare.h"
#include "config/export.h"
#include "config/revisions.h"
#include "config_bench.h"
#include "dice.h"

#define E OBJECT_ENDPOINT
#define R OBJECT_RECIPIENT

/* What the API would show of a snapshot, without what only numbers it. */
static struct str shown(struct bench *b, const struct snapshot *s)
{
    struct buf to freed_by(buf_release) = BUF(8u << 20);
    struct json_out o = JSON_OUT(&to);

    out_object(&o, NULL);
    for (size_t i = 0; i < s->endpoint_count; i++)
        endpoint_write(&s->endpoints[i], &o, "e");
    for (size_t i = 0; i < s->recipient_count; i++)
        recipient_write(&s->recipients[i], &o, "r");
    for (size_t i = 0; i < s->pool_count; i++)
        pool_write(s, &s->pool_list[i], &o, "p");
    settings_write(s, &o, "s");
    out_object_end(&o);
    return arena_str(&b->arena, buf_view(&to));
}

static const struct snapshot *at(struct bench *b, int64_t n)
{
    const struct snapshot *s;

    if (config_at(b->config, n, &s, &b->err) != CONFIG_OK)
        fail_msg("revision %lld: %s", (long long)n, b->err.text);
    return s;
}

static struct str diff_of(struct bench *b, int64_t from, int64_t to)
{
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = JSON_OUT(&text);

    if (revisions_diff(b->config, from, to, &o, NULL, &b->err) != CONFIG_OK)
        fail_msg("%s", b->err.text);
    return arena_str(&b->arena, buf_view(&text));
}

static bool has(struct str text, const char *words)
{
    return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

static enum config_result roll_back(struct bench *b, int64_t to, size_t *left)
{
    struct signature by = {STR("admin"), STR("it was better")};
    struct str *titles;

    return config_rollback(b->config, to, &by, &b->arena, &titles, left, &b->err);
}

static void history_make(struct bench *b)
{
    bench_must(b, EDIT_CREATE, E, NULL,
               "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":"
               "\"https://hooks.example/a\",\"username\":\"u\",\"password\":"
               "\"hunter2-first\"}}");                                     /* 1 */
    bench_must(b, EDIT_CREATE, R, NULL,
               "{\"name\":\"soc\",\"endpoint\":\"hook\",\"minimum_severity\":"
               "\"error\",\"categories\":[\"security\",\"network\"]}");   /* 2 */
    bench_must(b, EDIT_PATCH, E, "hook",
               "{\"name\":\"hooks\",\"params\":{\"password\":"
               "\"hunter2-second\"}}");                                   /* 3 */
    bench_must(b, EDIT_PATCH, R, "soc",
               "{\"minimum_severity\":\"notice\",\"categories\":"
               "[\"network\",\"system\"]}");                               /* 4 */
    bench_must(b, EDIT_DELETE, R, "soc", NULL);                          /* 5 */
}

static void each_is_rebuilt(void **state unused)
{
    struct bench b;
    struct str was[8] = {0};

    bench_init(&b);
    was[0] = shown(&b, config_now(b.config));
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    was[1] = shown(&b, config_now(b.config));
    bench_must(&b, EDIT_CREATE, R, NULL, "{\"name\":\"a\",\"endpoint\":\"hook\"}");
    was[2] = shown(&b, config_now(b.config));
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"name\":\"other\"}");
    was[3] = shown(&b, config_now(b.config));
    bench_must(&b, EDIT_DELETE, R, "a", NULL);
    was[4] = shown(&b, config_now(b.config));
    bench_must(&b, EDIT_PATCH, OBJECT_SETTINGS, NULL, "{\"history_days\":7}");
    was[5] = shown(&b, config_now(b.config));
    bench_reopen(&b);
    for (int64_t n = 0; n <= 5; n++) {
        const struct snapshot *s = at(&b, n);

        assert_int_equal(s->revision, n);
        assert_string_equal(shown(&b, s).p, was[n].p);
        config_release(b.config, s);
    }
    bench_release(&b);
}

static void a_diff_names_members_and_no_secret(void **state unused)
{
    struct bench b;
    struct str d;

    bench_init(&b);
    history_make(&b);
    d = diff_of(&b, 3, 4);
    assert_string_equal(
        d.p, "[{\"kind\":\"recipient\",\"name\":\"soc\",\"change\":\"changed\","
             "\"members\":[{\"path\":\"minimum_severity\",\"before\":\"error\","
             "\"after\":\"notice\"},{\"path\":\"categories\",\"added\":"
             "[\"system\"],\"removed\":[\"security\"]}]}]");
    d = diff_of(&b, 2, 3);
    assert_true(has(d, "\"was_name\":\"hook\""));
    assert_true(has(d, "{\"path\":\"params/password\",\"secret\":true}"));
    d = diff_of(&b, 0, 5);
    assert_true(has(d, "\"change\":\"created\""));
    assert_false(has(d, "hunter2"));
    assert_false(has(diff_of(&b, 5, 0), "hunter2"));
    assert_string_equal(diff_of(&b, 2, 2).p, "[]");
    bench_release(&b);
}

static void back_to_what_was(void **state unused)
{
    struct bench b;
    int64_t id;
    size_t left;

    bench_init(&b);
    history_make(&b);
    assert_int_equal(roll_back(&b, 2, &left), CONFIG_OK);
    assert_int_equal(left, 0);
    assert_int_equal(config_now(b.config)->revision, 6);
    assert_string_equal(diff_of(&b, 2, 6).p, "[]");
    id = snapshot_recipient(config_now(b.config), STR("soc"))->id;
    assert_int_equal(id, 3); /* itself again */
    bench_reopen(&b);
    assert_int_equal(roll_back(&b, 5, &left), CONFIG_OK);
    assert_string_equal(diff_of(&b, 5, 7).p, "[]");
    assert_int_equal(roll_back(&b, 0, &left), CONFIG_OK);
    assert_int_equal(config_now(b.config)->endpoint_count, 1);
    assert_int_equal(roll_back(&b, 99, &left), CONFIG_NOT_FOUND);
    assert_int_equal(roll_back(&b, -1, &left), CONFIG_NOT_FOUND);
    bench_release(&b);
}

/* Two names that were exchanged are exchanged back. */
static void names_exchanged(void **state unused)
{
    struct bench b;
    size_t left;

    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(&b, EDIT_CREATE, R, NULL, "{\"name\":\"a\",\"endpoint\":\"hook\"}");
    bench_must(&b, EDIT_CREATE, R, NULL, "{\"name\":\"b\",\"endpoint\":\"hook\"}");
    bench_must(&b, EDIT_PATCH, R, "a", "{\"name\":\"c\"}");
    bench_must(&b, EDIT_PATCH, R, "b", "{\"name\":\"a\"}");
    bench_must(&b, EDIT_PATCH, R, "c", "{\"name\":\"b\"}");
    assert_int_equal(roll_back(&b, 3, &left), CONFIG_OK);
    assert_string_equal(diff_of(&b, 3, 7).p, "[]");
    bench_release(&b);
}

static void what_a_file_declares_stays(void **state unused)
{
    struct bench b;
    struct edit e;
    size_t left;

    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    e = bench_edit(&b, EDIT_CREATE, R, NULL,
                   "{\"name\":\"a\",\"endpoint\":\"hook\"}");
    e.author = STR("file:/etc/tocsin/a.yaml:7");
    assert_int_equal(config_edit(b.config, &e, &b.err), CONFIG_OK);
    assert_int_equal(roll_back(&b, 1, &left), CONFIG_OK);
    assert_int_equal(left, 1);
    assert_non_null(snapshot_recipient(config_now(b.config), STR("a")));
    bench_release(&b);
}

static void old_ones_are_forgotten(void **state unused)
{
    struct bench b;
    struct revision_range range;
    const struct snapshot *s;
    int64_t n;

    bench_init(&b);
    bench_must(&b, EDIT_PATCH, OBJECT_SETTINGS, NULL, "{\"revisions_kept\":3}");
    for (int i = 0; i < 6; i++)
        bench_must(&b, EDIT_PATCH, OBJECT_SETTINGS, NULL,
                   i % 2 ? "{\"history_days\":7}" : "{\"history_days\":8}");
    assert_true(config_revisions(b.config, &range, &b.err));
    assert_int_equal(range.last, 7);
    assert_int_equal(range.count, 3);
    assert_int_equal(range.first, 4);
    s = at(&b, 4);
    assert_int_equal(s->settings.history_days, 8);
    config_release(b.config, s);
    assert_int_equal(config_at(b.config, 3, &s, &b.err), CONFIG_NOT_FOUND);
    assert_int_equal(config_revision_at(b.config, bench_time(NULL), &n, &b.err),
                     CONFIG_OK);
    assert_int_equal(n, 7);
    assert_int_equal(
        config_revision_at(b.config, bench_time(NULL) - 1, &n, &b.err),
        CONFIG_NOT_FOUND);
    bench_release(&b);
}

static void a_first_version_is_taken_over(void **state unused)
{
    static const char first[] =
        "DROP TABLE change; DROP TABLE revision;"
        "CREATE TABLE revision(n INTEGER PRIMARY KEY AUTOINCREMENT,"
        " at_ms INTEGER NOT NULL, author TEXT NOT NULL, summary TEXT NOT NULL,"
        " kind TEXT NOT NULL, name TEXT NOT NULL, before TEXT NOT NULL,"
        " after TEXT NOT NULL) STRICT;"
        "INSERT INTO revision VALUES(5, 1, 'api', 'created', 'endpoint', 'hook',"
        " '', '{}');"
        "PRAGMA user_version = 1;";
    struct bench b;
    struct revision_range range;
    sqlite3 *db;

    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    config_close(b.config);
    assert_int_equal(sqlite3_open(bench_path(&b, "config.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, first, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    bench_open(&b);
    assert_int_equal(config_now(b.config)->revision, 5);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    assert_true(config_revisions(b.config, &range, &b.err));
    assert_int_equal(range.first, 5);
    assert_int_equal(range.last, 6);
    bench_release(&b);
}

#define EXPORTS 40

/* --- out and in again --------------------------------------------------------- */

static struct str exported(struct bench *b)
{
    struct buf text freed_by(buf_release) = BUF(4u << 20);
    int64_t now = config_now(b->config)->revision;

    assert_int_equal(config_export(b->config, now, &text, &b->err), CONFIG_OK);
    return arena_str(&b->arena, buf_view(&text));
}

static void a_secret_is_not_exported(void **state unused)
{
    struct bench b;
    struct str text;

    bench_init(&b);
    history_make(&b);
    text = exported(&b);
    assert_false(has(text, "hunter2"));
    assert_true(has(text, "env:TOCSIN_ENDPOINT_HOOKS_PASSWORD"));
    assert_true(has(text, "1 secret is NOT in this file"));
    bench_release(&b);
}

/* Texts that YAML would take for something else, or trip over. */
static const char *const odd_texts[] = {
    "true", "null", "~", "1e3", "0x10", "yes", "- a", "a: b", "a #b", "'", "\"",
    "\\", "\t x", "line\nline", "\xc3\xa9", "\xe2\x80\xa8", "\xf0\x9f\x94\xa5",
    "*x", "&x", "!x", "%x", "@x", "[a", "{a", ", ", "|", ">", "2020-01-01", "",
    " lead", "trail ", "\xc2\x85", "\xef\xbb\xbf"};

static const char *text_of(struct bench *b, struct dice *d)
{
    struct buf to freed_by(buf_release) = BUF(256);
    struct json_out o = JSON_OUT(&to);

    out_text(&o, NULL, odd_texts[roll(d, COUNT_OF(odd_texts))]);
    return arena_c(&b->arena, buf_view(&to));
}

/* Some of it is refused: then it is not in the configuration. */
static void try_edit(struct bench *b, enum object_kind kind, struct str text)
{
    struct edit e = bench_edit(b, kind == OBJECT_SETTINGS ? EDIT_PATCH : EDIT_CREATE, kind,
                               NULL, text.p);

    if (config_edit(b->config, &e, &b->err) != CONFIG_OK)
        b->err = (struct error){0};
}


/* How much and when it is told, and who is told if nobody acknowledges. */
static const char *pace_roll(struct bench *b, struct dice *d, int i)
{
    static const char *const digests[] = {"null", "\"daily at 08:00\"",
                                          "\"cron */5 * * * mon-fri\""};
    static const char *const quiet[] = {"null", "\"outside mon-fri 09:00-17:00\"",
                                        "\"dec day 24 to -1; sat-sun\""};
    static const char *const repeats[] = {"null", "\"0s\"", "\"1h30m\"", "60"};
    static const char *const counts[] = {"null", "0", "7"};

    return arena_printf(
               &b->arena,
               "\"digest\":%s,\"quiet_hours\":%s,\"time_zone\":%s,"
               "\"repeat_interval\":%s,\"flapping_count\":%s,\"storm_limit\":%s,"
               "\"storm_window\":\"2m\",\"urgent_severity\":%s,\"escalate_to\":%s,"
               "\"escalate_after\":\"20m\"",
               PICK(d, digests), PICK(d, quiet),
               roll(d, 2) ? "\"Europe/Rome\"" : "null", PICK(d, repeats),
               PICK(d, counts), PICK(d, counts),
               roll(d, 2) ? "\"none\"" : "null",
               i > 0 && roll(d, 2) ? "\"r0\"" : "null")
        .p;
}

static void recipient_roll(struct bench *b, struct dice *d, int i)
{
    static const char *const severities[] = {"null", "\"none\"", "\"error\""};
    static const char *const lists[] = {"null", "[]", "[\"security\"]",
                                        "[\"true\",\"1\",\"a b\"]"};
    bool mail = roll(d, 2) || i == 0;
    const char *title = roll(d, 2) && i > 0 ? text_of(b, d) : "null";

    try_edit(b, R, arena_printf(
        &b->arena,
        "{\"name\":\"r%d\",\"endpoint\":\"%s\",\"enabled\":%s,\"params\":%s,"
        "\"minimum_severity\":%s,\"categories\":%s,\"types\":%s,"
        "\"host_pools\":%s,\"filter\":%s,\"text_template\":%s,%s}",
        i, mail ? "mail" : "hook", roll(d, 2) ? "true" : "false",
        mail ? "{\"email_recipient\":\"a@example.org, B <b@example.org>\"}" : "{}",
        PICK(d, severities), PICK(d, lists), PICK(d, lists),
        roll(d, 2) ? "[\"p1\"]" : "null",
        roll(d, 2) ? "\"not vlan in (1, 2) and ip=10.0.0.0/8\"" : "null", title,
        pace_roll(b, d, i)));
}

static void silence_roll(struct bench *b, struct dice *d, int i)
{
    static const char *const times[] = {
        "\"schedule\":\"sat 22:00-06:00\"",
        "\"schedule\":\"outside year 2026 jan-mar day 1-7,-1\",\"time_zone\":\"UTC\"",
        "\"schedule\":\"cron 0 3 * * 7 for 2h\",\"time_zone\":\"Europe/Rome\"",
        "\"starts\":\"2026-03-01T22:00:00Z\",\"ends\":\"2026-03-02T06:00:00+01:00\"",
        "\"until_resolved\":true"};
    static const char *const matchers[] = {
        "{alertname=\\\"a \\\\\\\"b\\\\\\\" #c\\\", env=~\\\"x|y: z\\\"}",
        "pool=p1 and host in (10.0.0.7, 2001:db8::1)", "message~\\\"^- [a]\\\""};

    try_edit(b, OBJECT_SILENCE, arena_printf(
        &b->arena,
        "{\"name\":\"s%d\",\"author\":%s,\"comment\":%s,\"matcher\":\"%s\",%s,"
        "\"recipients\":%s}",
        i, text_of(b, d), text_of(b, d), PICK(d, matchers), PICK(d, times),
        roll(d, 2) ? "[\"r0\"]" : "null"));
}

static void inhibition_roll(struct bench *b, struct dice *d, int i)
{
    static const char *const how[] = {"\"relation\":\"parent\"", "\"equal\":[]",
                                      "\"equal\":[\"host\",\"label.a b\"]",
                                      "\"equal\":[\"instance\",\"label.true\"]"};

    try_edit(b, OBJECT_INHIBITION, arena_printf(
        &b->arena,
        "{\"name\":\"%d\",\"source\":\"type=x and pool=p1\",\"target\":"
        "\"severity<=warning\",\"comment\":%s,%s}",
        i, roll(d, 2) ? text_of(b, d) : "null", PICK(d, how)));
}

static void endpoints_make(struct bench *b)
{
    bench_must(b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(b, EDIT_CREATE, E, NULL,
               "{\"name\":\"secret\",\"type\":\"webhook\",\"enabled\":false,"
               "\"params\":{\"url\":\"https://hooks.example/a\",\"username\":"
               "\"yes\",\"password\":\"env:HOME\"}}");
    bench_must(b, EDIT_CREATE, E, NULL,
               "{\"name\":\"mail\",\"type\":\"email\",\"params\":{\"smtp_server\":"
               "\"mail.example.org\",\"smtp_port\":465,\"security\":\"tls\","
               "\"email_sender\":\"NULL <a@example.org>\"}}");
}

static void config_roll(struct bench *b, struct dice *d)
{
    endpoints_make(b);
    bench_must(b, EDIT_CREATE, OBJECT_POOL, NULL,
               "{\"name\":\"p1\",\"members\":[\"10.0.0.0/8\",\"1.2.3.4@7\","
               "\"2001:db8::/32\",\"AA:BB:CC:00:11:22\"],\"ntopng_id\":3}");
    if (roll(d, 2))
        bench_must(b, EDIT_PATCH, OBJECT_SETTINGS, NULL,
                   "{\"history_days\":7,\"delivery_ttl\":\"1h30m\","
                   "\"instance\":\"no\",\"time_zone\":\"Asia/Kolkata\","
                   "\"repeat_interval\":\"0s\",\"trusted_proxies\":"
                   "[\"10.0.0.1\",\"2001:db8::/32\"]}");
    for (int i = 0; i < 6; i++)
        recipient_roll(b, d, i);
    for (int i = 0; i < 4; i++) {
        silence_roll(b, d, i);
        inhibition_roll(b, d, i);
    }
}

/* Each kind was rolled at all: else nothing of it was tried. */
static void rolled_count(struct bench *b, size_t counts[3])
{
    const struct snapshot *s = config_now(b->config);

    counts[0] += s->recipient_count - 1;
    counts[1] += s->holds.silences.n;
    counts[2] += s->holds.inhibitions.n;
}

/* The same but for who manages it: a file. */
static struct str plain(struct bench *b, struct str text)
{
    struct str line, rest = text;

    line = str_until(&rest, '\n');
    (void)line;
    return arena_str(&b->arena, rest);
}

static void lines_same(struct str first, struct str second, uint64_t seed)
{
    while (first.n > 0 || second.n > 0) {
        struct str a = str_until(&first, '\n'), c = str_until(&second, '\n');

        if (!str_eq(a, c))
            fail_msg("seed %llu: %.*s\nthen %.*s", (unsigned long long)seed, STR_ARG(a),
                     STR_ARG(c));
    }
}

static void reads_back(struct bench *b, uint64_t seed)
{
    struct bench other;
    struct declared d = {0};
    struct declared_result result;
    struct str first = exported(b), second;

    bench_init(&other);
    declare_text(STR("export.yaml"), first, &other.arena, &d);
    declare_check(NULL, &d, &other.arena);
    if (d.problem_count == 0)
        declare_check(other.config, &d, &other.arena);
    if (d.problem_count > 0)
        fail_msg("seed %llu: %.*s\n%s", (unsigned long long)seed,
                 STR_ARG(d.problems[0].text), first.p);
    if (!declare_apply(other.config, &d, false, &other.arena, &result, &other.err))
        fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, other.err.text,
                 first.p);
    second = exported(&other);
    lines_same(plain(&other, first), plain(&other, second), seed);
    bench_release(&other);
}

/* Taken in again by hand where it came from, with what is not named taken away. */
static void says_nothing_new(struct bench *b, uint64_t seed)
{
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = JSON_OUT(&text);
    struct declared d = {.owner = STR("api"), .dry_run = true, .differences = &o};
    struct declared_result result;

    declare_text(STR("export.yaml"), exported(b), &b->arena, &d);
    declare_check(b->config, &d, &b->arena);
    if (d.problem_count > 0)
        fail_msg("seed %llu: %.*s", (unsigned long long)seed,
                 STR_ARG(d.problems[0].text));
    out_object(&o, NULL);
    if (!declare_apply(b->config, &d, true, &b->arena, &result, &b->err))
        fail_msg("seed %llu: %s", (unsigned long long)seed, b->err.text);
    out_object_end(&o);
    if (!str_is(buf_view(&text), "{\"changes\":[]}"))
        fail_msg("seed %llu: %s", (unsigned long long)seed, buf_c(&text));
    assert_int_equal(result.same, d.n);
    assert_int_equal(result.created + result.changed + result.deleted, 0);
}

static void an_export_reads_back(void **state unused)
{
    size_t rolled[3] = {0};

    for (uint64_t seed = 1; seed <= EXPORTS; seed++) {
        struct dice d = {seed};
        struct bench b;

        bench_init(&b);
        config_roll(&b, &d);
        rolled_count(&b, rolled);
        reads_back(&b, seed);
        says_nothing_new(&b, seed);
        bench_release(&b);
    }
    for (size_t i = 0; i < COUNT_OF(rolled); i++)
        if (rolled[i] < 2 * EXPORTS)
            fail_msg("only %zu of kind %zu were rolled", rolled[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_rebuilt),
        cmocka_unit_test(a_diff_names_members_and_no_secret),
        cmocka_unit_test(back_to_what_was),
        cmocka_unit_test(names_exchanged),
        cmocka_unit_test(what_a_file_declares_stays),
        cmocka_unit_test(old_ones_are_forgotten),
        cmocka_unit_test(a_first_version_is_taken_over),
        cmocka_unit_test(a_secret_is_not_exported),
        cmocka_unit_test(an_export_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
