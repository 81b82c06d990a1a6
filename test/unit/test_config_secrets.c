/* test_config_secrets.c -- secrets: sealed at rest, never shown, kept by those who
 * do not know them, read from where they are; and the key they hang on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "config_bench.h"

#define E OBJECT_ENDPOINT
#define R OBJECT_RECIPIENT
#define S OBJECT_SETTINGS

#define CANARY "canary-4f1b"
#define SECRETIVE                                                              \
    "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":"             \
    "\"https://hooks.example/a\",\"shared_secret\":\"" CANARY "-1\","          \
    "\"username\":\"u\",\"password\":\"" CANARY "-2\"}}"

/* The parameters by name, whatever the type's struct is. */
static struct str param(struct bench *b, const char *endpoint, const char *name)
{
    const struct endpoint *e =
        snapshot_endpoint(config_now(b->config), str_of(endpoint));
    const struct field *row;

    assert_non_null(e);
    row = field_find(e->type->endpoint_fields, str_of(name));
    assert_non_null(row);
    return *(const struct str *)(const void *)((const char *)e->params +
                                               row->offset);
}

static void assert_param(struct bench *b, const char *name, const char *want)
{
    struct str have = param(b, "hook", name);

    if (!str_is(have, want))
        fail_msg("%s is \"%.*s\"", name, STR_ARG(have));
}

static bool file_has(const char *path, const char *needle)
{
    struct buf text freed_by(buf_release) = BUF(16u << 20);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : 1;

    while (got > 0) {
        char *room = buf_room(&text, 65536);

        assert_non_null(room);
        got = read(fd, room, 65536);
        buf_used(&text, got > 0 ? (size_t)got : 0);
    }
    if (fd >= 0)
        close(fd);
    return text.n > 0 && memmem(text.p, text.n, needle, strlen(needle)) != NULL;
}

static void assert_not_on_disk(struct bench *b)
{
    static const char *const names[] = {"config.db", "config.db-wal",
                                        "config.db-shm", "secret.key"};

    assert_true(file_has(bench_path(b, "config.db-wal"), "hook") ||
                file_has(bench_path(b, "config.db"), "hook"));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_false(file_has(bench_path(b, names[i]), CANARY));
}

static struct str shown(struct bench *b, const char *endpoint)
{
    const struct snapshot *s = config_now(b->config);
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct json_out out = JSON_OUT(&text);

    endpoint_write(snapshot_endpoint(s, str_of(endpoint)), &out, NULL);
    return arena_str(&b->arena, buf_view(&text));
}

static void test_sealed_at_rest(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct json_out out = JSON_OUT(&text);

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, SECRETIVE);
    bench_must(&b, EDIT_PATCH, S, NULL,
               "{\"ntopng_shared_secret\":\"" CANARY "-3\"}");
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    assert_not_on_disk(&b);
    for (int round = 0; round < 2; round++) {
        assert_param(&b, "shared_secret", CANARY "-1");
        assert_param(&b, "password", CANARY "-2");
        assert_true(str_is(config_now(b.config)->settings.ntopng_shared_secret,
                           CANARY "-3"));
        bench_reopen(&b);
        assert_not_on_disk(&b);
    }
    out_array(&out, NULL);
    endpoint_write(&config_now(b.config)->endpoints[1], &out, NULL);
    settings_write(config_now(b.config), &out, NULL);
    out_array_end(&out);
    assert_null(strstr(buf_c(&text), CANARY));
    assert_non_null(strstr(buf_c(&text), "\"password\":{\"set\":true}"));
    assert_non_null(strstr(buf_c(&text), "\"signing_secret\":{\"set\":false}"));
    assert_non_null(
        strstr(buf_c(&text), "\"ntopng_shared_secret\":{\"set\":true}"));
}

static void test_kept_by_who_does_not_know_them(void **state)
{
    struct bench b freed_by(bench_release);
    struct str text;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, SECRETIVE);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"params\":{\"username\":\"v\"}}");
    assert_param(&b, "password", CANARY "-2");
    bench_must(&b, EDIT_PATCH, E, "hook",
               "{\"params\":{\"password\":{\"set\":true}}}");
    assert_param(&b, "password", CANARY "-2");
    /* What GET gave can be PUT: read-only members and shown secrets are in it. */
    text = shown(&b, "hook");
    bench_must(&b, EDIT_REPLACE, E, "hook", text.p);
    assert_param(&b, "username", "v");
    assert_param(&b, "password", CANARY "-2");
    assert_param(&b, "shared_secret", CANARY "-1");
    /* A new name is a new place, for which they are sealed anew. */
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"name\":\"hook3\"}");
    bench_reopen(&b);
    bench_must(&b, EDIT_PATCH, E, "hook3", "{\"name\":\"hook\"}");
    assert_param(&b, "password", CANARY "-2");
    /* PUT without it, and null, take it away. */
    bench_must(&b, EDIT_PATCH, E, "hook",
               "{\"params\":{\"shared_secret\":null}}");
    assert_param(&b, "shared_secret", "");
    bench_must(&b, EDIT_REPLACE, E, "hook",
               "{\"type\":\"webhook\",\"params\":{\"url\":"
               "\"https://hooks.example/a\"}}");
    assert_param(&b, "password", "");
    assert_not_on_disk(&b);
}

static void test_redacted(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf text freed_by(buf_release) = BUF(4096);

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, SECRETIVE);
    config_redact(b.config, &text, STR("sent " CANARY "-2, got " CANARY "-1!"));
    assert_string_equal(buf_c(&text), "sent •••, got •••!");
    bench_must(&b, EDIT_DELETE, E, "hook", NULL);
    buf_reset(&text);
    config_redact(b.config, &text, STR(CANARY "-2"));
    assert_string_equal(buf_c(&text), CANARY "-2");
}

/* --- history -------------------------------------------------------------- */

static void test_history(void **state)
{
    static const char *const want[] = {
        "1|endpoint|hook|created||api",
        "2|endpoint|hook|changed enabled|was|api",
        "3|endpoint|other|renamed from \"hook\"|was|api",
        "4|endpoint|other|deleted|was|api",
    };
    struct bench b freed_by(bench_release);
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    size_t n = 0;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, SECRETIVE);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"name\":\"other\"}");
    bench_must(&b, EDIT_DELETE, E, "other", NULL);
    assert_int_equal(sqlite3_open(bench_path(&b, "config.db"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT n || '|' || kind || '|' || name || '|' ||"
                           " summary || '|' ||"
                           " CASE before WHEN '' THEN '' ELSE 'was' END ||"
                           " '|' || author, at_ms FROM change JOIN revision"
                           " USING (n) ORDER BY n",
                           -1, &s, NULL),
        SQLITE_OK);
    for (; sqlite3_step(s) == SQLITE_ROW; n++) {
        assert_true(n < COUNT_OF(want));
        assert_string_equal((const char *)sqlite3_column_text(s, 0), want[n]);
        assert_int_equal(sqlite3_column_int64(s, 1), bench_time(NULL));
    }
    assert_int_equal(n, COUNT_OF(want));
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* --- references ----------------------------------------------------------- */

static enum config_result edit_password(struct bench *b, const char *reference)
{
    struct str text =
        arena_printf(&b->arena,
                     "{\"params\":{\"username\":\"u\",\"password\":\"%s\"}}",
                     reference);
    struct edit e = bench_edit(b, EDIT_PATCH, E, "hook", text.p);

    b->err = (struct error){0};
    return config_edit(b->config, &e, &b->err);
}

static void test_references(void **state)
{
    struct bench b freed_by(bench_release);
    static const struct {
        const char *reference, *want, *error;
    } table[] = {
        {"plain", "plain", NULL},
        {"filed:/x", "filed:/x", NULL},
        {"file:DIR/good", "from-file", NULL},
        {"file:DIR/readable", NULL, "has mode 0644"},
        {"file:DIR/none", NULL, "No such file"},
        {"file:DIR/empty", NULL, "is empty"},
        {"file:DIR", NULL, "is not a regular file"},
        {"file:good", NULL, "the path must be absolute"},
        {"env:TOCSIN_TEST_SECRET", "from-env", NULL},
        {"env:TOCSIN_TEST_NONE", NULL, "no such environment variable"},
        {"cred:readable", "from-cred", NULL},
        {"cred:none", NULL, "No such file"},
        {"cred:../x", NULL, "one word without /"},
        {"cred:..", NULL, "one word without /"},
        {"cred:", NULL, "one word without /"},
    };

    (void)state;
    bench_init(&b);
    bench_file(&b, "good", "from-file\n", 0600);
    bench_file(&b, "empty", "\n", 0600);
    bench_file(&b, "readable", "from-cred", 0644);
    setenv("TOCSIN_TEST_SECRET", "from-env", 1);
    setenv("CREDENTIALS_DIRECTORY", b.directory, 1);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct str rest = str_of(table[i].reference);
        struct str head = str_first(rest, 5);
        struct str reference = arena_str(&b.arena, rest);
        enum config_result result;

        if (str_starts(str_from(rest, 5), "DIR"))
            reference = arena_printf(&b.arena, "%.*s%s%.*s", STR_ARG(head),
                                     b.directory, STR_ARG(str_from(rest, 8)));
        result = edit_password(&b, reference.p);
        if (result != (table[i].want ? CONFIG_OK : CONFIG_INVALID))
            fail_msg("%s: %s", table[i].reference, b.err.text);
        if (table[i].want != NULL)
            assert_param(&b, "password", table[i].want);
        else if (strstr(b.err.text, table[i].error) == NULL)
            fail_msg("%s: \"%s\"", table[i].reference, b.err.text);
        else
            assert_string_equal(b.err.place, "/params/password");
    }
    assert_false(file_has(bench_path(&b, "config.db-wal"), "from-file"));
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(edit_password(&b, "cred:readable"), CONFIG_INVALID);
    assert_non_null(strstr(b.err.text, "LoadCredential=readable:"));
    unsetenv("TOCSIN_TEST_SECRET");
}

/* One endpoint's lost secret stops neither the start nor other changes; when it
 * is back, the next change of anything takes it up. */
static void test_a_lost_reference_is_a_fault(void **state)
{
    struct bench b freed_by(bench_release);
    const struct endpoint *e;
    struct edit touch;
    struct str reference;

    (void)state;
    bench_init(&b);
    reference = arena_printf(&b.arena, "file:%s",
                             bench_file(&b, "password", "first", 0600));
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    assert_int_equal(edit_password(&b, reference.p), CONFIG_OK);
    bench_must(&b, EDIT_CREATE, R, NULL, "{\"name\":\"r\",\"endpoint\":\"hook\"}");
    assert_int_equal(unlink(bench_path(&b, "password")), 0);

    bench_reopen(&b);
    e = &config_now(b.config)->endpoints[1];
    assert_false(e->enabled); /* it waits */
    assert_true(e->on);
    assert_true(e->fault.n > 0);
    assert_non_null(memmem(e->fault.p, e->fault.n, "No such file", 12));
    assert_param(&b, "url", "https://hooks.example/a");
    assert_param(&b, "password", "");
    assert_non_null(strstr(shown(&b, "hook").p, "\"fault\":\"\\\"file:"));
    assert_non_null(strstr(shown(&b, "hook").p, "\"enabled\":true"));
    bench_must(&b, EDIT_PATCH, R, "r", "{\"minimum_severity\":\"error\"}");
    touch = bench_edit(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    assert_int_equal(config_edit(b.config, &touch, &b.err), CONFIG_INVALID);

    bench_file(&b, "password", "second", 0600);
    bench_must(&b, EDIT_PATCH, R, "r", "{\"minimum_severity\":null}");
    assert_param(&b, "password", "second");
    assert_int_equal(config_now(b.config)->endpoints[1].fault.n, 0);
    assert_true(config_now(b.config)->endpoints[1].enabled);
}

/* --- the key -------------------------------------------------------------- */

static void assert_does_not_open(struct bench *b, const char *why)
{
    b->config = config_open(b->directory, &b->clock, &b->err);
    assert_null(b->config);
    if (strstr(b->err.text, why) == NULL)
        fail_msg("\"%s\"", b->err.text);
}

static void test_another_key(void **state)
{
    struct bench b freed_by(bench_release);

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, SECRETIVE);
    config_close(b.config);
    assert_int_equal(unlink(bench_path(&b, "secret.key")), 0);
    assert_does_not_open(&b, "restore it from a backup");
    bench_file(&b, "secret.key",
               "000102030405060708090a0b0c0d0e0f"
               "101112131415161718191a1b1c1d1e1f\n",
               0600);
    assert_does_not_open(&b, "restore both from one backup");
    assert_int_equal(chmod(bench_path(&b, "secret.key"), 0640), 0);
    assert_does_not_open(&b, "has mode 0640");
}

static void db_run(struct bench *b, const char *text)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(bench_path(b, "config.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Who can write to the database, but has no key, moves a secret to where it
 * would be sent to him: another object, another kind, another field. */
static void test_a_moved_secret(void **state)
{
    static const char *const moves[][2] = {
        {"UPDATE object SET name = 'mine'", "UPDATE object SET name = 'hook'"},
        {"UPDATE object SET kind = 'recipient'",
         "UPDATE object SET kind = 'endpoint'"},
        {"UPDATE object SET json = replace(json, 'password', 'url_')",
         "UPDATE object SET json = replace(json, 'url_', 'password')"},
    };
    struct bench b freed_by(bench_release);

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, SECRETIVE);
    config_close(b.config);
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        db_run(&b, moves[i][0]);
        assert_does_not_open(&b, "does not open");
        db_run(&b, moves[i][1]);
    }
    bench_open(&b);
}

static void test_a_newer_database(void **state)
{
    struct bench b freed_by(bench_release);

    (void)state;
    bench_init(&b);
    config_close(b.config);
    db_run(&b, "PRAGMA user_version = 99");
    assert_does_not_open(&b, "from a newer tocsin");
    db_run(&b, "PRAGMA user_version = 2");
    bench_open(&b);
}

static void test_no_database(void **state)
{
    struct bench b freed_by(bench_release);

    (void)state;
    bench_init(&b);
    config_close(b.config);
    bench_file(&b, "config.db", "this is no database, whatever its name says",
               0600);
    assert_does_not_open(&b, "not a database");
}

/* --- schema --------------------------------------------------------------- */

static void test_schema(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf text freed_by(buf_release) = BUF(4u << 20);
    struct json_out out = JSON_OUT(&text);
    const struct json *types;
    size_t n = 0;

    (void)state;
    bench_init(&b);
    schema_write(NULL, &out, NULL);
    types = json_get(bench_json(&b, buf_c(&text)), "data");
    assert_true(json_is(types, JSON_ARRAY));
    for (const struct json *t = types->first; t != NULL; t = t->next, n++) {
        assert_true(str_is(json_text(json_get(t, "name")),
                           endpoint_types[n]->name));
        assert_true(json_is(json_get(t, "endpoint"), JSON_OBJECT));
        assert_true(json_is(json_get(t, "recipient"), JSON_OBJECT));
        assert_true(json_is(json_get(t, "available"), JSON_BOOL));
        assert_int_equal(json_bool_or(json_get(t, "builtin"), false),
                         endpoint_types[n]->builtin);
    }
    assert_null(endpoint_types[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sealed_at_rest),
        cmocka_unit_test(test_kept_by_who_does_not_know_them),
        cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_a_lost_reference_is_a_fault),
        cmocka_unit_test(test_another_key),
        cmocka_unit_test(test_a_moved_secret),
        cmocka_unit_test(test_a_newer_database),
        cmocka_unit_test(test_no_database),
        cmocka_unit_test(test_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
