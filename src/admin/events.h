/* events.h -- inside the room: what happens, for those who listen. The last of
 * them are kept, so that who was gone for a moment misses nothing; who was gone
 * for longer is told so (`reset`). With nobody listening an event costs one
 * comparison and an addition. */
#ifndef ADMIN_EVENTS_H
#define ADMIN_EVENTS_H

#include "admin/room.h"
#include "web/stream.h"

#define EVENTS_KEPT 2048        /* with the bytes below, whichever is less */
#define EVENTS_BYTES (2u << 20)
#define EVENTS_LINGER_MS 60000  /* kept on after the last one has left */
#define EVENTS_EACH_S 100       /* of a topic in a second; more are counted */
#define EVENTS_HEARTBEAT_MS 15000

enum topic { TOPIC_ALERTS, TOPIC_DELIVERIES, TOPIC_CONFIG, TOPIC_JOBS,
             TOPIC_COUNT };
extern const char *const topic_names[]; /* NULL-terminated */

struct events *events_new(struct loop *l);
void events_free(struct events *e); /* ends those who listen */

/* Whether a report would be heard or kept. Counts it as missed if not. */
bool events_wanted(struct events *e, enum topic topic);
/* `data` is JSON in one line. */
void events_report(struct events *e, enum topic topic, const char *name,
                   struct str data);

/* People marked alerts: `what` as in the audit log, "alert.ack". */
void events_marked(struct admin *a, const char *what, int64_t changed);

/* Ends the streams of those who may not listen any more: somebody was let go. */
void events_let_go(struct events *e);

/* `last_id` is the client's Last-Event-ID. `still` says, every heartbeat, whether
 * this one may still listen. Answers x in any case. */
typedef bool events_still_fn(void *arg, int64_t session_id, int64_t token_id);
void events_listen(struct events *e, struct exchange *x, unsigned topics,
                   struct str last_id, events_still_fn *still, void *arg);

#endif
