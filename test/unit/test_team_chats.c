/* test_team_chats.c -- Slack and Mattermost: their escaping, facts as fields, and the
 * ids of posts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "chat_rig.h"
#include "endpoint/chat.h"

/* What goes into one post twice must have one id, and nothing else that id. */
static void test_pending_ids(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    const struct endpoint_type *t = endpoint_type_find(STR("mattermost"));
    struct alert alert = {.id = 1, .entity = ENTITY_HOST, .type = STR("t"),
                          .entity_value = STR("h"), .tstamp_ms = 1606141256000};
    struct render_item items[] = {{.alert = &alert, .id = STR("1.3")},
                                  {.alert = &alert, .id = STR("2.3")}};
    static const struct {
        size_t count;
        int step;
        const char *want;
    } rows[] = {
        {1, 0, "gw:1.3:0"}, {2, 0, "gw:1.3+2.3:0"}, {1, 2, "gw:1.3:2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct render_input in = {
            .endpoint = endpoint_of("mattermost", MATTER_BOT, &a),
            .recipient = recipient_of("mattermost", MATTER_TO, &a),
            .items = items, .count = rows[i].count, .step = rows[i].step,
            .place = {.instance = STR("gw"), .now_ms = 1606141257000},
        };
        struct request r;
        struct error err;
        const struct json *j;

        assert_true(t->render(&in, &a, &r, &err));
        j = json_parse(&a, r.http.body, &err);
        assert_true(str_is(json_text(json_get(j, "pending_post_id")),
                           rows[i].want));
    }
}

/* --- markup ------------------------------------------------------------------- */

#define ZERO "\xe2\x80\x8b"

static void test_escapes(void **state)
{
    static const struct {
        void (*escape)(struct buf *to, struct str s);
        const char *in, *want;
    } rows[] = {
        {escape_slack, "<!channel> & *b*", "&lt;!channel&gt; &amp; *b*"},
        {escape_mattermost, "@all ~town-square",
         "@" ZERO "all \\~" ZERO "town-square"},
        {escape_mattermost, "[x](http://a) `c` 10.0.0.1:80",
         "\\[x\\](http:" ZERO "//a) \\`c\\` 10.0.0.1:80"},
        {escape_unlinked, "[x](http://a.b) @all",
         "[" ZERO "x]" ZERO "(http:" ZERO "//a." ZERO "b) @" ZERO "all"},
        {escape_unlinked, "<!here> `a` ~c",
         "<" ZERO "!" ZERO "here> `" ZERO "a`" ZERO " ~" ZERO "c"},
        {escape_code, "a`b", "a'b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(1000);

        rows[i].escape(&b, str_of(rows[i].in));
        assert_string_equal(buf_c(&b), rows[i].want);
    }
}

static void put_stars(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        buf_text(to, s.p[i] == '*' ? "\\" : "");
        buf_char(to, s.p[i]);
    }
}

static void put_ticks(struct buf *to, struct str s)
{
    buf_text(to, "`");
    buf_str(to, s);
    buf_text(to, "`");
}

static const struct markup starred = {.unit = UNIT_POINTS, .escape = put_stars,
                                      .code = put_ticks};

static void test_values(void **state)
{
    static const struct {
        struct message_fact fact;
        size_t max;
        const char *want;
    } rows[] = {
        {{"a", STR("plain"), false}, 10, "plain"},
        {{"a", STR("plain"), true}, 10, "`plain`"},
        {{"a", STR("x_y"), false}, 10, "`x_y`"},
        {{"a", STR("x*y"), false}, 10, "x\\*y"},
        {{"a", STR("\xc3\xa4_123456"), true}, 10, "`\xc3\xa4_123456`"},
        {{"a", STR("\xc3\xa4_1234567"), true}, 10, "\xc3\xa4_1234567"},
        {{"a", STR("*********"), true}, 10, "\\*\\*\\*\\*\xe2\x80\xa6"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(1000);

        chat_value(&starred, &rows[i].fact, "_", rows[i].max, &b);
        assert_string_equal(buf_c(&b), rows[i].want);
    }
}

static void test_facts_fit(void **state)
{
    static const struct message m = {
        .facts = {{"a", STR("12"), false}, {"b", STR("*"), false},
                  {"c", STR("1"), true}},
        .fact_count = 3,
    }; /* "a: 12", "b: \*", "c: `1`" */
    static const struct {
        size_t max, want;
    } rows[] = {{0, 0}, {4, 0}, {5, 1}, {9, 1}, {10, 2}, {15, 2}, {16, 3}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(chat_facts_fit(&starred, &m, rows[i].max), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pending_ids),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_facts_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
