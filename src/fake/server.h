/* server.h -- a fake behind a port on loopback, for the demo and for tests with the
 * real transport. */
#ifndef FAKE_SERVER_H
#define FAKE_SERVER_H

#include "fake/fake.h"
#include "web/httpd.h"

struct fake_server;

/* `f` is borrowed. `told` (may be NULL) is called after each request was answered. */
typedef void fake_told_fn(void *arg, struct fake *f, const struct fake_answer *said);
struct fake_server *fake_serve(struct loop *l, struct fake *f, fake_told_fn *told,
                               void *arg, struct error *err);
uint16_t fake_port(const struct fake_server *s);
void fake_server_free(struct fake_server *s);

#endif
