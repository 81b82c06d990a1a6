/* elasticsearch.h -- what the files of the elasticsearch type share; private to
 * them. */
#ifndef ENDPOINT_ELASTICSEARCH_H
#define ENDPOINT_ELASTICSEARCH_H

#include "endpoint/make.h"

enum index_date { DATE_DASHES, DATE_DOTS };
enum index_template {
    TEMPLATE_NONE,
    TEMPLATE_ELASTICSEARCH, /* composable, with types of 7.14 */
    TEMPLATE_OPENSEARCH,    /* composable, with types that all have */
    TEMPLATE_LEGACY,        /* for 7.0 to 7.7, which know no other */
};

struct elasticsearch {
    struct str url, username, password, api_key, ca_file, index_prefix;
    int index_date, ecs_version, index_template;
    bool scalar_category;
};
struct elasticsearch_recipient {
    struct str index_prefix; /* in place of the endpoint's; empty: none */
};

#define PREFIX_FALLBACK "alerts-ntopng"

/* The recipient's, else the endpoint's. `recipient` may be NULL. */
struct str elasticsearch_prefix(const struct elasticsearch *e,
                                const struct elasticsearch_recipient *recipient);

/* Empty, to PATH below the endpoint's URL, with its credentials. */
void elasticsearch_request(const struct elasticsearch *e, const char *method,
                           const char *path, struct arena *a,
                           struct request *out);

/* What an error object of an answer says: "security_exception: no permission". */
struct str elasticsearch_error(const struct json *error, struct arena *a);

/* elasticsearch_judge.c: item by item.
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk */
void elasticsearch_judge(const struct render_input *in, const struct request *sent,
                         const struct response *r, struct arena *a,
                         struct verdict *v);
#define STEP_MINIMAL 1 /* the same alerts, with little for a mapping to refuse */

/* elasticsearch_probe.c: which version is there; then the template, if any. */
bool elasticsearch_probe(const struct render_input *in, size_t nth,
                         struct arena *a, struct probe *out, struct error *err);
void elasticsearch_judge_probe(const struct render_input *in, size_t nth,
                               const struct response *r, struct arena *a,
                               struct verdict *v);

#endif
