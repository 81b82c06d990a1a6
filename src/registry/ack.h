/* ack.h -- an acknowledgement: somebody has seen an engaged alert and deals with it. */
#ifndef REGISTRY_ACK_H
#define REGISTRY_ACK_H

#include "base/base.h"
#include "base/str.h"

#define ACK_BY_MAX 128    /* bytes: who */
#define ACK_NOTE_MAX 2000 /* bytes */

struct ack {
    int64_t at_ms;       /* wall; 0: nobody has acknowledged it */
    int64_t until_ms;    /* wall; 0: until the alert ends */
    struct str by, note; /* the note may be empty */
};

struct ack *ack_copy(const struct ack *a); /* the caller's to free(); NULL of a zeroed one */

#endif
