/* filter.c -- the filters of a list of alerts: read from a request, and applied
 * to what is engaged, which is in memory and not in the history. */
#include "admin/filter.h"

#include "alert/ip.h"
#include "store/occurrence.h"

#define SHOWN 60
#define TEXT_MAX_BYTES 500

const char *const filter_params[] = {FILTER_PARAMS, NULL};

static struct str shown(struct str value)
{
    return str_first(value, utf8_cut(value, SHOWN));
}

static bool state_read(struct admin *a, struct exchange *x,
                       enum store_state *out, enum store_acked *acked)
{
    static const char *const names[] = {
        [STORE_ANY] = "any",
        [STORE_ENDED] = "ended",
        [STORE_ENGAGED] = "engaged",
    };
    struct str text = exchange_query(x, "state");

    if (!exchange_has_query(x, "state"))
        return true;
    if (str_is(text, "acknowledged")) {
        *acked = STORE_ACKED;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(text, names[i])) {
            *out = (enum store_state)i;
            return true;
        }
    return params_wrong(a, x, "state must be any, ended, engaged or "
                              "acknowledged, not "
                              "\"%.*s\"",
                        STR_ARG(shown(text)));
}

static bool severity_read(struct admin *a, struct exchange *x,
                          enum severity *out)
{
    struct str text = exchange_query(x, "severity");

    return !exchange_has_query(x, "severity") || severity_parse(text, out) ||
           params_wrong(a, x, "severity must be a word like warning or error, "
                              "not \"%.*s\"",
                        STR_ARG(shown(text)));
}

static bool entity_read(struct admin *a, struct exchange *x, int64_t *out)
{
    struct str text = exchange_query(x, "entity");
    enum entity entity;

    *out = -1;
    if (!exchange_has_query(x, "entity"))
        return true;
    if (!entity_parse(text, &entity))
        return params_wrong(a, x, "entity must be one of flow, host, interface, "
                                  "network, snmp_device, mac, user, am_host, "
                                  "system ..., not \"%.*s\"",
                            STR_ARG(shown(text)));
    *out = (int64_t)entity;
    return true;
}

static bool ip_read(struct admin *a, struct exchange *x, struct str *out)
{
    struct str text = exchange_query(x, "ip");
    struct ip ip;

    *out = text;
    return !exchange_has_query(x, "ip") || ip_parse(text, &ip) ||
           params_wrong(a, x, "ip must be an address like 192.168.1.7 or "
                              "2001:db8::1, not \"%.*s\"",
                        STR_ARG(shown(text)));
}

static bool text_read(struct admin *a, struct exchange *x, const char *name,
                      struct str *out)
{
    *out = exchange_query(x, name);
    return out->n <= TEXT_MAX_BYTES ||
           params_wrong(a, x, "%s is %zu bytes long; at most %d are taken",
                        name, out->n, TEXT_MAX_BYTES);
}

static bool condition_read(struct admin *a, struct exchange *x,
                           const struct filter **out)
{
    struct error err = {0};

    if (!exchange_has_query(x, "filter"))
        return true;
    *out = filter_parse(exchange_query(x, "filter"), exchange_arena(x), NULL,
                        &err);
    return *out != NULL || params_wrong(a, x, "filter: %s", err.text);
}

static bool position_read(struct admin *a, struct exchange *x,
                          struct store_query *out)
{
    struct page page;

    if (!params_page(a, x, &page))
        return false;
    out->limit = page.limit;
    return params_cursor(a, x, page.cursor, &out->before_tstamp_ms,
                         &out->before_id);
}

static bool acked_read(struct admin *a, struct exchange *x,
                       enum store_acked *out)
{
    struct str text = exchange_query(x, "acknowledged");

    if (!exchange_has_query(x, "acknowledged"))
        return true;
    *out = str_is(text, "true") ? STORE_ACKED : STORE_NOT_ACKED;
    return str_is(text, "true") || str_is(text, "false") ||
           params_wrong(a, x, "acknowledged must be true or false, not "
                              "\"%.*s\"",
                        STR_ARG(shown(text)));
}

bool filter_read(struct admin *a, struct exchange *x, struct store_query *out)
{
    return filter_read_among(a, x, filter_params, out);
}

bool filter_read_among(struct admin *a, struct exchange *x,
                       const char *const *names, struct store_query *out)
{
    *out = (struct store_query){0};
    return params_known(a, x, names) && position_read(a, x, out) &&
           acked_read(a, x, &out->acked) &&
           state_read(a, x, &out->state, &out->acked) &&
           params_time(a, x, "since", &out->since_ms) &&
           params_time(a, x, "until", &out->until_ms) &&
           severity_read(a, x, &out->minimum_severity) &&
           entity_read(a, x, &out->entity) && ip_read(a, x, &out->ip) &&
           text_read(a, x, "type", &out->type) &&
           text_read(a, x, "category", &out->category) &&
           text_read(a, x, "source", &out->source) &&
           text_read(a, x, "entity_value", &out->entity_value) &&
           text_read(a, x, "text", &out->text) &&
           condition_read(a, x, &out->filter);
}

/* --- engaged alerts --------------------------------------------------------- */

static bool is_or_any(struct str wanted, struct str value)
{
    return wanted.n == 0 || str_eq(wanted, value);
}

static bool holds_text(struct str where, struct str text)
{
    for (size_t at = 0; at + text.n <= where.n; at++)
        if (strncasecmp(where.p + at, text.p, text.n) == 0)
            return true;
    return false;
}

static bool ip_matches(struct str wanted, const struct occurrence *o,
                       struct arena *arena)
{
    struct str plain = address_plain(wanted, arena);

    return wanted.n == 0 || str_eq(plain, occurrence_text(o, COLUMN_CLI_IP)) ||
           str_eq(plain, occurrence_text(o, COLUMN_SRV_IP)) ||
           str_eq(plain, occurrence_text(o, COLUMN_IP));
}

static bool strings_match(const struct store_query *q,
                          const struct occurrence *o, struct arena *arena)
{
    struct str entity_value = occurrence_text(o, COLUMN_ENTITY_VALUE);

    return is_or_any(q->type, occurrence_text(o, COLUMN_TYPE)) &&
           is_or_any(q->category, occurrence_text(o, COLUMN_CATEGORY)) &&
           is_or_any(q->source, occurrence_text(o, COLUMN_SOURCE)) &&
           is_or_any(q->entity_value, entity_value) &&
           ip_matches(q->ip, o, arena) &&
           (q->text.n == 0 ||
            holds_text(occurrence_text(o, COLUMN_MESSAGE), q->text) ||
            holds_text(entity_value, q->text));
}

static bool asks_for_strings(const struct store_query *q)
{
    return q->type.n > 0 || q->category.n > 0 || q->source.n > 0 ||
           q->entity_value.n > 0 || q->ip.n > 0 || q->text.n > 0;
}

static bool asks_for_numbers(const struct store_query *q)
{
    return q->since_ms != 0 || q->until_ms != 0 || q->entity >= 0 ||
           q->minimum_severity != SEVERITY_NONE;
}

bool filter_is_open(const struct store_query *q)
{
    return !asks_for_strings(q) && !asks_for_numbers(q) && q->filter == NULL &&
           q->acked == STORE_ACKED_OR_NOT;
}

static bool condition_passes(const struct store_query *q,
                             const struct alert *alert)
{
    struct filter_subject s;
    bool passes;

    if (q->filter == NULL)
        return true;
    filter_subject_init(&s, alert, q->pools);
    passes = filter_ask(q->filter, &s) != FILTER_NO;
    filter_subject_release(&s);
    return passes;
}

bool filter_matches(const struct store_query *q, const struct engaged *e,
                    struct arena *arena)
{
    struct occurrence o;
    struct alert alert;

    if ((q->since_ms != 0 && e->tstamp_ms < q->since_ms) ||
        (q->until_ms != 0 && e->tstamp_ms >= q->until_ms) ||
        e->severity < q->minimum_severity ||
        (q->entity >= 0 && (int64_t)e->entity != q->entity) ||
        (q->acked != STORE_ACKED_OR_NOT &&
         (q->acked == STORE_ACKED) != (e->ack != NULL)) ||
        (q->acked_ms != 0 && q->acked_ms != e->ack->at_ms))
        return false;
    if (!asks_for_strings(q) && q->filter == NULL)
        return true;
    if (!alert_read(arena, json_parse(arena, e->json, NULL), 0, &alert, NULL) ||
        !condition_passes(q, &alert))
        return false;
    return !asks_for_strings(q) ||
           (occurrence_make(&alert, arena, &o, NULL) &&
            strings_match(q, &o, arena));
}
