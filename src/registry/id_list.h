/* id_list.h -- engaged alerts in the order of their ids, for pages and look-ups. */
#ifndef REGISTRY_ID_LIST_H
#define REGISTRY_ID_LIST_H

#include "registry/registry.h"

struct id_row {
    int64_t id;
    struct engaged *engaged; /* NULL: gone, its row not yet reused */
};

struct id_list {
    struct id_row *rows; /* ours; by id */
    size_t n, room, gone;
};

void id_list_add(struct id_list *l, struct engaged *e);
void id_list_remove(struct id_list *l, const struct engaged *e);
struct engaged *id_list_find(const struct id_list *l, int64_t id); /* or NULL */

/* Those with an id below `before` (0: all), newest first; how many. */
size_t id_list_newest(const struct id_list *l, int64_t before, size_t max,
                      const struct engaged **out);
void id_list_release(struct id_list *l); /* the array, not what is in it */

#endif
