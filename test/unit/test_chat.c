/* test_chat.c -- the layout that all chats share: whatever an alert says and however
 * little room there is, it fits, is whole, and says the most important first. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "corpus.h"
#include "endpoint/chat.h"

static void code(struct buf *to, struct str s)
{
    buf_char(to, '`');
    escape_code(to, s);
    buf_char(to, '`');
}

static void link_to(struct buf *to, struct str url, const char *label)
{
    buf_printf(to, "[%s](%.*s)", label, STR_ARG(url));
}

static const struct markup marked = {
    .unit = UNIT_POINTS,
    .escape = escape_markdown,
    .code = code,
    .link = link_to,
    .bold = "**",
    .bold_end = "**",
    .line = "\n",
};

static void unescaped(struct buf *to, struct str s)
{
    buf_str(to, s);
}

static const struct markup plain = {
    .unit = UNIT_BYTES,
    .escape = unescaped,
    .code = unescaped,
    .bold = "",
    .bold_end = "",
    .line = "\n",
};

static void test_lengths(void **state)
{
    static const struct {
        const char *text;
        size_t bytes, points, utf16;
    } rows[] = {
        {"", 0, 0, 0},
        {"abc", 3, 3, 3},
        {"\xc3\xa9", 2, 1, 1},
        {"\xe2\x82\xac" "1", 4, 2, 2},
        {"\xf0\x9f\x9a\xa8", 4, 1, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str s = str_of(rows[i].text);

        assert_int_equal(text_length(s, UNIT_BYTES), rows[i].bytes);
        assert_int_equal(text_length(s, UNIT_POINTS), rows[i].points);
        assert_int_equal(text_length(s, UNIT_UTF16), rows[i].utf16);
    }
}

static void test_fitting(void **state)
{
    static const struct {
        const char *raw;
        size_t max;
        enum unit unit;
        const char *want;
    } rows[] = {
        {"abc", 3, UNIT_POINTS, "abc"},
        {"abcd", 3, UNIT_POINTS, "ab\xe2\x80\xa6"},
        {"a*cd", 4, UNIT_POINTS, "a\\*\xe2\x80\xa6"},
        {"a*cd", 3, UNIT_POINTS, "a\xe2\x80\xa6"}, /* never half an escape */
        {"\xf0\x9f\x9a\xa8\xf0\x9f\x9a\xa8", 3, UNIT_UTF16, "\xf0\x9f\x9a\xa8\xe2\x80\xa6"},
        {"\xc3\xa9\xc3\xa9\xc3\xa9", 5, UNIT_BYTES, "\xc3\xa9\xe2\x80\xa6"},
        {"abc", 0, UNIT_POINTS, ""},
        {"abc", 1, UNIT_POINTS, "\xe2\x80\xa6"},
        {"abc", 2, UNIT_BYTES, ""}, /* no room for the mark */
        {"", 0, UNIT_BYTES, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(100);

        escape_fit(&b, str_of(rows[i].raw), rows[i].max, rows[i].unit, escape_markdown);
        if (strcmp(buf_c(&b), rows[i].want) != 0)
            fail_msg("%zu: \"%s\", not \"%s\"", i, buf_c(&b), rows[i].want);
    }
}

/* --- whole messages ------------------------------------------------------------- */

#define ITEMS 5

struct bench {
    struct arena arena;
    struct alert alerts[ITEMS];
    struct render_item items[ITEMS];
    struct render_input in;
};

static void bench_alert(struct bench *b, size_t at, struct str text)
{
    struct json_list facts = {0};
    struct arena *a = &b->arena;

    json_list_add(&facts, a, STR("evil"), json_new_string(a, text));
    json_list_add(&facts, a, STR("cli_name"), json_new_string(a, text));
    json_list_add(&facts, a, STR("plain"), json_new_string(a, STR("yes")));
    b->alerts[at] = (struct alert){
        .id = 40 + (int64_t)at,
        .action = ACTION_STORE,
        .entity = ENTITY_HOST,
        .entity_value = text.n > 0 ? text : STR("h"),
        .type = STR("disk_full"),
        .category = STR("other"),
        .severity = at == 2 ? SEVERITY_CRITICAL : SEVERITY_WARNING,
        .message = text,
        .tstamp_ms = 1606141256000LL,
        .source = STR("native"),
        .facts = json_new_object(a, &facts),
    };
    b->items[at] = (struct render_item){.alert = &b->alerts[at], .phase = PHASE_NEW,
                                        .id = STR("40.3")};
}

static void bench_open(struct bench *b, struct str text)
{
    *b = (struct bench){0};
    for (size_t i = 0; i < ITEMS; i++)
        bench_alert(b, i, text);
    b->in = (struct render_input){
        .items = b->items,
        .count = ITEMS,
        .place = {.instance = STR("gw"), .base_url = STR("https://a.example.net"),
                  .now_ms = 1606141256000LL},
    };
}

/* Nothing is cut inside a character, an escape or a link. */
static void check_whole(const struct buf *b, const struct markup *k, size_t max)
{
    struct str s = buf_view(b);

    assert_false(b->over);
    assert_true(utf8_valid(s));
    if (text_length(s, k->unit) > max)
        fail_msg("%zu long, of %zu: %s", text_length(s, k->unit), max, buf_c(b));
    if (k != &marked)
        return;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\\')
            assert_true(++i < s.n && s.p[i] != '\n');
}

static void everything_fits(void **state)
{
    static const size_t rooms[] = {1, 5, 20, 39, 80, 200, 400, 1000, 4096};
    static const struct markup *const kinds[] = {&marked, &plain};

    (void)state;
    for (size_t c = 0; c < COUNT_OF(corpus); c++) {
        struct bench b;
        struct message *m;

        bench_open(&b, corpus[c]);
        m = chat_messages(&b.in, &b.arena);
        for (size_t r = 0; r < COUNT_OF(rooms); r++)
            for (size_t k = 0; k < COUNT_OF(kinds); k++) {
                struct buf one freed_by(buf_release) = BUF(REQUEST_MAX);
                struct buf many freed_by(buf_release) = BUF(REQUEST_MAX);

                chat_alert(kinds[k], &m[0], &b.items[0], false, rooms[r], &b.arena, &one);
                check_whole(&one, kinds[k], rooms[r]);
                chat_digest(kinds[k], m, &b.in, rooms[r], &b.arena, &many);
                check_whole(&many, kinds[k], rooms[r]);
            }
        arena_release(&b.arena);
    }
}

/* With less room the last facts go first, and it says how many; what happened
 * stays. */
static void what_matters_least_goes_first(void **state)
{
    static const struct {
        size_t max;
        const char *has, *has_not;
        bool signs; /* who says it: as long as that is not the half of it */
    } rows[] = {
        {400, "plain: yes", "more", true},
        {150, "\xe2\x80\xa6 2 more", "plain: yes", true},
        {100, "plain: yes", "more", false},
        {60, "the disk is full", "plain: yes", false},
    };
    struct bench b;
    struct message *m;

    (void)state;
    bench_open(&b, STR("the disk is full"));
    m = chat_messages(&b.in, &b.arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf to freed_by(buf_release) = BUF(REQUEST_MAX);

        chat_alert(&plain, &m[0], &b.items[0], false, rows[i].max, &b.arena, &to);
        if (strstr(buf_c(&to), rows[i].has) == NULL ||
            strstr(buf_c(&to), rows[i].has_not) != NULL ||
            (strstr(buf_c(&to), "native gw") != NULL) != rows[i].signs)
            fail_msg("%zu: %s", rows[i].max, buf_c(&to));
    }
    arena_release(&b.arena);
}

/* Own words have lines of their own, and none goes missing unsaid. */
static void own_lines_go_from_the_end(void **state)
{
    struct bench b;
    struct message *m;
    size_t whole = 0, cut = 0;

    (void)state;
    bench_open(&b, STR("x"));
    m = chat_messages(&b.in, &b.arena);
    m->title = STR("own");
    m->brief = m->when = STR_NONE;
    m->sentence = STR("the first line\n\nthe third line\nthe last line");
    m->fact_count = 0;
    for (size_t max = 80; max < 200; max++) {
        struct buf to freed_by(buf_release) = BUF(REQUEST_MAX);
        struct str rest;

        chat_alert(&plain, m, &b.items[0], false, max, &b.arena, &to);
        assert_true(to.n <= max);
        rest = buf_view(&to);
        str_until(&rest, '\n');
        assert_true(str_starts(rest, "the first line\n"));
        if (strstr(rest.p, "the first line\n\nthe third line\nthe last line") != NULL)
            whole++;
        else if (strstr(rest.p, "\n\xe2\x80\xa6") != NULL)
            cut++;
        else
            fail_msg("%zu: %s", max, buf_c(&to));
    }
    assert_true(whole > 0 && cut > 0);
    arena_release(&b.arena);
}

static void a_digest_counts_what_it_does_not_show(void **state)
{
    struct buf all freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf some freed_by(buf_release) = BUF(REQUEST_MAX);
    struct bench b;
    struct message *m;
    size_t lines = 0;
    unsigned more = 0;
    struct str rest;

    (void)state;
    bench_open(&b, STR("srv1"));
    m = chat_messages(&b.in, &b.arena);
    chat_digest(&plain, m, &b.in, 4096, &b.arena, &all);
    assert_true(str_starts(buf_view(&all), "5 alerts, worst: Critical\n"));
    assert_null(strstr(buf_c(&all), "more"));
    chat_digest(&plain, m, &b.in, all.n - 1, &b.arena, &some);
    for (rest = buf_view(&some); rest.n > 0; lines++) {
        struct str line = str_until(&rest, '\n');

        if (rest.n == 0)
            assert_int_equal(sscanf(arena_c(&b.arena, line), "\xe2\x80\xa6 %u more", &more), 1);
    }
    assert_int_equal(lines - 2 + more, ITEMS); /* without the title and that line */
    arena_release(&b.arena);
}

static void handles_tell_of_sharing(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    char long_id[HANDLE_MAX];
    struct render_input in = {.count = 1};
    bool shared;

    (void)state;
    assert_true(str_is(chat_handle(&in, STR("77"), &a), "77"));
    assert_true(str_is(chat_handle_id(STR("77"), &shared), "77") && !shared);
    in.count = 2;
    assert_true(str_is(chat_handle(&in, STR("77"), &a), "+77"));
    assert_true(str_is(chat_handle_id(STR("+77"), &shared), "77") && shared);
    memset(long_id, 'x', sizeof long_id);
    assert_int_equal(chat_handle(&in, (struct str){long_id, sizeof long_id}, &a).n, 0);
    assert_int_equal(chat_handle(&in, STR_NONE, &a).n, 0);
}

/* --- escapes ------------------------------------------------------------------------ */

static const struct {
    const char *name;
    void (*escape)(struct buf *to, struct str s);
    const char *raw, *want;
} escapes[] = {
    {"slack", escape_slack, "<!channel> <@U1> a&b *c*",
     "&lt;!channel&gt; &lt;@U1&gt; a&amp;b *c*"},
    {"telegram's links", escape_telegram, "http://evil.com 10.0.0.1:80 3.14 s.",
     "http:\xe2\x80\x8b//evil.\xe2\x80\x8b" "com 10.0.0.1:80 3.14 s.\xe2\x80\x8b"},
    {"telegram, plain", escape_telegram_plain, "<b> @maya www.x.org",
     "<b> @\xe2\x80\x8bmaya www.\xe2\x80\x8bx.\xe2\x80\x8borg"},
    {"telegram", escape_telegram, "<b>@maya</b> &amp;",
     "&lt;b&gt;@\xe2\x80\x8bmaya&lt;/b&gt; &amp;amp;"},
    {"discord", escape_discord, "@everyone <@&1> [x](http://e.com) 10:30 *b* a_b",
     "@\xe2\x80\x8b" "everyone \\<@\xe2\x80\x8b&1\\> \\[x\\](http\\://e.com) 10:30 \\*b\\* a\\_b"},
    {"mattermost", escape_mattermost, "@all ~town [x](y)",
     "@\xe2\x80\x8b" "all \\~\xe2\x80\x8btown \\[x\\](y)"},
    {"teams", escape_teams, "{{DATE()}} <at>x</at> [x](y)",
     "{\xe2\x80\x8b{\xe2\x80\x8b" "DATE\\(\\)}} \\<at\\>x\\</at\\> \\[x\\]\\(y\\)"},
    {"wecom", escape_wecom, "<@maya> [x](y)",
     "\xef\xbc\x9c@\xe2\x80\x8bmaya>\xe2\x80\x8b [\xe2\x80\x8bx]\xe2\x80\x8b(y)"},
    {"connector", escape_connector, "{{x}} <b>&amp; [x](y)",
     "{\xe2\x80\x8b{\xe2\x80\x8bx}} &lt;b&gt;&amp;amp; \\[x\\]\\(y\\)"},
    {"markdown", escape_markdown, "|a|![x](y) @b", "\\|a\\|\\!\\[x\\]\\(y\\) @\xe2\x80\x8b" "b"},
    {"markdown, links", escape_markdown, "http://a 1:2",
     "http:\xe2\x80\x8b//a 1:2"},
    {"markdown, entities", escape_markdown, "&lt;", "&\xe2\x80\x8blt;"},
    {"mattermost, entities", escape_mattermost, "&lt;", "&\xe2\x80\x8blt;"},
    {"teams, entities", escape_teams, "&lt;", "&\xe2\x80\x8blt;"},
    {"code", escape_code, "a`b``", "a'b''"},
};

static void each_chat_has_its_escapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(escapes); i++) {
        struct buf b freed_by(buf_release) = BUF(4096);

        escapes[i].escape(&b, str_of(escapes[i].raw));
        if (strcmp(buf_c(&b), escapes[i].want) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", escapes[i].name, buf_c(&b),
                     escapes[i].want);
    }
}

/* What escape_fit() counts on. */
static void an_escaped_text_is_no_longer_than_its_characters(void **state)
{
    (void)state;
    for (size_t e = 0; e < COUNT_OF(escapes); e++)
        for (size_t c = 0; c < COUNT_OF(corpus); c++) {
            struct buf whole freed_by(buf_release) = BUF(65536);
            struct buf single freed_by(buf_release) = BUF(65536);
            struct str rest = corpus[c];

            escapes[e].escape(&whole, rest);
            while (rest.n > 0) {
                size_t n = MAX(utf8_first(rest, NULL), 1u);

                escapes[e].escape(&single, str_first(rest, n));
                rest = str_from(rest, n);
            }
            if (whole.n > single.n)
                fail_msg("%s: corpus %zu", escapes[e].name, c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_fitting),
        cmocka_unit_test(everything_fits),
        cmocka_unit_test(what_matters_least_goes_first),
        cmocka_unit_test(own_lines_go_from_the_end),
        cmocka_unit_test(a_digest_counts_what_it_does_not_show),
        cmocka_unit_test(handles_tell_of_sharing),
        cmocka_unit_test(each_chat_has_its_escapes),
        cmocka_unit_test(an_escaped_text_is_no_longer_than_its_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
