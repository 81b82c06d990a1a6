/* fake.h -- the vendors, faked for the tests and for `tocsin demo`: each answers as
 * its documentation says and as it was seen to: limits, disguised errors, bodies
 * that fail under a 200, tokens that are revoked, messages somebody deleted.
 * Written from the vendors' side (spec/endpoints.md), not from our types'. A fake
 * is a state and one function of it: no I/O, no clock. server.h puts one behind a
 * port. What has no vendor (mail, syslog, files) has a fake too: the far end. */
#ifndef FAKE_FAKE_H
#define FAKE_FAKE_H

#include "base/json.h"

#define FAKE_POSTS_MAX 10000 /* messages one fake keeps; more answer 500 */

struct fake_request {
    struct str method, path; /* "POST", "/api/v10/webhooks/1/abc" */
    struct str query;        /* "wait=true"; not decoded */
    struct str content_type, authorization, organisation, user_agent;
    struct str body;
    int64_t now_ms;
};

struct fake_answer {
    int status;
    const char *content_type;
    struct str body;       /* in the fake's scratch: until the next request */
    int64_t retry_after_s; /* as the header; 0: none */
};

/* What goes wrong with the next requests, in the vendor's own way. */
enum fault {
    FAULT_NONE,
    FAULT_LIMITED,    /* too many requests, come back in 3 s */
    FAULT_BROKEN,     /* an error of the vendor's own */
    FAULT_PAGE,       /* a web page from what stands before the vendor */
    FAULT_REVOKED,    /* the token or the address is dead */
    FAULT_PLACE_GONE, /* the chat, channel or room is archived, or we are out */
    FAULT_REFUSED,    /* this message is not to its liking */
};

struct fake_post { /* a message as the vendor keeps it; all of it is the fake's */
    struct str id, place; /* place: the channel, chat or room */
    struct str thread;    /* the id of what it answers; "" : nothing */
    struct str body;      /* the JSON that made it, or last changed it */
    struct str first;     /* the JSON that made it */
    unsigned edits;
    bool ended; /* resolved, closed */
    bool gone;  /* somebody deleted it */
};

enum fake_face { /* how it is reached */
    FAKE_HTTP,
    FAKE_SMTP,      /* a mail server, without TLS */
    FAKE_DATAGRAMS, /* UDP: each datagram is a message */
    FAKE_FILE,      /* DIR/NAME.out: each line is a message */
};

struct fake;
struct fake_vendor {
    const char *name;  /* the endpoint type's: "discord" */
    const char *title; /* "Discord" */
    enum fake_face face;
    /* Parameters with which an endpoint and a recipient of that type reach the
     * fake, as JSON; fake_params() fills in {port} and {dir}. */
    const char *endpoint, *recipient;
    const char *script; /* FAKE_FILE: what DIR/NAME.sh holds; NULL: no script */
    bool machine;       /* programs read it, not people */
    /* FAKE_HTTP */
    void (*answer)(struct fake *f, const struct fake_request *r,
                   struct fake_answer *out);
    /* How a person sees it, as plain text. */
    void (*show)(const struct fake_post *p, struct arena *a, struct buf *to);
};
extern const struct fake_vendor *const fake_vendors[]; /* NULL ends */
const struct fake_vendor *fake_vendor_find(struct str name);

/* A directory's name without quotes and control characters: it is put between
 * them. */
bool fake_dir_ok(const char *dir);
/* A vendor's parameters with the places filled in, in the arena. */
const struct json *fake_params(const char *json, uint16_t port, const char *dir,
                               struct arena *a);

struct fake *fake_new(const struct fake_vendor *v);
void fake_free(struct fake *f);

const struct fake_vendor *fake_vendor(const struct fake *f);

/* One request over HTTP and its answer. */
void fake_ask(struct fake *f, const struct fake_request *r, struct fake_answer *out);
void fake_fail(struct fake *f, enum fault fault, unsigned requests);
/* The vendor's own limit, by r->now_ms; off unless a test asks for it. */
void fake_limits(struct fake *f, bool on);

size_t fake_posts(const struct fake *f, const struct fake_post **out);
void fake_delete(struct fake *f, size_t post); /* as if by hand */
uint64_t fake_asked(const struct fake *f);     /* requests so far */
void fake_show(const struct fake *f, const struct fake_post *p, struct buf *to);

#endif
