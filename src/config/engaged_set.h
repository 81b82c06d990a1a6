/* engaged_set.h -- the engaged alerts with whom their acknowledgements are told now. */
#ifndef CONFIG_ENGAGED_SET_H
#define CONFIG_ENGAGED_SET_H

#include "config/config.h"
#include "outbox/acknowledge.h"

/* Good until the configuration changes. */
struct engaged_set engaged_set_now(const struct config *c, struct registry *r,
                                   struct outbox *o);

#endif
