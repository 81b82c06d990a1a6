/* thehive.c -- TheHive 5: alerts unique by type, source and reference, strict limits,
 * rights that end at creating. */
#include "fake/own.h"

#define API_KEY "fake-thehive-api-key"
#define KEY "Bearer " API_KEY

static void refuse(struct fake *f, struct fake_answer *out, int status, const char *type,
                   const char *message)
{
    fake_say(f, out, status, "application/json",
             "{\"type\":\"%s\",\"message\":\"%s\"}", type, message);
}

/* --- what an alert may hold ---------------------------------------------------------- */

static bool text_ok(const struct json *j, const char *name, size_t least, size_t most)
{
    const struct json *text = json_get(j, name);
    size_t n = fake_points(json_text(text));

    return (least == 0 && text == NULL) ||
           (json_is(text, JSON_STRING) && n >= least && n <= most);
}

static bool tags_ok(const struct json *tags)
{
    for (const struct json *t = tags ? tags->first : NULL; t; t = t->next) {
        size_t n = fake_points(json_text(t));

        if (n < 1 || n > 128)
            return false;
        for (const struct json *o = t->next; o != NULL; o = o->next)
            if (str_eq(json_text(o), json_text(t)))
                return false;
    }
    return true;
}

static bool type_known(struct str type)
{
    static const char *const types[] = {
        "ip", "domain", "fqdn", "hostname", "url", "uri_path", "mail", "mail-subject",
        "user-agent", "hash", "file", "filename", "registry", "regexp",
        "autonomous-system", "other", NULL};

    for (size_t i = 0; types[i] != NULL; i++)
        if (str_is(type, types[i]))
            return true;
    return false;
}

static const char *observables_fault(const struct json *list)
{
    for (const struct json *o = list ? list->first : NULL; o; o = o->next) {
        struct str type = json_text(json_get(o, "dataType"));
        struct str data = json_text(json_get(o, "data"));

        if (!type_known(type))
            return "observable type not found";
        if (data.n == 0 || !tags_ok(json_get(o, "tags")))
            return "observable is invalid";
        for (const struct json *b = o->next; b != NULL; b = b->next)
            if (str_eq(json_text(json_get(b, "dataType")), type) &&
                str_eq(json_text(json_get(b, "data")), data))
                return "Observable already exists";
    }
    return NULL;
}

static const char *alert_fault(const struct json *a)
{
    int64_t severity = json_i64_or(json_get(a, "severity"), 2);
    int64_t tlp = json_i64_or(json_get(a, "tlp"), 2), pap = json_i64_or(json_get(a, "pap"), 2);

    if (!text_ok(a, "type", 1, 32) || !text_ok(a, "source", 1, 32))
        return "type and source take 1 to 32 characters";
    if (!text_ok(a, "sourceRef", 1, 128))
        return "sourceRef takes 1 to 128 characters";
    if (!text_ok(a, "title", 1, 512) || !text_ok(a, "description", 1, 1048576))
        return "title or description is missing or too long";
    if (!text_ok(a, "externalLink", 0, 4096))
        return "externalLink is too long";
    if (severity < 1 || severity > 4 || tlp < 0 || tlp > 4 || pap < 0 || pap > 3)
        return "severity, tlp or pap is out of range";
    if (!tags_ok(json_get(a, "tags")))
        return "tags are not unique or too long";
    return observables_fault(json_get(a, "observables"));
}

/* --- requests ---------------------------------------------------------------------------- */

static struct str tuple(struct fake *f, const struct json *a)
{
    return arena_printf(&f->scratch, "%.*s:%.*s:%.*s",
                        STR_ARG(json_text(json_get(a, "type"))),
                        STR_ARG(json_text(json_get(a, "source"))),
                        STR_ARG(json_text(json_get(a, "sourceRef"))));
}

static bool exists(struct fake *f, struct str place)
{
    for (size_t i = 0; i < f->count; i++)
        if (!f->posts[i].gone && f->posts[i].thread.n == 0 &&
            str_eq(f->posts[i].place, place))
            return true;
    return false;
}

static void create(struct fake *f, const struct fake_request *r, const struct json *a,
                   struct fake_answer *out)
{
    const char *fault = alert_fault(a);
    struct str place = tuple(f, a);
    struct fake_post *p;

    if (fault != NULL)
        refuse(f, out, 400, "BadRequest", fault);
    else if (exists(f, place))
        refuse(f, out, 400, "CreateError",
               arena_printf(&f->scratch, "Alert %.*s already exist in organisation SOC",
                            STR_ARG(place)).p);
    else {
        p = fake_keep(f,
                      arena_printf(&f->scratch, "~%llu",
                                   (unsigned long long)fake_number(f) * 4096),
                      place, STR_NONE, r->body);
        fake_say(f, out, p ? 201 : 500, "application/json",
                 "{\"_id\":\"%.*s\",\"_type\":\"Alert\",\"status\":\"New\"}",
                 STR_ARG(p ? p->id : STR("")));
    }
}

static void comment(struct fake *f, const struct fake_request *r, struct str id,
                    const struct json *body, struct fake_answer *out)
{
    const struct fake_post *p = fake_find(f, id);

    if (p == NULL || p->gone)
        refuse(f, out, 404, "NotFoundError", "Alert not found");
    else if (f->fault == FAULT_PLACE_GONE)
        refuse(f, out, 403, "AuthorizationError", "Unauthorized action");
    else if (!text_ok(body, "message", 1, 1048576))
        refuse(f, out, 400, "BadRequest", "message is missing");
    else {
        fake_keep(f, STR("comment"), p->place, id, r->body);
        fake_say(f, out, 201, "application/json", "{\"_id\":\"~9\",\"_type\":\"Comment\"}");
    }
}

static void patch(struct fake *f, struct str id, struct fake_answer *out)
{
    struct fake_post *p = fake_find(f, id);

    if (p == NULL || p->gone)
        refuse(f, out, 404, "NotFoundError", "Alert not found");
    else if (f->fault == FAULT_PLACE_GONE)
        refuse(f, out, 403, "AuthorizationError", "Unauthorized action");
    else {
        p->edits++;
        fake_say(f, out, 204, "application/json", "%s", "");
    }
}

/* The one query that is asked for: alerts by their reference. */
static void query(struct fake *f, const struct fake_request *r, struct fake_answer *out)
{
    struct buf b freed_by(buf_release) = BUF(65536);

    buf_char(&b, '[');
    for (size_t i = 0; i < f->count; i++) {
        struct str ref = f->posts[i].place;

        str_until(&ref, ':');
        str_until(&ref, ':');
        /* A source may hold a colon of its own; the reference is the end then. */
        if (f->posts[i].thread.n == 0 && ref.n > 0 &&
            memmem(r->body.p, r->body.n, ref.p, ref.n) != NULL)
            buf_printf(&b, "%s{\"_id\":\"%.*s\",\"_type\":\"Alert\"}",
                       b.n > 1 ? "," : "", STR_ARG(f->posts[i].id));
    }
    buf_char(&b, ']');
    fake_say_json(f, out, 200, &b);
}

static bool failing(struct fake *f, struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED) {
        refuse(f, out, 429, "TooManyRequests", "Slow down");
        out->retry_after_s = 3;
    } else if (f->fault == FAULT_BROKEN)
        refuse(f, out, 500, "InternalError", "Database is not available");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 502);
    else if (f->fault == FAULT_REVOKED)
        refuse(f, out, 401, "AuthenticationError", "Authentication failure");
    else if (f->fault == FAULT_REFUSED)
        refuse(f, out, 400, "BadRequest", "Invalid json");
    else
        return false;
    return true;
}

static void route(struct fake *f, const struct fake_request *r, const struct str *parts,
                  size_t n, struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    bool post = str_is(r->method, "POST");

    if (n == 4 && str_is(parts[2], "user") && str_is(parts[3], "current"))
        fake_say(f, out, 200, "application/json",
                 "{\"login\":\"tocsin@soc.example\",\"organisation\":\"SOC\",\"permissions\":"
                 "[\"manageAlert/create\"]}");
    else if (post && body == NULL)
        refuse(f, out, 400, "BadRequest", "Invalid json");
    else if (n == 3 && str_is(parts[2], "alert") && post)
        create(f, r, body, out);
    else if (n == 3 && str_is(parts[2], "query") && post)
        query(f, r, out);
    else if (n == 5 && str_is(parts[2], "alert") && str_is(parts[4], "comment") && post)
        comment(f, r, parts[3], body, out);
    else if (n == 4 && str_is(parts[2], "alert") && str_is(r->method, "PATCH"))
        patch(f, parts[3], out);
    else
        refuse(f, out, 404, "NotFoundError", "Not found");
}

static void thehive_answer(struct fake *f, const struct fake_request *r,
                           struct fake_answer *out)
{
    struct str parts[FAKE_PARTS_MAX];
    size_t n = fake_parts(r->path, parts);

    if (n < 2 || !str_is(parts[0], "api"))
        fake_say_page(f, out, 404);
    else if (n == 4 && str_is(parts[2], "status") && str_is(parts[3], "public"))
        fake_say(f, out, 200, "application/json", "{\"version\":\"5.4.6-1\"}");
    else if (!str_is(r->authorization, KEY))
        refuse(f, out, 401, "AuthenticationError", "Authentication failure");
    else if (!failing(f, out))
        route(f, r, parts, n, out);
}

/* "| Client | 192.0.2.1 |" is a row; what only rules the table is not seen. */
static void row_show(struct buf *to, struct str line)
{
    struct buf row freed_by(buf_release) = BUF(65536);
    struct str inside = str_from(line, 1);

    while (inside.n > 0) {
        struct str cell = str_trim(str_until(&inside, '|'));

        if (cell.n == 0 || str_starts(cell, "--"))
            continue;
        buf_text(&row, row.n > 0 ? "  " : "");
        show_markdown(&row, cell);
    }
    show_line(to, buf_view(&row));
}

static void description_show(struct buf *to, struct str text)
{
    while (text.n > 0) {
        struct str line = str_until(&text, '\n');
        struct buf shown freed_by(buf_release) = BUF(65536);

        if (str_starts(line, "|")) {
            row_show(to, line);
            continue;
        }
        show_markdown(&shown, line);
        show_line(to, buf_view(&shown));
    }
}

static void thehive_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    const struct json *list = json_get(body, "observables");

    show_line(to, json_text(json_get(body, "title")));
    description_show(to, json_text(json_get(body, "message")));
    description_show(to, json_text(json_get(body, "description")));
    for (const struct json *o = list ? list->first : NULL; o; o = o->next)
        show_line(to, arena_printf(a, "observable %.*s  %.*s",
                                   STR_ARG(json_text(json_get(o, "dataType"))),
                                   STR_ARG(json_text(json_get(o, "data")))));
}

const struct fake_vendor fake_thehive = {
    .name = "thehive",
    .title = "TheHive",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}\", \"api_key\": \"" API_KEY "\"}",
    .recipient = "{}",
    .answer = thehive_answer,
    .show = thehive_show,
};
