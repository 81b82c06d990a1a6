/* build_recipients.c -- the recipients of a snapshot, and who gets what. */
#include "base/limits.h"
#include "config/build.h"

static bool recipient_failed(struct build *b, const struct object *o,
                             size_t edit)
{
    object_blame(b->err, o->kind, o->name);
    return build_failed(b, edit, CONFIG_INVALID);
}

static bool not_there(struct build *b, const struct object *o,
                      enum object_kind kind, struct str name)
{
    if (build_is_gone(b, kind, name))
        return false;
    model_not_found(b->m, kind, name, b->err);
    if (kind == OBJECT_ENDPOINT)
        error_at(b->err, "endpoint");
    if (kind == OBJECT_RECIPIENT)
        error_at(b->err, "escalate_to");
    error_in(b->err, "recipient \"%.*s\"", STR_ARG(o->name));
    return build_failed(b, o->edit, CONFIG_INVALID);
}

static bool recipient_endpoint(struct build *b, const struct object *o,
                               struct recipient *r)
{
    struct str name = json_text(json_get(o->json, "endpoint"));

    r->endpoint = hash_get(&b->endpoints, name);
    if (r->endpoint != NULL)
        return true;
    if (name.n > 0 && !str_is(name, ENDPOINT_BUILTIN))
        return not_there(b, o, OBJECT_ENDPOINT, name);
    if (name.n == 0)
        error_set(b->err, "needs an endpoint: the name of one");
    else
        error_set(b->err, "the endpoint \"" ENDPOINT_BUILTIN "\" has its own "
                          "recipient and takes no other");
    error_at(b->err, "endpoint");
    error_in(b->err, "recipient \"%.*s\"", STR_ARG(o->name));
    return build_failed(b, o->edit, CONFIG_INVALID);
}

static bool recipient_pools(struct build *b, const struct object *o,
                            const struct criterion *pools)
{
    for (size_t i = 0; i < pools->n; i++) {
        if (str_is(pools->v[i], POOL_DEFAULT) ||
            pools_find_name(b->s->pools, pools->v[i]) != NULL)
            continue;
        not_there(b, o, OBJECT_POOL, pools->v[i]);
        if (b->blame->result == CONFIG_IN_USE)
            return false;
        error_at_index(b->err, i);
        return error_at(b->err, "host_pools");
    }
    return true;
}

static bool recipient_params(struct build *b, const struct object *o,
                             size_t edit, struct recipient *r)
{
    const struct endpoint_type *type = r->endpoint->type;
    struct params p = {
        .rows = type->recipient_fields,
        .given = json_get(o->json, "params"),
        .size = type->recipient_size,
        .touched = edit != 0,
    };
    bool right = build_params(b, &p);

    if (right && p.fault.n == 0 && r->endpoint->fault.n == 0 &&
        type->check != NULL && !type->check(r->endpoint->params, p.out, b->err))
        right = build_fault(b, &p);
    if (!right) {
        error_at(b->err, "params");
        return recipient_failed(b, o, edit);
    }
    r->params = p.out;
    r->fault = p.fault;
    r->enabled = r->on && r->fault.n == 0;
    return true;
}

/* What an edit brings is refused. What was there before, and is no more known (a
 * time zone that was taken out of the database), is a fault: its alerts wait. */
static bool recipient_pace(struct build *b, const struct object *o, size_t edit,
                           struct recipient *r)
{
    const struct settings *s = &b->s->settings;
    /* Records and bans are not news: each counts, unless a recipient says so. */
    bool to_people = r->endpoint->type->own_words;
    struct pace_defaults defaults = {
        .repeat_interval = to_people ? s->repeat_interval : 0,
        .flapping_count = to_people ? s->flapping_count : 0,
        .flapping_window = s->flapping_window,
        .time_zone = s->time_zone,
    };

    if (pace_read(o->json, &defaults, r->endpoint->type->together_max > 0, b->a,
                  &r->pace, &r->zone, b->err))
        return true;
    if (edit != 0)
        return recipient_failed(b, o, edit);
    r->fault = arena_printf(b->a, "%s: %s", b->err->place + 1, b->err->text);
    r->enabled = false;
    return true;
}

static bool recipient_build(struct build *b, const struct object *o,
                            struct recipient *r)
{
    const struct object *endpoint;
    size_t edit;

    r->id = o->id;
    r->name = arena_str(b->a, o->name);
    r->managed_by = arena_str(b->a, o->managed_by);
    r->revision = o->revision;
    r->changed_ms = o->changed_ms;
    if (!recipient_endpoint(b, o, r) || !build_enabled(b, o, &r->on))
        return false;
    /* What an older Tocsin took stays. */
    if (!criteria_read(o->json, b->a, &r->criteria, b->err) ||
        (o->edit != 0 && !criteria_check(&r->criteria, b->err)))
        return recipient_failed(b, o, o->edit);
    if (!recipient_pools(b, o, &r->criteria.host_pools) ||
        !build_filter_pools(b, o, r->criteria.filter, "filter"))
        return false;
    /* An edit of its endpoint may be what its parameters do not go with. */
    endpoint = model_find(b->m, OBJECT_ENDPOINT, r->endpoint->name);
    edit = o->edit != 0 ? o->edit : endpoint->edit;
    return recipient_params(b, o, edit, r) && recipient_pace(b, o, edit, r) &&
           build_words(b, o, edit, r);
}

static bool recipient_builtin(struct build *b, struct recipient *r)
{
    struct params p = {0};

    r->id = RECIPIENT_BUILTIN_ID;
    r->name = STR(RECIPIENT_BUILTIN);
    r->managed_by = STR("builtin");
    r->builtin = r->enabled = r->on = true;
    r->endpoint = &b->s->endpoints[0];
    p.rows = r->endpoint->type->recipient_fields;
    p.size = r->endpoint->type->recipient_size;
    if (!criteria_read(NULL, b->a, &r->criteria, b->err) ||
        !build_params(b, &p))
        return build_failed(b, 0, CONFIG_FAILED);
    r->criteria.minimum_severity =
        (enum severity)b->s->settings.store_minimum_severity;
    r->params = p.out;
    return true;
}

/* --- escalations ---------------------------------------------------------------- */

static bool escalation_failed(struct build *b, const struct object *o)
{
    error_at(b->err, "escalate_to");
    return recipient_failed(b, o, o->edit);
}

static bool escalation_build(struct build *b, const struct recipient *r,
                             struct escalation *out)
{
    const struct object *o = model_find(b->m, OBJECT_RECIPIENT, r->name);
    struct str name = r->pace.as_written.escalate_to;
    const struct recipient *to = snapshot_recipient(b->s, name);

    if (to == NULL)
        return not_there(b, o, OBJECT_RECIPIENT, name);
    if (to->builtin) {
        error_set(b->err, "\"" RECIPIENT_BUILTIN "\" gets every alert anyway and "
                          "tells nobody; name a recipient of yours");
        return escalation_failed(b, o);
    }
    *out = (struct escalation){r->id, to->id, r->pace.as_written.escalate_after};
    return true;
}

/* The way round, and who is to blame: what was edited of it. */
static bool cycle_refuse(struct build *b, const struct escalations *all, int64_t from)
{
    struct buf path freed_by(buf_release) = BUF(ERROR_TEXT_MAX / 2);
    const struct object *blamed = NULL;
    const struct recipient *r;
    int64_t id = from;

    do {
        r = snapshot_recipient_id(b->s, id);
        buf_printf(&path, "%.*s -> ", STR_ARG(r->name));
        if (blamed == NULL || blamed->edit == 0)
            blamed = model_find(b->m, OBJECT_RECIPIENT, r->name);
        id = escalation_of(all, id)->to;
    } while (id != from);
    buf_str(&path, snapshot_recipient_id(b->s, from)->name);
    error_set(b->err, "comes back to where it began: %s; let one of them escalate "
                      "to nobody",
              buf_c(&path));
    return escalation_failed(b, blamed);
}

static bool escalations_build(struct build *b)
{
    struct snapshot *s = b->s;
    struct escalation *v = arena_array(b->a, s->recipient_count, sizeof(*v));
    struct escalations *all = &s->holds.escalations;

    all->v = v;
    for (size_t i = 0; i < s->recipient_count; i++)
        if (s->recipients[i].pace.as_written.escalate_to.n > 0 &&
            !escalation_build(b, &s->recipients[i], &v[all->n++]))
            return false;
    for (size_t i = 0; i < all->n; i++)
        if (escalations_cycle(all, v[i].from))
            return cycle_refuse(b, all, v[i].from);
    return true;
}

static bool routing_build(struct build *b)
{
    struct snapshot *s = b->s;
    struct rule *rules = arena_array(b->a, s->recipient_count, sizeof(*rules));

    for (size_t i = 0; i < s->recipient_count; i++)
        rules[i] = (struct rule){
            .recipient_id = s->recipients[i].id,
            .name = s->recipients[i].name,
            .criteria = s->recipients[i].criteria,
            .builtin = s->recipients[i].builtin,
            /* With a fault its alerts still are its own, and wait. */
            .enabled = s->recipients[i].on,
        };
    s->routing = routing_new(rules, s->recipient_count, s->pools, b->err);
    return s->routing != NULL || build_failed(b, 0, CONFIG_INVALID);
}

/* Their types can show it; the history is one of them. */
static void ack_told_build(struct build *b)
{
    struct snapshot *s = b->s;
    int64_t *v = arena_array(b->a, s->recipient_count, sizeof(*v));

    s->ack_told = v;
    for (size_t i = 0; i < s->recipient_count; i++)
        if (s->recipients[i].on && s->recipients[i].endpoint->type->shows_ack)
            v[s->ack_told_count++] = s->recipients[i].id;
}

bool build_recipients(struct build *b)
{
    struct snapshot *s = b->s;
    struct recipient *r;

    s->recipients = arena_array(b->a, b->m->by_name[OBJECT_RECIPIENT].count + 1,
                                sizeof(*r));
    r = s->recipients;
    /* Counted first: what a failed one owns is released, too. */
    s->recipient_count++;
    if (!recipient_builtin(b, r++))
        return false;
    for (const struct object *o = b->m->first[OBJECT_RECIPIENT]; o != NULL;
         o = o->next) {
        if (o->gone)
            continue;
        s->recipient_count++;
        if (!recipient_build(b, o, r++))
            return false;
    }
    ack_told_build(b);
    return escalations_build(b) && routing_build(b);
}
