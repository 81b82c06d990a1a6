/* marks.h -- inside the room: alerts of the history acknowledged, noted, deleted:
 * one request, in bites, so that neither puts nor questions wait long. */
#ifndef ADMIN_MARKS_H
#define ADMIN_MARKS_H

#include "admin/room.h"

/* Marks what the query finds, at most ADMIN_MARK_MAX, and answers the exchange:
 * {"changed": N, "more": false}, and for a delete its number and when it is final.
 * Query and mark are copied, with their texts and ids; a delete's number and
 * times are set here. The query's filter must live as long as the exchange. */
void marks_post(struct admin *a, struct exchange *x,
                const struct store_query *query, const struct store_mark *mark);

#endif
