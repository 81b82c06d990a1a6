/* ack_link.h -- signed links by which whoever got a message may acknowledge its alert,
 * and nothing else: they name the alert, the recipient, and until when they are good.
 * The key is made from DATA/secret.key. */
#ifndef CONFIG_ACK_LINK_H
#define CONFIG_ACK_LINK_H

#include "config/config.h"

#define ACK_LINK_LASTS_MS (7 * 24 * 3600 * 1000LL)

/* config.c: an HMAC of ours for a text. */
#define CONFIG_SIGNATURE_BYTES 32
void config_sign(const struct config *c, struct str text,
                 unsigned char out[CONFIG_SIGNATURE_BYTES]);

struct ack_link {
    int64_t alert_id, recipient_id;
    int64_t until_ms; /* wall */
};

/* base_url/l/ID.RECIPIENT.UNTIL.SIGNATURE, or "" without a base_url. The same every
 * time: a message that is sent again has the same link. */
struct str ack_link_url(const struct config *c, const struct ack_link *l,
                        struct arena *a);
/* What must not be seen of a link by who may not acknowledge; and the link with
 * "•••" in its place, "" for "". */
struct str ack_link_signature(struct str url);
struct str ack_link_unsigned(struct str url, struct arena *a);

/* What is behind /l/; false: it was not made by us. Whether its time is over is for
 * the caller to say. */
bool ack_link_read(const struct config *c, struct str text, struct ack_link *out) must_check;

#endif
