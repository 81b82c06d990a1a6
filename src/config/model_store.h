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

/* Gives what changed its revision, by id. */
void model_number(struct model *m);

/* Writes what changed and its history, within the caller's transaction. */
bool model_save(const struct model *m, struct config_db *db,
                const struct seal *seal, int64_t now_ms,
                struct error *err) must_check;

#endif
