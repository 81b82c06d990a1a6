/* engaged_set.c -- what acknowledge() works on, by the configuration in force. */
#include "config/engaged_set.h"

struct engaged_set engaged_set_now(const struct config *c, struct registry *r,
                                   struct outbox *o)
{
    const struct snapshot *now = config_now(c);

    return (struct engaged_set){
        .registry = r,
        .outbox = o,
        .recipients = now->ack_told,
        .recipient_count = now->ack_told_count,
    };
}
