/* serve.h -- inside the room: the ways a fake is reached, one file each. */
#ifndef FAKE_SERVE_H
#define FAKE_SERVE_H

#include "fake/server.h"

struct fake_server {
    struct fake *fake;   /* borrowed */
    struct loop *loop;   /* borrowed */
    const char *dir;     /* borrowed */
    const struct way *way;
    void *state;         /* the way's */
    uint16_t port;
};

struct way {
    bool (*open)(struct fake_server *s, struct error *err); /* sets state and port */
    void (*look)(struct fake_server *s);                    /* NULL: nothing to do */
    void (*close)(struct fake_server *s);                   /* also of a half opened one */
};

extern const struct way way_http, way_smtp, way_datagrams, way_file;

/* A socket on a free port of 127.0.0.1, or -1. */
int loopback_socket(int type, uint16_t *port, struct error *err);

#endif
