/* part.c -- a delivery as its type is to render it: what is kept of it, and what is
 * known beside that now. */
#include "courier/lane.h"

#include "config/ack_link.h"

/* Who was not told that it began hears of an update as of something new. */
static enum phase phase_of(const struct item *i)
{
    static const enum phase updates[] = {
        [UPDATE_NONE] = PHASE_NEW,
        [UPDATE_ACKED] = PHASE_ACKED,
        [UPDATE_UNACKED] = PHASE_UNACKED,
        [UPDATE_WORSENED] = PHASE_WORSENED,
    };

    if (i->kept->action != ACTION_RELEASE)
        return i->began == BEGAN_DELIVERED ? updates[i->kept->update] : PHASE_NEW;
    return i->began == BEGAN_DELIVERED ? PHASE_RELEASE : PHASE_LATE;
}

static void part_share(struct parcel *p, const struct item *i,
                       struct render_item *out)
{
    const struct endpoint_type *type = p->recipient->endpoint->type;
    bool ends = i->kept->action == ACTION_RELEASE;
    struct str handle;

    if (type->shared == NULL)
        return;
    handle = type->shared(out, &p->arena);
    if (handle.n > 0)
        out->shared_by =
            shares_of_others(p->courier, i->recipient_id, handle,
                             ends ? i->kept->began_id : out->alert->id);
}

/* By its name as it is now; it may be gone. */
static void part_escalated(const struct parcel *p, struct render_item *out)
{
    const struct recipient *from =
        snapshot_recipient_id(p->snapshot, out->remark.escalated_from);

    out->remark.escalated_name = from != NULL ? from->name : STR("somebody");
}

/* Only of what began, for people. */
static void part_ack_link(struct parcel *p, const struct item *i,
                          struct render_item *out)
{
    const struct ack_link link = {
        .alert_id = out->alert->id,
        .recipient_id = i->recipient_id,
        .until_ms = MAX(i->kept->accepted_ms, i->freed_ms) + ACK_LINK_LASTS_MS,
    };

    if (i->kept->action == ACTION_ENGAGE && out->alert->ack == NULL &&
        p->recipient->endpoint->type->own_words)
        out->ack_link = ack_link_url(p->courier->with.config, &link, &p->arena);
}

static const struct ack *ack_of(struct parcel *p, const struct ack *ack)
{
    struct ack *copy;

    if (ack == NULL)
        return NULL;
    copy = arena_new(&p->arena, sizeof *copy);
    *copy = *ack;
    copy->by = arena_str(&p->arena, ack->by);
    copy->note = arena_str(&p->arena, ack->note);
    return copy;
}

/* An update is the engaged alert, as it was then; the alert itself, sent late, says
 * who has acknowledged it meanwhile. */
static void part_engaged(struct parcel *p, const struct item *i, struct alert *alert)
{
    const struct engaged *e = registry_find_id(p->courier->with.registry, i->kept->id);

    if (i->kept->update != UPDATE_NONE) {
        alert->id = i->kept->began_id;
        alert->began_id = 0;
        alert->update = i->kept->update;
        alert->ack = ack_of(p, i->kept->ack);
    } else if (i->kept->action == ACTION_ENGAGE && e != NULL) {
        alert->ack = ack_of(p, e->ack);
    }
}

bool part_make(struct parcel *p, const struct item *i,
                      struct render_item *out, struct error *err)
{
    struct alert *alert = arena_new(&p->arena, sizeof *alert);
    const struct json *tree = json_parse(&p->arena, i->kept->json, err);

    if (tree == NULL || !alert_read(&p->arena, tree, i->kept->accepted_ms,
                                    alert, err))
        return error_in(err, "alert %lld as kept", (long long)i->kept->id);
    alert->id = i->kept->id;
    alert->began_id = i->kept->began_id;
    alert->line = i->kept->json;
    part_engaged(p, i, alert);
    *out = (struct render_item){
        .alert = alert,
        .phase = phase_of(i),
        .handle = i->handle,
        .remark = i->remark,
        .id = arena_printf(&p->arena, "%lld.%lld", (long long)i->kept->id,
                           (long long)i->recipient_id),
    };
    part_escalated(p, out);
    part_ack_link(p, i, out);
    part_share(p, i, out);
    return true;
}
