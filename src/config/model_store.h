/* model_store.h -- the objects between the database and the memory: secrets are
 * opened on the way up and sealed on the way down. */
#ifndef CONFIG_MODEL_STORE_H
#define CONFIG_MODEL_STORE_H

#include "config/config_db.h"
#include "config/model.h"
#include "config/seal.h"

/* Into a zeroed model whose arena is set. */
bool model_load(struct model *m, struct config_db *db, const struct seal *seal,
                struct error *err) must_check;

/* As of a revision: what is there now, with every later change undone. */
bool model_load_at(struct model *m, struct config_db *db, const struct seal *seal,
                   int64_t revision, struct error *err) must_check;

/* Gives all that changed the next revision; false: nothing did. */
bool model_number(struct model *m);

/* Writes what changed and its history, within the caller's transaction. */
struct saving {
    struct config_db *db;
    const struct seal *seal;
    int64_t now_ms;
    struct str author, comment;
    int64_t keep; /* revisions */
};
bool model_save(const struct model *m, const struct saving *with,
                struct error *err) must_check;

#endif
