/* update.h -- what there is to tell of an engaged alert beside its beginning and its
 * end: somebody has acknowledged it, has taken that back, or it got worse. */
#ifndef ALERT_UPDATE_H
#define ALERT_UPDATE_H

#include "base/base.h"
#include "base/str.h"

enum update { /* on disk by number */
    UPDATE_NONE,     /* it is the alert itself, not an update of one */
    UPDATE_ACKED,    /* somebody has seen it */
    UPDATE_UNACKED,  /* taken back, or its time is over */
    UPDATE_WORSENED, /* more severe than it ever was */
};
const char *update_name(enum update u); /* "acknowledged", ...; NONE: "" */

#define ACK_BY_MAX 128    /* bytes: who */
#define ACK_NOTE_MAX 2000 /* bytes */

struct ack { /* somebody has seen an engaged alert and deals with it */
    int64_t at_ms;       /* wall; 0: nobody has acknowledged it */
    int64_t until_ms;    /* wall; 0: until the alert ends */
    struct str by, note; /* the note may be empty */
};

struct ack *ack_copy(const struct ack *a); /* the caller's to free(); NULL of a zeroed one */

#endif
