/* teams.c -- Microsoft Teams: a Workflows webhook, which says 202 to nearly all, and
 * an old connector, which hides its errors under a 200. */
#include "fake/own.h"

#include "base/clock.h"

#define WORKFLOW "workflows"
#define SIG "fakeSignature0123456789"
#define CARD_MAX (28u << 10) /* bytes, with the markup */

static void refuse(struct fake *f, struct fake_answer *out, int status, const char *code,
                   const char *message)
{
    fake_say(f, out, status, "application/json",
             "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}", code, message);
}

/* --- Adaptive Cards ------------------------------------------------------------------ */

static const char *const elements[] = {"TextBlock", "FactSet", "Container", "ColumnSet",
                                       "Image", "ActionSet", NULL};

static bool is_element(const struct json *e)
{
    struct str type = json_text(json_get(e, "type"));

    for (size_t i = 0; elements[i] != NULL; i++)
        if (str_is(type, elements[i]))
            return true;
    return false;
}

static bool each_element(const struct json *list, int depth)
{
    if (!json_is(list, JSON_ARRAY) || depth > 5)
        return false;
    for (const struct json *e = list->first; e != NULL; e = e->next)
        if (!is_element(e) || (json_get(e, "items") != NULL &&
                               !each_element(json_get(e, "items"), depth + 1)))
            return false;
    return true;
}

/* 1.5 and later are refused by the flow bot. */
static bool version_ok(struct str v)
{
    return str_is(v, "1.0") || str_is(v, "1.1") || str_is(v, "1.2") || str_is(v, "1.3") ||
           str_is(v, "1.4");
}

static bool card_ok(const struct json *attachment)
{
    const struct json *card = json_get(attachment, "content");

    return str_is(json_text(json_get(attachment, "contentType")),
                  "application/vnd.microsoft.card.adaptive") &&
           str_is(json_text(json_get(card, "type")), "AdaptiveCard") &&
           version_ok(json_text(json_get(card, "version"))) &&
           each_element(json_get(card, "body"), 0);
}

static bool workflow_failing(struct fake *f, struct fake_answer *out)
{
    switch (f->fault) {
    case FAULT_NONE:
        return false;
    case FAULT_LIMITED:
        refuse(f, out, 429, "WorkflowTriggerThrottled", "Rate limit is exceeded.");
        out->retry_after_s = 3;
        return true;
    case FAULT_BROKEN:
        refuse(f, out, 502, "NoResponse", "The server did not receive a response.");
        return true;
    case FAULT_PAGE:
        fake_say_page(f, out, 503);
        return true;
    case FAULT_REVOKED:
        refuse(f, out, 401, "DirectApiAuthorizationRequired",
               "The request must be authenticated.");
        return true;
    case FAULT_PLACE_GONE:
        refuse(f, out, 400, "WorkflowTriggerIsNotEnabled",
               "Could not execute workflow trigger manual: it is not enabled.");
        return true;
    case FAULT_REFUSED:
        refuse(f, out, 400, "TriggerInputSchemaMismatch",
               "The input body for trigger manual did not match its schema.");
        return true;
    }
    bug("no such fault");
}

static bool keep(struct fake *f, const struct fake_request *r, struct fake_answer *out)
{
    struct str id = arena_printf(&f->scratch, "0858%llu",
                                 (unsigned long long)fake_number(f));

    if (fake_keep(f, id, STR("General"), STR_NONE, r->body) != NULL)
        return true;
    refuse(f, out, 500, "InternalServerError", "Encountered internal server error.");
    return false;
}

/* What is wrong with the card is only found later, by the flow, and told nobody. */
static void workflow(struct fake *f, const struct fake_request *r,
                     struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    const struct json *list = json_get(body, "attachments");

    if (!str_is(fake_query(r, "sig"), SIG))
        refuse(f, out, 401, "AuthorizationFailed", "The authentication credentials are "
                                                   "not valid.");
    else if (workflow_failing(f, out))
        return;
    else if (body == NULL)
        refuse(f, out, 400, "InvalidRequestContent", "The request content is not valid.");
    else if (r->body.n > CARD_MAX)
        refuse(f, out, 413, "RequestEntityTooLarge", "The request is too large.");
    else if (fake_over_limit(f, r->now_ms, 60, 30000)) {
        refuse(f, out, 429, "WorkflowTriggerThrottled", "Rate limit is exceeded.");
        out->retry_after_s = 10;
    } else if (!json_is(list, JSON_ARRAY) || list->count == 0 || !card_ok(list->first))
        fake_say(f, out, 202, "text/plain", "%s", ""); /* and nobody sees it */
    else if (keep(f, r, out))
        fake_say(f, out, 202, "text/plain", "%s", "");
}

/* --- connectors -------------------------------------------------------------------------- */

static void hidden(struct fake *f, struct fake_answer *out, int status)
{
    fake_say(f, out, 200, "text/plain",
             "Webhook message delivery failed with error: Microsoft Teams endpoint "
             "returned HTTP error %d with ContextId tcid=1,server=SN1.",
             status);
}

static void connector(struct fake *f, const struct fake_request *r,
                      struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    bool texts = json_text(json_get(body, "text")).n > 0 ||
                 json_text(json_get(body, "summary")).n > 0;

    if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 503);
    else if (f->fault == FAULT_LIMITED || fake_over_limit(f, r->now_ms, 4, 1000))
        hidden(f, out, 429);
    else if (f->fault == FAULT_BROKEN)
        hidden(f, out, 500);
    else if (f->fault == FAULT_REVOKED || f->fault == FAULT_PLACE_GONE)
        fake_say(f, out, 410, "text/plain", "The webhook was deleted.");
    else if (f->fault == FAULT_REFUSED)
        hidden(f, out, 400);
    else if (body == NULL)
        fake_say(f, out, 400, "text/plain", "Bad payload received by generic incoming "
                                            "webhook.");
    else if (!texts)
        fake_say(f, out, 400, "text/plain", "Summary or Text is required.");
    else if (r->body.n > CARD_MAX)
        hidden(f, out, 413);
    else if (keep(f, r, out))
        fake_say(f, out, 200, "text/plain", "1");
}

static void teams_answer(struct fake *f, const struct fake_request *r,
                         struct fake_answer *out)
{
    struct str parts[FAKE_PARTS_MAX];
    size_t n = fake_parts(r->path, parts);
    bool flow = n >= 2 && (str_is(parts[0], WORKFLOW) || str_is(parts[0], "powerautomate"));

    if (!str_is(r->method, "POST"))
        fake_say(f, out, 405, "text/plain", "%s", "");
    else if (flow && str_is(parts[n - 1], "invoke"))
        workflow(f, r, out);
    else if (n >= 2 && str_is(parts[0], "webhookb2"))
        connector(f, r, out);
    else
        refuse(f, out, 404, "WorkflowNotFound", "The workflow could not be found.");
}

/* --- as people see it ------------------------------------------------------------------------ */

/* "{{DATE(2020-11-23T14:20:56Z,SHORT)}}", "{{TIME(2020-11-23T14:20:56Z)}}": in the
 * reader's own zone and language. */
static size_t time_take(struct buf *to, struct str s)
{
    bool date = str_starts(s, "{{DATE(");
    struct str inside = str_from(s, strlen("{{DATE("));
    const char *end = memmem(s.p, s.n, ")}}", 3);
    struct str when = str_until(&inside, ')');
    int64_t ms;

    if ((!date && !str_starts(s, "{{TIME(")) || end == NULL)
        return 0;
    when = str_until(&when, ',');
    if (!time_parse(when, &ms))
        return 0;
    buf_str(to, date ? str_first(when, str_find(when, 'T'))
                     : str_from(when, str_find(when, 'T') + 1));
    return (size_t)(end - s.p) + 3;
}

static void show_styled(struct buf *to, struct str s)
{
    show_timed(to, s, time_take);
}

static void show_facts(struct buf *to, const struct json *facts, const char *name)
{
    for (const struct json *f = facts ? facts->first : NULL; f; f = f->next) {
        struct buf line freed_by(buf_release) = BUF(65536);

        show_styled(&line, json_text(json_get(f, name)));
        buf_text(&line, "  ");
        show_styled(&line, json_text(json_get(f, "value")));
        show_line(to, buf_view(&line));
    }
}

static void show_elements(struct buf *to, const struct json *list)
{
    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        show_text(to, e, "text", show_styled);
        show_facts(to, json_get(e, "facts"), "title");
        show_elements(to, json_get(e, "items"));
    }
}

static void teams_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    const struct json *list = json_get(body, "attachments");
    const struct json *card = json_get(list ? list->first : NULL, "content");
    const struct json *sections = json_get(body, "sections");
    const struct json *actions = json_get(card, "actions");

    show_elements(to, json_get(card, "body"));
    show_text(to, body, "title", show_styled);
    show_text(to, body, "text", show_styled);
    for (const struct json *s = sections ? sections->first : NULL; s; s = s->next) {
        show_text(to, s, "text", show_styled);
        show_facts(to, json_get(s, "facts"), "name");
    }
    for (const struct json *b = actions ? actions->first : NULL; b; b = b->next)
        buf_printf(to, "%s[%.*s]", b == actions->first ? "\n" : " ",
                   STR_ARG(json_text(json_get(b, "title"))));
}

const struct fake_vendor fake_teams = {
    .name = "teams",
    .title = "MS Teams",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}/workflows/1/triggers/manual/paths/invoke"
                "?api-version=2016-06-01&sig=" SIG "\", \"allow_private\": true}",
    .recipient = "{}",
    .answer = teams_answer,
    .show = teams_show,
};
