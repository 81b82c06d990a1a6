/* thehive.c -- makes alerts in TheHive, and notes their end there.
 * Source: docs.strangebee.com, "TheHive API docs" (5.7.3) and "API changes"; for
 * version 4 TheHive-Project's documentation of its v0 API. */
#include "endpoint/thehive.h"

#include "base/limits.h"
#include "endpoint/mail_address.h"

#define ID_MAX 64
#define REFERENCE_MAX 100 /* of the instance's name in it; 128 in all */
#define SOURCE_MAX 32
#define TAG_OVER "state:released"
#define TAG_ACKED "state:acknowledged"

static const char *const versions[] = {"5", "4", NULL};
static const char *const tlps[] = {"clear", "green", "amber", "amber+strict",
                                   "red", NULL};
static const char *const paps[] = {"clear", "green", "amber", "red", NULL};

static const struct field thehive_fields[] = {
    {TEXT(struct thehive, url),
     .label = "Server URL", .min = 8, .max = 2000, .format = "uri",
     .help = "Where TheHive is, as https://thehive.example.com, without /api; it "
             "may be in your own network."},
    {TEXT(struct thehive, api_key),
     .label = "API key", .secret = true, .min = 8, .max = 256,
     .help = "Of a user with the right manageAlert/create; to note the end of "
             "alerts, also manageAlert/update and manageComment."},
    {CHOICE(struct thehive, version),
     .label = "Version", .fallback = "5", .choices = versions,
     .help = "TheHive's main version: the two name some things differently."},
    {TEXT(struct thehive, observable_url),
     .label = "Observable URL", .optional = true, .max = 2000, .format = "uri",
     .help = "A URL to put among the observables of every alert, such as that of "
             "the probe."},
    {TEXT(struct thehive, observable_email),
     .label = "Observable email", .optional = true, .max = 254,
     .format = "email",
     .help = "A mail address to put among the observables of every alert, such "
             "as that of those who run the network."},
    CA_FILE(struct thehive),
    FIELDS_END,
};

static const struct field thehive_recipient_fields[] = {
    {TEXT(struct thehive_recipient, organisation),
     .label = "Organisation", .optional = true, .max = 128,
     .help = "The organisation to make the alerts in; without one, the user's "
             "own."},
    {CHOICE(struct thehive_recipient, tlp),
     .label = "TLP", .fallback = "amber", .choices = tlps,
     .help = "Traffic Light Protocol: with whom it may be shared."},
    {CHOICE(struct thehive_recipient, pap),
     .label = "PAP", .fallback = "amber", .choices = paps,
     .help = "Permissible Actions Protocol: what may be done with it."},
    FIELDS_END,
};

/* --- check ---------------------------------------------------------------- */

static bool observables_ok(const struct thehive *t, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct mail_address address;

    if (t->observable_url.n > 0 &&
        !check_url(t->observable_url, "observable_url", err))
        return false;
    if (t->observable_email.n == 0 ||
        mail_address_parse(t->observable_email, &a, &address, err))
        return true;
    return error_at(err, "observable_email");
}

static bool endpoint_ok(const struct thehive *t, struct error *err)
{
    if (!check_base_url(t->url, "url", err))
        return false;
    if (!check_token(t->api_key, "+/=-_.~"))
        return check_refuse(err, "api_key",
                            "must be the key as TheHive shows it: letters, "
                            "digits, + / and =");
    return observables_ok(t, err);
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    }
    return true;
}

static bool recipient_ok(const struct thehive *t,
                         const struct thehive_recipient *r, struct error *err)
{
    if (!is_plain(r->organisation))
        return check_refuse(err, "organisation",
                            "must be of plain characters: it goes into a header");
    if (t == NULL || t->version == THEHIVE_5 || r->tlp != TLP_STRICT)
        return true;
    return check_refuse(err, "tlp",
                        "must be another: TheHive 4 knows no amber+strict");
}

static bool thehive_check(const void *endpoint, const void *recipient,
                          struct error *err)
{
    return (endpoint == NULL || endpoint_ok(endpoint, err)) &&
           (recipient == NULL || recipient_ok(endpoint, recipient, err));
}

/* --- what is asked -------------------------------------------------------- */

bool thehive_is_id(struct str id)
{
    return id.n <= ID_MAX && check_token(id, "~-_");
}

struct str thehive_id(const struct render_input *in)
{
    struct str id = in->carry.n > 0 ? in->carry : in->items[0].handle;

    return thehive_is_id(id) ? id : STR_NONE;
}

/* The end of an alert whose id was not told is looked for by its reference. */
enum thehive_deed thehive_deed(const struct render_input *in)
{
    bool known = thehive_id(in).n > 0;

    switch ((enum thehive_step)in->step) {
    case THEHIVE_FIRST:
        if (!phase_follows(in->items[0].phase))
            return HIVE_CREATE;
        return known ? HIVE_NOTE : HIVE_FIND;
    case THEHIVE_BARE:
        return HIVE_CREATE;
    case THEHIVE_FIND:
        return HIVE_FIND;
    case THEHIVE_NOTE:
        return known ? HIVE_NOTE : HIVE_FIND;
    case THEHIVE_TAG:
        return known ? HIVE_TAG : HIVE_FIND;
    }
    bug("no such step");
}

/* With its time, because numbers begin anew with a new data directory. An end that
 * comes alone bears the reference of its beginning, too: should that
 * have arrived, TheHive says so. */
struct str thehive_reference(const struct render_input *in, struct arena *a)
{
    const struct alert *alert = in->items[0].alert;
    int64_t id = alert->began_id > 0 ? alert->began_id : alert->id;
    struct str instance = render_token(a, in->place.instance, REFERENCE_MAX);

    if (id > 0)
        return arena_printf(a, "%.*s:%lld:%lld", STR_ARG(instance), (long long)id,
                            (long long)alert->tstamp_ms);
    return arena_printf(a, "%.*s:%.*s", STR_ARG(instance),
                        STR_ARG(render_token(a, in->items[0].id, 26)));
}

struct str thehive_source(const struct render_input *in, struct arena *a)
{
    return str_first(arena_printf(a, "tocsin:%.*s",
                                  STR_ARG(render_token(a, in->place.instance,
                                                       SOURCE_MAX))),
                     SOURCE_MAX);
}

/* --- the request ---------------------------------------------------------- */

/* `path` goes behind "/api", and begins with a slash. */
static void request_begin(const struct render_input *in, const char *method,
                          struct str path, struct arena *a, struct request *out)
{
    const struct thehive *t = in->endpoint;

    render_http(out, method,
                arena_printf(a, "%.*s/api%.*s", STR_ARG(url_base(t->url)),
                             STR_ARG(path)),
                true, t->ca_file);
}

static void authorize(const struct render_input *in, struct arena *a,
                      struct http_request *h)
{
    const struct thehive *t = in->endpoint;
    const struct thehive_recipient *r = in->recipient;

    render_header(h, "Authorization",
                  arena_printf(a, "Bearer %.*s", STR_ARG(t->api_key)));
    if (r != NULL && r->organisation.n > 0)
        render_header(h, "X-Organisation", r->organisation);
}

static const char *method_of(const struct thehive *t, enum thehive_deed deed)
{
    return deed == HIVE_TAG || (deed == HIVE_NOTE && t->version == THEHIVE_4)
               ? "PATCH"
               : "POST";
}

static struct str path_of(const struct render_input *in, enum thehive_deed deed,
                          struct arena *a)
{
    const struct thehive *t = in->endpoint;
    const char *v1 = t->version == THEHIVE_5 ? "/v1" : "";
    struct str id = thehive_id(in);

    switch (deed) {
    case HIVE_CREATE:
        return arena_printf(a, "%s/alert", v1);
    case HIVE_FIND:
        return STR("/v1/query?name=tocsin-alert");
    case HIVE_NOTE:
        return arena_printf(a, "%s/alert/%.*s%s", v1, STR_ARG(id),
                            t->version == THEHIVE_5 ? "/comment" : "");
    case HIVE_TAG:
        return arena_printf(a, "%s/alert/%.*s", v1, STR_ARG(id));
    }
    bug("no such deed");
}

static void query_field(struct json_out *o, const char *field, struct str value)
{
    out_object(o, NULL);
    out_text(o, "_field", field);
    out_str(o, "_value", value);
    out_object_end(o);
}

static void write_query(const struct render_input *in, struct arena *a,
                        struct json_out *o)
{
    out_object(o, NULL);
    out_array(o, "query");
    out_object(o, NULL);
    out_text(o, "_name", "listAlert");
    out_object_end(o);
    out_object(o, NULL);
    out_text(o, "_name", "filter");
    out_array(o, "_and");
    query_field(o, "sourceRef", thehive_reference(in, a));
    query_field(o, "source", thehive_source(in, a));
    out_array_end(o);
    out_object_end(o);
    out_object(o, NULL);
    out_text(o, "_name", "page");
    out_i64(o, "from", 0);
    out_i64(o, "to", 1);
    out_object_end(o);
    out_array_end(o);
    out_object_end(o);
}

static void write_tags(struct json_out *o, const char *what, const char *tag)
{
    out_array(o, what);
    out_text(o, NULL, tag);
    out_array_end(o);
}

static void write_tag(const struct render_item *item, struct json_out *o)
{
    out_object(o, NULL);
    if (item->phase == PHASE_WORSENED)
        out_i64(o, "severity", thehive_severity(item->alert));
    else if (phase_is_ack(item->phase))
        write_tags(o, item->phase == PHASE_ACKED ? "addTags" : "removeTags", TAG_ACKED);
    else
        write_tags(o, "addTags", TAG_OVER);
    out_object_end(o);
}

static void write_body(const struct render_input *in, enum thehive_deed deed,
                       struct arena *a, struct json_out *o)
{
    switch (deed) {
    case HIVE_CREATE:
        thehive_alert(in, a, o);
        return;
    case HIVE_FIND:
        write_query(in, a, o);
        return;
    case HIVE_NOTE:
        thehive_note(in, a, o);
        return;
    case HIVE_TAG:
        write_tag(&in->items[0], o);
        return;
    }
}

static bool thehive_render(const struct render_input *in, struct arena *a,
                           struct request *out, struct error *err)
{
    enum thehive_deed deed = thehive_deed(in);
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);

    request_begin(in, method_of(in->endpoint, deed), path_of(in, deed, a), a, out);
    authorize(in, a, &out->http);
    render_header(&out->http, "Content-Type", STR("application/json"));
    write_body(in, deed, a, &o);
    return render_kept(&b, a, &out->http.body, err);
}

/* --- questions ------------------------------------------------------------ */

/* The first is answered without a key: is it TheHive, and which? */
static bool thehive_probe(const struct render_input *in, size_t nth,
                          struct arena *a, struct probe *out, struct error *err)
{
    const struct thehive *t = in->endpoint;
    struct str status = t->version == THEHIVE_5 ? STR("/v1/status/public")
                                                : STR("/status");

    *err = (struct error){0};
    if (nth > 1)
        return false;
    out->name = nth == 0 ? "status" : "current user";
    request_begin(in, "GET", nth == 0 ? status : STR("/v1/user/current"), a,
                  &out->request);
    if (nth == 1)
        authorize(in, a, &out->request.http);
    return true;
}

const struct endpoint_type endpoint_thehive = {
    .name = "thehive",
    .title = "TheHive",
    .help = "Makes alerts with observables in TheHive, and notes when they are "
            "acknowledged, worse, or over.",
    .via = VIA_HTTP,
    .batch_max = 1,
    .edits = true,
    .shows_ack = true,
    .own_words = true,
    .endpoint_size = sizeof(struct thehive),
    .recipient_size = sizeof(struct thehive_recipient),
    .endpoint_fields = thehive_fields,
    .recipient_fields = thehive_recipient_fields,
    .check = thehive_check,
    .render = thehive_render,
    .judge = thehive_judge,
    .probe = thehive_probe,
    .judge_probe = thehive_judge_probe,
};
