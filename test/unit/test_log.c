/* test_log.c -- what reaches stderr: one line an event, never a forged one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "strs.h"

/* stderr goes into a file between capture() and captured(). */
struct captive {
    int real_stderr;
    FILE *file;
    char text[1u << 20];
};

static struct captive captive;

static void capture(void)
{
    captive.file = tmpfile();
    assert_non_null(captive.file);
    captive.real_stderr = dup(STDERR_FILENO);
    dup2(fileno(captive.file), STDERR_FILENO);
}

static struct str captured(void)
{
    size_t n;

    dup2(captive.real_stderr, STDERR_FILENO);
    close(captive.real_stderr);
    rewind(captive.file);
    n = fread(captive.text, 1, sizeof(captive.text), captive.file);
    fclose(captive.file);
    return (struct str){captive.text, n};
}

static void levels(void **state unused)
{
    log_init(LOG_LEVEL_WARN, LOG_FORMAT_JOURNAL);
    capture();
    log_error("outbox", "no space on %s", "disk");
    log_warn("web", "two");
    log_info("web", "three");
    log_debug("web", "four");
    assert_str("warn", captured(), "<3>outbox: no space on disk\n<4>web: two\n");
    log_init(LOG_LEVEL_DEBUG, LOG_FORMAT_JOURNAL);
    capture();
    log_info("web", "three");
    log_debug("web", "four");
    assert_str("debug", captured(), "<6>web: three\n<7>web: four\n");
}

static void text_format(void **state unused)
{
    struct str line, rest;
    int64_t ms;

    log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    capture();
    log_info("web", "listening on port %d", 8080);
    line = captured();
    rest = line;
    assert_true(time_parse(str_until(&rest, ' '), &ms));
    assert_str("line", rest, "info  web: listening on port 8080\n");
}

static void json_format(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    const struct json *j;
    int64_t ms;

    log_init(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    capture();
    log_warn("web", "a \"quoted\" \\ \n word");
    j = json_parse(&a, captured(), NULL);
    assert_non_null(j);
    assert_true(time_parse(json_text(json_get(j, "time")), &ms));
    assert_str("level", json_text(json_get(j, "level")), "warn");
    assert_str("room", json_text(json_get(j, "room")), "web");
    assert_str("text", json_text(json_get(j, "text")),
               "a \"quoted\" \\ \\x0a word");
}

static void forging(void **state unused)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"a\n<3>forged", "a\\x0a<3>forged"},
        {"a\r\t\x1b[31m\x7f", "a\\x0d\\x09\\x1b[31m\\x7f"},
        {"\xc2\x85\xc2\x9b", "\\xc2\\x85\\xc2\\x9b"},       /* C1 */
        {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},                /* line separator */
        {"\xe2\x80\xae", "\\xe2\\x80\\xae"},                /* right to left */
        {"\xff\xc3", "\\xff\\xc3"},                         /* not UTF-8 */
        {"\xc3\xa9 \xe2\x82\xac", "\xc3\xa9 \xe2\x82\xac"}, /* text is left */
        {"%s %n", "%s %n"},
    };

    log_init(LOG_LEVEL_INFO, LOG_FORMAT_JOURNAL);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str line;

        capture();
        log_info("web", "%s", rows[i].text);
        line = captured();
        assert_str("head", str_first(line, 8), "<6>web: ");
        assert_str("text", str_first(str_from(line, 8), line.n - 9),
                   rows[i].want);
    }
}

/* Whatever is in it, a line is at most LOG_LINE_MAX bytes and says it was cut. */
static void cutting(void **state unused)
{
    static const char *const fillings[] = {"x", "\"", "\n", "\xe2\x82\xac",
                                           "\xff", "\\"};
    static const enum log_format formats[] = {LOG_FORMAT_TEXT,
                                              LOG_FORMAT_JOURNAL,
                                              LOG_FORMAT_JSON};

    for (size_t i = 0; i < COUNT_OF(fillings) * COUNT_OF(formats); i++) {
        const char *filling = fillings[i % COUNT_OF(fillings)];
        enum log_format format = formats[i / COUNT_OF(fillings)];

        for (size_t n = LOG_LINE_MAX / 8; n < LOG_LINE_MAX + 50; n += 13) {
            struct buf b freed_by(buf_release) = BUF(1u << 20);
            struct str line;
            bool cut;

            while (b.n < n)
                buf_text(&b, filling);
            log_init(LOG_LEVEL_INFO, format);
            capture();
            log_info("web", "%s", buf_c(&b));
            line = captured();
            cut = str_ends(str_first(line, line.n - 1),
                           format == LOG_FORMAT_JSON ? "...\"}" : "...");
            assert_true(line.n <= LOG_LINE_MAX);
            assert_true(utf8_valid(line));
            assert_int_equal(str_find(line, '\n'), line.n - 1);
            if (!cut) /* then it is all there */
                assert_true(line.n > b.n);
            else
                assert_true(line.n >= LOG_LINE_MAX - 12);
        }
    }
}

static void errno_is_kept(void **state unused)
{
    log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    capture();
    errno = ENOSPC;
    log_info("web", "%m");
    assert_int_equal(errno, ENOSPC);
    assert_true(str_ends(captured(), "No space left on device\n"));
    capture();
    close(STDERR_FILENO); /* nor does a lost line change it */
    errno = ENOSPC;
    log_info("web", "nobody reads this");
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(captured().n, 0);
}

#define LINES 200

static void *chatter(void *room)
{
    for (int i = 0; i < LINES; i++)
        log_info(room, "line %d of a thread that has a lot to say", i);
    return NULL;
}

static void threads(void **state unused)
{
    char rooms[4][2] = {"a", "b", "c", "d"};
    int next[4] = {0};
    pthread_t ids[4];
    struct str rest;

    log_init(LOG_LEVEL_INFO, LOG_FORMAT_JOURNAL);
    capture();
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&ids[i], NULL, chatter, rooms[i]), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(ids[i], NULL);
    rest = captured();
    while (rest.n > 0) { /* whole lines, each thread's in order */
        struct str line = str_until(&rest, '\n');
        int from = line.n > 3 ? line.p[3] - 'a' : -1;
        char want[100];

        assert_in_range(from, 0, 3);
        snprintf(want, sizeof(want),
                 "<6>%c: line %d of a thread that has a lot to say", 'a' + from,
                 next[from]++);
        assert_str("line", line, want);
    }
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(next[i], LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(text_format),
        cmocka_unit_test(json_format),
        cmocka_unit_test(forging),
        cmocka_unit_test(cutting),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
