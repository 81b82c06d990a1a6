/* mail_address.h -- "a@b.org" and "Name <a@b.org>", and lists of them. */
#ifndef ENDPOINT_MAIL_ADDRESS_H
#define ENDPOINT_MAIL_ADDRESS_H

#include "base/arena.h"
#include "base/error.h"

#define MAIL_ADDRESSES_MAX 100 /* in one mail: every server takes as many */

struct mail_address {
    struct str name; /* without its quotes; may be empty */
    struct str addr; /* "a@b.org": fit for "<>" and for a header */
};

/* Strict: dot-atom "@" host name, all ASCII; no quoted local parts, no routes, no
 * comments, no address literals. */
bool mail_address_parse(struct str s, struct arena *a, struct mail_address *out,
                        struct error *err) must_check;

/* Parted by commas; `out` has room for `max`. An empty text is no address. */
bool mail_address_list(struct str s, struct arena *a, struct mail_address *out,
                       size_t max, size_t *n, struct error *err) must_check;

#endif
