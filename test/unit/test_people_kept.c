/* test_people_kept.c -- users, sessions and tokens over time and over a restart,
 * what slows those who try, and a log that somebody changed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "people/audit.h"
#include "people/patience.h"
#include "people/session.h"

static const struct actor tester = {{"tester", 6}, {"192.0.2.1", 9}};

struct bench {
    int64_t now_ms;
    struct clock clock;
    char directory[32], path[64], key[64];
    struct people *people;
};

static int64_t bench_now(void *arg)
{
    return ((struct bench *)arg)->now_ms;
}

static uint32_t bench_dice(void *arg)
{
    (void)arg;
    return 4;
}

static void people_again(struct bench *b)
{
    const struct people_options o = {
        .path = b->path, .key_path = b->key, .clock = &b->clock};
    struct error err;

    people_close(b->people);
    b->people = people_open(&o, &err);
    if (b->people == NULL)
        fail_msg("%s", err.text);
}

static int setup(void **state)
{
    struct bench *b = mem_new(sizeof *b);
    FILE *f;

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    b->now_ms = 1700000000000;
    b->clock = (struct clock){bench_now, bench_now, bench_dice, b};
    snprintf(b->directory, sizeof b->directory, "/tmp/test-people-XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->path, sizeof b->path, "%s/people.db", b->directory);
    snprintf(b->key, sizeof b->key, "%s/secret.key", b->directory);
    f = fopen(b->key, "we");
    assert_non_null(f);
    fprintf(f, "%064d\n", 7);
    fclose(f);
    assert_int_equal(chmod(b->key, 0600), 0);
    people_again(b);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    static const char *const beside[] = {"", "-wal", "-shm"};
    char path[80];

    people_close(b->people);
    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        snprintf(path, sizeof path, "%s%s", b->path, beside[i]);
        unlink(path);
    }
    unlink(b->key);
    assert_int_equal(rmdir(b->directory), 0);
    free(b);
    return 0;
}

static int64_t user_new(struct bench *b, const char *name, enum role role)
{
    struct error err;

    if (user_add(b->people, str_of(name), role, "$hash", &tester, &err) !=
        PEOPLE_OK)
        fail_msg("%s", err.text);
    return user_find(b->people, str_of(name))->id;
}

static void session_new(struct bench *b, int64_t user_id,
                        char text[SESSION_TEXT_BYTES])
{
    struct error err;

    if (!session_begin(b->people, user_id, STR("192.0.2.1"), STR("a browser"),
                       text, &err))
        fail_msg("%s", err.text);
}

static void token_new(struct bench *b, const char *name, const char *scopes,
                      int64_t user_id, int64_t expires_ms,
                      char text[TOKEN_BYTES + 1])
{
    struct token_wish w = {.name = str_of(name),
                           .user_id = user_id,
                           .expires_ms = expires_ms};
    struct error err;

    if (!scopes_parse(str_of(scopes), &w.scopes, &err) ||
        api_token_add(b->people, &w, &tester, text, &err) != PEOPLE_OK)
        fail_msg("%s", err.text);
}

/* What somebody with this token may do; 0: it is none. */
static unsigned may(struct bench *b, const char *token)
{
    const struct api_token *t = api_token_find(b->people, str_of(token));

    return t != NULL ? api_token_scopes(b->people, t, "ntopng") : 0;
}

/* --- sessions and tokens ------------------------------------------------------------ */

static void a_session_ends_idle_or_old(void **state)
{
    struct bench *b = *state;
    int64_t id = user_new(b, "maya", ROLE_ADMIN), begun_ms;
    char text[SESSION_TEXT_BYTES];

    session_new(b, id, text);
    b->now_ms += SESSION_IDLE_MS - 1;
    assert_non_null(session_find(b->people, str_of(text))); /* and is seen */
    b->now_ms += SESSION_IDLE_MS;
    assert_null(session_find(b->people, str_of(text)));

    begun_ms = b->now_ms;
    session_new(b, id, text);
    while (b->now_ms + SESSION_IDLE_MS / 2 < begun_ms + SESSION_LIFE_MS) {
        b->now_ms += SESSION_IDLE_MS / 2;
        assert_non_null(session_find(b->people, str_of(text)));
    }
    b->now_ms = begun_ms + SESSION_LIFE_MS;
    assert_null(session_find(b->people, str_of(text)));
}

static void sessions_and_tokens_outlive_a_restart(void **state)
{
    struct bench *b = *state;
    char text[SESSION_TEXT_BYTES], token[TOKEN_BYTES + 1];

    session_new(b, user_new(b, "maya", ROLE_ADMIN), text);
    token_new(b, "ci", "ingest:ntopng", 0, b->now_ms + 1000, token);
    people_again(b);
    assert_non_null(session_find(b->people, str_of(text)));
    assert_non_null(api_token_find(b->people, str_of(token)));
    text[3] ^= 1;
    assert_null(session_find(b->people, str_of(text)));
    b->now_ms += 1000;
    assert_null(api_token_find(b->people, str_of(token)));
}

static void a_change_of_a_user_ends_the_sessions(void **state)
{
    struct bench *b = *state;
    const enum role viewer = ROLE_VIEWER;
    const bool off = false;
    struct user_change demoted = {.role = &viewer}, disabled = {.enabled = &off};
    char text[SESSION_TEXT_BYTES];
    struct error err;
    int64_t id;

    user_new(b, "root", ROLE_ADMIN);
    id = user_new(b, "maya", ROLE_EDITOR);
    session_new(b, id, text);
    assert_int_equal(user_change(b->people, STR("maya"), &demoted, &tester, &err),
                     PEOPLE_OK);
    assert_null(session_find(b->people, str_of(text)));
    session_new(b, id, text);
    assert_int_equal(user_change(b->people, STR("maya"), &disabled, &tester, &err),
                     PEOPLE_OK);
    assert_null(session_find(b->people, str_of(text)));
    assert_int_equal(user_change(b->people, STR("root"), &demoted, &tester, &err),
                     PEOPLE_LAST_ADMIN);
    assert_int_equal(user_delete(b->people, STR("root"), &tester, &err),
                     PEOPLE_LAST_ADMIN);
}

static void ones_own_token_may_what_one_may(void **state)
{
    struct bench *b = *state;
    const enum role viewer = ROLE_VIEWER;
    const bool off = false, on = true;
    char own[TOKEN_BYTES + 1], nobodys[TOKEN_BYTES + 1];
    struct error err;
    int64_t id;

    user_new(b, "root", ROLE_ADMIN);
    id = user_new(b, "maya", ROLE_EDITOR);
    token_new(b, "maya/laptop", "config:write ingest:ntopng", id, 0, own);
    token_new(b, "ci", "ingest", 0, 0, nobodys);
    assert_int_equal(may(b, own),
                     SCOPE_CONFIG_WRITE | SCOPE_CONFIG_READ | SCOPE_INGEST);
    assert_int_equal(user_change(b->people, STR("maya"),
                                 &(struct user_change){.role = &viewer}, &tester,
                                 &err),
                     PEOPLE_OK);
    assert_int_equal(may(b, own), SCOPE_CONFIG_READ);
    people_again(b);
    assert_int_equal(may(b, own), SCOPE_CONFIG_READ);
    assert_int_equal(user_change(b->people, STR("maya"),
                                 &(struct user_change){.enabled = &off}, &tester,
                                 &err),
                     PEOPLE_OK);
    assert_int_equal(may(b, own), 0);
    assert_int_equal(user_change(b->people, STR("maya"),
                                 &(struct user_change){.enabled = &on}, &tester,
                                 &err),
                     PEOPLE_OK);
    assert_int_equal(may(b, own), SCOPE_CONFIG_READ);
    assert_int_equal(user_delete(b->people, STR("maya"), &tester, &err), PEOPLE_OK);
    assert_int_equal(may(b, own), 0);
    people_again(b);
    assert_int_equal(api_token_count(b->people), 1);
    assert_int_equal(may(b, nobodys), SCOPE_INGEST);
}

static void run_sql(struct bench *b, const char *sql)
{
    sqlite3 *db;
    char *wrong = NULL;

    assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &wrong) != SQLITE_OK)
        fail_msg("%s", wrong);
    sqlite3_close(db);
}

/* A file of version 1 had tokens of nobody. */
static void an_older_file_is_brought_on(void **state)
{
    struct bench *b = *state;
    char old[TOKEN_BYTES + 1], new[TOKEN_BYTES + 1];

    token_new(b, "ci", "alerts:read", 0, 0, old);
    people_close(b->people);
    b->people = NULL;
    run_sql(b, "ALTER TABLE token DROP COLUMN user_id; PRAGMA user_version = 1");
    people_again(b);
    assert_int_equal(may(b, old), SCOPE_ALERTS_READ);
    token_new(b, "maya/x", "alerts:read", user_new(b, "maya", ROLE_VIEWER), 0, new);
    people_again(b);
    assert_int_equal(may(b, new), SCOPE_ALERTS_READ);
}

static void all_other_sessions_end_at_once(void **state)
{
    struct bench *b = *state;
    int64_t id = user_new(b, "maya", ROLE_ADMIN);
    char mine[SESSION_TEXT_BYTES], other[SESSION_TEXT_BYTES],
        lucas[SESSION_TEXT_BYTES];
    struct error err;
    size_t ended;

    session_new(b, id, other);
    session_new(b, id, mine);
    session_new(b, user_new(b, "luca", ROLE_VIEWER), lucas);
    assert_int_equal(session_end_others(b->people, id,
                                        session_find(b->people, str_of(mine))->id,
                                        &tester, &ended, &err),
                     PEOPLE_OK);
    assert_int_equal(ended, 1);
    people_again(b);
    assert_non_null(session_find(b->people, str_of(mine)));
    assert_non_null(session_find(b->people, str_of(lucas)));
    assert_null(session_find(b->people, str_of(other)));
}

static void the_oldest_of_many_sessions_gives_way(void **state)
{
    struct bench *b = *state;
    int64_t id = user_new(b, "maya", ROLE_ADMIN);
    char first[SESSION_TEXT_BYTES], text[SESSION_TEXT_BYTES];

    session_new(b, id, first);
    for (int i = 1; i < SESSIONS_OF_USER_MAX; i++)
        session_new(b, id, text);
    assert_non_null(session_find(b->people, str_of(first)));
    session_new(b, id, text);
    assert_null(session_find(b->people, str_of(first)));
    assert_int_equal(session_count(b->people), SESSIONS_OF_USER_MAX);
}

/* --- the log ----------------------------------------------------------------------------- */

static void tamper(struct bench *b, const char *sql)
{
    sqlite3 *db;
    char *wrong = NULL;

    assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &wrong) != SQLITE_OK)
        fail_msg("%s", wrong);
    assert_int_equal(sqlite3_changes(db), 1);
    sqlite3_close(db);
}

static void a_changed_log_is_seen(void **state)
{
    static const char *const deeds[] = {
        "UPDATE audit SET who = 'user eve' WHERE n = 2",
        "UPDATE audit SET at_ms = at_ms + 1 WHERE n = 2",
        "UPDATE audit SET after = '{}' WHERE n = 2",
        "DELETE FROM audit WHERE n = 2",
        "UPDATE audit SET n = 9 WHERE n = 3",
        "UPDATE audit SET hash = zeroblob(32) WHERE n = 2",
    };

    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        struct error err = {0};
        struct bench *b;

        if (i > 0) {
            teardown(state);
            setup(state);
        }
        b = *state;
        user_new(b, "maya", ROLE_ADMIN);
        user_new(b, "luca", ROLE_VIEWER);
        user_new(b, "noor", ROLE_EDITOR);
        if (!audit_check(b->people, &err))
            fail_msg("%s", err.text);
        tamper(b, deeds[i]);
        if (audit_check(b->people, &err))
            fail_msg("not seen: %s", deeds[i]);
    }
}

/* --- patience -------------------------------------------------------------------------- */

static void failures_cost_time_that_grows_and_is_forgotten(void **state)
{
    struct patience *p = patience_new();
    int64_t now_ms = 1000, before = 0;

    (void)state;
    for (int i = 0; i < PATIENCE_FREE; i++)
        patience_failed(p, PATIENCE_NAME, STR("maya"), now_ms);
    assert_int_equal(patience_wait_ms(p, PATIENCE_NAME, STR("maya"), now_ms), 0);
    for (int i = 0; i < 10; i++) {
        int64_t wait_ms;

        patience_failed(p, PATIENCE_NAME, STR("maya"), now_ms);
        wait_ms = patience_wait_ms(p, PATIENCE_NAME, STR("maya"), now_ms);
        assert_true(wait_ms >= before && wait_ms > 0);
        before = wait_ms;
        now_ms += wait_ms;
    }
    assert_int_equal(before, PATIENCE_NAME_MS); /* nobody is locked out */
    assert_int_equal(patience_wait_ms(p, PATIENCE_ADDRESS, STR("maya"), now_ms), 0);
    assert_int_equal(patience_wait_ms(p, PATIENCE_NAME, STR("luca"), now_ms), 0);
    now_ms += PATIENCE_FORGET_MS;
    patience_failed(p, PATIENCE_NAME, STR("maya"), now_ms);
    assert_int_equal(patience_wait_ms(p, PATIENCE_NAME, STR("maya"), now_ms), 0);
    patience_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_ends_idle_or_old),
        TEST(sessions_and_tokens_outlive_a_restart),
        TEST(a_change_of_a_user_ends_the_sessions),
        TEST(ones_own_token_may_what_one_may),
        TEST(an_older_file_is_brought_on),
        TEST(all_other_sessions_end_at_once),
        TEST(the_oldest_of_many_sessions_gives_way),
        TEST(a_changed_log_is_seen),
        cmocka_unit_test(failures_cost_time_that_grows_and_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
