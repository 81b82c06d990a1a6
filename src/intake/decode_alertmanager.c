/* decode_alertmanager.c -- what Prometheus and its like push to an Alertmanager:
 * POST /api/v2/alerts. A firing alert comes again and again with an endsAt a few
 * minutes ahead: a lease, not an end. */
#include "base/clock.h"
#include "base/limits.h"
#include "intake/batch.h"

/* Alertmanager's own, unless it is set. */
#define RESOLVE_TIMEOUT_MS (5 * 60 * 1000)

/* The labels an alert is made of. */
enum label {
    L_ALERTNAME,
    L_SEVERITY,
    L_CATEGORY,
    L_TEAM,
    L_COMPONENT,
    L_INSTANCE,
    L_DEVICE,
    L_IFNAME,
    L_NODE,
    L_POD,
    L_HOST,
    L_JOB,
};

static const char *const label_names[] = {
    [L_ALERTNAME] = "alertname", [L_SEVERITY] = "severity",
    [L_CATEGORY] = "category",   [L_TEAM] = "team",
    [L_COMPONENT] = "component", [L_INSTANCE] = "instance",
    [L_DEVICE] = "device",       [L_IFNAME] = "ifName",
    [L_NODE] = "node",           [L_POD] = "pod",
    [L_HOST] = "host",           [L_JOB] = "job",
};

#define LABEL_COUNT COUNT_OF(label_names)

struct pushed {
    struct str label[LABEL_COUNT];
    const struct json *labels, *annotations, *starts_at, *ends_at;
    struct json_list facts;
    struct arena *arena;
    struct error *err;
};

static bool at(struct pushed *p, const char *segment)
{
    return error_at(p->err, segment);
}

/* An object of strings, as labels and annotations must be. */
static bool all_strings(struct pushed *p, const struct json *object,
                        const char *what)
{
    if (!json_is(object, JSON_OBJECT)) {
        error_set(p->err, "must be an object, not %s",
                  json_type_name(object->type));
        return at(p, what);
    }
    for (const struct json *m = object->first; m != NULL; m = m->next) {
        if (m->type == JSON_STRING)
            continue;
        error_set(p->err, "must be a string, not %s", json_type_name(m->type));
        error_at(p->err, arena_c(p->arena, str_first(m->name, 64)));
        return at(p, what);
    }
    return true;
}

static void pick_label(struct pushed *p, const struct json *label)
{
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        if (label->name.n > 0 && label_names[i][0] == label->name.p[0] &&
            str_is(label->name, label_names[i])) {
            p->label[i] = label->text;
            return;
        }
    }
}

static bool read_labels(struct pushed *p)
{
    if (p->labels == NULL) {
        error_set(p->err, "at least one label pair required");
        return at(p, "labels");
    }
    if (!all_strings(p, p->labels, "labels"))
        return false;
    for (const struct json *l = p->labels->first; l != NULL; l = l->next)
        pick_label(p, l);
    if (p->label[L_ALERTNAME].n == 0) {
        error_set(p->err, "the label alertname is missing: it names the alert");
        return at(p, "labels");
    }
    return true;
}

static void sort_members(struct pushed *p, const struct json *j)
{
    for (const struct json *m = j->first; m != NULL; m = m->next) {
        bool null = m->type == JSON_NULL;

        if (str_is(m->name, "labels"))
            p->labels = null ? NULL : m;
        else if (str_is(m->name, "annotations"))
            p->annotations = null ? NULL : m;
        else if (str_is(m->name, "startsAt"))
            p->starts_at = null ? NULL : m;
        else if (str_is(m->name, "endsAt"))
            p->ends_at = null ? NULL : m;
        else
            fact_add(p->arena, &p->facts, "alertmanager", j, m);
    }
    if (p->labels != NULL)
        json_list_add(&p->facts, p->arena, p->labels->name, p->labels);
    if (p->annotations != NULL)
        json_list_add(&p->facts, p->arena, p->annotations->name,
                      p->annotations);
}

/* "10.0.0.1:9100" and "[2001:db8::1]:9100" are about a host, not about the port
 * of its exporter. A URL, or an IPv6 address alone, has none to take away. */
static struct str without_port(struct str s)
{
    size_t colon = str_find(s, ':');
    struct str port;

    if (str_starts(s, "[")) {
        struct str inside = str_from(s, 1);

        return str_first(inside, str_find(inside, ']'));
    }
    port = str_from(s, colon + 1);
    if (colon == s.n || port.n == 0 || port.n > 5)
        return s;
    for (size_t i = 0; i < port.n; i++) {
        if (port.p[i] < '0' || port.p[i] > '9')
            return s;
    }
    return str_first(s, colon);
}

static void find_entity(const struct pushed *p, struct alert *a)
{
    static const struct {
        enum label label;
        enum entity entity;
    } ladder[] = {
        {L_INSTANCE, ENTITY_HOST},    {L_DEVICE, ENTITY_INTERFACE},
        {L_IFNAME, ENTITY_INTERFACE}, {L_NODE, ENTITY_HOST},
        {L_POD, ENTITY_HOST},         {L_HOST, ENTITY_HOST},
        {L_JOB, ENTITY_OTHER},        {L_ALERTNAME, ENTITY_OTHER},
    };
    size_t i = 0;
    struct str value;

    while (p->label[ladder[i].label].n == 0)
        i++; /* it has an alertname */
    value = p->label[ladder[i].label];
    if (ladder[i].label == L_INSTANCE)
        value = without_port(value);
    a->entity = ladder[i].entity;
    a->entity_value = fit(p->arena, value, ALERT_ENTITY_VALUE_MAX, "");
}

static struct str find_category(const struct pushed *p)
{
    static const enum label from[] = {L_CATEGORY, L_TEAM, L_COMPONENT};

    for (size_t i = 0; i < COUNT_OF(from); i++) {
        if (p->label[from[i]].n > 0)
            return fit(p->arena, p->label[from[i]], ALERT_NAME_MAX, "");
    }
    return STR("prometheus");
}

/* A word of the sender's own ("sev2") stays in the labels; until told otherwise
 * it is worth a warning. */
static enum severity find_severity(const struct pushed *p)
{
    enum severity s = SEVERITY_WARNING;

    return severity_parse(p->label[L_SEVERITY], &s) ? s : SEVERITY_WARNING;
}

static bool read_time(struct pushed *p, const struct json *j, const char *name,
                      int64_t *out)
{
    *out = 0;
    if (j == NULL)
        return true;
    if (time_parse(json_text(j), out)) {
        *out = MAX(*out, 0); /* before 1970 is as good as never */
        return true;
    }
    error_set(p->err, "must be a time as in RFC 3339 (2020-11-23T14:20:56Z)");
    return at(p, name);
}

static bool read_times(struct pushed *p, const struct decode_options *o,
                       struct alert *a)
{
    int64_t ends_ms, lease_ms = o->resolve_timeout_ms;

    if (!read_time(p, p->starts_at, "startsAt", &a->tstamp_ms) ||
        !read_time(p, p->ends_at, "endsAt", &ends_ms))
        return false;
    if (a->tstamp_ms == 0)
        a->tstamp_ms = ends_ms > 0 ? MIN(ends_ms, o->now_ms) : o->now_ms;
    if (ends_ms > 0 && ends_ms <= o->now_ms) {
        a->action = ACTION_RELEASE;
        a->tstamp_end_ms = ends_ms;
        return true;
    }
    a->action = ACTION_ENGAGE;
    if (lease_ms <= 0)
        lease_ms = RESOLVE_TIMEOUT_MS;
    a->lease_ms = ends_ms > 0 ? ends_ms : o->now_ms + lease_ms;
    return true;
}

static struct str find_message(const struct pushed *p)
{
    static const char *const from[] = {"summary", "description", "message"};

    for (size_t i = 0; i < COUNT_OF(from); i++) {
        struct str text = json_text(json_get(p->annotations, from[i]));

        if (text.n > 0)
            return text;
    }
    return STR_NONE;
}

static bool take(struct arena *arena, const struct json *j,
                 const struct decode_options *o, struct incoming *out,
                 struct error *err)
{
    struct pushed p = {.arena = arena, .err = err};
    struct alert *a = &out->alert;

    if (!json_is(j, JSON_OBJECT))
        return error_set(err, "an alert is an object, not %s",
                         json_type_name(j->type));
    *a = (struct alert){.type_id = -1, .source = STR("alertmanager")};
    sort_members(&p, j);
    if (!read_labels(&p) ||
        (p.annotations && !all_strings(&p, p.annotations, "annotations")) ||
        !read_times(&p, o, a))
        return false;
    find_entity(&p, a);
    a->type = fit(arena, p.label[L_ALERTNAME], ALERT_NAME_MAX, "");
    a->category = find_category(&p);
    a->severity = find_severity(&p);
    a->score = severity_score(a->severity);
    a->key = alertmanager_fingerprint(arena, p.labels);
    a->facts = json_new_object(arena, &p.facts);
    a->message = fit(arena, find_message(&p), ALERT_MESSAGE_MAX, "\n\t\r");
    if (a->message.n == 0)
        a->message = described(arena, a);
    return alert_check(a, err);
}

bool decode_alertmanager(struct arena *a, struct str body,
                         const struct decode_options *o, struct batch *out,
                         int *status, struct error *err)
{
    struct decoding d = {a, o, out, status, err, take};
    const struct json *array;
    bool taken;

    *out = (struct batch){0};
    *status = 400;
    array = json_parse(a, body, err);
    if (array == NULL)
        return false;
    if (!json_is(array, JSON_ARRAY))
        return error_set(err, "the body must be an array of alerts, not %s",
                         json_type_name(array->type));
    taken = batch_take_array(&d, array);
    *status = 400; /* an Alertmanager knows no 422 */
    return taken;
}
