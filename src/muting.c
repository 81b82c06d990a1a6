/* muting.c -- keeps the index of inhibitors in step with what is engaged. */
#include "muting.h"

#include "base/log.h"
#include "routing/inhibitors.h"

#define ROOM "muting"
#define PAGE 512 /* engaged alerts taken from the registry at a time */

struct muting {
    struct registry *registry;
    struct config *config;
    struct inhibitors *index;
    uint64_t mark; /* of the rules it was made for */
    bool full;     /* said already */
};

static const struct hold_rules *rules_now(const struct muting *m)
{
    return &config_now(m->config)->holds;
}

void muting_engaged(struct muting *m, const struct alert *a)
{
    const struct hold_rules *rules = rules_now(m);

    if (rules->inhibitions.n == 0)
        return;
    if (!inhibitors_add(m->index, &rules->inhibitions, rules->pools, a) && !m->full) {
        m->full = true;
        log_warn(ROOM, "alert %lld and later ones mute nothing: the inhibitions have "
                       "more than %d sources; make their source filters narrower",
                 (long long)a->id, INHIBITORS_MAX);
    }
}

bool muting_released(struct muting *m, int64_t began_id)
{
    bool was_there = m->mark != 0 && inhibitors_remove(m->index, began_id);

    m->full = m->full && !was_there;
    return was_there;
}

/* As the registry has it. */
static void engaged_again(struct muting *m, const struct engaged *e)
{
    struct arena arena freed_by(arena_release) = {0};
    struct alert alert = {0};
    struct error err;
    const struct json *line = json_parse(&arena, e->json, &err);

    if (line == NULL || !alert_read(&arena, line, e->tstamp_ms, &alert, &err)) {
        log_error(ROOM, "engaged alert %lld as kept: %s", (long long)e->id, err.text);
        return;
    }
    alert.id = e->id;
    muting_engaged(m, &alert);
}

void muting_undone(struct muting *m, int64_t engaged_id)
{
    const struct engaged *e = registry_find_id(m->registry, engaged_id);

    if (m->mark == 0)
        return;
    inhibitors_remove(m->index, engaged_id);
    if (e != NULL)
        engaged_again(m, e);
}

void muting_changed(struct muting *m)
{
    const struct engaged *page[PAGE];
    int64_t before = 0;
    size_t n;

    if (m->mark == rules_now(m)->inhibitions.mark)
        return;
    m->mark = rules_now(m)->inhibitions.mark;
    m->full = false;
    inhibitors_clear(m->index);
    if (m->mark == 0)
        return;
    do {
        n = registry_list(m->registry, before, PAGE, page);
        for (size_t i = 0; i < n; i++)
            engaged_again(m, page[i]);
        before = n > 0 ? page[n - 1]->id : 0;
    } while (n == PAGE);
    log_info(ROOM, "%zu engaged alerts may mute others", inhibitors_count(m->index));
}

struct muting *muting_new(struct registry *r, struct config *c)
{
    struct muting *m = mem_new(sizeof *m);

    m->registry = r;
    m->config = c;
    m->index = inhibitors_new(INHIBITORS_MAX);
    muting_changed(m);
    return m;
}

const struct inhibitors *muting_inhibitors(const struct muting *m)
{
    return m->index;
}

void muting_free(struct muting *m)
{
    if (m == NULL)
        return;
    inhibitors_free(m->index);
    free(m);
}
