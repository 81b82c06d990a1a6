/* ack_list.h -- engaged alerts that somebody has acknowledged, and the first of them
 * whose acknowledgement ends by its time. */
#ifndef REGISTRY_ACK_LIST_H
#define REGISTRY_ACK_LIST_H

#include "registry/registry.h"

struct ack_list {
    struct engaged **v; /* the array is ours */
    size_t n, room;
    int64_t next_ms; /* none ends before; 0: none ends by its time */
};

/* After `ack` has changed: goes in, stays, or (NULL) goes out. */
void ack_list_put(struct ack_list *l, struct engaged *e);
void ack_list_remove(struct ack_list *l, struct engaged *e);
const struct engaged *ack_list_lapsed(struct ack_list *l, int64_t now_ms); /* or NULL */
void ack_list_release(struct ack_list *l);

#endif
