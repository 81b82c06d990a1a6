/* config_own.h -- inside the room: what a configuration is made of. */
#ifndef CONFIG_CONFIG_OWN_H
#define CONFIG_CONFIG_OWN_H

#include "config/model_store.h"
#include "config/snapshot.h"

#define LISTENERS_MAX 4

struct listener {
    config_changed_fn *changed;
    void *arg;
};

struct config {
    const struct clock *clock;
    struct config_db *db; /* ours */
    struct seal *seal;    /* ours */
    struct held *now;     /* ours, and that of whoever acquired it */
    size_t acquired;      /* over all snapshots */
    bool offline;         /* secrets need not be readable here */
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
};

/* Takes the snapshot over as the one in force, and tells. */
void config_swap(struct config *c, struct held *next);

/* What differs, as revisions_diff() writes it; what is gone from `to` is deleted. */
void models_diff(struct model *from, struct model *to, struct json_out *o,
                 const char *name);

/* NOT_FOUND when it cannot be rebuilt. */
enum config_result revision_is_kept(struct config *c, int64_t revision,
                                    struct error *err);

#endif
