/* elasticsearch.c -- Elasticsearch 8: bulk requests line by line, a 200 over items
 * that failed, ids that are taken, addresses that are none. */
#include "fake/own.h"

#include "alert/ip.h"
#include "base/clock.h"

#define API_KEY "ZmFrZTphcGkta2V5"
#define KEY "ApiKey " API_KEY
#define BODY_MAX (1u << 20) /* http.max_content_length; real ones take 100 MB */

static void refuse(struct fake *f, struct fake_answer *out, int status, const char *type,
                   const char *reason)
{
    fake_say(f, out, status, "application/json",
             "{\"error\":{\"root_cause\":[{\"type\":\"%s\",\"reason\":\"%s\"}],\"type\":"
             "\"%s\",\"reason\":\"%s\"},\"status\":%d}",
             type, reason, type, reason, status);
}

/* --- one item ------------------------------------------------------------------------- */

struct item_error {
    int status;
    const char *type, *reason;
};

static bool name_ok(struct str index)
{
    static const char bad[] = "\\/*?\"<>| ,#:";

    if (index.n == 0 || index.n > 255 || strchr("-_+", index.p[0]) != NULL)
        return false;
    for (size_t i = 0; i < index.n; i++)
        if (strchr(bad, index.p[i]) != NULL || (index.p[i] >= 'A' && index.p[i] <= 'Z'))
            return false;
    return true;
}

static bool is_address(const struct json *j)
{
    struct ip ip;

    return j == NULL || ip_parse(json_text(j), &ip);
}

static bool is_port(const struct json *j)
{
    int64_t port;

    return j == NULL || (json_i64(j, &port) && port >= 0 && port <= 65535);
}

static bool is_time(const struct json *j)
{
    int64_t ms;

    return j == NULL || time_parse(json_text(j), &ms);
}

/* What the template of ECS maps to something stricter than text. */
static bool document_ok(const struct json *d)
{
    const struct json *s = json_get(d, "source"), *to = json_get(d, "destination");
    const struct json *e = json_get(d, "event");
    int64_t number;

    return is_address(json_get(s, "ip")) && is_address(json_get(to, "ip")) &&
           is_port(json_get(s, "port")) && is_port(json_get(to, "port")) &&
           is_time(json_get(d, "@timestamp")) && is_time(json_get(e, "created")) &&
           (json_get(e, "severity") == NULL || json_i64(json_get(e, "severity"), &number));
}

static bool taken(struct fake *f, struct str index, struct str id)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->posts[i].id, id) && str_eq(f->posts[i].place, index))
            return true;
    return false;
}

static struct item_error item_do(struct fake *f, const struct json *action,
                                 struct str line)
{
    const struct json *create = json_get(action, "create");
    struct str index = json_text(json_get(create, "_index"));
    struct str id = json_text(json_get(create, "_id"));
    struct error err;
    const struct json *d = json_parse(&f->scratch, line, &err);

    if (!name_ok(index))
        return (struct item_error){400, "invalid_index_name_exception", "invalid name"};
    if (f->fault == FAULT_LIMITED)
        return (struct item_error){429, "es_rejected_execution_exception",
                                   "rejected execution of coordinating operation"};
    if (f->fault == FAULT_PLACE_GONE)
        return (struct item_error){404, "index_not_found_exception", "no such index"};
    if (!json_is(d, JSON_OBJECT) || json_get(d, "@timestamp") == NULL || !document_ok(d) ||
        (f->fault == FAULT_REFUSED && json_get(d, "source") != NULL))
        return (struct item_error){400, "document_parsing_exception",
                                   "failed to parse field [source.ip] of type [ip]"};
    if (taken(f, index, id))
        return (struct item_error){409, "version_conflict_engine_exception",
                                   "document already exists"};
    if (fake_keep(f, id, index, STR_NONE, line) == NULL)
        return (struct item_error){503, "unavailable_shards_exception", "full"};
    return (struct item_error){201, NULL, NULL};
}

static void item_write(struct json_out *o, const struct item_error *e)
{
    out_object(o, NULL);
    out_object(o, "create");
    out_i64(o, "status", e->status);
    if (e->type != NULL) {
        out_object(o, "error");
        out_text(o, "type", e->type);
        out_text(o, "reason", e->reason);
        out_object_end(o);
    }
    out_object_end(o);
    out_object_end(o);
}

/* --- requests ----------------------------------------------------------------------------- */

static void bulk(struct fake *f, const struct fake_request *r, struct fake_answer *out)
{
    struct buf items freed_by(buf_release) = BUF(8u << 20);
    struct buf whole freed_by(buf_release) = BUF(8u << 20);
    struct json_out o = JSON_OUT(&items), w = JSON_OUT(&whole);
    struct str rest = r->body;
    bool errors = false;

    out_array(&o, NULL);
    while (rest.n > 0) {
        struct error err;
        const struct json *action =
            json_parse(&f->scratch, str_until(&rest, '\n'), &err);
        struct item_error e = item_do(f, action, str_until(&rest, '\n'));

        errors = errors || e.type != NULL;
        item_write(&o, &e);
    }
    out_array_end(&o);
    out_object(&w, NULL);
    out_i64(&w, "took", 3);
    out_bool(&w, "errors", errors);
    out_raw(&w, "items", buf_view(&items));
    out_object_end(&w);
    fake_say_json(f, out, 200, &whole);
}

static bool failing(struct fake *f, struct fake_answer *out)
{
    if (f->fault == FAULT_BROKEN)
        refuse(f, out, 503, "cluster_block_exception", "blocked by: no master");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 502);
    else if (f->fault == FAULT_REVOKED)
        refuse(f, out, 401, "security_exception", "unable to authenticate");
    else
        return false;
    return true;
}

static void elasticsearch_answer(struct fake *f, const struct fake_request *r,
                                 struct fake_answer *out)
{
    bool ndjson = str_starts(r->content_type, "application/x-ndjson") ||
                  str_starts(r->content_type, "application/json");

    if (!str_is(r->authorization, KEY))
        refuse(f, out, 401, "security_exception", "missing authentication credentials");
    else if (failing(f, out))
        return;
    else if (str_is(r->method, "GET") && str_is(r->path, "/"))
        fake_say(f, out, 200, "application/json",
                 "{\"name\":\"es1\",\"cluster_name\":\"soc\",\"version\":{\"number\":"
                 "\"8.17.0\",\"build_flavor\":\"default\"},\"tagline\":\"You Know, for "
                 "Search\"}");
    else if (str_is(r->method, "PUT") && str_starts(r->path, "/_index_template/"))
        fake_say(f, out, 200, "application/json", "{\"acknowledged\":true}");
    else if (!str_is(r->method, "POST") || !str_is(r->path, "/_bulk"))
        refuse(f, out, 400, "illegal_argument_exception", "no handler found");
    else if (r->body.n > BODY_MAX)
        fake_say(f, out, 413, "text/plain", "%s", "");
    else if (!ndjson)
        refuse(f, out, 406, "media_type_header_exception", "Invalid media-type");
    else if (r->body.n == 0 || r->body.p[r->body.n - 1] != '\n')
        refuse(f, out, 400, "illegal_argument_exception",
               "The bulk request must be terminated by a newline [\\\\n]");
    else
        bulk(f, r, out);
}

static void elasticsearch_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *d = json_parse(a, p->body, &err);
    struct json_out o = JSON_OUT(to);

    show_line(to, p->place);
    show_line(to, json_text(json_get(d, "message")));
    buf_text(to, "\nevent ");
    out_tree(&o, NULL, json_get(d, "event"));
}

const struct fake_vendor fake_elasticsearch = {
    .name = "elasticsearch",
    .title = "Elasticsearch",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}\", \"api_key\": \"" API_KEY "\"}",
    .recipient = "{}",
    .machine = true,
    .answer = elasticsearch_answer,
    .show = elasticsearch_show,
};
