/* bodies.h -- what each vendor takes: limits, and that nothing of an alert becomes
 * more than text. Asserts. */
#ifndef FUZZ_BODIES_H
#define FUZZ_BODIES_H

#include "alert/ip.h"
#include "base/limits.h"
#include "endpoint/chat.h"

#define LINK "https://alerts.example.net/a/"

static bool is_json(struct str s)
{
    struct arena arena freed_by(arena_release) = {0};

    return json_parse(&arena, s, NULL) != NULL;
}

/* "<" begins our own colours and nothing else: no mention, no tag. */
static void check_wechat(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);
    const char *msgtype = arena_c(&arena, json_text(json_get(j, "msgtype")));
    struct str rest = json_text(json_get(json_get(j, msgtype), "content"));
    bool markdown = strcmp(msgtype, "markdown") == 0;

    assert(rest.n > 0 && utf8_valid(rest));
    assert(rest.n <= (markdown ? 4096u : 2048u));
    while (str_find(rest, '<') < rest.n) {
        rest = str_from(rest, str_find(rest, '<') + 1);
        assert(markdown && (str_starts(rest, "/font>") ||
                            str_starts(rest, "font color=\"warning\">") ||
                            str_starts(rest, "font color=\"info\">") ||
                            str_starts(rest, "font color=\"comment\">")));
    }
}

/* Texts an embed's limits count together; each within its own, none empty. An edit
 * takes the content away by null. */
static size_t text_of(const struct json *object, const char *name, size_t max)
{
    const struct json *j = json_get(object, name);
    size_t n = text_length(json_text(j), UNIT_UTF16);

    assert(n <= max);
    assert(j == NULL || j->type == JSON_NULL || str_trim(json_text(j)).n > 0);
    return n;
}

static size_t embed_length(const struct json *embed)
{
    const struct json *fields = json_get(embed, "fields");
    size_t n = text_of(embed, "title", 256) +
               text_of(embed, "description", 4096) +
               text_of(json_get(embed, "footer"), "text", 2048);

    assert(fields == NULL || fields->count <= 25);
    for (const struct json *j = fields ? fields->first : NULL; j; j = j->next)
        n += text_of(j, "name", 256) + text_of(j, "value", 1024);
    return n;
}

static void check_discord(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);
    const struct json *embeds = json_get(j, "embeds");
    const struct json *mentions = json_get(j, "allowed_mentions");

    assert(json_get(mentions, "parse")->count == 0);
    assert(text_of(j, "content", 2000) > 0 || embeds->count == 1);
    assert(embeds == NULL || embed_length(embeds->first) <= 6000);
}

/* Every "<" begins a tag of ours, every "&" an entity of ours. */
static void check_telegram_html(struct str text)
{
    static const char *const ours[] = {
        "<b>", "</b>", "<code>", "</code>", "</a>", ("<a href=\"" LINK),
        "&amp;", "&lt;", "&gt;", "&quot;", "&#39;",
    };

    for (; text.n > 0; text = str_from(text, 1)) {
        size_t i = 0;

        if (text.p[0] != '<' && text.p[0] != '&')
            continue;
        while (i < COUNT_OF(ours) && !str_starts(text, ours[i]))
            i++;
        assert(i < COUNT_OF(ours));
    }
}

static void check_telegram(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);

    assert(text_of(j, "text", 4096) > 0);
    if (json_get(j, "parse_mode") != NULL)
        check_telegram_html(json_text(json_get(j, "text")));
}

/* Two lines an alert, and each of them JSON. */
static void check_bulk(struct str body)
{
    size_t lines = 0;

    assert(str_ends(body, "\n"));
    for (; body.n > 0; lines++) {
        struct str line = str_until(&body, '\n');

        assert(utf8_valid(line) && is_json(line));
        assert(lines % 2 == 1 || str_starts(line, "{\"create\":"));
    }
    assert(lines >= 2 && lines % 2 == 0);
}

/* --- Slack ------------------------------------------------------------------ */

/* In markup every "<" begins a link or a date of ours, every "&" an entity. */
static void check_mrkdwn(struct str text)
{
    static const char *const ours[] = {("<" LINK), "<!date^", "&amp;", "&lt;",
                                       "&gt;"};

    for (; text.n > 0; text = str_from(text, 1)) {
        size_t i = 0;

        if (text.p[0] != '<' && text.p[0] != '&')
            continue;
        while (i < COUNT_OF(ours) && !str_starts(text, ours[i]))
            i++;
        assert(i < COUNT_OF(ours));
    }
}

/* A text object, of `max` at most; its length. */
static size_t check_text(const struct json *object, size_t max)
{
    struct str text = json_text(json_get(object, "text"));
    size_t n = text_length(text, UNIT_UTF16);

    if (object == NULL)
        return 0;
    assert(n > 0 && n <= max);
    if (str_is(json_text(json_get(object, "type")), "plain_text"))
        return n;
    assert(json_bool_or(json_get(object, "verbatim"), false));
    check_mrkdwn(text);
    return n;
}

static size_t check_texts(const struct json *list, size_t count, size_t max)
{
    size_t n = 0;

    assert(list == NULL || (list->count >= 1 && list->count <= count));
    for (const struct json *j = list ? list->first : NULL; j != NULL; j = j->next)
        n += check_text(j, max);
    return n;
}

static size_t check_blocks(const struct json *blocks)
{
    size_t n = 0;

    assert(blocks == NULL || blocks->count <= 50);
    for (const struct json *j = blocks ? blocks->first : NULL; j; j = j->next) {
        bool header = str_is(json_text(json_get(j, "type")), "header");

        n += check_text(json_get(j, "text"), header ? 150 : 3000);
        n += check_texts(json_get(j, "fields"), 10, 2000);
        n += check_texts(json_get(j, "elements"), 10, 2000);
    }
    return n;
}

static void check_slack(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);
    const struct json *attachments = json_get(j, "attachments");
    struct str text = json_text(json_get(j, "text"));
    size_t n = check_blocks(json_get(j, "blocks"));

    if (attachments != NULL && attachments->count > 0)
        n += check_blocks(json_get(attachments->first, "blocks"));
    assert(n <= 12000);
    assert(text.n > 0 && text_length(text, UNIT_UTF16) <= 4000);
    check_mrkdwn(text);
}

/* --- Mattermost -------------------------------------------------------------- */

/* Outside of code nothing is mentioned: every "@" is broken, if it is text. */
static void check_markdown(struct str text, size_t max)
{
    bool code = false;

    assert(text_length(text, UNIT_POINTS) <= max && utf8_valid(text));
    for (; text.n > 0; text = str_from(text, 1)) {
        bool escaped = text.p[0] == '\\' && !code && text.n > 1;

        if (escaped)
            text = str_from(text, 1);
        else if (text.p[0] == '`')
            code = !code;
        else if (text.p[0] == '@' && !code)
            assert(str_starts(text, "@\xe2\x80\x8b"));
    }
    assert(!code);
}

static void check_mattermost(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);
    const struct json *props = json_get(j, "props");
    const struct json *list = json_get(props != NULL ? props : j, "attachments");
    const struct json *one = list != NULL ? list->first : NULL;
    const struct json *fields = json_get(one, "fields");

    check_markdown(json_text(json_get(j, "message")), 4000);
    check_markdown(json_text(json_get(j, "text")), 4000);
    check_markdown(json_text(json_get(one, "text")), 6000);
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next)
        check_markdown(json_text(json_get(f, "value")), 2000);
}

static void check_pagerduty(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);
    const struct json *payload = json_get(j, "payload");
    struct str key = json_text(json_get(j, "dedup_key"));

    assert(body.n <= 512u << 10 && key.n <= 255);
    assert(key.n > 0 || !json_get(j, "event_action"));
    if (payload == NULL)
        return;
    assert(json_text(json_get(payload, "source")).n > 0);
    assert(json_text(json_get(payload, "summary")).n > 0);
    assert(text_length(json_text(json_get(payload, "summary")), UNIT_POINTS) <=
           1024);
}

/* A date is asked for by us alone, and only as the value of "When". */
static void check_teams(struct str body)
{
    static const char when[] = "{\"title\":\"When\",\"value\":\"{{DATE(";

    assert(body.n > 0 && body.n <= 20480);
    for (size_t i = 0; i + 2 <= body.n; i++)
        if (memcmp(body.p + i, "{{", 2) == 0) {
            const char *end = memmem(body.p + i, body.n - i, "\"}", 2);

            assert(i >= strlen(when) - 7 &&
                   memcmp(body.p + i - (strlen(when) - 7), when,
                          strlen(when)) == 0);
            i = (size_t)(end - body.p);
        }
}

static void check_observables(const struct json *list)
{
    for (const struct json *j = list ? list->first : NULL; j; j = j->next) {
        struct str data = json_text(json_get(j, "data"));
        struct ip ip;

        assert(data.n > 0 && data.n <= 4096);
        assert(!json_bool_or(json_get(j, "ioc"), false) ||
               (ip_parse(data, &ip) && !ip_is_private(&ip)));
        for (const struct json *o = j->next; o; o = o->next)
            assert(!str_eq(data, json_text(json_get(o, "data"))) ||
                   !str_eq(json_text(json_get(j, "dataType")),
                           json_text(json_get(o, "dataType"))));
    }
}

static void check_thehive(struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct json *j = json_parse(&arena, body, NULL);
    const struct json *tags = json_get(j, "tags");

    assert(body.n <= 1u << 20);
    check_observables(json_get(j, "observables"));
    check_observables(json_get(j, "artifacts"));
    if (json_get(j, "type") == NULL)
        return;
    assert(text_of(j, "type", 32) > 0 && text_of(j, "source", 32) > 0);
    assert(text_of(j, "sourceRef", 128) > 0 && json_text(json_get(j, "title")).n);
    for (const struct json *t = tags->first; t; t = t->next)
        assert(t->text.n > 0 && text_length(t->text, UNIT_POINTS) <= 128);
}

/* What each vendor takes, by type. */
static const struct {
    const char *type;
    void (*check)(struct str body);
} bodies[] = {
    {"discord", check_discord},
    {"elasticsearch", check_bulk},
    {"mattermost", check_mattermost},
    {"pagerduty", check_pagerduty},
    {"slack", check_slack},
    {"teams", check_teams},
    {"telegram", check_telegram},
    {"thehive", check_thehive},
    {"wechat", check_wechat},
};

#endif
