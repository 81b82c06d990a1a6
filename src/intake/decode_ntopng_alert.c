/* decode_ntopng_alert.c -- one alert as ntopng's webhook, its shell script and its
 * JSON syslog send it. What can be understood is taken; only what would be
 * understood wrongly is refused, for ntopng does not send it another time. */
#include "base/limits.h"
#include "intake/batch.h"
#include "intake/ntopng.h"

#include <sodium.h>

/* What an alert is made of; all else is a fact. */
enum part {
    P_ACTION,
    P_ENTITY_ID,
    P_ENTITY_VAL,
    P_ALERT_ID,
    P_CATEGORY,
    P_SCORE,
    P_SEVERITY,
    P_TSTAMP,
    P_TSTAMP_END,
    P_JSON,
    P_MESSAGE,
    P_OLD_ENTITY, /* up to 4.2, in numbers of their own */
    P_OLD_TYPE,
    P_OLD_SEVERITY,
    P_TYPE_WORD, /* 3.x */
    P_ENTITY_WORD,
};

static const char *const part_names[] = {
    [P_ACTION] = "action",
    [P_ENTITY_ID] = "entity_id",
    [P_ENTITY_VAL] = "entity_val",
    [P_ALERT_ID] = "alert_id",
    [P_CATEGORY] = "alert_category",
    [P_SCORE] = "score",
    [P_SEVERITY] = "severity",
    [P_TSTAMP] = "tstamp",
    [P_TSTAMP_END] = "tstamp_end",
    [P_JSON] = "json",
    [P_MESSAGE] = "message",
    [P_OLD_ENTITY] = "alert_entity",
    [P_OLD_TYPE] = "alert_type",
    [P_OLD_SEVERITY] = "alert_severity",
    [P_TYPE_WORD] = "type",
    [P_ENTITY_WORD] = "entity_type",
};

#define PART_COUNT COUNT_OF(part_names)

/* How deep the decoded inner JSON may be to stay a tree and not a string. */
#define INNER_DEPTH_MAX 12

struct given {
    const struct json *part[PART_COUNT]; /* NULL: not there, or null */
    const struct json *whole;
    const struct json *inner; /* of `json`, when it is an object */
    struct json_list facts;
    struct arena *arena;
    struct error *err;
    struct alert *a;
};

static bool at(struct given *g, enum part p)
{
    const struct json *j = g->part[p];

    return error_at(g->err, j == NULL || j->name.n == 0
                                ? part_names[p]
                                : arena_c(g->arena, j->name));
}

static bool wrong(struct given *g, enum part p, const char *wanted)
{
    error_set(g->err, "must be %s, not %s", wanted,
              json_type_name(g->part[p]->type));
    return at(g, p);
}

static bool is_wrong_type(const struct given *g, enum part p,
                          enum json_type type)
{
    return g->part[p] != NULL && g->part[p]->type != type;
}

static size_t part_find(struct str name)
{
    size_t i = 0;

    while (i < PART_COUNT &&
           (name.p[0] != part_names[i][0] || !str_is(name, part_names[i])))
        i++;
    return i;
}

static void keep(struct given *g, const struct json *fact)
{
    fact_add(g->arena, &g->facts, "ntopng", g->whole, fact);
}

/* An old name counts as the present one, unless both are there. */
static struct json under_present_name(struct given *g, const struct json *m)
{
    struct json renamed = *m;
    struct str now = legacy_name(m->name);

    if (now.n > 0 && json_get(g->whole, now.p) == NULL)
        renamed.name = now;
    return renamed;
}

static void sort_members(struct given *g)
{
    for (const struct json *m = g->whole->first; m != NULL; m = m->next) {
        struct json renamed = under_present_name(g, m);
        size_t i = renamed.name.n == 0 ? PART_COUNT : part_find(renamed.name);

        if (i == PART_COUNT)
            keep(g, &renamed);
        else if (m->type != JSON_NULL)
            g->part[i] = m;
    }
}

static bool is_deeper_than(const struct json *j, unsigned levels)
{
    if (j->first != NULL && levels == 0)
        return true;
    for (const struct json *m = j->first; m != NULL; m = m->next) {
        if (is_deeper_than(m, levels - 1))
            return true;
    }
    return false;
}

/* `json` is a string with JSON inside up to 6.x, an object since. One that does
 * not parse (old ones were not always escaped) stays the string it is. */
static void read_inner(struct given *g)
{
    const struct json *j = g->part[P_JSON];
    const struct json *parsed = j;

    if (j == NULL)
        return;
    if (j->type == JSON_STRING)
        parsed = json_parse(g->arena, j->text, NULL);
    if (json_is(parsed, JSON_OBJECT) && !is_deeper_than(parsed, INNER_DEPTH_MAX))
        g->inner = parsed;
    json_list_add(&g->facts, g->arena, str_of(part_names[P_JSON]),
                  g->inner != NULL ? g->inner : j);
}

static bool read_number(struct given *g, enum part p, int64_t *out)
{
    if (is_wrong_type(g, p, JSON_NUMBER))
        return wrong(g, p, "a number");
    if (json_i64(g->part[p], out) && *out >= 0)
        return true;
    error_set(g->err, "%.*s is not a number that can stand here",
              STR_ARG(str_first(g->part[p]->text, 40)));
    return at(g, p);
}

/* Tells a reader of the explorer what we had no word for. */
static bool keep_part(struct given *g, enum part p)
{
    keep(g, g->part[p]);
    return true;
}

static bool read_entity(struct given *g)
{
    int64_t number;

    g->a->entity = ENTITY_OTHER;
    if (g->part[P_ENTITY_ID] != NULL)
        return read_number(g, P_ENTITY_ID, &number) &&
               (entity_from_number(number, &g->a->entity) ||
                keep_part(g, P_ENTITY_ID));
    if (g->part[P_OLD_ENTITY] != NULL)
        return read_number(g, P_OLD_ENTITY, &number) &&
               (legacy_entity(number, &g->a->entity) ||
                keep_part(g, P_OLD_ENTITY));
    if (is_wrong_type(g, P_ENTITY_WORD, JSON_STRING))
        return wrong(g, P_ENTITY_WORD, "a string");
    if (g->part[P_ENTITY_WORD] != NULL)
        return entity_parse(g->part[P_ENTITY_WORD]->text, &g->a->entity) ||
               keep_part(g, P_ENTITY_WORD);
    if (json_get(g->whole, "cli_ip") != NULL)
        g->a->entity = ENTITY_FLOW;
    else if (json_get(g->whole, "notification_type") != NULL)
        g->a->entity = ENTITY_SYSTEM;
    return true;
}

static void known_type(struct given *g, const struct alert_type *t)
{
    g->a->type = str_of(t->key);
    g->a->type_id = t->number;
}

/* 3.x said the type itself, 4.x the check that found it. */
static void named_type(struct given *g, struct str name)
{
    const struct alert_type *t = catalogue_by_key(g->a->entity, name);

    if (t != NULL)
        known_type(g, t);
    else
        g->a->type = fit(g->arena, name, ALERT_NAME_MAX, "");
}

static void numbered_type(struct given *g, int64_t number)
{
    const struct alert_type *t = catalogue_by_number(g->a->entity, number);

    if (t != NULL) {
        known_type(g, t);
        return;
    }
    g->a->type_id = number <= INT32_MAX ? (int32_t)number : -1;
    g->a->type = arena_printf(g->arena, "alert_%lld", (long long)number);
}

/* Of another numbering, where the same number is something else. */
static void old_numbered_type(struct given *g, int64_t number)
{
    struct str script = legacy_script_key(g->arena, g->inner);

    if (script.n > 0)
        named_type(g, script);
    else
        g->a->type = arena_printf(g->arena, "alert_%lld", (long long)number);
}

/* Reports and scans have no type of an alert, but say what they are. */
static struct str notification_type(const struct given *g)
{
    return json_text(json_get(g->whole, "notification_type"));
}

static bool read_type(struct given *g)
{
    struct str word = json_text(g->part[P_TYPE_WORD]);
    int64_t number;

    g->a->type_id = -1;
    if (is_wrong_type(g, P_TYPE_WORD, JSON_STRING))
        return wrong(g, P_TYPE_WORD, "a string");
    if (g->part[P_ALERT_ID] != NULL) {
        if (!read_number(g, P_ALERT_ID, &number))
            return false;
        numbered_type(g, number);
    } else if (word.n > 0) {
        named_type(g, word);
    } else if (g->part[P_OLD_TYPE] != NULL) {
        if (!read_number(g, P_OLD_TYPE, &number))
            return false;
        old_numbered_type(g, number);
    } else {
        word = notification_type(g);
        named_type(g, word.n > 0 ? word : STR("unknown"));
    }
    return true;
}

static bool read_category(struct given *g)
{
    int64_t number;

    if (g->part[P_CATEGORY] != NULL) {
        if (!read_number(g, P_CATEGORY, &number))
            return false;
        if (number < CATEGORY_COUNT) {
            g->a->category = str_of(category_names[number]);
            return true;
        }
        keep_part(g, P_CATEGORY);
    }
    g->a->category = str_of(category_default(g->a->entity, g->a->type));
    return true;
}

static bool read_action(struct given *g)
{
    const struct json *j = g->part[P_ACTION];

    g->a->action = ACTION_STORE;
    if (j == NULL)
        return true;
    if (j->type != JSON_STRING)
        return wrong(g, P_ACTION, "a string");
    if (action_parse(j->text, &g->a->action))
        return true;
    error_set(g->err, "\"%.*s\" is not one of engage, release, store",
              STR_ARG(str_first(j->text, utf8_cut(j->text, 40))));
    return at(g, P_ACTION);
}

static bool read_score(struct given *g)
{
    double d;

    if (is_wrong_type(g, P_SCORE, JSON_NUMBER))
        return wrong(g, P_SCORE, "a number");
    if (json_double(g->part[P_SCORE], &d) && d >= 0) {
        g->a->score = d < INT32_MAX ? (int64_t)d : INT32_MAX;
        return true;
    }
    error_set(g->err, "%.*s is no score",
              STR_ARG(str_first(g->part[P_SCORE]->text, 40)));
    return at(g, P_SCORE);
}

/* As said today, a number of nine steps, or a word as in 3.x. */
static bool said_severity(struct given *g, enum severity *out)
{
    const struct json *j = g->part[P_SEVERITY];

    return j != NULL && (severity_parse(json_text(j), out) ||
                         severity_from_number(json_i64_or(j, -1), out));
}

static bool old_severity(struct given *g, enum severity *out)
{
    bool has_pool = json_get(g->whole, "pool_id") != NULL;

    return g->part[P_OLD_SEVERITY] != NULL &&
           legacy_severity(json_i64_or(g->part[P_OLD_SEVERITY], -1), has_pool,
                           out);
}

static bool check_severity_type(struct given *g)
{
    if (g->part[P_SEVERITY] != NULL &&
        is_wrong_type(g, P_SEVERITY, JSON_NUMBER) &&
        is_wrong_type(g, P_SEVERITY, JSON_STRING))
        return wrong(g, P_SEVERITY, "a number or a word");
    if (is_wrong_type(g, P_OLD_SEVERITY, JSON_NUMBER))
        return wrong(g, P_OLD_SEVERITY, "a number");
    return true;
}

/* Flows and hosts carry a score only; thresholds both; releases before 5.0 only
 * a severity. An old severity next to a score is of no further use, for the
 * score does not depend on the release that sent it. */
static bool read_severity_and_score(struct given *g)
{
    struct alert *a = g->a;
    const struct alert_type *t = catalogue_by_key(a->entity, a->type);
    bool scored = g->part[P_SCORE] != NULL;

    if (!check_severity_type(g) || (scored && !read_score(g)))
        return false;
    if (said_severity(g, &a->severity)) {
        a->score = scored ? a->score : severity_score(a->severity);
        return true;
    }
    if (g->part[P_SEVERITY] != NULL)
        keep_part(g, P_SEVERITY);
    if (scored) {
        a->severity = severity_from_score(a->score);
    } else if (old_severity(g, &a->severity)) {
        a->score = severity_score(a->severity);
    } else {
        a->score = t != NULL && t->score >= 0
                       ? t->score
                       : severity_score(SEVERITY_NOTICE);
        a->severity = severity_from_score(a->score);
    }
    return true;
}

static bool read_time(struct given *g, enum part p, int64_t *out)
{
    if (is_wrong_type(g, p, JSON_NUMBER))
        return wrong(g, p, "a number of seconds");
    if (g->part[p] == NULL || alert_read_time(g->part[p], out))
        return true;
    error_set(g->err, "%.*s is no time in seconds since 1970",
              STR_ARG(str_first(g->part[p]->text, 40)));
    return at(g, p);
}

/* tstamp_end is "now" in an engage and a store of some producers. */
static bool read_times(struct given *g, int64_t now_ms)
{
    struct alert *a = g->a;

    if (!read_time(g, P_TSTAMP, &a->tstamp_ms) ||
        !read_time(g, P_TSTAMP_END, &a->tstamp_end_ms))
        return false;
    if (a->tstamp_ms == 0)
        a->tstamp_ms = now_ms;
    if (a->action == ACTION_ENGAGE ||
        (a->action == ACTION_STORE && a->tstamp_end_ms <= a->tstamp_ms))
        a->tstamp_end_ms = 0;
    if (a->action == ACTION_RELEASE && a->tstamp_end_ms == 0)
        a->tstamp_end_ms = now_ms;
    return true;
}

/* What the two ends of a flow are told by. */
static bool check_flow(struct given *g)
{
    static const struct {
        const char *name;
        enum json_type type;
    } ends[] = {
        {"cli_ip", JSON_STRING},   {"srv_ip", JSON_STRING},
        {"cli_port", JSON_NUMBER}, {"srv_port", JSON_NUMBER},
        {"proto", JSON_NUMBER},
    };

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        const struct json *fact = alert_fact(g->a, ends[i].name);

        if (fact == NULL || fact->type == ends[i].type ||
            fact->type == JSON_NULL)
            continue;
        error_set(g->err, "must be %s, not %s", json_type_name(ends[i].type),
                  json_type_name(fact->type));
        return error_at(g->err, ends[i].name);
    }
    return true;
}

static bool read_entity_value(struct given *g)
{
    const struct json *j = g->part[P_ENTITY_VAL];
    struct alert *a = g->a;

    /* An interface's is its number. */
    if (j != NULL && j->type != JSON_STRING && j->type != JSON_NUMBER)
        return wrong(g, P_ENTITY_VAL, "a string");
    if (j != NULL)
        a->entity_value = fit(g->arena, j->text, ALERT_ENTITY_VALUE_MAX, "");
    if (a->entity == ENTITY_HOST && str_ends(a->entity_value, "@0"))
        a->entity_value.n -= 2; /* VLAN 0 is none; 5.x leaves it out */
    if (a->entity != ENTITY_FLOW)
        return true;
    if (!check_flow(g))
        return false;
    if (a->entity_value.n == 0 || str_is(a->entity_value, "flow"))
        a->entity_value = fit(g->arena, alert_flow_value(a, g->arena),
                              ALERT_ENTITY_VALUE_MAX, "");
    return true;
}

static bool read_message(struct given *g)
{
    struct alert *a = g->a;

    if (is_wrong_type(g, P_MESSAGE, JSON_STRING))
        return wrong(g, P_MESSAGE, "a string");
    a->message = fit(g->arena, json_text(g->part[P_MESSAGE]), ALERT_MESSAGE_MAX,
                     "\n\t\r");
    if (a->message.n == 0)
        a->message = described(g->arena, a);
    return true;
}

/* What pairs an engage with its release. 3.x said `alert_key` for a subtype. */
static struct str key_of(const struct alert *a, struct arena *arena)
{
    struct str subtype = alert_fact_text(a, "subtype");
    struct str parts[] = {
        STR("ntopng"),
        alert_fact_text(a, "ifid"),
        str_of(entity_name(a->entity)),
        a->entity_value,
        a->type,
        subtype.n > 0 ? subtype : alert_fact_text(a, "alert_key"),
        alert_fact_text(a, "granularity"),
    };
    struct str key = a->entity == ENTITY_FLOW
                         ? alert_key(a, arena)
                         : alert_key_join(arena, parts, COUNT_OF(parts));

    return fit(arena, key, ALERT_KEY_MAX, "");
}

#define HASH_BYTES 16

/* ntopng sends a body again when the answer takes it too long. */
static struct str content_hash(struct arena *arena, const struct json *j)
{
    struct buf content freed_by(buf_release) = BUF(INTAKE_BODY_MAX * 2);
    struct json_out o = JSON_OUT(&content);
    unsigned char hash[HASH_BYTES];
    char *hex = arena_new(arena, 2 * HASH_BYTES + 1);

    out_tree(&o, NULL, j);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)content.p,
                       content.n, NULL, 0);
    sodium_bin2hex(hex, 2 * HASH_BYTES + 1, hash, sizeof(hash));
    return (struct str){hex, 2 * HASH_BYTES};
}

/* One of those that every alert has had, in its time. */
static bool looks_like_ntopng(const struct given *g)
{
    return g->part[P_ALERT_ID] != NULL || g->part[P_ENTITY_ID] != NULL ||
           g->part[P_OLD_TYPE] != NULL || g->part[P_OLD_ENTITY] != NULL ||
           g->part[P_TYPE_WORD] != NULL || notification_type(g).n > 0;
}

/* What something newer says as well, and old numbers, are facts all the same. */
static void keep_unused(struct given *g)
{
    const struct json *const *part = g->part;
    bool numbered = part[P_ALERT_ID] != NULL;
    bool known = part[P_ENTITY_ID] != NULL;

    if (part[P_OLD_TYPE] != NULL)
        keep_part(g, P_OLD_TYPE);
    if (part[P_OLD_SEVERITY] != NULL)
        keep_part(g, P_OLD_SEVERITY);
    if (part[P_TYPE_WORD] != NULL && numbered)
        keep_part(g, P_TYPE_WORD);
    if (part[P_OLD_ENTITY] != NULL && known)
        keep_part(g, P_OLD_ENTITY);
    if (part[P_ENTITY_WORD] != NULL && (known || part[P_OLD_ENTITY] != NULL))
        keep_part(g, P_ENTITY_WORD);
}

bool decode_ntopng_alert(struct arena *a, const struct json *j,
                         const struct decode_options *o, struct incoming *out,
                         struct error *err)
{
    struct given g = {.whole = j, .arena = a, .err = err, .a = &out->alert};

    out->alert = (struct alert){.source = STR("ntopng")};
    if (!json_is(j, JSON_OBJECT))
        return error_set(err, "an alert is an object, not %s",
                         json_type_name(j->type));
    sort_members(&g);
    if (!looks_like_ntopng(&g))
        return error_set(err, "this is no alert of ntopng: it has no alert_id");
    read_inner(&g);
    keep_unused(&g);
    /* Whatever adds facts comes first. */
    if (!read_entity(&g) || !read_type(&g) || !read_category(&g) ||
        !read_action(&g) || !read_severity_and_score(&g) ||
        !read_times(&g, o->now_ms))
        return false;
    if (g.facts.count > 0)
        out->alert.facts = json_new_object(a, &g.facts);
    if (!read_entity_value(&g) || !read_message(&g))
        return false;
    out->alert.key = key_of(&out->alert, a);
    out->idempotency = content_hash(a, j);
    return alert_check(&out->alert, err);
}
