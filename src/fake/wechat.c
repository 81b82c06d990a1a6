/* wechat.c -- a WeCom group robot: 200 to everything, the truth in errcode, lengths in
 * bytes, twenty messages a minute. */
#include "fake/own.h"

#define KEY "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"

static void say(struct fake *f, struct fake_answer *out, int code, const char *message)
{
    fake_say(f, out, 200, "application/json", "{\"errcode\":%d,\"errmsg\":\"%s\"}", code,
             message);
}

static bool failing(struct fake *f, const struct fake_request *r,
                    struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED || fake_over_limit(f, r->now_ms, 20, 60000))
        say(f, out, 45009, "api freq out of limit");
    else if (f->fault == FAULT_BROKEN)
        say(f, out, -1, "system error");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 200);
    else if (f->fault == FAULT_REVOKED)
        say(f, out, 93000, "invalid webhook url, hint: [1606141256_1]");
    else if (f->fault == FAULT_PLACE_GONE)
        say(f, out, 93008, "not in group");
    else if (f->fault == FAULT_REFUSED)
        say(f, out, 40058, "invalid Request Parameter");
    else
        return false;
    return true;
}

static bool content_ok(struct fake *f, const struct json *body, struct str type,
                       struct fake_answer *out)
{
    const struct json *part = json_get(body, arena_c(&f->scratch, type));
    struct str content = json_text(json_get(part, "content"));
    size_t most = str_is(type, "text") ? 2048 : 4096;

    if (content.n == 0)
        say(f, out, 44004, "empty content");
    else if (content.n > most)
        say(f, out, 40058,
            str_is(type, "text") ? "text.content exceed max length 2048"
                                 : "markdown.content exceed max length 4096");
    else
        return true;
    return false;
}

static void wechat_answer(struct fake *f, const struct fake_request *r,
                          struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    struct str type = json_text(json_get(body, "msgtype"));

    if (!str_is(r->path, "/cgi-bin/webhook/send"))
        fake_say_page(f, out, 404);
    else if (!str_is(fake_query(r, "key"), KEY))
        say(f, out, 93000, "invalid webhook url, hint: [1606141256_2]");
    else if (failing(f, r, out))
        return;
    else if (body == NULL)
        say(f, out, 47001, "data format error");
    else if (!str_is(type, "text") && !str_is(type, "markdown"))
        say(f, out, 40008, "invalid message type");
    else if (content_ok(f, body, type, out)) {
        fake_keep(f,
                  arena_printf(&f->scratch, "%llu", (unsigned long long)fake_number(f)),
                  STR("group"), STR_NONE, r->body);
        say(f, out, 0, "ok");
    }
}

static void wechat_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    struct buf plain freed_by(buf_release) = BUF(65536);

    show_html(&plain, json_text(json_get(json_get(body, "markdown"), "content")));
    show_markdown(to, buf_view(&plain));
    show_line(to, json_text(json_get(json_get(body, "text"), "content")));
}

const struct fake_vendor fake_wechat = {
    .name = "wechat",
    .title = "WeChat",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}/cgi-bin/webhook/send?key=" KEY
                "\", \"allow_private\": true}",
    .recipient = "{}",
    .answer = wechat_answer,
    .show = wechat_show,
};
