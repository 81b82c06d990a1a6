/* model.h -- the objects as authored, secrets in clear, while one change is
 * worked out. Everything lives in an arena that dies with the change. */
#ifndef CONFIG_MODEL_H
#define CONFIG_MODEL_H

#include "base/hash.h"
#include "config/object.h"

struct object {
    enum object_kind kind;
    int64_t id;
    struct str name;
    const struct json *json; /* its members but for "name" */
    struct str managed_by;
    int64_t revision, changed_ms; /* 0: that revision is not kept any more */
    size_t edit; /* 1 + the index of the last edit that touched it; 0: none */
    bool gone;
    struct object *next; /* of its kind, by id */

    struct { /* as loaded; json NULL when it is new */
        struct str name, managed_by;
        struct str row; /* as it is kept, sealed */
        const struct json *json;
        int64_t revision;
    } was;
};

struct model {
    struct arena *arena;
    struct object *first[OBJECT_KINDS], *last[OBJECT_KINDS];
    struct hash by_name[OBJECT_KINDS]; /* those not gone */
    int64_t next_id;
    int64_t next_revision;
    int64_t now_ms; /* of what is changed */
};

void model_release(struct model *m);

/* A new last one of its kind. Names are the caller's to keep apart. */
struct object *model_add(struct model *m, enum object_kind kind, int64_t id,
                         struct str name);
struct object *model_find(const struct model *m, enum object_kind kind,
                          struct str name);

/* The type of an endpoint, or of the endpoint a recipient is on; NULL: not
 * known. And the rows of its parameters: of settings, the object itself is what
 * they describe, else its member "params". NULL: none. */
const struct endpoint_type *model_type(const struct model *m,
                                       enum object_kind kind,
                                       const struct json *json);
const struct field *model_rows(const struct model *m, enum object_kind kind,
                               const struct json *json);

/* One edit. What needs a look at the whole is left to snapshot_build(). */
enum config_result model_apply(struct model *m, const struct edit *e,
                               size_t index, struct error *err) must_check;

/* Makes `m` what `then` was, by ids, so that what was deleted comes back as itself.
 * What a file owns, now or then, stays as it is; those come as titles in `left`. */
struct left {
    struct str *titles;
    size_t n;
};
enum config_result model_become(struct model *m, const struct model *then,
                                struct left *left, struct error *err) must_check;

/* Says `no endpoint named "smtp-ops"; there is "smtp-op"`. Returns false. */
bool model_not_found(const struct model *m, enum object_kind kind,
                     struct str name, struct error *err);

bool object_is_of_file(const struct object *o);
bool object_is_new(const struct object *o);
bool object_changed(const struct object *o); /* since it was loaded: content */
bool object_moved(const struct object *o);   /* only who manages it, and where */

#endif
