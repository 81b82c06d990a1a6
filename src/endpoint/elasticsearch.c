/* elasticsearch.c -- each alert a document, many of them in one bulk request. */
#include "endpoint/elasticsearch.h"

#include <sodium.h>

#include "base/clock.h"
#include "base/limits.h"
#include "endpoint/ecs.h"
#include "message/escape.h"

#define BATCH_MAX 500
#define BODY_MAX 5000000 /* bytes of one bulk; more than one alert, at least one */
#define LINGER_MS 1000   /* a bulk costs the other side much, a document little */
#define DATE_BYTES 10    /* "2020-04-17" */
#define INDEX_MAX 255    /* bytes of an index's name */
#define PREFIX_MAX (INDEX_MAX - 1 - DATE_BYTES)
#define BULK_PATH                                                              \
    "/_bulk?filter_path=took,errors,items.*.status,items.*.error.type,"        \
    "items.*.error.reason"

static const char *const dates[] = {"YYYY-MM-DD", "YYYY.MM.DD", NULL};
static const char *const versions[] = {ECS_VERSION, ECS_VERSION_OLD, NULL};
static const char *const templates[] = {"none", "elasticsearch", "opensearch",
                                        "legacy", NULL};

static const struct field elasticsearch_fields[] = {
    {TEXT(struct elasticsearch, url),
     .label = "URL", .min = 8, .max = 2000, .format = "uri",
     .help = "Of the cluster, as https://search.example.net:9200; version 7 or "
             "later, or OpenSearch."},
    {TEXT(struct elasticsearch, username),
     .label = "User name", .optional = true, .max = 256,
     .help = "If the cluster asks for one."},
    {TEXT(struct elasticsearch, password),
     .label = "Password", .optional = true, .secret = true, .max = 256,
     .user = "username",
     .help = "That goes with the user name."},
    {TEXT(struct elasticsearch, api_key),
     .label = "API key", .optional = true, .secret = true, .max = 1024,
     .help = "In place of a user: id:key, or as encoded when it was made. The "
             "privileges create_doc and auto_configure on the indexes are "
             "enough to deliver."},
    CA_FILE(struct elasticsearch),
    {TEXT(struct elasticsearch, index_prefix),
     .label = "Index prefix", .fallback = PREFIX_FALLBACK, .min = 1,
     .max = PREFIX_MAX,
     .help = "Each day has an index of its own: the prefix, a dash and the date "
             "(UTC)."},
    {CHOICE(struct elasticsearch, index_date),
     .label = "Date in index names", .fallback = "YYYY-MM-DD", .choices = dates,
     .help = "How the date is written: alerts-ntopng-2020-04-17, or "
             "alerts-ntopng-2020.04.17."},
    {CHOICE(struct elasticsearch, ecs_version),
     .label = "ECS version", .fallback = ECS_VERSION, .choices = versions,
     .help = "Of the Elastic Common Schema; 1.6.0 is what ntopng says."},
    {FLAG(struct elasticsearch, scalar_category),
     .label = "One category", .fallback = "false",
     .help = "event.category as one word, as ntopng writes it, and not as a "
             "list, as ECS wants it."},
    {CHOICE(struct elasticsearch, index_template),
     .label = "Index template", .fallback = "none", .choices = templates,
     .words = true,
     .help = "Installed by each connection test, so that addresses, places and "
             "times are found as such. elasticsearch: for 7.14 or later; "
             "opensearch: for OpenSearch, and for Elasticsearch from 7.8 to "
             "7.13; legacy: for Elasticsearch before 7.8. The user or key needs "
             "the privilege manage_index_templates."},
    FIELDS_END,
};

static const struct field recipient_fields[] = {
    {TEXT(struct elasticsearch_recipient, index_prefix),
     .label = "Index prefix", .optional = true, .max = PREFIX_MAX,
     .help = "For this recipient, in place of the endpoint's."},
    FIELDS_END,
};

/* --- what is refused ----------------------------------------------------- */

static bool prefix_refuse(struct str prefix, const char *why, struct error *err)
{
    error_set(err, "\"%.*s\" %s", STR_ARG(prefix), why);
    return error_at(err, "index_prefix");
}

static bool is_index_byte(char c)
{
    return c > ' ' && c <= '~' && !(c >= 'A' && c <= 'Z') &&
           strchr("\\/*?\"<>|,#:", c) == NULL;
}

/* Elasticsearch's own templates make a data stream of every day for these. */
static bool is_taken(struct str prefix)
{
    static const char *const taken[] = {"logs", "metrics", "traces", "synthetics",
                                        "profiling"};
    struct str first = str_first(prefix, str_find(prefix, '-'));

    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        if (str_is(first, taken[i]))
            return true;
    }
    return false;
}

static bool check_prefix(struct str prefix, struct error *err)
{
    for (size_t i = 0; i < prefix.n; i++) {
        if (!is_index_byte(prefix.p[i]))
            return prefix_refuse(prefix, "cannot begin an index's name: use "
                                         "small letters, digits, '-', '_' and "
                                         "'.'", err);
    }
    if (prefix.n == 0)
        return true;
    if (strchr("-_+", prefix.p[0]) != NULL || str_is(prefix, ".") ||
        str_is(prefix, ".."))
        return prefix_refuse(prefix, "cannot begin an index's name: begin with "
                                     "a letter", err);
    if (is_taken(prefix))
        return prefix_refuse(prefix, "is one Elasticsearch keeps for data "
                                     "streams of its own, one a day would "
                                     "appear: choose another, like "
                                     PREFIX_FALLBACK, err);
    return true;
}

/* It goes into a header, as it is or as base64. */
static bool check_key(struct str key, struct error *err)
{
    size_t colon = str_find(key, ':');

    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] <= ' ' || key.p[i] > '~')
            colon = 0;
    }
    if (key.n == 0 || (colon > 0 && colon + 1 != key.n))
        return true;
    error_set(err, "is not an API key: give it as id:key, or as it was encoded "
                   "when it was made");
    return error_at(err, "api_key");
}

static bool check_login(const struct elasticsearch *e, struct error *err)
{
    if (e->api_key.n > 0 && (e->username.n > 0 || e->password.n > 0)) {
        error_set(err, "give an API key or a user name and password, not both");
        return error_at(err, "api_key");
    }
    if (e->password.n > 0 && e->username.n == 0) {
        error_set(err, "is needed next to a password");
        return error_at(err, "username");
    }
    return check_key(e->api_key, err);
}

static bool elasticsearch_check(const void *endpoint, const void *recipient,
                                struct error *err)
{
    const struct elasticsearch *e = endpoint;
    const struct elasticsearch_recipient *to = recipient;

    return (e == NULL || (check_base_url(e->url, "url", err) && check_login(e, err) &&
                          check_prefix(e->index_prefix, err))) &&
           (to == NULL || check_prefix(to->index_prefix, err));
}

/* --- requests ------------------------------------------------------------ */

struct str elasticsearch_prefix(const struct elasticsearch *e,
                                const struct elasticsearch_recipient *recipient)
{
    return recipient != NULL && recipient->index_prefix.n > 0
               ? recipient->index_prefix
               : e->index_prefix;
}

/* "id:key" is encoded; what has no colon is encoded already. */
static struct str key_encoded(struct str key, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(2 * PARAM_TEXT_MAX);

    if (str_find(key, ':') == key.n)
        buf_str(&b, key);
    else
        base64(&b, key);
    return arena_printf(a, "ApiKey %s", buf_c(&b));
}

void elasticsearch_request(const struct elasticsearch *e, const char *method,
                           const char *path, struct arena *a,
                           struct request *out)
{
    struct http_request *h = &out->http;

    render_http(out, method,
                arena_printf(a, "%.*s%s", STR_ARG(url_base(e->url)), path), true,
                e->ca_file);
    h->user = e->username;
    h->password = e->password;
    if (e->api_key.n > 0)
        render_header(h, "Authorization", key_encoded(e->api_key, a));
}

/* --- documents ----------------------------------------------------------- */

/* By the day of the event, in UTC and not by the day of sending: a document that
 * is sent again must find itself. */
static struct str index_of(const struct render_input *in, const struct alert *alert,
                           struct arena *a)
{
    const struct elasticsearch *e = in->endpoint;
    struct str prefix = elasticsearch_prefix(e, in->recipient);
    char date[TIME_TEXT_MAX];

    time_text(event_ms(alert), true, date);
    for (size_t i = 0; e->index_date == DATE_DOTS && i < DATE_BYTES; i++)
        date[i] = date[i] == '-' ? '.' : date[i];
    return arena_printf(a, "%.*s-%.*s", STR_ARG(prefix), DATE_BYTES, date);
}

/* The same on every try, and of no other alert: not even of one with its number
 * that another data directory under this name once gave out. */
static struct str id_of(const struct render_input *in,
                        const struct render_item *item, struct arena *a)
{
    const struct alert *alert = item->alert;
    struct str number = alert->id > 0
                            ? arena_printf(a, "%lld", (long long)alert->id)
                            : item->id;
    struct str text = arena_printf(a, "%.*s\n%.*s\n%s\n%lld",
                                   STR_ARG(in->place.instance), STR_ARG(number),
                                   action_name(alert->action),
                                   (long long)alert->tstamp_ms);
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof(hash) + 1];

    crypto_hash_sha256(hash, (const unsigned char *)text.p, text.n);
    return arena_str(a, str_of(sodium_bin2hex(hex, sizeof(hex), hash,
                                              sizeof(hash))));
}

static void action_write(const struct render_input *in,
                         const struct render_item *item, struct arena *a,
                         struct json_out *o)
{
    out_object(o, NULL);
    out_object(o, "create"); /* never over what is there */
    out_str(o, "_index", index_of(in, item->alert, a));
    out_str(o, "_id", id_of(in, item, a));
    out_object_end(o);
    out_object_end(o);
}

/* Two lines: what to do, and with what. */
static void item_write(const struct render_input *in,
                       const struct render_item *item, struct arena *a,
                       struct buf *to)
{
    const struct elasticsearch *e = in->endpoint;
    struct json_out action = JSON_OUT(to), document = JSON_OUT(to);
    struct ecs_options with = {
        .version = versions[e->ecs_version],
        .scalar_category = e->scalar_category,
        .geo = in->geo,
        .raw = true,
        .minimal = in->step == STEP_MINIMAL,
        .test = in->test,
        .text_max = 3 * ALERT_MESSAGE_MAX,
    };

    action_write(in, item, a, &action);
    buf_char(to, '\n');
    ecs_write(item->alert, &in->place, &with, &document, a);
    buf_char(to, '\n');
}

/* What does not fit any more is UNSENT; elasticsearch_judge() says so. */
static bool elasticsearch_render(const struct render_input *in, struct arena *a,
                                 struct request *out, struct error *err)
{
    struct buf body freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf one freed_by(buf_release) = BUF(REQUEST_MAX);

    elasticsearch_request(in->endpoint, "POST", BULK_PATH, a, out);
    out->answer_max = RESPONSE_LARGE_MAX;
    render_header(&out->http, "Content-Type", STR("application/x-ndjson"));
    for (size_t i = 0; i < in->count; i++) {
        buf_reset(&one);
        item_write(in, &in->items[i], a, &one);
        if (body.n > 0 && body.n + one.n > BODY_MAX)
            break;
        body.over = body.over || one.over;
        buf_str(&body, buf_view(&one));
    }
    return render_kept(&body, a, &out->http.body, err);
}

const struct endpoint_type endpoint_elasticsearch = {
    .name = "elasticsearch",
    .title = "Elasticsearch",
    .help = "Keeps alerts as documents in daily indexes of Elasticsearch or "
            "OpenSearch.",
    .via = VIA_HTTP,
    .batch_max = BATCH_MAX,
    .linger_ms = LINGER_MS,
    .endpoint_size = sizeof(struct elasticsearch),
    .recipient_size = sizeof(struct elasticsearch_recipient),
    .endpoint_fields = elasticsearch_fields,
    .recipient_fields = recipient_fields,
    .check = elasticsearch_check,
    .render = elasticsearch_render,
    .judge = elasticsearch_judge,
    .probe = elasticsearch_probe,
    .judge_probe = elasticsearch_judge_probe,
};
