/* fake.c -- what all fakes share: messages kept, faults, limits, answers. */
#include "fake/own.h"

#include <stdarg.h>

#define EACH_VENDOR(VENDOR)                                                    \
    VENDOR(discord)                                                            \
    VENDOR(elasticsearch)                                                      \
    VENDOR(email)                                                              \
    VENDOR(fail2ban)                                                           \
    VENDOR(mattermost)                                                         \
    VENDOR(pagerduty)                                                          \
    VENDOR(shell)                                                              \
    VENDOR(slack)                                                              \
    VENDOR(syslog)                                                             \
    VENDOR(teams)                                                              \
    VENDOR(telegram)                                                           \
    VENDOR(thehive)                                                            \
    VENDOR(webhook)                                                            \
    VENDOR(wechat)

#define DECLARE(name) extern const struct fake_vendor fake_##name;
#define REFER(name) &fake_##name,

EACH_VENDOR(DECLARE)

const struct fake_vendor *const fake_vendors[] = {EACH_VENDOR(REFER) NULL};

const struct fake_vendor *fake_vendor_find(struct str name)
{
    for (size_t i = 0; fake_vendors[i] != NULL; i++)
        if (str_is(name, fake_vendors[i]->name))
            return fake_vendors[i];
    return NULL;
}

bool fake_dir_ok(const char *dir)
{
    for (; *dir != '\0'; dir++)
        if ((unsigned char)*dir < ' ' || strchr("\"'\\", *dir) != NULL)
            return false;
    return true;
}

const struct json *fake_params(const char *json, uint16_t port, const char *dir,
                               struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(65536);
    const struct json *params;
    struct error err;

    assert(fake_dir_ok(dir));
    while (*json != '\0') {
        if (str_starts(str_of(json), "{port}")) {
            buf_int(&b, port);
            json += strlen("{port}");
        } else if (str_starts(str_of(json), "{dir}")) {
            buf_text(&b, dir);
            json += strlen("{dir}");
        } else {
            buf_char(&b, *json++);
        }
    }
    params = json_parse(a, arena_str(a, buf_view(&b)), &err);
    if (params == NULL)
        bug(err.text);
    return params;
}

struct fake *fake_new(const struct fake_vendor *v)
{
    struct fake *f = mem_new(sizeof *f);

    f->vendor = v;
    f->next_id = 1000;
    return f;
}

void fake_free(struct fake *f)
{
    if (f == NULL)
        return;
    arena_release(&f->arena);
    arena_release(&f->scratch);
    free(f->posts);
    free(f);
}

const struct fake_vendor *fake_vendor(const struct fake *f)
{
    return f->vendor;
}

void fake_begin(struct fake *f)
{
    arena_reset(&f->scratch);
    f->asked++;
    if (f->fault_left == 0)
        f->fault = FAULT_NONE;
    else
        f->fault_left--;
}

void fake_ask(struct fake *f, const struct fake_request *r, struct fake_answer *out)
{
    assert(f->vendor->face == FAKE_HTTP);
    *out = (struct fake_answer){0};
    fake_begin(f);
    f->vendor->answer(f, r, out);
    if (out->status == 0)
        bug("a fake that said nothing");
}

void fake_fail(struct fake *f, enum fault fault, unsigned requests)
{
    f->fault = fault;
    f->fault_left = requests;
}

void fake_limits(struct fake *f, bool on)
{
    f->limits = on;
}

uint64_t fake_asked(const struct fake *f)
{
    return f->asked;
}

/* --- requests --------------------------------------------------------------- */

size_t fake_parts(struct str path, struct str parts[FAKE_PARTS_MAX])
{
    size_t n = 0;

    while (path.n > 0) {
        struct str part = str_until(&path, '/');

        if (part.n == 0)
            continue;
        if (n == FAKE_PARTS_MAX)
            return 0;
        parts[n++] = part;
    }
    return n;
}

struct str fake_query(const struct fake_request *r, const char *name)
{
    struct str rest = r->query;

    while (rest.n > 0) {
        struct str value = str_until(&rest, '&');

        if (str_is(str_until(&value, '='), name))
            return value;
    }
    return STR_NONE;
}

const struct json *fake_json(struct fake *f, const struct fake_request *r)
{
    struct error err;
    const struct json *j = json_parse(&f->scratch, r->body, &err);

    return json_is(j, JSON_OBJECT) ? j : NULL;
}

/* --- messages ---------------------------------------------------------------- */

struct fake_post *fake_keep(struct fake *f, struct str id, struct str place,
                            struct str thread, struct str body)
{
    struct fake_post *p;

    if (f->count == FAKE_POSTS_MAX)
        return NULL;
    f->posts = mem_grow(f->posts, f->count + 1, sizeof *f->posts);
    p = &f->posts[f->count++];
    *p = (struct fake_post){
        .id = arena_str(&f->arena, id),
        .place = arena_str(&f->arena, place),
        .thread = arena_str(&f->arena, thread),
        .body = arena_str(&f->arena, body),
    };
    p->first = p->body;
    return p;
}

struct fake_post *fake_find(struct fake *f, struct str id)
{
    for (size_t i = f->count; i > 0; i--)
        if (str_eq(f->posts[i - 1].id, id))
            return &f->posts[i - 1];
    return NULL;
}

void fake_change(struct fake *f, struct fake_post *p, struct str body)
{
    p->body = arena_str(&f->arena, body);
    p->edits++;
}

uint64_t fake_number(struct fake *f)
{
    return f->next_id++;
}

size_t fake_posts(const struct fake *f, const struct fake_post **out)
{
    *out = f->posts;
    return f->count;
}

void fake_delete(struct fake *f, size_t post)
{
    assert(post < f->count);
    f->posts[post].gone = true;
}

void fake_show(const struct fake *f, const struct fake_post *p, struct buf *to)
{
    struct arena a freed_by(arena_release) = {0};

    f->vendor->show(p, &a, to);
}

bool fake_over_limit(struct fake *f, int64_t now_ms, size_t most, int64_t window_ms)
{
    size_t recent = 0;

    assert(most < FAKE_TIMES_MAX);
    if (!f->limits)
        return false;
    for (size_t i = 0; i < MIN(f->times, (size_t)FAKE_TIMES_MAX); i++)
        recent += f->times_ms[i] > now_ms - window_ms;
    if (recent >= most)
        return true;
    f->times_ms[f->times++ % FAKE_TIMES_MAX] = now_ms;
    return false;
}

/* --- answers ------------------------------------------------------------------ */

void fake_say(struct fake *f, struct fake_answer *out, int status,
              const char *content_type, const char *format, ...)
{
    va_list args;
    char *text;
    int n;

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);
    assert(n >= 0);
    out->status = status;
    out->content_type = content_type;
    out->body = arena_str(&f->scratch, (struct str){text, (size_t)n});
    free(text);
}

void fake_say_json(struct fake *f, struct fake_answer *out, int status,
                   const struct buf *json)
{
    out->status = status;
    out->content_type = "application/json";
    out->body = arena_str(&f->scratch, buf_view(json));
}

void fake_say_page(struct fake *f, struct fake_answer *out, int status)
{
    fake_say(f, out, status, "text/html",
             "<!DOCTYPE html><html><head><title>%d</title></head><body><h1>"
             "Something went wrong</h1><p>Ray ID: 7f3c2b1a</p></body></html>",
             status);
}

size_t fake_points(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

size_t fake_utf16(struct str s)
{
    size_t n = fake_points(s);

    for (size_t i = 0; i < s.n; i++)
        n += (unsigned char)s.p[i] >= 0xf0;
    return n;
}
