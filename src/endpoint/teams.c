/* teams.c -- posts alerts to a channel of Microsoft Teams: by a workflow, or by one
 * of the connectors Microsoft has retired.
 * Source: learn.microsoft.com, "Create incoming webhooks with Workflows", "Create
 * and send messages" (connectors); "Power Automate: HTTP request triggers". */
#include "endpoint/teams.h"

#include "base/limits.h"

#define WAIT_MS 30000 /* when 429 does not say how long: 60 requests in 30 s */

static const char *const workflow_hosts[] = {
    ".logic.azure.com", ".api.powerplatform.com", ".logic.azure.us",
    ".logic.azure.cn", NULL};
static const char *const connector_hosts[] = {
    ".webhook.office.com", "outlook.office.com", "outlook.office365.com", NULL};
static const char *const formats[] = {"workflow", "messagecard", NULL};

static const struct field teams_fields[] = {
    {TEXT(struct teams, url),
     .label = "Workflow or connector URL", .secret = true, .min = 8, .max = 2000,
     .format = "uri",
     .help = "In Teams: the channel's Workflows, \"Send webhook alerts to a "
             "channel\"; copy the URL it ends with, all of it."},
    {CHOICE(struct teams, format),
     .label = "Format", .fallback = "workflow", .choices = formats,
     .help = "workflow: an Adaptive Card. messagecard: for the old connectors, "
             "which Microsoft has retired."},
    {FLAG(struct teams, allow_private),
     .label = "Allow other servers", .fallback = "false",
     .help = "Also post to servers that are not Microsoft's: proxies and test "
             "servers, also in your own network."},
    CA_FILE(struct teams),
    FIELDS_END,
};

/* --- check ---------------------------------------------------------------- */

/* The signature that lets anybody in who knows it. */
static bool is_signed(struct str url)
{
    struct str query = str_from(url, str_find(url, '?') + 1);

    while (query.n > 0) {
        struct str one = str_until(&query, '&');

        if (str_starts(one, "sig=") && one.n > strlen("sig="))
            return true;
    }
    return false;
}

static bool workflow_ok(const struct teams *t, struct error *err)
{
    if (url_host_is_one_of(t->url, connector_hosts))
        return check_refuse(err, "format",
                            "must be messagecard for a connector's URL; better "
                            "make a workflow, since Microsoft retires connectors");
    if (!check_vendor_url(t->url, "url", workflow_hosts, t->allow_private, err))
        return false;
    if (!url_host_is_one_of(t->url, workflow_hosts) || is_signed(t->url))
        return true;
    return check_refuse(err, "url",
                        "has no sig=, so this workflow lets only people in who "
                        "log in to Microsoft: in its trigger, let anyone run it, "
                        "save, and copy the whole URL again");
}

static bool messagecard_ok(const struct teams *t, struct error *err)
{
    if (url_host_is_one_of(t->url, workflow_hosts))
        return check_refuse(err, "format",
                            "must be workflow for this URL: a workflow accepts a "
                            "message card, and then shows nothing");
    return check_vendor_url(t->url, "url", connector_hosts, t->allow_private,
                            err);
}

static bool teams_check(const void *endpoint, const void *recipient unused,
                        struct error *err)
{
    const struct teams *t = endpoint;

    if (t == NULL)
        return true;
    return t->format == TEAMS_WORKFLOW ? workflow_ok(t, err)
                                       : messagecard_ok(t, err);
}

/* --- the request ---------------------------------------------------------- */

/* The URL goes out byte for byte: it is signed. */
static bool teams_render(const struct render_input *in, struct arena *a,
                         struct request *out, struct error *err)
{
    const struct teams *t = in->endpoint;

    render_post(out, t->url, t->allow_private, t->ca_file);
    return teams_card(in, a, &out->http.body, err);
}

/* --- the answer ----------------------------------------------------------- */

static const struct {
    const char *code; /* of a workflow's error */
    bool dead;        /* whatever its status: nothing gets through any more */
    const char *advice;
} codes[] = {
    {"WorkflowTriggerIsNotEnabled", true,
     "the workflow is turned off, or its owner has left"},
    {"DirectApiAuthorizationRequired", true,
     "the workflow wants a login; let anyone run it, and copy its URL again"},
    {"AuthorizationFailed", true,
     "the URL's signature is not, or no longer, right; copy the URL again"},
    {"WorkflowNotFound", true,
     "the workflow was deleted; make a new one and put its URL here"},
    {"TriggerInputSchemaMismatch", false,
     "the workflow's trigger expects another body; make it from the template "
     "\"Send webhook alerts to a channel\""},
};

/* As its status says, but with other words. */
static void judge_as(int status, struct str said, const struct response *r,
                     struct arena *a, struct verdict *v)
{
    struct response plain = *r;

    plain.status = status;
    plain.body = said;
    judge_answer(&plain, a, v);
    if (status == 429 && v->retry_after_ms == 0)
        v->retry_after_ms = WAIT_MS;
}

static void judge_error(const struct response *r, struct arena *a,
                        struct verdict *v)
{
    const struct json *error = json_get(json_parse(a, r->body, NULL), "error");
    struct str code = json_text(json_get(error, "code"));
    struct str said = r->body;

    if (code.n > 0)
        said = arena_printf(a, "%.*s: %.*s", STR_ARG(code),
                            STR_ARG(json_text(json_get(error, "message"))));
    judge_as(r->status, said, r, a, v);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (!str_is(code, codes[i].code))
            continue;
        v->reason = judge_reason(r->status,
                                 arena_printf(a, "%s: %s", codes[i].code,
                                              codes[i].advice), a);
        if (!codes[i].dead)
            continue;
        v->kind = VERDICT_DEFERRED;
        v->endpoint_fault = true;
    }
}

/* A workflow says so before it has done anything; what it does then, it tells
 * nobody but its owner. */
static void judge_workflow(const struct response *r, struct arena *a,
                           struct verdict *v)
{
    if (r->status / 100 != 2) {
        judge_error(r, a, v);
        return;
    }
    if (str_starts(str_trim(r->body), "<")) {
        judge_foreign(r, "Teams'", a, v);
        return;
    }
    *v = (struct verdict){.kind = VERDICT_DELIVERED};
    v->reason = judge_reason(r->status,
                             STR("accepted; Teams confirms no more"), a);
}

/* "... returned HTTP error 429 with ContextId ...": the status it hides. 0: none. */
static int hidden_status(struct str body)
{
    static const char mark[] = "HTTP error ";
    const char *at = memmem(body.p, body.n, mark, strlen(mark));
    int64_t status;

    if (at == NULL)
        return 0;
    body = str_from(body, (size_t)(at - body.p) + strlen(mark));
    if (!str_to_i64(str_first(body, 3), &status) || status < 400 || status > 599)
        return 0;
    return (int)status;
}

static void judge_connector(const struct response *r, struct arena *a,
                            struct verdict *v)
{
    struct str body = str_trim(r->body);
    int hidden = r->status == 200 && body.n > 0 ? hidden_status(body) : 0;

    if (hidden > 0) {
        judge_as(hidden, STR("said under a 200"), r, a, v);
    } else if (r->status / 100 != 2) {
        judge_as(r->status, r->body, r, a, v);
    } else if (str_starts(body, "<")) {
        judge_foreign(r, "Teams'", a, v);
    } else {
        bool done = r->status == 200 && str_is(body, "1");
        struct str said = arena_printf(a, "the answer is not 1, but \"%.*s\"",
                                       STR_ARG(body));

        *v = (struct verdict){.kind = done ? VERDICT_DELIVERED
                                           : VERDICT_DEFERRED,
                              .doubtful = !done};
        v->reason = judge_reason(r->status, done ? STR_NONE : said, a);
    }
}

static bool is_too_large(const struct response *r)
{
    return r->status == 413 ||
           (r->status == 200 && hidden_status(r->body) == 413);
}

/* What is too large alone goes once more with less; of many, one may be to blame,
 * and each is sent alone. */
static void judge_size(const struct render_input *in, const struct response *r,
                       struct arena *a, struct verdict *v)
{
    bool bare = in->step == TEAMS_BARE;

    if (v->kind == VERDICT_REFUSED && is_too_large(r) && in->count == 1 && !bare) {
        v->kind = VERDICT_AGAIN;
        v->step = TEAMS_BARE;
    } else if (v->kind == VERDICT_DELIVERED && bare) {
        v->reason = judge_reason(0, arena_printf(a, "%.*s; without its facts, "
                                                    "since it was too large",
                                                 STR_ARG(v->reason)), a);
    }
}

static void judge_read(const struct render_input *in, enum chat_deed deed unused,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    const struct teams *t = in->endpoint;

    if (t->format == TEAMS_MESSAGECARD)
        judge_connector(r, a, v);
    else
        judge_workflow(r, a, v);
    judge_size(in, r, a, v);
}

static void teams_judge(const struct render_input *in,
                        const struct request *sent unused,
                        const struct response *r, struct arena *a,
                        struct verdict *v)
{
    chat_judge(in, CHAT_POST, judge_read, r, a, v);
}

const struct endpoint_type endpoint_teams = {
    .name = "teams",
    .title = "MS Teams",
    .help = "Posts alerts to a channel of Microsoft Teams.",
    .via = VIA_HTTP,
    .batch_max = 10,
    .together_max = TOGETHER_MAX,
    .repeats_show = true,
    .rate_per_s = 1.8, /* with the burst never more than 60 in 30 s, */
    .rate_burst = 4,   /* nor 4 at once */
    .confirms_nothing = true, /* a connector does, but few are left */
    .own_words = true,
    .endpoint_size = sizeof(struct teams),
    .endpoint_fields = teams_fields,
    .recipient_fields = no_fields,
    .check = teams_check,
    .render = teams_render,
    .judge = teams_judge,
};
