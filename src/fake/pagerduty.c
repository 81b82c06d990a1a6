/* pagerduty.c -- PagerDuty's Events API, version 2: incidents by dedup key, a bad key
 * that is a 400 like any other. */
#include "fake/own.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define EVENT_MAX (512u << 10) /* bytes */

static void refuse(struct fake *f, struct fake_answer *out, const char *why)
{
    fake_say(f, out, 400, "application/json",
             "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
             "\"errors\":[\"%s\"]}",
             why);
}

static bool is_one_of(struct str s, const char *const *words)
{
    while (*words != NULL && !str_is(s, *words))
        words++;
    return *words != NULL;
}

static const char *payload_fault(const struct json *p)
{
    static const char *const severities[] = {"critical", "error", "warning", "info", NULL};
    struct str summary = json_text(json_get(p, "summary"));

    if (summary.n == 0)
        return "'payload.summary' is missing or blank";
    if (fake_points(summary) > 1024)
        return "'payload.summary' is too long (maximum is 1024 characters)";
    if (json_text(json_get(p, "source")).n == 0)
        return "'payload.source' is missing or blank";
    if (!is_one_of(json_text(json_get(p, "severity")), severities))
        return "'payload.severity' is invalid (must be one of: critical, warning, error, "
               "info)";
    return NULL;
}

static const char *links_fault(const struct json *links)
{
    for (const struct json *l = links ? links->first : NULL; l; l = l->next)
        if (json_text(json_get(l, "href")).n == 0)
            return "'links.href' is missing or blank";
    return NULL;
}

static const char *images_fault(const struct json *images)
{
    for (const struct json *i = images ? images->first : NULL; i; i = i->next)
        if (!str_starts(json_text(json_get(i, "src")), "https://"))
            return "'images.src' is missing, blank or not https";
    return NULL;
}

static const char *event_fault(const struct json *e)
{
    static const char *const actions[] = {"trigger", "acknowledge", "resolve", NULL};
    struct str action = json_text(json_get(e, "event_action"));
    struct str key = json_text(json_get(e, "dedup_key"));

    if (!str_is(json_text(json_get(e, "routing_key")), KEY))
        return "'routing_key' is not a valid integration key";
    if (!is_one_of(action, actions))
        return "'event_action' is invalid";
    if (key.n > 255)
        return "'dedup_key' is too long (maximum is 255 characters)";
    if (!str_is(action, "trigger"))
        return key.n == 0 ? "'dedup_key' is missing or blank" : NULL;
    return payload_fault(json_get(e, "payload"));
}

/* An incident that is open is added to; one that is resolved stays so. */
static void enqueue(struct fake *f, const struct fake_request *r, const struct json *e,
                    struct fake_answer *out)
{
    struct str key = json_text(json_get(e, "dedup_key"));
    struct str action = json_text(json_get(e, "event_action"));
    struct fake_post *open = fake_find(f, key);
    const char *fault = event_fault(e);

    if (fault == NULL)
        fault = links_fault(json_get(e, "links"));
    if (fault == NULL)
        fault = images_fault(json_get(e, "images"));
    if (fault != NULL) {
        refuse(f, out, fault);
        return;
    }
    if (open != NULL && open->ended)
        open = NULL;
    if (str_is(action, "trigger") && open != NULL)
        fake_change(f, open, r->body);
    else if (str_is(action, "acknowledge") && open != NULL)
        fake_change(f, open, r->body);
    else if (str_is(action, "trigger"))
        fake_keep(f, key, STR("service"), STR_NONE, r->body);
    else if (str_is(action, "resolve") && open != NULL)
        open->ended = true;
    fake_say(f, out, 202, "application/json",
             "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":"
             "\"%.*s\"}",
             STR_ARG(key));
}

static void change(struct fake *f, const struct fake_request *r, const struct json *e,
                   struct fake_answer *out)
{
    if (!str_is(json_text(json_get(e, "routing_key")), KEY))
        refuse(f, out, "'routing_key' is not a valid integration key");
    else if (json_text(json_get(json_get(e, "payload"), "summary")).n == 0)
        refuse(f, out, "'payload.summary' is missing or blank");
    else {
        fake_keep(f, STR("change"), STR("changes"), STR_NONE, r->body);
        fake_say(f, out, 202, "application/json",
                 "{\"status\":\"success\",\"message\":\"Change event processed\"}");
    }
}

static bool failing(struct fake *f, const struct fake_request *r,
                    struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED || fake_over_limit(f, r->now_ms, 120, 60000))
        fake_say(f, out, 429, "application/json",
                 "{\"status\":\"throttle exceeded\",\"message\":\"Requests for this "
                 "service are arriving too quickly. Please retry later.\"}");
    else if (f->fault == FAULT_BROKEN)
        fake_say(f, out, 500, "application/json", "{\"status\":\"error\"}");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 503);
    else if (f->fault == FAULT_REVOKED || f->fault == FAULT_PLACE_GONE)
        refuse(f, out, "'routing_key' is not a valid integration key");
    else if (f->fault == FAULT_REFUSED)
        refuse(f, out, "'payload' is invalid");
    else
        return false;
    return true;
}

static void pagerduty_answer(struct fake *f, const struct fake_request *r,
                             struct fake_answer *out)
{
    const struct json *e = fake_json(f, r);

    if (!str_is(r->method, "POST"))
        fake_say(f, out, 405, "text/plain", "%s", "");
    else if (failing(f, r, out))
        return;
    else if (e == NULL)
        refuse(f, out, "JSON is invalid");
    else if (r->body.n > EVENT_MAX)
        fake_say(f, out, 413, "application/json", "{\"status\":\"invalid event\"}");
    else if (str_is(r->path, "/v2/enqueue"))
        enqueue(f, r, e, out);
    else if (str_is(r->path, "/v2/change/enqueue"))
        change(f, r, e, out);
    else
        fake_say(f, out, 404, "text/plain", "%s", "");
}

static void show_member(struct buf *to, const struct json *j)
{
    struct buf line freed_by(buf_release) = BUF(65536);
    struct json_out o = JSON_OUT(&line);

    buf_printf(&line, "%.*s  ", STR_ARG(j->name));
    if (j->type == JSON_STRING)
        buf_str(&line, j->text);
    else
        out_tree(&o, NULL, j);
    show_line(to, buf_view(&line));
}

static void pagerduty_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *e = json_parse(a, p->body, &err);
    const struct json *payload = json_get(e, "payload");
    const struct json *details = json_get(payload, "custom_details");

    show_line(to, arena_printf(a, "%s  %.*s", p->ended ? "RESOLVED" : "TRIGGERED",
                               STR_ARG(json_text(json_get(payload, "summary")))));
    show_line(to, arena_printf(a, "severity %.*s, source %.*s",
                               STR_ARG(json_text(json_get(payload, "severity"))),
                               STR_ARG(json_text(json_get(payload, "source")))));
    for (const struct json *d = details ? details->first : NULL; d; d = d->next)
        show_member(to, d);
}

const struct fake_vendor fake_pagerduty = {
    .name = "pagerduty",
    .title = "PagerDuty",
    .endpoint = "{\"integration_key\": \"" KEY "\", \"api_url\": "
                "\"http://127.0.0.1:{port}\", \"allow_private\": true}",
    .recipient = "{}",
    .answer = pagerduty_answer,
    .show = pagerduty_show,
};
