/* post.h -- the transport's part in a conversation with a fake: a request is taken
 * there, and what it says is brought back. */
#ifndef UNIT_POST_H
#define UNIT_POST_H

#include "endpoint/request.h"
#include "fake/fake.h"

/* The answer's body is in the arena. */
void post_to_fake(struct fake *f, const struct http_request *h, int64_t now_ms,
                  struct arena *a, struct response *r);

#endif
