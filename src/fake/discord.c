/* discord.c -- Discord's webhooks, version 10 of its API: limits in UTF-16 units,
 * a default that pings, errors by code, two kinds of 429. */
#include "fake/own.h"

#include "base/clock.h"

#define WEBHOOK "1100000000000000001"
#define TOKEN "AbCdEf-ghIJkl_0123456789"
#define CHANNEL "1200000000000000002"

static void refuse(struct fake *f, struct fake_answer *out, int status, int code,
                   const char *message)
{
    fake_say(f, out, status, "application/json",
             "{\"message\": \"%s\", \"code\": %d}", message, code);
}

static void form_error(struct fake *f, struct fake_answer *out, const char *field,
                       const char *message)
{
    fake_say(f, out, 400, "application/json",
             "{\"message\": \"Invalid Form Body\", \"code\": 50035, \"errors\": "
             "{\"%s\": {\"_errors\": [{\"code\": \"BASE_TYPE_BAD_LENGTH\", "
             "\"message\": \"%s\"}]}}}",
             field, message);
}

struct limit {
    const char *name;
    size_t least, most;
};

/* Adds the text's length to *sum, without the blanks around it; false when it breaks
 * its limit. */
static bool within(const struct json *j, const struct limit *l, size_t *sum)
{
    const struct json *text = json_get(j, l->name);
    size_t n = fake_utf16(str_trim(json_text(text)));

    *sum += n;
    return text == NULL || (json_is(text, JSON_STRING) && n >= l->least && n <= l->most);
}

static bool fields_ok(const struct json *fields, size_t *sum)
{
    static const struct limit name = {"name", 1, 256}, value = {"value", 1, 1024};

    if (fields == NULL)
        return true;
    if (!json_is(fields, JSON_ARRAY) || fields->count > 25)
        return false;
    for (const struct json *field = fields->first; field; field = field->next)
        if (json_get(field, "name") == NULL || json_get(field, "value") == NULL ||
            !within(field, &name, sum) || !within(field, &value, sum))
            return false;
    return true;
}

static bool embed_ok(const struct json *e, size_t *sum)
{
    static const struct limit title = {"title", 0, 256},
                              text = {"description", 0, 4096},
                              footer = {"text", 0, 2048}, author = {"name", 0, 256};
    int64_t colour = json_i64_or(json_get(e, "color"), 0);

    return json_is(e, JSON_OBJECT) && within(e, &title, sum) &&
           within(e, &text, sum) && within(json_get(e, "footer"), &footer, sum) &&
           within(json_get(e, "author"), &author, sum) &&
           fields_ok(json_get(e, "fields"), sum) && colour >= 0 && colour <= 0xffffff;
}

static const char *embeds_fault(const struct json *embeds)
{
    size_t sum = 0;

    if (embeds == NULL)
        return NULL;
    if (!json_is(embeds, JSON_ARRAY) || embeds->count > 10)
        return "Must be 10 or fewer in length.";
    for (const struct json *e = embeds->first; e != NULL; e = e->next)
        if (!embed_ok(e, &sum))
            return "This field is required, or too long.";
    return sum > 6000 ? "Embed size exceeds maximum size of 6000" : NULL;
}

static bool name_ok(const struct json *body, struct arena *a)
{
    const struct json *name = json_get(body, "username");
    const char *text = arena_c(a, json_text(name));
    size_t n = fake_utf16(json_text(name));

    return name == NULL || (n >= 1 && n <= 80 && strcasestr(text, "clyde") == NULL &&
                            strcasestr(text, "discord") == NULL);
}

/* parse together with a list of the same kind is refused. */
static bool mentions_ok(const struct json *body)
{
    const struct json *m = json_get(body, "allowed_mentions");
    const struct json *parse = json_get(m, "parse");

    if (m != NULL && !json_is(m, JSON_OBJECT))
        return false;
    for (const struct json *p = parse ? parse->first : NULL; p; p = p->next)
        for (const struct json *list = m->first; list; list = list->next)
            if (str_eq(list->name, json_text(p)))
                return false;
    return true;
}

static bool body_ok(struct fake *f, const struct json *body, struct fake_answer *out)
{
    const struct json *embeds = json_get(body, "embeds");
    struct str content = json_text(json_get(body, "content"));
    const char *fault = embeds_fault(embeds);

    if (fault != NULL)
        form_error(f, out, "embeds", fault);
    else if (fake_utf16(content) > 2000)
        form_error(f, out, "content", "Must be 2000 or fewer in length.");
    else if (!name_ok(body, &f->scratch))
        form_error(f, out, "username", "Username cannot contain that word");
    else if (!mentions_ok(body))
        form_error(f, out, "allowed_mentions", "Mutually exclusive");
    else if (content.n == 0 && (embeds == NULL || embeds->count == 0))
        refuse(f, out, 400, 50006, "Cannot send an empty message");
    else
        return true;
    return false;
}

static void say_message(struct fake *f, struct fake_answer *out,
                        const struct fake_post *p)
{
    fake_say(f, out, 200, "application/json",
             "{\"id\": \"%.*s\", \"type\": 0, \"channel_id\": \"" CHANNEL "\", "
             "\"webhook_id\": \"" WEBHOOK "\", \"content\": \"\"}",
             STR_ARG(p->id));
}

static void post(struct fake *f, const struct fake_request *r,
                 struct fake_answer *out)
{
    struct str id = arena_printf(&f->scratch, "13000000000000%05llu",
                                 (unsigned long long)fake_number(f));
    struct fake_post *p =
        fake_keep(f, id, STR(CHANNEL), fake_query(r, "thread_id"), r->body);

    if (p == NULL)
        refuse(f, out, 500, 0, "500: Internal Server Error");
    else if (str_is(fake_query(r, "wait"), "true"))
        say_message(f, out, p);
    else
        fake_say(f, out, 204, "text/plain", "%s", "");
}

static void edit(struct fake *f, const struct fake_request *r, struct str id,
                 struct fake_answer *out)
{
    struct fake_post *p = fake_find(f, id);

    if (p == NULL || p->gone) {
        refuse(f, out, 404, 10008, "Unknown Message");
        return;
    }
    fake_change(f, p, r->body);
    say_message(f, out, p);
}

static void say_limited(struct fake *f, struct fake_answer *out)
{
    fake_say(f, out, 429, "application/json",
             "{\"message\": \"You are being rate limited.\", \"retry_after\": "
             "2.35, \"global\": false}");
    out->retry_after_s = 3;
}

static bool failing(struct fake *f, const struct fake_request *r,
                    struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED ||
        fake_over_limit(f, r->now_ms, 5, 2000))
        say_limited(f, out);
    else if (f->fault == FAULT_BROKEN)
        refuse(f, out, 500, 0, "500: Internal Server Error");
    else if (f->fault == FAULT_PAGE) {
        fake_say_page(f, out, 429); /* Cloudflare: no JSON, only the header */
        out->retry_after_s = 3;
    } else if (f->fault == FAULT_REVOKED)
        refuse(f, out, 401, 50027, "Invalid Webhook Token");
    else if (f->fault == FAULT_PLACE_GONE)
        refuse(f, out, 404, 10015, "Unknown Webhook");
    else if (f->fault == FAULT_REFUSED)
        form_error(f, out, "embeds", "This field is not to our liking.");
    else
        return false;
    return true;
}

/* /api[/v10]/webhooks/ID/TOKEN[/messages/MESSAGE] */
static bool address_ok(struct fake *f, const struct fake_request *r,
                       struct str *message, struct fake_answer *out)
{
    struct str parts[FAKE_PARTS_MAX];
    size_t n = fake_parts(r->path, parts);
    size_t at = n > 2 && str_is(parts[1], "v10") ? 2 : 1;

    *message = STR_NONE;
    if (n < at + 3 || !str_is(parts[0], "api") || !str_is(parts[at], "webhooks"))
        refuse(f, out, 404, 0, "404: Not Found");
    else if (at != 2)
        refuse(f, out, 400, 50041, "Invalid API version");
    else if (!str_is(parts[at + 1], WEBHOOK))
        refuse(f, out, 404, 10015, "Unknown Webhook");
    else if (!str_is(parts[at + 2], TOKEN))
        refuse(f, out, 401, 50027, "Invalid Webhook Token");
    else if (n == at + 5 && str_is(parts[at + 3], "messages"))
        return (*message = parts[at + 4]).n > 0;
    else if (n == at + 3)
        return true;
    else
        refuse(f, out, 404, 0, "404: Not Found");
    return false;
}

static void discord_answer(struct fake *f, const struct fake_request *r,
                           struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    struct str message;

    if (!address_ok(f, r, &message, out) || failing(f, r, out))
        return;
    if (str_is(r->method, "GET"))
        fake_say(f, out, 200, "application/json",
                 "{\"id\": \"" WEBHOOK "\", \"name\": \"tocsin\", \"type\": 1}");
    else if (body == NULL || !str_starts(r->content_type, "application/json"))
        refuse(f, out, 400, 50109, "The request body contains invalid JSON.");
    else if (!body_ok(f, body, out))
        return;
    else if (str_is(r->method, "PATCH") && message.n > 0)
        edit(f, r, message, out);
    else if (str_is(r->method, "POST") && message.n == 0)
        post(f, r, out);
    else
        refuse(f, out, 405, 0, "405: Method Not Allowed");
}

/* --- as people see it ---------------------------------------------------------- */

/* "<t:1606141256:F>": a time in the reader's own zone; ":R" is relative to now. */
static size_t time_take(struct buf *to, struct str s)
{
    struct str inside = str_from(s, 3), form;
    char text[TIME_TEXT_MAX];
    int64_t seconds;

    if (!str_starts(s, "<t:") || str_find(s, '>') == s.n)
        return 0;
    form = str_until(&inside, '>');
    if (!str_to_i64(str_until(&form, ':'), &seconds))
        return 0;
    time_text(seconds * 1000, false, text);
    buf_text(to, str_is(form, "R") ? "some time ago" : text);
    return str_find(s, '>') + 1;
}

static void show_styled(struct buf *to, struct str s)
{
    show_timed(to, s, time_take);
}

#define UNSEEN "\xe2\x80\x8b" /* for what may not be empty */

static void show_field(struct buf *to, const struct json *f)
{
    struct buf line freed_by(buf_release) = BUF(65536);
    struct str name = json_text(json_get(f, "name"));

    if (!str_is(name, UNSEEN))
        buf_printf(&line, "%.*s  ", STR_ARG(name));
    show_styled(&line, json_text(json_get(f, "value")));
    show_line(to, buf_view(&line));
}

static void show_embed(struct buf *to, const struct json *e)
{
    const struct json *fields = json_get(e, "fields");

    show_text(to, e, "title", show_styled);
    show_text(to, e, "description", show_styled);
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next)
        show_field(to, f);
    show_text(to, json_get(e, "footer"), "text", show_styled);
}

static void discord_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    const struct json *embeds = json_get(body, "embeds");

    show_text(to, body, "content", show_styled);
    for (const struct json *e = embeds ? embeds->first : NULL; e; e = e->next)
        show_embed(to, e);
}

const struct fake_vendor fake_discord = {
    .name = "discord",
    .title = "Discord",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}/api/webhooks/" WEBHOOK "/" TOKEN
                "\", \"allow_private\": true}",
    .recipient = "{}",
    .answer = discord_answer,
    .show = discord_show,
};
