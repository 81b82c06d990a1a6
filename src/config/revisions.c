/* revisions.c -- the configuration's past: rebuilt, listed, and gone back to. */
#include "config/revisions.h"

#include "base/log.h"
#include "config/config_own.h"

#define ROOM "config"

bool config_revisions(struct config *c, struct revision_range *out,
                      struct error *err)
{
    struct revisions_kept kept;

    if (!config_db_kept(c->db, &kept, err))
        return false;
    *out = (struct revision_range){
        .last = c->now->snapshot.revision,
        .count = kept.count,
    };
    out->first = kept.count > 0 ? kept.oldest - 1 : out->last;
    return true;
}

enum config_result revision_is_kept(struct config *c, int64_t revision,
                                  struct error *err)
{
    struct revision_range range;

    if (!config_revisions(c, &range, err))
        return CONFIG_FAILED;
    if (revision >= range.first && revision <= range.last)
        return CONFIG_OK;
    error_set(err, "revision %lld is not there; those from %lld to %lld are",
              (long long)revision, (long long)range.first,
              (long long)range.last);
    return CONFIG_NOT_FOUND;
}

enum config_result config_revision_at(struct config *c, int64_t at_ms,
                                      int64_t *out, struct error *err)
{
    char time[TIME_TEXT_MAX];
    struct revision_range range;

    if (!config_revisions(c, &range, err) ||
        !config_db_revision_at(c->db, at_ms, out, err))
        return CONFIG_FAILED;
    if (*out > 0 || range.first == 0)
        return CONFIG_OK;
    time_text(at_ms, false, time);
    error_set(err, "the configuration that was in force at %s is not kept any "
                   "more (setting revisions_kept); ask about that of now",
              time);
    return CONFIG_NOT_FOUND;
}

enum config_result config_at(struct config *c, int64_t revision,
                             const struct snapshot **out, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct model m freed_by(model_release) = {.arena = &a};
    struct blame blame = {.result = CONFIG_FAILED};
    enum config_result result = revision_is_kept(c, revision, err);
    struct held *then;

    *out = NULL;
    if (result != CONFIG_OK)
        return result;
    if (revision == c->now->snapshot.revision) {
        *out = config_acquire(c);
        return CONFIG_OK;
    }
    if (!model_load_at(&m, c->db, c->seal, revision, err))
        return CONFIG_FAILED;
    then = snapshot_build(&m, false, &blame, err);
    if (then == NULL) {
        error_in(err, "revision %lld cannot be built by this tocsin",
                 (long long)revision);
        return CONFIG_INVALID;
    }
    c->acquired++;
    *out = &then->snapshot;
    return CONFIG_OK;
}

/* --- the list --------------------------------------------------------------- */

struct listing {
    struct config *c;
    struct json_out *o;
    int64_t last;
};

static bool change_write(void *listing, const struct change_row *row,
                         struct error *err unused)
{
    struct json_out *o = ((struct listing *)listing)->o;

    out_object(o, NULL);
    out_str(o, "kind", row->kind);
    out_str(o, "name", row->name);
    out_str(o, "summary", row->summary);
    out_object_end(o);
    return true;
}

static bool revision_write(void *listing, const struct revision_row *row,
                           struct error *err)
{
    struct listing *l = listing;
    char at[TIME_TEXT_MAX];
    bool ok;

    time_text(row->at_ms, true, at);
    out_object(l->o, NULL);
    out_i64(l->o, "revision", row->n);
    out_text(l->o, "at", at);
    out_str(l->o, "author", row->author);
    out_str(l->o, "comment", row->comment);
    out_array(l->o, "changes");
    ok = config_db_changes(l->c->db, row->n - 1, row->n, change_write, l, err);
    out_array_end(l->o);
    out_object_end(l->o);
    l->last = row->n;
    return ok;
}

bool revisions_write(struct config *c, int64_t upto, size_t limit,
                     struct json_out *o, const char *name, int64_t *last,
                     struct error *err)
{
    struct listing l = {c, o, 0};
    bool ok;

    out_array(o, name);
    ok = config_db_revisions(c->db, upto, limit, revision_write, &l, err);
    out_array_end(o);
    *last = l.last;
    return ok;
}

/* --- back ------------------------------------------------------------------- */

static struct held *rollback_build(struct config *c, struct model *m,
                                   int64_t to, struct left *left,
                                   struct blame *blame, struct error *err)
{
    struct model then freed_by(model_release) = {.arena = m->arena};

    if (!model_load(m, c->db, c->seal, err) ||
        !model_load_at(&then, c->db, c->seal, to, err))
        return NULL;
    blame->result = model_become(m, &then, left, err);
    if (blame->result != CONFIG_OK)
        return NULL;
    model_number(m);
    return snapshot_build(m, !c->offline, blame, err);
}

static struct held *rollback_make(struct config *c, struct model *m, int64_t to,
                                  const struct signature *by, struct left *left,
                                  struct blame *blame, struct error *err)
{
    struct saving with = {
        .db = c->db,
        .seal = c->seal,
        .now_ms = clock_wall_ms(c->clock),
        .author = by->author,
        .comment = by->comment,
    };
    struct held *next;

    if (!config_db_begin(c->db, err))
        return NULL;
    next = rollback_build(c, m, to, left, blame, err);
    if (next != NULL) {
        blame->result = CONFIG_FAILED;
        with.keep = next->snapshot.settings.revisions_kept;
        if (model_save(m, &with, err) && config_db_commit(c->db, err))
            return next;
        held_free(next);
    }
    config_db_rollback(c->db);
    return NULL;
}

enum config_result config_rollback(struct config *c, int64_t to,
                                   const struct signature *by, struct arena *a,
                                   struct str **left, size_t *left_count,
                                   struct error *err)
{
    struct arena own freed_by(arena_release) = {0};
    struct model m freed_by(model_release) = {.arena = &own};
    struct blame blame = {.result = CONFIG_FAILED};
    struct left kept = {0};
    enum config_result result = revision_is_kept(c, to, err);
    struct held *next;

    if (result != CONFIG_OK)
        return result;
    next = rollback_make(c, &m, to, by, &kept, &blame, err);
    if (next == NULL)
        return blame.result;
    *left = arena_array(a, MAX(kept.n, 1u), sizeof **left);
    *left_count = kept.n;
    for (size_t i = 0; i < kept.n; i++)
        (*left)[i] = arena_str(a, kept.titles[i]);
    config_swap(c, next);
    log_info(ROOM, "configuration at revision %lld, as it was at %lld",
             (long long)c->now->snapshot.revision, (long long)to);
    return CONFIG_OK;
}
