/* marks.h -- inside the room: alerts of the history acknowledged, noted, deleted:
 * one request, in bites, so that neither puts nor questions wait long. */
#ifndef ADMIN_MARKS_H
#define ADMIN_MARKS_H

#include "admin/room.h"

/* Marks what the query finds, from its cursor on and some `at_most` of them, and
 * answers the exchange: {"changed": N, "more": false, "next": null}, and for a
 * delete its number and when it is final. What only the registry has goes with the
 * first part, which is without a cursor.
 * Query and mark are copied, with their texts and ids; a delete's number and
 * times are set here. The query's filter must live as long as the exchange. */
void marks_post(struct admin *a, struct exchange *x,
                const struct store_query *query, const struct store_mark *mark,
                size_t at_most);

#endif
