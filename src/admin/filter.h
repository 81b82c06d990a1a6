/* filter.h -- inside the room: which alerts a list is asked for. */
#ifndef ADMIN_FILTER_H
#define ADMIN_FILTER_H

#include "admin/params.h"

/* The names of all of them, for params_known(). */
#define FILTER_PARAMS                                                          \
    "state", "since", "until", "severity", "entity", "type", "category",       \
        "source", "entity_value", "ip", "text", "filter", "acknowledged",      \
        "limit", "cursor"
extern const char *const filter_params[];

/* From the request's parameters; its strings live as long as the exchange.
 * False: answered. */
bool filter_read(struct admin *a, struct exchange *x, struct store_query *out);

/* As above, of a request that has other parameters too: `names` are all. */
bool filter_read_among(struct admin *a, struct exchange *x,
                       const char *const *names, struct store_query *out);

/* The same question to one engaged alert, as store_engine_list() answers it. */
bool filter_matches(const struct store_query *q, const struct engaged *e,
                    struct arena *arena);
/* Whether anything but the state is asked for. */
bool filter_is_open(const struct store_query *q);

#endif
