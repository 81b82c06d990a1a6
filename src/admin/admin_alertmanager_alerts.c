/* admin_alertmanager_alerts.c -- Alertmanager's API v2 for alerts: what is engaged,
 * with the silences and the alert that keep it from being told, as the rules say now.
 * What came without labels is shown with some of ours, under names that a matcher
 * finds. There are no pages in that API: at most ADMIN_ENGAGED_SCAN_MAX alerts are
 * looked at, the newest; X-Tocsin-Truncated says so when there are more.
 * Source: Alertmanager's api/v2/openapi.yaml. */
#include "admin/matchers.h"
#include "admin/reply.h"
#include "admin/silencing.h"
#include "base/clock.h"
#include "routing/inhibitors.h"

/* --- what is asked for ------------------------------------------------------------ */

struct wanted {
    const struct filter *filter;    /* of the alerts; NULL: all */
    const struct filter *receivers; /* of their recipients; NULL: all */
    bool active, silenced, inhibited;
};

static bool flag_take(struct str name, struct str value, struct wanted *w)
{
    bool *flag = str_is(name, "active")      ? &w->active
                 : str_is(name, "silenced")  ? &w->silenced
                 : str_is(name, "inhibited") ? &w->inhibited
                                             : NULL;

    if (flag == NULL) /* "unprocessed" and "muted": nothing here ever is */
        return str_is(name, "unprocessed") || str_is(name, "muted");
    *flag = str_is(value, "true");
    return *flag || str_is(value, "false");
}

static bool matcher_add(struct buf *to, struct str text, struct arena *a,
                        struct error *err)
{
    struct matcher m;

    if (!matcher_parse(text, a, &m))
        return error_set(err, "filter: \"%.*s\" is no matcher like name=\"value\"",
                         STR_ARG(str_first(text, utf8_cut(text, 100))));
    buf_text(to, to->n > 1 ? ", " : "");
    matcher_text(&m, to);
    return true;
}

static const struct filter *receiver_filter(struct str pattern, struct arena *a,
                                            struct error *err)
{
    const struct matcher m = {STR("receiver"), pattern, true, true};
    struct buf text freed_by(buf_release) = BUF(FILTER_BYTES_MAX);

    buf_char(&text, '{');
    matcher_text(&m, &text);
    buf_char(&text, '}');
    return filter_parse(buf_view(&text), a, NULL, err);
}

/* False: err. What we do not know is an error rather than a wrong answer. */
static bool wanted_read(struct exchange *x, struct wanted *w, struct error *err)
{
    struct buf text freed_by(buf_release) = BUF(FILTER_BYTES_MAX);
    struct arena *a = exchange_arena(x);
    struct str name, value;

    *w = (struct wanted){.active = true, .silenced = true, .inhibited = true};
    buf_char(&text, '{');
    for (size_t at = 0; exchange_query_at(x, at, &name, &value); at++) {
        if (str_is(name, "filter")) {
            if (!matcher_add(&text, value, a, err))
                return false;
        } else if (str_is(name, "receiver")) {
            w->receivers = value.n > 0 ? receiver_filter(value, a, err) : NULL;
            if (value.n > 0 && w->receivers == NULL)
                return error_in(err, "receiver");
        } else if (!flag_take(name, value, w)) {
            return error_set(err, "%.*s: there is no such parameter or value",
                             STR_ARG(str_first(name, utf8_cut(name, 100))));
        }
    }
    if (text.n == 1)
        return true;
    buf_char(&text, '}');
    w->filter = filter_parse(buf_view(&text), a, NULL, err);
    return w->filter != NULL || error_in(err, "filter");
}

/* --- one alert ---------------------------------------------------------------------- */

struct list {
    const struct admin *a;
    const struct snapshot *s;
    const struct wanted *want;
    struct arena *arena;      /* of all of it */
    struct arena of_one;
    int64_t *recipients;      /* room for all */
    bool *chosen;             /* which recipients are among those wanted */
    bool truncated;
    size_t n, room;
    struct shown_alert {
        struct str json;
        int64_t *recipients; /* by id */
        size_t recipient_count, grouped; /* how many of them are written */
    } *v;
};

struct suppressed { /* why it is not, if it is not */
    const struct silence **silences;
    size_t silence_count;
    struct muted muted;
};

static void suppressed_find(struct list *l, struct filter_subject *subject, struct suppressed *out)
{
    const struct silences *all = &l->s->holds.silences;
    int64_t now_ms = clock_wall_ms(l->a->with.clock), until_ms;

    *out = (struct suppressed){
        .silences = arena_array(&l->of_one, all->n + 1, sizeof(void *))};
    /* One that keeps only some recipients from being told suppresses no alert. */
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].recipient_count == 0 &&
            silence_state(&all->v[i], now_ms, &until_ms) == SILENCE_ACTIVE &&
            silence_hits(&all->v[i], subject))
            out->silences[out->silence_count++] = &all->v[i];
    inhibitors_find(l->a->with.hold_state->inhibitors, &l->s->holds.inhibitions, subject,
                    &l->of_one, &out->muted);
}

static bool state_is_wanted(const struct wanted *w, const struct suppressed *t)
{
    bool silenced = t->silence_count > 0, inhibited = t->muted.by != NULL;

    return (w->active || silenced || inhibited) && (w->silenced || !silenced) &&
           (w->inhibited || !inhibited);
}

/* Sixteen hexadecimal digits, as theirs. */
static struct str fingerprint(int64_t id, struct arena *a)
{
    return arena_printf(a, "%016llx", (unsigned long long)id);
}

static void labels_write(const struct alert *a, struct json_out *o)
{
    static const char *const facts[] = {"cli_ip", "srv_ip", "ifname", "name"};
    const struct json *own = alert_fact(a, "labels");

    if (json_is(own, JSON_OBJECT) && own->count > 0) {
        out_tree(o, "labels", own);
        return;
    }
    out_object(o, "labels");
    out_str(o, "alertname", a->type);
    out_text(o, "severity", severity_name(a->severity));
    out_str(o, "category", a->category);
    out_text(o, "entity", entity_name(a->entity));
    out_str(o, "entity_value", a->entity_value);
    out_str(o, "source", a->source);
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        if (alert_fact_text(a, facts[i]).n > 0)
            out_str(o, facts[i], alert_fact_text(a, facts[i]));
    out_object_end(o);
}

static void annotations_write(const struct alert *a, struct arena *arena,
                              struct json_out *o)
{
    const struct json *own = alert_fact(a, "annotations");

    if (json_is(own, JSON_OBJECT)) {
        out_tree(o, "annotations", own);
        return;
    }
    out_object(o, "annotations");
    out_str(o, "summary", alert_title(a, arena));
    out_str(o, "description", a->message);
    out_object_end(o);
}

static void status_write(const struct suppressed *t, struct arena *arena, struct json_out *o)
{
    out_object(o, "status");
    out_text(o, "state",
             t->silence_count > 0 || t->muted.by != NULL ? "suppressed" : "active");
    out_array(o, "silencedBy");
    for (size_t i = 0; i < t->silence_count; i++)
        out_str(o, NULL, silence_uuid(t->silences[i], arena));
    out_array_end(o);
    out_array(o, "inhibitedBy");
    if (t->muted.by != NULL)
        out_str(o, NULL, fingerprint(t->muted.source_id, arena));
    out_array_end(o);
    out_array(o, "mutedBy");
    out_array_end(o);
    out_object_end(o);
}

static void receivers_write(const struct list *l, const int64_t *ids, size_t n,
                            struct json_out *o)
{
    out_array(o, "receivers");
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_str(o, "name", snapshot_recipient_id(l->s, ids[i])->name);
        out_object_end(o);
    }
    out_array_end(o);
}

static void alert_show(struct list *l, const struct alert *a, const struct engaged *e,
                       const struct suppressed *t, size_t recipients, struct json_out *o)
{
    int64_t now_ms = clock_wall_ms(l->a->with.clock);
    struct str link = alert_fact_text(a, "generatorURL");

    out_object(o, NULL);
    labels_write(a, o);
    annotations_write(a, &l->of_one, o);
    receivers_write(l, l->recipients, recipients, o);
    out_str(o, "fingerprint", fingerprint(a->id, &l->of_one));
    out_time(o, "startsAt", a->tstamp_ms);
    out_time(o, "updatedAt", e->last_ms);
    /* One without a lease has no end in sight: a day stands for it. */
    out_time(o, "endsAt", e->lease_ms != 0 ? e->lease_ms : now_ms + 86400000);
    if (link.n > 0)
        out_str(o, "generatorURL", link);
    status_write(t, &l->of_one, o);
    out_object_end(o);
}

static bool has_wanted_receiver(const struct list *l, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (l->chosen[snapshot_recipient_id(l->s, l->recipients[i]) - l->s->recipients])
            return true;
    return l->want->receivers == NULL;
}

static void alert_keep(struct list *l, struct str json, size_t recipients)
{
    struct shown_alert *to = &l->v[l->n++];

    to->json = arena_str(l->arena, json);
    to->recipients = arena_array(l->arena, recipients + 1, sizeof *to->recipients);
    to->recipient_count = recipients;
    memcpy(to->recipients, l->recipients, recipients * sizeof *to->recipients);
}

static bool alert_take(struct list *l, const struct engaged *e, struct error *err)
{
    struct buf json freed_by(buf_release) = BUF(4u * ALERT_JSON_MAX);
    struct json_out o = JSON_OUT(&json);
    struct filter_subject subject freed_by(filter_subject_release);
    struct alert alert = {0};
    struct suppressed by;
    const struct json *line;
    size_t n, matched;

    arena_reset(&l->of_one);
    filter_subject_init(&subject, &alert, l->s->pools);
    line = json_parse(&l->of_one, e->json, err);
    if (line == NULL || !alert_read(&l->of_one, line, e->tstamp_ms, &alert, err))
        return error_in(err, "engaged alert %lld as kept", (long long)e->id);
    alert.id = e->id;
    if (l->want->filter != NULL && filter_ask(l->want->filter, &subject) != FILTER_YES)
        return true;
    suppressed_find(l, &subject, &by);
    n = routing_match(l->s->routing, &(struct routed){&alert, CHANGE_ENGAGED, {0}},
                      l->recipients, &matched);
    if (!state_is_wanted(l->want, &by) || !has_wanted_receiver(l, n))
        return true;
    alert_show(l, &alert, e, &by, n, &o);
    if (json.over)
        return error_set(err, "alert %lld is too long to be shown", (long long)e->id);
    alert_keep(l, buf_view(&json), n);
    return true;
}

/* --- all of them ---------------------------------------------------------------------- */

/* The regular expression of a receiver is a filter like any: on an alert of that name. */
static void receivers_choose(struct list *l)
{
    l->chosen = arena_array(l->arena, l->s->recipient_count + 1, sizeof *l->chosen);
    for (size_t i = 0; i < l->s->recipient_count; i++) {
        struct json_list facts = {0};
        struct alert alert = {0};
        struct filter_subject subject freed_by(filter_subject_release);

        json_list_add(&facts, l->arena, STR("receiver"),
                      json_new_string(l->arena, l->s->recipients[i].name));
        alert.facts = json_new_object(l->arena, &facts);
        filter_subject_init(&subject, &alert, NULL);
        l->chosen[i] = l->want->receivers == NULL ||
                     filter_ask(l->want->receivers, &subject) == FILTER_YES;
    }
}

static bool alerts_take(struct list *l, struct error *err)
{
    const struct registry *registry = l->a->with.registry;
    const struct engaged *some[64];
    int64_t before = 0;
    size_t looked_at = 0, n;

    l->room = MIN(registry_count(registry), (size_t)ADMIN_ENGAGED_SCAN_MAX);
    l->truncated = registry_count(registry) > l->room;
    l->v = arena_array(l->arena, l->room + 1, sizeof *l->v);
    l->recipients =
        arena_array(l->arena, l->s->recipient_count + 1, sizeof *l->recipients);
    receivers_choose(l);
    while (looked_at < l->room) {
        n = registry_list(registry, before, MIN(COUNT_OF(some), l->room - looked_at),
                          some);
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            if (!alert_take(l, some[i], err))
                return false;
        looked_at += n;
        before = some[n - 1]->id;
    }
    return true;
}

/* False: answered. */
static bool list_read(const struct admin *a, struct exchange *x, struct wanted *want,
                      struct list *l)
{
    struct error err = {0};

    *l = (struct list){.a = a, .s = config_now(a->with.config), .want = want,
                       .arena = exchange_arena(x)};
    if (!wanted_read(x, want, &err)) {
        alertmanager_refuse(x, 400, err.text);
        return false;
    }
    if (!alerts_take(l, &err)) {
        alertmanager_refuse(x, 500, err.text);
        return false;
    }
    if (l->truncated)
        exchange_header_add(x, "X-Tocsin-Truncated", STR("true"));
    return true;
}

static void list_release(struct list *l)
{
    arena_release(&l->of_one);
}

/* Both answers are an array, of what `write` makes of the list. */
static void list_answer(const struct admin *a, struct exchange *x,
                        void (*write)(struct list *l, struct json_out *o))
{
    struct wanted want;
    struct list l freed_by(list_release) = {0};
    struct reply r freed_by(reply_release) = {0};

    if (!list_read(a, x, &want, &l))
        return;
    reply_init(&r);
    out_array(&r.out, NULL);
    write(&l, &r.out);
    out_array_end(&r.out);
    reply_send(&r, x, 200);
}

static void alerts_write(struct list *l, struct json_out *o)
{
    for (size_t i = 0; i < l->n; i++)
        out_raw(o, NULL, l->v[i].json);
}

static void alerts_get(void *admin, struct exchange *x)
{
    list_answer(admin, x, alerts_write);
}

/* --- groups: alerts are not grouped here, so that each recipient has one ---------------- */

/* Asked for all recipients, by id. */
static bool is_for(struct shown_alert *a, int64_t recipient_id)
{
    while (a->grouped < a->recipient_count && a->recipients[a->grouped] < recipient_id)
        a->grouped++;
    return a->grouped < a->recipient_count && a->recipients[a->grouped] == recipient_id;
}

static void group_write(struct list *l, const struct recipient *to,
                        struct json_out *o)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++) {
        if (!is_for(&l->v[i], to->id))
            continue;
        if (n++ == 0) {
            out_object(o, NULL);
            out_object(o, "labels");
            out_object_end(o);
            out_object(o, "receiver");
            out_str(o, "name", to->name);
            out_object_end(o);
            out_array(o, "alerts");
        }
        out_raw(o, NULL, l->v[i].json);
    }
    if (n == 0)
        return;
    out_array_end(o);
    out_object_end(o);
}

static void groups_write(struct list *l, struct json_out *o)
{
    for (size_t i = 0; i < l->s->recipient_count; i++)
        if (l->chosen[i])
            group_write(l, &l->s->recipients[i], o);
}

static void groups_get(void *admin, struct exchange *x)
{
    list_answer(admin, x, groups_write);
}

static const struct route routes[] = {
    {"GET", "/api/v2/alerts", ACCESS_ALERTS_READ, 0, alerts_get},
    {"GET", "/api/v2/alerts/groups", ACCESS_ALERTS_READ, 0, groups_get},
    {.method = NULL},
};

void admin_alertmanager_alerts(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
