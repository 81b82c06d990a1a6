/* admin_inhibitions.c -- /api/v1/inhibitions, and what one would mute now. */
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "admin/shown.h"
#include "config/inhibition.h"
#include "config/proposal.h"
#include "config/tree.h"
#include "routing/inhibitors.h"

#define SHOWN_MAX 20 /* alerts of each list in a preview */

static size_t count(const struct snapshot *s)
{
    return s->holds.inhibitions.n;
}

static struct str name_of(const struct snapshot *s, size_t i)
{
    return s->holds.inhibitions.v[i].name;
}

static int64_t revision_of(const struct snapshot *s, size_t i)
{
    return s->holds.inhibitions.v[i].revision;
}

static void write(const struct resource *r unused, const struct snapshot *s,
                  size_t i, struct json_out *o, const char *name)
{
    inhibition_write(&s->holds.inhibitions.v[i], o, name);
}

/* --- what one would mute --------------------------------------------------------- */

/* The rules as they would be, the draft first: so that of an alert that several of
 * them mute, the draft is the one that is found. */
struct preview {
    const struct admin *admin;
    const struct snapshot *by;
    struct inhibitions rules;
    const struct inhibition *draft; /* the first of them */
    struct inhibitors *index;       /* ours */
    struct reply reply;
    int64_t before; /* targets that engaged before what would mute them: told */
    bool is_full; /* the index: some mute nothing */
};

struct list { /* of alerts in the answer */
    int64_t count;
    size_t looked_at;
    bool exact;
};

static void rules_take(struct preview *p, struct str name, struct arena *a)
{
    const struct inhibitions *all = &p->by->holds.inhibitions;
    size_t n = 1;

    p->rules = *all;
    p->rules.v = arena_array(a, MAX(all->n, 1u), sizeof *p->rules.v);
    for (size_t i = 0; i < all->n; i++)
        p->rules.v[str_eq(all->v[i].name, name) ? 0 : n++] = all->v[i];
    p->draft = &p->rules.v[0];
}

/* Writes the alert if it is one that the list is of. */
typedef void look_fn(struct preview *p, const struct engaged *e, const struct alert *a,
                     struct arena *arena, struct list *to);

static void engaged_walk(struct preview *p, look_fn *look, struct list *to)
{
    const struct registry *registry = p->admin->with.registry;
    struct arena arena freed_by(arena_release) = {0};
    const struct engaged *some[64];
    int64_t before = 0;
    size_t n;

    do {
        n = registry_list(registry, before, COUNT_OF(some), some);
        for (size_t i = 0; i < n; i++, to->looked_at++) {
            struct alert alert;

            before = some[i]->id;
            arena_reset(&arena);
            if (!alert_read(&arena, json_parse(&arena, some[i]->json, NULL), 0, &alert,
                            NULL))
                continue;
            alert.id = some[i]->id;
            look(p, some[i], &alert, &arena, to);
        }
    } while (n == COUNT_OF(some) && to->looked_at < ADMIN_ENGAGED_SCAN_MAX);
    to->exact = n < COUNT_OF(some);
}

static bool alert_show(struct preview *p, const struct engaged *e, struct arena *arena,
                       struct list *to, const char *name)
{
    struct shown shown = {.line = e->json, .engaged = e};

    return to->count++ < SHOWN_MAX &&
           shown_write(&shown, arena, &p->reply.out, name, NULL);
}

static void source_look(struct preview *p, const struct engaged *e,
                        const struct alert *a, struct arena *arena, struct list *to)
{
    struct filter_subject subject;

    p->is_full |= !inhibitors_add(p->index, &p->rules, p->by->pools, a);
    filter_subject_init(&subject, a, p->by->pools);
    if (inhibition_is_source(p->draft, &subject))
        alert_show(p, e, arena, to, NULL);
    filter_subject_release(&subject);
}

static void target_look(struct preview *p, const struct engaged *e,
                        const struct alert *a, struct arena *arena, struct list *to)
{
    struct json_out *o = &p->reply.out;
    struct filter_subject subject;
    struct muted muted;

    filter_subject_init(&subject, a, p->by->pools);
    inhibitors_find(p->index, &p->rules, &subject, arena, &muted);
    filter_subject_release(&subject);
    if (muted.by != p->draft)
        return;
    if (muted.source_id > a->id) {
        p->before++;
        return;
    }
    if (to->count >= SHOWN_MAX) {
        to->count++;
        return;
    }
    out_object(o, NULL);
    alert_show(p, e, arena, to, "alert");
    out_i64(o, "muted_by", muted.source_id);
    out_str(o, "source", muted.source);
    out_object_end(o);
}

static void list_write(struct preview *p, const char *name, look_fn *look)
{
    struct json_out *o = &p->reply.out;
    struct list list = {0};

    out_object(o, name);
    out_array(o, "alerts");
    engaged_walk(p, look, &list);
    out_array_end(o);
    out_i64(o, "count", list.count);
    out_bool(o, "exact", list.exact);
    out_object_end(o);
}

static void preview_answer(struct preview *p, struct exchange *x)
{
    p->index = inhibitors_new(INHIBITORS_MAX);
    reply_init(&p->reply);
    out_object(&p->reply.out, NULL);
    list_write(p, "sources", source_look);
    list_write(p, "targets", target_look);
    out_i64(&p->reply.out, "told_before", p->before);
    out_bool(&p->reply.out, "full", p->is_full);
    out_object_end(&p->reply.out);
    reply_send(&p->reply, x, 200);
    reply_release(&p->reply);
    inhibitors_free(p->index);
}

/* Laid over the rule of that name if there is one; a draft need not have a name. */
static void inhibitions_preview(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct admin *a = r->admin;
    struct arena *arena = exchange_arena(x);
    struct edit e = {.kind = OBJECT_INHIBITION, .verb = EDIT_CREATE, .author = STR("api")};
    struct preview p = {.admin = a};
    const struct inhibition *old;
    struct error err = {0};
    enum config_result result;

    e.object = params_object(a, x, NULL, false);
    if (e.object == NULL)
        return;
    if (json_get(e.object, "name") == NULL)
        e.object = tree_put(e.object, STR("name"),
                            json_new_string(arena, STR("preview.draft")), arena);
    e.name = json_text(json_get(e.object, "name"));
    old = snapshot_inhibition(config_now(a->with.config), e.name);
    if (old != NULL) {
        e.verb = EDIT_PATCH;
        e.author = old->managed_by; /* nothing is written */
    }
    result = config_propose(a->with.config, &e, &p.by, &err);
    if (result != CONFIG_OK) {
        edit_refused(a, x, result, &err);
        return;
    }
    rules_take(&p, e.name, arena);
    preview_answer(&p, x);
    config_release(a->with.config, p.by);
}

#define PATH "/api/v1/inhibitions"

static const struct route routes[] = {
    OBJECT_ROUTES(PATH),
    {"POST", PATH "/preview", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX, inhibitions_preview},
    {.method = NULL},
};

void admin_inhibitions(struct admin *a)
{
    a->inhibitions = (struct resource){
        .admin = a,
        .kind = OBJECT_INHIBITION,
        .path = PATH,
        .count = count,
        .name = name_of,
        .revision = revision_of,
        .write = write,
    };
    httpd_routes(a->with.httpd, routes, &a->inhibitions);
}
