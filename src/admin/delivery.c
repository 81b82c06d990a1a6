/* delivery.c -- deliveries on their way out of the API. */
#include "admin/delivery.h"

#include "admin/params.h"
#include "admin/reply.h"

bool delivery_id_parse(struct str s, struct delivery_id *out)
{
    struct str rest = s;
    struct str alert = str_until(&rest, '.');

    return str_to_i64(alert, &out->alert_id) && out->alert_id > 0 &&
           str_to_i64(rest, &out->recipient_id) && out->recipient_id > 0;
}

bool params_delivery_id(struct admin *a, struct exchange *x, struct delivery_id *out)
{
    *out = (struct delivery_id){0};
    if (delivery_id_parse(exchange_segment(x, "id"), out))
        return true;
    reply_problem_text(a, x, 404, "not-found",
                       "no delivery has such an id: they look like 4711.3");
    return false;
}

struct str delivery_id_text(struct delivery_id id, struct arena *arena)
{
    return arena_printf(arena, "%lld.%lld", (long long)id.alert_id,
                        (long long)id.recipient_id);
}

bool recipient_id_parse(const struct admin *a, struct str s, int64_t *out)
{
    const struct recipient *r;

    if (str_starts(s, "#"))
        return str_to_i64(str_from(s, 1), out) && *out > 0;
    r = snapshot_recipient(config_now(a->with.config), s);
    if (r != NULL)
        *out = r->id;
    return r != NULL;
}

struct str recipient_id_name(const struct admin *a, int64_t id,
                             struct arena *arena)
{
    const struct recipient *r =
        snapshot_recipient_id(config_now(a->with.config), id);

    return r != NULL ? r->name : arena_printf(arena, "#%lld", (long long)id);
}

bool delivery_query_endpoint(const struct admin *a, struct str name,
                             struct arena *arena, struct delivery_query *q)
{
    const struct snapshot *s = config_now(a->with.config);
    const struct endpoint *e = snapshot_endpoint(s, name);
    int64_t *ids;

    if (e == NULL)
        return false;
    ids = arena_array(arena, MAX(s->recipient_count, 1u), sizeof *ids);
    for (size_t i = 0; i < s->recipient_count; i++)
        if (s->recipients[i].endpoint == e)
            ids[q->recipient_count++] = s->recipients[i].id;
    q->recipient_ids = ids;
    return true;
}

void tries_write(const struct admin *a, const struct attempt_row *tries, size_t n,
                 struct json_out *o, try_write_fn *add, void *arg)
{
    out_array(o, "tries");
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_time(o, "time", tries[i].at_ms);
        out_i64(o, "status", tries[i].status);
        out_redacted(a, o, "reason", tries[i].reason);
        add(arg, tries[i].transcript, o);
        out_object_end(o);
    }
    out_array_end(o);
}

void delivery_hold_write(const struct delivery_row *d, struct json_out *o)
{
    if (d->hold.kind == HOLD_NONE)
        return;
    out_object(o, "hold");
    out_text(o, "kind", hold_kind_name(d->hold.kind));
    if (d->hold.ref != 0)
        out_i64(o, "ref", d->hold.ref);
    out_time(o, "until", d->hold.until_ms);
    out_time(o, "ended", d->freed_ms);
    out_object_end(o);
}

void delivery_write(const struct admin *a, const struct delivery_row *d,
                    struct json_out *o, const char *name, struct arena *arena)
{
    bool pending = d->state == DELIVERY_PENDING;

    out_object(o, name);
    out_str(o, "id", delivery_id_text(d->id, arena));
    out_i64(o, "alert_id", d->id.alert_id);
    out_str(o, "recipient", recipient_id_name(a, d->id.recipient_id, arena));
    if (d->update != UPDATE_NONE)
        out_text(o, "update", update_name(d->update));
    out_text(o, "state", delivery_state_name(d->state));
    out_i64(o, "attempts", d->attempts);
    out_i64(o, "status", d->status);
    out_redacted(a, o, "reason", d->reason);
    out_time(o, "accepted", d->accepted_ms);
    out_time(o, "due", pending ? d->due_ms : 0);
    out_time(o, "settled", d->settled_ms);
    delivery_hold_write(d, o);
    out_object(o, "alert");
    out_str(o, "type", d->type);
    out_str(o, "severity", d->severity);
    out_str(o, "entity_value", d->entity_value);
    out_object_end(o);
    out_object_end(o);
}

bool delivery_page_read(struct delivery_page *p, struct outbox_reader *r,
                        struct arena *arena, struct error *err)
{
    struct delivery_query q = p->query;

    q.limit++; /* to see whether there are more */
    if (!outbox_read_deliveries(r, &q, arena, &p->rows, &p->n, &p->total, err))
        return false;
    p->more = p->n > p->query.limit;
    p->n = MIN(p->n, p->query.limit);
    return true;
}

void delivery_page_write(const struct admin *a, const struct delivery_page *p,
                         struct reply *r, struct arena *arena)
{
    struct str next = STR_NONE;
    int64_t total = p->total;

    out_array(&r->out, "data");
    for (size_t i = 0; i < p->n; i++)
        delivery_write(a, &p->rows[i], &r->out, NULL, arena);
    out_array_end(&r->out);
    if (p->more) {
        struct delivery_id last = p->rows[p->n - 1].id;

        next = cursor_text(arena, last.alert_id, last.recipient_id);
    }
    reply_list_end(r, next, total >= 0 ? total : (int64_t)p->n, total >= 0);
}
