/* mattermost.c -- a Mattermost server: REST version 4 (201 and the post, or an
 * AppError) and incoming webhooks (200 "ok"). */
#include "fake/own.h"

#define BOT_TOKEN "fake0mattermost0token00001"
#define TOKEN "Bearer " BOT_TOKEN
#define HOOK "hook5fake7mattermost900001"
#define CHANNEL "qmd5oqtwoibz8cuzxzg5ekshgr"
#define TEXT_MAX 16383 /* characters */

static void refuse(struct fake *f, struct fake_answer *out, int status, const char *id,
                   const char *message)
{
    fake_say(f, out, status, "application/json",
             "{\"id\":\"%s\",\"message\":\"%s\",\"detailed_error\":\"\",\"request_id\":"
             "\"r1\",\"status_code\":%d}",
             id, message, status);
}

static bool failing(struct fake *f, const struct fake_request *r,
                    struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED || fake_over_limit(f, r->now_ms, 10, 1000)) {
        fake_say(f, out, 429, "text/plain", "limit exceeded");
        out->retry_after_s = 3;
    } else if (f->fault == FAULT_BROKEN)
        refuse(f, out, 500, "app.post.save.app_error", "Unable to save the Post.");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 502);
    else if (f->fault == FAULT_REVOKED)
        refuse(f, out, 401, "api.context.session_expired.app_error",
               "Invalid or expired session, please login again.");
    else if (f->fault == FAULT_PLACE_GONE)
        refuse(f, out, 403, "api.context.permissions.app_error",
               "You do not have the appropriate permissions.");
    else if (f->fault == FAULT_REFUSED)
        refuse(f, out, 400, "model.post.is_valid.msg.app_error", "Post Message is invalid.");
    else
        return false;
    return true;
}

static void say_post(struct fake *f, struct fake_answer *out, int status,
                     const struct fake_post *p)
{
    fake_say(f, out, status, "application/json",
             "{\"id\":\"%.*s\",\"create_at\":1606141256000,\"channel_id\":\"" CHANNEL
             "\",\"root_id\":\"%.*s\",\"message\":\"\"}",
             STR_ARG(p->id), STR_ARG(p->thread));
}

static bool is_root(struct fake *f, struct str id)
{
    const struct fake_post *p = fake_find(f, id);

    return p != NULL && !p->gone && p->thread.n == 0;
}

static bool message_ok(struct fake *f, const struct json *body, struct fake_answer *out)
{
    struct str text = json_text(json_get(body, "message"));

    if (fake_points(text) <= TEXT_MAX)
        return true;
    refuse(f, out, 400, "model.post.is_valid.msg.app_error", "Post Message is too long.");
    return false;
}

static void create(struct fake *f, const struct fake_request *r, const struct json *body,
                   struct fake_answer *out)
{
    struct str root = json_text(json_get(body, "root_id"));
    bool empty = json_text(json_get(body, "message")).n == 0 &&
                 json_get(json_get(body, "props"), "attachments") == NULL;
    struct fake_post *p;

    if (!str_is(json_text(json_get(body, "channel_id")), CHANNEL))
        refuse(f, out, 403, "api.context.permissions.app_error",
               "You do not have the appropriate permissions.");
    else if (empty)
        refuse(f, out, 400, "api.context.invalid_body_param.app_error",
               "Invalid or missing message in request body.");
    else if (root.n > 0 && !is_root(f, root))
        refuse(f, out, 400, "api.post.create_post.root_id.app_error",
               "Invalid RootId parameter.");
    else if (message_ok(f, body, out)) {
        p = fake_keep(f,
                      arena_printf(&f->scratch, "posted0fake0mattermost%04llu",
                                   (unsigned long long)fake_number(f)),
                      STR(CHANNEL), root, r->body);
        if (p == NULL)
            refuse(f, out, 500, "app.post.save.app_error", "Unable to save the Post.");
        else
            say_post(f, out, 201, p);
    }
}

static void patch(struct fake *f, const struct fake_request *r, struct str id,
                  const struct json *body, struct fake_answer *out)
{
    struct fake_post *p = fake_find(f, id);

    if (p == NULL || p->gone)
        refuse(f, out, 404, "app.post.get.app_error", "Unable to get the post.");
    else if (message_ok(f, body, out)) {
        fake_change(f, p, r->body);
        say_post(f, out, 200, p);
    }
}

static void ask(struct fake *f, const struct str *parts, size_t n,
                struct fake_answer *out)
{
    if (n == 4 && str_is(parts[2], "users") && str_is(parts[3], "me"))
        fake_say(f, out, 200, "application/json",
                 "{\"id\":\"u1\",\"username\":\"tocsin\",\"is_bot\":true}");
    else if (n == 5 && str_is(parts[2], "users") && str_is(parts[4], "channels"))
        fake_say(f, out, 200, "application/json",
                 "[{\"id\":\"" CHANNEL "\",\"type\":\"O\",\"name\":\"noc\","
                 "\"display_name\":\"NOC\"},{\"id\":\"abcdefghijklmnopqrstuvwxyz\","
                 "\"type\":\"P\",\"name\":\"soc\",\"display_name\":\"SOC\"}]");
    else if (n == 4 && str_is(parts[2], "channels") && str_is(parts[3], CHANNEL))
        fake_say(f, out, 200, "application/json",
                 "{\"id\":\"" CHANNEL "\",\"display_name\":\"NOC\",\"name\":\"noc\"}");
    else if (n == 4 && str_is(parts[2], "system") && str_is(parts[3], "ping"))
        fake_say(f, out, 200, "application/json", "{\"status\":\"OK\"}");
    else if (n == 4 && str_is(parts[2], "channels"))
        refuse(f, out, 404, "app.channel.get.existing.app_error",
               "Unable to find the existing channel.");
    else
        refuse(f, out, 404, "api.context.404.app_error",
               "Sorry, we could not find the page.");
}

static void rest(struct fake *f, const struct fake_request *r, const struct str *parts,
                 size_t n, struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);

    if (!str_is(r->authorization, TOKEN))
        refuse(f, out, 401, "api.context.session_expired.app_error",
               "Invalid or expired session, please login again.");
    else if (failing(f, r, out))
        return;
    else if (str_is(r->method, "GET"))
        ask(f, parts, n, out);
    else if (body == NULL)
        refuse(f, out, 400, "api.context.invalid_body_param.app_error",
               "Invalid or missing post in request body.");
    else if (n == 3 && str_is(parts[2], "posts") && str_is(r->method, "POST"))
        create(f, r, body, out);
    else if (n == 5 && str_is(parts[2], "posts") && str_is(parts[4], "patch") &&
             str_is(r->method, "PUT"))
        patch(f, r, parts[3], body, out);
    else
        ask(f, parts, 0, out);
}

static void hook(struct fake *f, const struct fake_request *r, struct str id,
                 struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    bool empty = json_text(json_get(body, "text")).n == 0 &&
                 json_get(body, "attachments") == NULL;

    if (!str_is(id, HOOK))
        refuse(f, out, 400, "web.incoming_webhook.invalid.app_error", "Invalid webhook.");
    else if (failing(f, r, out))
        return;
    else if (body == NULL || empty)
        refuse(f, out, 400, "web.incoming_webhook.text.app_error",
               "No text specified.");
    else {
        fake_keep(f,
                  arena_printf(&f->scratch, "hooked0fake0mattermost%04llu",
                               (unsigned long long)fake_number(f)),
                  STR(CHANNEL), STR_NONE, r->body);
        fake_say(f, out, 200, "text/plain", "ok");
    }
}

static void mattermost_answer(struct fake *f, const struct fake_request *r,
                              struct fake_answer *out)
{
    struct str parts[FAKE_PARTS_MAX];
    size_t n = fake_parts(r->path, parts);

    if (n == 2 && str_is(parts[0], "hooks"))
        hook(f, r, parts[1], out);
    else if (n >= 3 && str_is(parts[0], "api") && str_is(parts[1], "v4"))
        rest(f, r, parts, n, out);
    else
        fake_say_page(f, out, 404);
}

/* --- as people see it --------------------------------------------------------------- */

static void show_attachment(struct buf *to, const struct json *t)
{
    const struct json *fields = json_get(t, "fields");

    show_text(to, t, "pretext", show_markdown);
    show_text(to, t, "title", show_markdown);
    show_text(to, t, "text", show_markdown);
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next) {
        struct buf line freed_by(buf_release) = BUF(65536);

        buf_str(&line, json_text(json_get(f, "title")));
        buf_text(&line, line.n > 0 ? "  " : "");
        show_markdown(&line, json_text(json_get(f, "value")));
        show_line(to, buf_view(&line));
    }
    show_text(to, t, "footer", show_markdown);
}

static void mattermost_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    const struct json *list = json_get(json_get(body, "props"), "attachments");

    if (list == NULL)
        list = json_get(body, "attachments");
    show_text(to, body, "message", show_markdown);
    show_text(to, body, "text", show_markdown);
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        show_attachment(to, t);
}

const struct fake_vendor fake_mattermost = {
    .name = "mattermost",
    .title = "Mattermost",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}\", \"token\": \"" BOT_TOKEN "\"}",
    .recipient = "{\"channel_id\": \"" CHANNEL "\"}",
    .answer = mattermost_answer,
    .show = mattermost_show,
};
