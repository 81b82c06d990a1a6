/* transport.h -- carrying a request out: all outgoing I/O of the program. Runs
 * on the loop; every request ends in exactly one call of `done`, in bounded
 * time (its timeout). Addresses are judged at connect: link-local, metadata,
 * unspecified and multicast are always refused, private and loopback ones
 * unless the request allows them. Redirects are never followed, proxies from
 * the environment never used, TLS always verified. */
#ifndef TRANSPORT_TRANSPORT_H
#define TRANSPORT_TRANSPORT_H

#include "base/arena.h"
#include "endpoint/request.h"
#include "loop/loop.h"

struct transport;
struct sending; /* one request on its way */

/* `r` and what it points to live during the call only. */
typedef void transport_fn(void *arg, const struct response *r);

/* The in-process alert store: takes the alerts now, reports by calling
 * transport_store_done() exactly once, at any time, also when the request was
 * cancelled or the transport is gone. False: not taken (its queue is full). */
typedef bool transport_store_fn(void *arg, const struct store_request *r,
                                struct sending *s);

struct transport_options {
    transport_store_fn *store; /* NULL: VIA_STORE is OUTCOME_UNREACHED */
    void *store_arg;
    const char *user_agent;
};

struct transport *transport_new(struct loop *l,
                                const struct transport_options *o,
                                struct error *err);
/* Abandons what is in flight: no `done` is called after this. */
void transport_free(struct transport *t);

/* `r` and all it points to must live until `done`. `done` is never called
 * before transport_send() has returned. */
struct sending *transport_send(struct transport *t, const struct request *r,
                               transport_fn *done, void *arg);
void transport_cancel(struct sending *s); /* `done` will not be called */
void transport_store_done(struct sending *s, bool stored, struct str why_not);

/* What the courier and tests put in place of the real one (simulation). */
struct carrier {
    struct sending *(*send)(void *arg, const struct request *r,
                            transport_fn *done, void *done_arg);
    void (*cancel)(void *arg, struct sending *s);
    void *arg;
};
struct carrier transport_carrier(struct transport *t);

/* What lies in a directory of scripts and has a script's name, in order of the
 * names; one that would not be run with the reason, which is "" of the others. At
 * most SCRIPTS_MAX. False: the directory cannot be used. */
#define SCRIPTS_MAX 1000
struct script_found {
    struct str name, why_not;
};
struct script_list {
    struct script_found *v; /* in the arena */
    size_t n;
};
bool transport_scripts(struct str directory, struct arena *a,
                       struct script_list *out, struct error *err) must_check;

/* True when a request may connect to this address; else the reason. */
struct ip;
bool address_allowed(const struct ip *ip, bool allow_private, struct error *err);

#endif
