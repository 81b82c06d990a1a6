/* url.h -- inside the room: a request target taken apart, strictly. */
#ifndef WEB_URL_H
#define WEB_URL_H

#include "base/arena.h"
#include "base/error.h"

#define URL_SEGMENTS_MAX 16
#define URL_QUERIES_MAX 64

struct query {
    struct str name, value; /* decoded */
};

/* "/api/v1/alerts?limit=10": segments "api", "v1", "alerts", all decoded. Views
 * of the raw target where nothing was escaped, else in the arena. */
struct target {
    struct str path; /* as sent, without the query */
    struct str segments[URL_SEGMENTS_MAX];
    size_t segments_n;
    struct query *queries; /* in the arena */
    size_t queries_n;
};

/* Refuses what is not an absolute path: "*", "http://...", bytes that a URL
 * cannot have, bad escapes, %00 and control characters, escapes that are not
 * UTF-8, the segments "." and "..", and more parts than the limits above. */
bool target_parse(struct arena *a, struct str raw, struct target *out,
                  struct error *err) must_check;

#endif
