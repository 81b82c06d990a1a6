/* transport_rig.h -- a transport on a loop of its own, and servers for it to talk
 * to: what the tests of transport/ share. */
#ifndef TEST_TRANSPORT_RIG_H
#define TEST_TRANSPORT_RIG_H

#include <netinet/in.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/limits.h"
#include "transport/transport.h"

struct rig {
    struct loop *loop;
    struct transport *transport;
};

void rig_init(struct rig *r);
void rig_init_with(struct rig *r, const struct transport_options *o);
void rig_release(struct rig *r);

/* A copy of a response, and how often `done` was called. */
struct answer {
    unsigned calls;
    struct response response; /* texts point to the arrays below */
    char body[RESPONSE_MAX + 1];
    char error[512];
    char peer[64];
};
void answer_take(void *answer, const struct response *r); /* a transport_fn */

/* Sends, and turns the loop until it is answered. */
void rig_carry(struct rig *r, const struct request *q, struct answer *a);
struct sending *rig_send(struct rig *r, const struct request *q,
                         struct answer *a);
void rig_wait(struct rig *r, const unsigned *calls, unsigned wanted);

/* A server on 127.0.0.1 in a thread of its own: one connection after the other
 * is given to `serve`, which may block, and closed when that returns. */
typedef void serve_fn(void *arg, int fd, unsigned nth);
struct server {
    int listener;
    uint16_t port;
    pthread_t thread;
    serve_fn *serve;
    void *arg;
    _Atomic in_port_t last_port; /* who comes from there ends it */
    unsigned connections;        /* read it after server_stop() */
};
void server_start(struct server *s, serve_fn *serve, void *arg);
void server_stop(struct server *s);

/* For serve functions. */
void say(int fd, struct str bytes);    /* all of it */
void say_text(int fd, const char *text);
bool hear_until(int fd, const char *end, char *into, size_t size); /* NUL-terminated */
void hear_end(int fd);                 /* until the other side closes */
void hang_up_hard(int fd);             /* what is sent next is a reset */

uint16_t port_free(int socket_type); /* nobody listens there */

#endif
