/* telegram.c -- Telegram's Bot API: ok and description in every body, HTML that
 * must nest, groups that become supergroups, edits that change nothing. */
#include "fake/own.h"

#define BOT_TOKEN "123456789:AAE-fake_Token_of_35_characters_00000"
#define TOKEN "bot" BOT_TOKEN
#define CHAT "-1001234567890"
#define OLD_CHAT "-987654321" /* became the one above */
#define PRIVATE_CHAT "4711"
#define CHANNEL "@tocsin_alerts"
#define TOPIC 7 /* the one topic there is besides the general one */
#define TEXT_MAX 4096

static void refuse(struct fake *f, struct fake_answer *out, int code,
                   const char *description)
{
    fake_say(f, out, code, "application/json",
             "{\"ok\":false,\"error_code\":%d,\"description\":\"%s\"}", code,
             description);
}

/* --- HTML mode ------------------------------------------------------------------ */

static const char *const tags[] = {"b", "strong", "i", "em", "u", "ins", "s", "strike",
                                   "del", "code", "pre", "tg-spoiler", "blockquote",
                                   "a", NULL};

struct parsing {
    struct str open[16];
    size_t depth, units; /* UTF-16 units of what is seen */
};

static bool tag_known(struct str name)
{
    for (size_t i = 0; tags[i] != NULL; i++)
        if (str_is(name, tags[i]))
            return true;
    return false;
}

/* "<b>", "</b>", "<a href="...">": opens or closes; bytes taken, 0: an error. */
static size_t tag_take(struct parsing *p, struct str s)
{
    size_t end = str_find(s, '>');
    struct str inside = str_first(str_from(s, 1), end > 0 ? end - 1 : 0);
    bool closes = str_starts(inside, "/");
    struct str name = str_from(inside, closes ? 1 : 0);

    name = str_first(name, str_find(name, ' '));
    if (end == s.n || !tag_known(name))
        return 0;
    if (closes) {
        if (p->depth == 0 || !str_eq(p->open[p->depth - 1], name))
            return 0;
        p->depth--;
    } else {
        if (p->depth == COUNT_OF(p->open))
            return 0;
        p->open[p->depth++] = name;
    }
    return end + 1;
}

static size_t entity_length(struct str s)
{
    static const char *const known[] = {"&lt;", "&gt;", "&amp;", "&quot;", NULL};

    for (size_t i = 0; known[i] != NULL; i++)
        if (str_starts(s, known[i]))
            return strlen(known[i]);
    return 1; /* an unknown one is taken for text */
}

static bool html_parse(struct str s, struct parsing *p)
{
    while (s.n > 0) {
        size_t n = utf8_first(s, NULL);

        if (s.p[0] == '<') {
            n = tag_take(p, s);
            if (n == 0)
                return false;
        } else {
            p->units += fake_utf16(str_first(s, n));
            if (s.p[0] == '&')
                n = entity_length(s);
        }
        s = str_from(s, MAX(n, 1));
    }
    return p->depth == 0;
}

/* --- messages --------------------------------------------------------------------- */

static bool text_ok(struct fake *f, const struct json *body, struct fake_answer *out)
{
    struct str text = json_text(json_get(body, "text"));
    struct parsing p = {.units = 0};

    if (!str_is(json_text(json_get(body, "parse_mode")), "HTML"))
        p.units = fake_utf16(text);
    else if (!html_parse(text, &p)) {
        refuse(f, out, 400, "Bad Request: can't parse entities: Unsupported start tag "
                            "at byte offset 0");
        return false;
    }
    if (p.units == 0)
        refuse(f, out, 400, "Bad Request: message text is empty");
    else if (p.units > TEXT_MAX)
        refuse(f, out, 400, "Bad Request: message is too long");
    else
        return true;
    return false;
}

/* A number or a text, as both are taken. */
static struct str chat_of(const struct json *body)
{
    const struct json *chat = json_get(body, "chat_id");

    return json_is(chat, JSON_NUMBER) ? chat->text : json_text(chat);
}

static bool chat_ok(struct fake *f, struct str chat, struct fake_answer *out)
{
    if (str_is(chat, CHAT) || str_is(chat, PRIVATE_CHAT) || str_is(chat, CHANNEL))
        return true;
    if (str_is(chat, OLD_CHAT))
        fake_say(f, out, 400, "application/json",
                 "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: "
                 "group chat was upgraded to a supergroup chat\",\"parameters\":"
                 "{\"migrate_to_chat_id\":" CHAT "}}");
    else
        refuse(f, out, 400, "Bad Request: chat not found");
    return false;
}

/* A button to a host without a dot is no URL to Telegram. */
static bool buttons_ok(struct fake *f, const struct json *body, struct fake_answer *out)
{
    const struct json *rows = json_get(json_get(body, "reply_markup"), "inline_keyboard");

    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next)
        for (const struct json *b = row->first; b != NULL; b = b->next) {
            struct str url = json_text(json_get(b, "url"));
            struct str host = str_from(url, str_find(url, '/') + 2);

            if (memchr(host.p, '.', str_find(host, '/')) != NULL)
                continue;
            refuse(f, out, 400, "Bad Request: BUTTON_URL_INVALID");
            return false;
        }
    return true;
}

static void say_message(struct fake *f, struct fake_answer *out,
                        const struct fake_post *p)
{
    struct str chat = str_starts(p->place, "@") ? STR("-1009876543210") : p->place;

    fake_say(f, out, 200, "application/json",
             "{\"ok\":true,\"result\":{\"message_id\":%.*s,\"date\":1606141256,"
             "\"chat\":{\"id\":%.*s,\"type\":\"supergroup\",\"title\":\"NOC\"},"
             "\"text\":\"...\"}}",
             STR_ARG(p->id), STR_ARG(chat));
}

static struct str id_of(const struct json *body, const char *name)
{
    const struct json *id = json_get(body, name);

    return json_is(id, JSON_NUMBER) ? id->text : STR_NONE;
}

static void send(struct fake *f, const struct fake_request *r,
                 const struct json *body, struct fake_answer *out)
{
    const struct json *reply = json_get(body, "reply_parameters");
    struct str to = id_of(reply, "message_id");
    const struct fake_post *before = to.n > 0 ? fake_find(f, to) : NULL;
    bool missing = to.n > 0 && (before == NULL || before->gone);
    struct fake_post *p;

    if (json_i64_or(json_get(body, "message_thread_id"), TOPIC) != TOPIC) {
        refuse(f, out, 400, "Bad Request: message thread not found");
        return;
    }
    if (missing && !json_bool_or(json_get(reply, "allow_sending_without_reply"), false)) {
        refuse(f, out, 400, "Bad Request: message to be replied not found");
        return;
    }
    p = fake_keep(f,
                  arena_printf(&f->scratch, "%llu", (unsigned long long)fake_number(f)),
                  chat_of(body), missing ? STR_NONE : to, r->body);
    if (p == NULL)
        refuse(f, out, 500, "Internal Server Error");
    else
        say_message(f, out, p);
}

/* What a person would see of it: text and buttons. */
static void visible(const struct json *body, struct buf *to)
{
    struct json_out o = JSON_OUT(to);

    buf_str(to, json_text(json_get(body, "text")));
    if (json_get(body, "reply_markup") != NULL)
        out_tree(&o, NULL, json_get(body, "reply_markup"));
}

static bool is_same(const struct json *old, const struct json *new)
{
    struct buf before freed_by(buf_release) = BUF(1u << 20);
    struct buf after freed_by(buf_release) = BUF(1u << 20);

    visible(old, &before);
    visible(new, &after);
    return str_eq(buf_view(&before), buf_view(&after));
}

static void edit(struct fake *f, const struct fake_request *r, const struct json *body,
                 struct fake_answer *out)
{
    struct fake_post *p = fake_find(f, id_of(body, "message_id"));
    struct error err;

    if (p == NULL || p->gone) {
        refuse(f, out, 400, "Bad Request: message to edit not found");
        return;
    }
    if (is_same(json_parse(&f->scratch, p->body, &err), body)) {
        refuse(f, out, 400, "Bad Request: message is not modified: specified new "
                            "message content and reply markup are exactly the same");
        return;
    }
    fake_change(f, p, r->body);
    say_message(f, out, p);
}

/* --- the rest of the API ------------------------------------------------------------- */

static void ask(struct fake *f, struct str method, const struct json *body,
                struct fake_answer *out)
{
    if (str_is(method, "getMe"))
        fake_say(f, out, 200, "application/json",
                 "{\"ok\":true,\"result\":{\"id\":123456789,\"is_bot\":true,"
                 "\"first_name\":\"Tocsin\",\"username\":\"tocsin_bot\"}}");
    else if (str_is(method, "getUpdates"))
        fake_say(f, out, 200, "application/json",
                 "{\"ok\":true,\"result\":[{\"update_id\":1,\"message\":{\"message_id\":"
                 "5,\"chat\":{\"id\":" PRIVATE_CHAT ",\"type\":\"private\","
                 "\"first_name\":\"Maya\"},\"text\":\"/start\"}},{\"update_id\":2,"
                 "\"my_chat_member\":{\"chat\":{\"id\":" CHAT ",\"type\":"
                 "\"supergroup\",\"title\":\"NOC\"}}}]}");
    else if (!str_is(method, "getChat"))
        refuse(f, out, 404, "Not Found");
    else if (chat_ok(f, chat_of(body), out))
        fake_say(f, out, 200, "application/json",
                 "{\"ok\":true,\"result\":{\"id\":" CHAT ",\"type\":\"supergroup\","
                 "\"title\":\"NOC\"}}");
}

static void say_limited(struct fake *f, struct fake_answer *out)
{
    fake_say(f, out, 429, "application/json",
             "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: "
             "retry after 3\",\"parameters\":{\"retry_after\":3}}");
    out->retry_after_s = 3;
}

static bool failing(struct fake *f, const struct fake_request *r,
                    struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED || fake_over_limit(f, r->now_ms, 20, 60000))
        say_limited(f, out);
    else if (f->fault == FAULT_BROKEN)
        refuse(f, out, 500, "Internal Server Error");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 502);
    else if (f->fault == FAULT_REVOKED)
        refuse(f, out, 401, "Unauthorized");
    else if (f->fault == FAULT_PLACE_GONE)
        refuse(f, out, 403, "Forbidden: bot was kicked from the supergroup chat");
    else if (f->fault == FAULT_REFUSED)
        refuse(f, out, 400, "Bad Request: can't parse entities: not to our liking");
    else
        return false;
    return true;
}

static void telegram_answer(struct fake *f, const struct fake_request *r,
                            struct fake_answer *out)
{
    struct str parts[FAKE_PARTS_MAX];
    size_t n = fake_parts(r->path, parts);
    const struct json *body = fake_json(f, r);

    if (n != 2 || !str_starts(parts[0], "bot") || str_find(parts[0], ':') == parts[0].n)
        refuse(f, out, 404, "Not Found"); /* also of what is no token at all */
    else if (!str_is(parts[0], TOKEN))
        refuse(f, out, 401, "Unauthorized");
    else if (failing(f, r, out))
        return;
    else if (!str_is(parts[1], "sendMessage") && !str_is(parts[1], "editMessageText"))
        ask(f, parts[1], body, out);
    else if (body == NULL || !chat_ok(f, chat_of(body), out) ||
             !text_ok(f, body, out) || !buttons_ok(f, body, out)) {
        if (body == NULL)
            refuse(f, out, 400, "Bad Request: message text is empty");
    } else if (str_is(parts[1], "sendMessage"))
        send(f, r, body, out);
    else
        edit(f, r, body, out);
}

static void telegram_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    const struct json *rows = json_get(json_get(body, "reply_markup"), "inline_keyboard");

    show_html(to, json_text(json_get(body, "text")));
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next)
        for (const struct json *b = row->first; b != NULL; b = b->next)
            buf_printf(to, "%s[%.*s]", b == row->first ? "\n" : " ",
                       STR_ARG(json_text(json_get(b, "text"))));
}

const struct fake_vendor fake_telegram = {
    .name = "telegram",
    .title = "Telegram",
    .endpoint = "{\"token\": \"" BOT_TOKEN "\", \"api_url\": "
                "\"http://127.0.0.1:{port}\", \"allow_private\": true}",
    .recipient = "{\"chat_id\": \"" CHAT "\"}",
    .answer = telegram_answer,
    .show = telegram_show,
};
