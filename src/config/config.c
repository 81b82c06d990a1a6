/* config.c -- opening the configuration, changing it as a whole, and giving out
 * snapshots of it. */
#include "config/config_own.h"

#include "base/log.h"
#include "config/ack_link.h"
#include "config/config_empty.h"
#include "config/proposal.h"
#include "config/revisions.h"

#define ROOM "config"

/* --- snapshots ---------------------------------------------------------- */

static void held_drop(struct held *h)
{
    if (h != NULL && --h->users == 0)
        held_free(h);
}

const struct snapshot *config_now(const struct config *c)
{
    return &c->now->snapshot;
}

const struct snapshot *config_acquire(struct config *c)
{
    c->now->users++;
    c->acquired++;
    return &c->now->snapshot;
}

void config_release(struct config *c, const struct snapshot *s)
{
    struct held *h = (struct held *)(uintptr_t)s; /* its first member */

    if (s == NULL)
        return;
    assert(c->acquired > 0);
    c->acquired--;
    held_drop(h);
}

void config_on_change(struct config *c, config_changed_fn *changed, void *arg)
{
    assert(c->listener_count < LISTENERS_MAX);
    c->listeners[c->listener_count++] = (struct listener){changed, arg};
}

void config_swap(struct config *c, struct held *next)
{
    struct held *before = c->now;

    c->now = next;
    for (size_t i = 0; i < c->listener_count; i++)
        c->listeners[i].changed(c->listeners[i].arg, &next->snapshot);
    held_drop(before);
}

void config_sign(const struct config *c, struct str text,
                 unsigned char out[CONFIG_SIGNATURE_BYTES])
{
    static_assert(CONFIG_SIGNATURE_BYTES == SEAL_SIGNATURE_BYTES, "the same");

    seal_sign(c->seal, text, out);
}

void config_redact(const struct config *c, struct buf *to, struct str text)
{
    proposal_redact(&c->now->snapshot, to, text);
}

/* --- changing ----------------------------------------------------------- */

/* Applies the edits to the model and builds what it would be like after. */
static struct held *change_build(struct config *c, struct model *m,
                                 const struct edit *e, size_t n,
                                 struct blame *blame, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        blame->edit = i + 1;
        blame->result = model_apply(m, &e[i], i, err);
        if (blame->result != CONFIG_OK)
            return NULL;
    }
    m->now_ms = clock_wall_ms(c->clock);
    model_number(m);
    return snapshot_build(m, !c->offline, blame, err);
}

/* Who it was when nobody says: who will own what was edited. */
static struct saving saving_of(const struct config *c, const struct held *next,
                               const struct edit *e,
                               const struct signature *by)
{
    struct saving with = {
        .db = c->db,
        .seal = c->seal,
        .now_ms = clock_wall_ms(c->clock),
        .keep = next->snapshot.settings.revisions_kept,
    };

    with.author = by != NULL && by->author.n > 0 ? by->author : e->author;
    with.comment = by != NULL ? by->comment : STR_NONE;
    return with;
}

static void consequence_count(const struct model *m, struct consequence *out)
{
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (const struct object *o = m->first[k]; o != NULL; o = o->next) {
            out->created += object_is_new(o) && !o->gone;
            out->deleted += !object_is_new(o) && o->gone;
            out->changed += !object_is_new(o) && !o->gone && object_changed(o);
        }
}

/* Before anything is written: what the database has is what was. */
static bool consequence_tell(struct config *c, struct model *m, struct consequence *out,
                         struct error *err)
{
    struct model was freed_by(model_release) = {.arena = m->arena};

    if (out == NULL)
        return true;
    consequence_count(m, out);
    if (out->to == NULL)
        return true;
    if (!model_load(&was, c->db, c->seal, err))
        return false;
    models_diff(&was, m, out->to, "changes");
    return true;
}

static bool change_keep(struct config *c, const struct model *m,
                        const struct held *next, const struct intent *what,
                        struct error *err)
{
    struct saving with = saving_of(c, next, what->edits, what->by);

    return model_save(m, &with, err) && config_db_commit(c->db, err);
}

static struct held *change_make(struct config *c, struct model *m,
                                const struct intent *what, struct blame *blame,
                                struct error *err)
{
    struct held *next = NULL;

    *blame = (struct blame){.result = CONFIG_FAILED};
    if (!config_db_begin(c->db, err))
        return NULL;
    if (model_load(m, c->db, c->seal, err))
        next = change_build(c, m, what->edits, what->n, blame, err);
    if (next != NULL) {
        blame->result = CONFIG_FAILED;
        if (consequence_tell(c, m, what->then, err) &&
            (what->dry_run || change_keep(c, m, next, what, err)))
            blame->result = CONFIG_OK;
    }
    if (next != NULL && blame->result != CONFIG_OK) {
        held_free(next);
        next = NULL;
    }
    if (next == NULL || what->dry_run)
        config_db_rollback(c->db);
    return next;
}

static enum config_result change(struct config *c, const struct intent *what,
                                 struct held **next, size_t *failed,
                                 struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct model m freed_by(model_release) = {.arena = &a};
    struct blame blame;

    *next = change_make(c, &m, what, &blame, err);
    *failed = blame.edit > 0 ? blame.edit - 1 : 0;
    return *next != NULL ? CONFIG_OK : blame.result;
}

enum config_result config_intend(struct config *c, const struct intent *what,
                                 size_t *failed, struct error *err)
{
    struct intent asked = *what;
    struct held *next;
    enum config_result result;

    asked.dry_run = what->dry_run || what->n == 0;
    result = change(c, &asked, &next, failed, err);
    if (result != CONFIG_OK)
        return result;
    if (what->dry_run) {
        held_free(next);
        return result;
    }
    config_swap(c, next);
    if (!c->offline)
        log_info(ROOM, "configuration at revision %lld",
                 (long long)c->now->snapshot.revision);
    return result;
}

enum config_result config_change(struct config *c, const struct edit *e, size_t n,
                                 const struct signature *by, size_t *failed,
                                 struct error *err)
{
    struct intent what = {.edits = e, .n = n, .by = by};

    return config_intend(c, &what, failed, err);
}

enum config_result config_edit_all(struct config *c, const struct edit *e,
                                   size_t n, size_t *failed, struct error *err)
{
    return config_change(c, e, n, NULL, failed, err);
}

enum config_result config_try(struct config *c, const struct edit *e, size_t n,
                              size_t *failed, struct error *err)
{
    struct intent what = {.edits = e, .n = n, .dry_run = true};

    return config_intend(c, &what, failed, err);
}

enum config_result config_propose(struct config *c, const struct edit *e,
                                  const struct snapshot **out, struct error *err)
{
    struct intent what = {.edits = e, .n = 1, .dry_run = true};
    struct held *next;
    size_t failed;
    enum config_result result = change(c, &what, &next, &failed, err);

    *out = next != NULL ? &next->snapshot : NULL;
    c->acquired += next != NULL;
    return result;
}

enum config_result config_edit(struct config *c, const struct edit *e,
                               struct error *err)
{
    size_t failed;

    return config_edit_all(c, e, 1, &failed, err);
}

/* --- opening ------------------------------------------------------------ */

/* The key and the database belong together: with another key no secret would
 * open, and without one a new key would bury them all. */
static bool key_fits(struct config *c, struct str id, struct error *err)
{
    char ours[SEAL_ID_MAX];

    seal_id(c->seal, ours);
    if (id.n == 0)
        return config_db_meta_put(c->db, "key_id", str_of(ours), err);
    return str_is(id, ours) ||
           error_set(err, "secret.key is not the key that the secrets in "
                          "config.db were sealed with: restore both from one "
                          "backup");
}

static bool key_open(struct config *c, const char *path, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct str id;

    if (!config_db_meta(c->db, "key_id", &a, &id, err))
        return false;
    c->seal = seal_open(path, id.n == 0, err);
    return c->seal != NULL && key_fits(c, id, err);
}

static void faults_log(const struct snapshot *s)
{
    for (size_t i = 0; i < s->endpoint_count; i++)
        if (s->endpoints[i].fault.n > 0)
            log_warn(ROOM, "endpoint \"%.*s\": %.*s",
                     STR_ARG(s->endpoints[i].name),
                     STR_ARG(s->endpoints[i].fault));
    for (size_t i = 0; i < s->recipient_count; i++)
        if (s->recipients[i].fault.n > 0)
            log_warn(ROOM, "recipient \"%.*s\": %.*s",
                     STR_ARG(s->recipients[i].name),
                     STR_ARG(s->recipients[i].fault));
    if (s->settings_origin.fault.n > 0)
        log_warn(ROOM, "settings: %.*s", STR_ARG(s->settings_origin.fault));
}

static bool first_snapshot(struct config *c, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct model m freed_by(model_release) = {.arena = &a};
    struct blame blame;

    c->now = change_make(c, &m, &(struct intent){.dry_run = true}, &blame, err);
    if (c->now == NULL)
        return false;
    faults_log(&c->now->snapshot);
    return true;
}

struct config *config_open(const char *data_dir, const struct clock *clock,
                           struct error *err)
{
    struct config *c = mem_new(sizeof(*c));
    struct arena a freed_by(arena_release) = {0};
    struct str path = arena_printf(&a, "%s/config.db", data_dir);
    struct str key = arena_printf(&a, "%s/secret.key", data_dir);

    c->clock = clock;
    c->db = config_db_open(path.p, err);
    if (c->db == NULL || !key_open(c, key.p, err) || !first_snapshot(c, err)) {
        config_close(c);
        return NULL;
    }
    return c;
}

struct config *config_open_empty(struct error *err)
{
    struct config *c = mem_new(sizeof(*c));

    c->clock = &clock_real;
    c->offline = true;
    c->seal = seal_new();
    c->db = config_db_open(NULL, err);
    if (c->db == NULL || !first_snapshot(c, err)) {
        config_close(c);
        return NULL;
    }
    return c;
}

void config_close(struct config *c)
{
    if (c == NULL)
        return;
    assert(c->acquired == 0);
    held_drop(c->now);
    config_db_close(c->db);
    seal_free(c->seal);
    free(c);
}
