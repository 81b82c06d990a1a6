/* scope.h -- what somebody may do: scopes. A role is nothing but a set of them,
 * so that a person and a token are judged by the same one table. */
#ifndef PEOPLE_SCOPE_H
#define PEOPLE_SCOPE_H

#include "base/buf.h"
#include "base/error.h"

enum scope { /* bits; names in scope.c */
    SCOPE_ALERTS_READ = 1,   /* alerts, deliveries, status, metrics */
    SCOPE_ALERTS_ACK = 2,    /* acknowledge */
    SCOPE_ALERTS_WRITE = 4,  /* release, send again */
    SCOPE_CONFIG_READ = 8,   /* endpoints, recipients, pools, settings */
    SCOPE_CONFIG_WRITE = 16, /* the same, but for settings */
    SCOPE_INGEST = 32,       /* send alerts, as any source */
    SCOPE_ADMIN = 64,        /* all, and people, tokens, audit, settings */
};
#define SCOPE_ALL 127u

enum role { ROLE_VIEWER, ROLE_RESPONDER, ROLE_EDITOR, ROLE_ADMIN, ROLE_COUNT };
extern const char *const role_names[]; /* "viewer"; NULL-terminated */
bool role_parse(struct str name, enum role *out) must_check;
unsigned role_scopes(enum role r);

/* A token's scopes: bits, and the sources it may send alerts as. As text they
 * are words with single spaces: "alerts:read ingest:ntopng". */
#define SCOPES_TEXT_MAX 256
struct scopes {
    unsigned bits;
    char text[SCOPES_TEXT_MAX];
};
/* One word more; false: no such scope, or too many of them. */
bool scopes_add(struct scopes *s, struct str word, struct error *err) must_check;
bool scopes_parse(struct str text, struct scopes *out,
                  struct error *err) must_check;
/* The bits, with SCOPE_INGEST also for a word "ingest:SOURCE". NULL: no source. */
unsigned scopes_for(const struct scopes *s, const char *source);
unsigned scopes_most(const struct scopes *s); /* with any source */

/* The scopes that `bits` are, each to `each`. */
void scope_names(unsigned bits, void (*each)(void *arg, const char *name),
                 void *arg);

#endif
