/* elasticsearch_probe.c -- is it one, and new enough; and the index template. */
#include "endpoint/elasticsearch.h"

#include "base/limits.h"

#define VERSION_MIN 7
#define PRIORITY 150 /* above Elastic's own, which have 100 */
#define KEYWORD_MAX 1024 /* characters, as in ECS */
#define FLATTENED_MAX 8191 /* characters: of four bytes each Lucene takes no more */

enum question { ASK_VERSION, ASK_TEMPLATE };

/* --- the template -------------------------------------------------------- */

static void put_type(struct json_out *o, const char *name, const char *type)
{
    out_object(o, name);
    out_text(o, "type", type);
    out_object_end(o);
}

static void properties(struct json_out *o, const char *name)
{
    out_object(o, name);
    out_object(o, "properties");
}

static void properties_end(struct json_out *o)
{
    out_object_end(o);
    out_object_end(o);
}

static void put_event(struct json_out *o)
{
    properties(o, "event");
    put_type(o, "created", "date");
    put_type(o, "start", "date");
    put_type(o, "end", "date");
    put_type(o, "severity", "long");
    put_type(o, "severity_label", "keyword");
    put_type(o, "risk_score", "float");
    put_type(o, "duration", "long");
    out_object(o, "original");
    out_text(o, "type", "keyword");
    out_bool(o, "index", false);
    out_bool(o, "doc_values", false);
    out_object_end(o);
    properties_end(o);
}

static void put_side(struct json_out *o, const char *name)
{
    properties(o, name);
    put_type(o, "ip", "ip");
    put_type(o, "port", "long");
    properties(o, "geo");
    put_type(o, "location", "geo_point");
    properties_end(o);
    properties_end(o);
}

static void put_ip(struct json_out *o, const char *name)
{
    properties(o, name);
    put_type(o, "ip", "ip");
    properties_end(o);
}

/* The alert as it is: searched where the server can, else only kept, so that no
 * two sources can have different ideas of one name. */
static void put_alert(struct json_out *o, bool modern)
{
    out_object(o, "alert");
    out_text(o, "type", modern ? "flattened" : "object");
    if (modern)
        out_i64(o, "ignore_above", FLATTENED_MAX);
    else
        out_bool(o, "enabled", false);
    out_object_end(o);
}

/* ECS's text fields are few: other strings are keywords. */
static void put_strings(struct json_out *o)
{
    out_array(o, "dynamic_templates");
    out_object(o, NULL);
    out_object(o, "strings");
    out_text(o, "match_mapping_type", "string");
    out_object(o, "mapping");
    out_text(o, "type", "keyword");
    out_i64(o, "ignore_above", KEYWORD_MAX);
    out_object_end(o);
    out_object_end(o);
    out_object_end(o);
    out_array_end(o);
}

static void put_mappings(struct json_out *o, bool modern)
{
    out_object(o, "mappings");
    out_bool(o, "date_detection", false);
    out_text(o, "dynamic", "true");
    put_strings(o);
    out_object(o, "properties");
    put_type(o, "@timestamp", "date");
    put_type(o, "message", modern ? "match_only_text" : "text");
    put_event(o);
    put_side(o, "source");
    put_side(o, "destination");
    put_ip(o, "host");
    put_ip(o, "related");
    properties(o, "network");
    properties(o, "vlan");
    put_type(o, "id", "keyword");
    properties_end(o);
    properties_end(o);
    put_alert(o, modern);
    properties_end(o);
}

static void put_settings(struct json_out *o)
{
    out_object(o, "settings");
    out_i64(o, "index.number_of_shards", 1);
    out_object_end(o);
}

static void template_write(struct str pattern, enum index_template kind,
                           struct json_out *o)
{
    bool legacy = kind == TEMPLATE_LEGACY;

    out_object(o, NULL);
    out_array(o, "index_patterns");
    out_str(o, NULL, pattern);
    out_array_end(o);
    out_i64(o, legacy ? "order" : "priority", PRIORITY);
    if (!legacy)
        out_object(o, "template");
    put_settings(o);
    put_mappings(o, kind == TEMPLATE_ELASTICSEARCH);
    if (!legacy)
        out_object_end(o);
    out_object_end(o);
}

static struct str template_name(struct str prefix, struct arena *a)
{
    struct str token = render_token(a, prefix, prefix.n);

    return arena_printf(a, "tocsin-%.*s", STR_ARG(token));
}

static bool template_render(const struct render_input *in, struct arena *a,
                            struct request *out, struct error *err)
{
    const struct elasticsearch *e = in->endpoint;
    enum index_template kind = (enum index_template)e->index_template;
    struct str prefix = elasticsearch_prefix(e, in->recipient);
    struct str name = template_name(prefix, a);
    struct buf b freed_by(buf_release) = BUF(RESPONSE_MAX);
    struct json_out o = JSON_OUT(&b);
    struct str path = arena_printf(
        a, "/%s/%.*s",
        kind == TEMPLATE_LEGACY ? "_template" : "_index_template", STR_ARG(name));

    elasticsearch_request(e, "PUT", path.p, a, out);
    render_header(&out->http, "Content-Type", STR("application/json"));
    template_write(arena_printf(a, "%.*s-*", STR_ARG(prefix)), kind, &o);
    return render_kept(&b, a, &out->http.body, err);
}

/* --- the questions ------------------------------------------------------- */

bool elasticsearch_probe(const struct render_input *in, size_t nth,
                         struct arena *a, struct probe *out, struct error *err)
{
    const struct elasticsearch *e = in->endpoint;

    err->text[0] = '\0';
    if (nth == ASK_VERSION) {
        out->name = "version";
        elasticsearch_request(e, "GET", "/", a, &out->request);
        return true;
    }
    if (nth != ASK_TEMPLATE || e->index_template == TEMPLATE_NONE)
        return false;
    out->name = "index template";
    return template_render(in, a, &out->request, err);
}

static struct verdict found(struct str what)
{
    return (struct verdict){.kind = VERDICT_DELIVERED, .reason = what};
}

static struct verdict wrong(struct str what)
{
    return (struct verdict){.kind = VERDICT_REFUSED, .reason = what};
}

/* OpenSearch counts from 1 and is as good as 7; serverless has no version that
 * means anything. */
static struct verdict version_judge(const struct json *version, struct arena *a)
{
    struct str number = json_text(json_get(version, "number"));
    struct str flavour = json_text(json_get(version, "build_flavor"));
    struct str distribution = json_text(json_get(version, "distribution"));
    struct str rest = number;
    int64_t major;

    if (!str_to_i64(str_until(&rest, '.'), &major))
        return wrong(STR("200 OK, but it is no Elasticsearch that answers; is "
                         "the URL right?"));
    number = judge_reason(0, str_first(number, 40), a);
    if (str_is(distribution, "opensearch"))
        return found(arena_printf(a, "OpenSearch %.*s", STR_ARG(number)));
    if (str_is(flavour, "serverless"))
        return found(STR("Elasticsearch, serverless"));
    if (major < VERSION_MIN)
        return wrong(arena_printf(a, "Elasticsearch %.*s is too old: at least "
                                     "version %d is needed",
                                  STR_ARG(number), VERSION_MIN));
    return found(arena_printf(a, "Elasticsearch %.*s", STR_ARG(number)));
}

static struct response told(const struct response *r, struct arena *a)
{
    struct response out = *r;
    struct str said = elasticsearch_error(
        json_get(json_parse(a, r->body, NULL), "error"), a);

    if (said.n > 0)
        out.body = said;
    return out;
}

/* A key that may only deliver is a good key. */
static void asked_version(const struct response *r, struct arena *a,
                          struct verdict *v)
{
    struct response said = told(r, a);

    if (r->outcome == OUTCOME_ANSWERED && r->status == 200)
        *v = version_judge(json_get(json_parse(a, r->body, NULL), "version"), a);
    else if (r->outcome == OUTCOME_ANSWERED && r->status == 403)
        *v = found(STR("it answers, but this user or key may not see its "
                       "version (privilege monitor); that does not stop "
                       "deliveries"));
    else
        judge_answer(&said, a, v);
}

static const char *advice(int status)
{
    if (status == 401 || status == 403)
        return "; the privilege manage_index_templates is needed";
    return status == 400 || status == 404 || status == 405
               ? "; see index_template: another choice may fit this version"
               : "";
}

static void asked_template(const struct render_input *in, const struct response *r,
                           struct arena *a, struct verdict *v)
{
    struct str name =
        template_name(elasticsearch_prefix(in->endpoint, in->recipient), a);
    struct response said = told(r, a);

    judge_answer(&said, a, v);
    if (v->kind == VERDICT_DELIVERED)
        v->reason = arena_printf(a, "%.*s is installed", STR_ARG(name));
    else if (r->outcome == OUTCOME_ANSWERED)
        v->reason = judge_reason(0, arena_printf(a, "%.*s%s", STR_ARG(v->reason),
                                                 advice(r->status)), a);
}

void elasticsearch_judge_probe(const struct render_input *in, size_t nth,
                               const struct response *r, struct arena *a,
                               struct verdict *v)
{
    if (nth == ASK_VERSION)
        asked_version(r, a, v);
    else
        asked_template(in, r, a, v);
}
