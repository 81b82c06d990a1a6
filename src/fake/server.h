/* server.h -- a fake behind a port on loopback or a file, for the demo and for tests
 * with the real transport. */
#ifndef FAKE_SERVER_H
#define FAKE_SERVER_H

#include "fake/fake.h"
#include "loop/loop.h"

struct fake_server;

/* `f` is borrowed. `dir` (borrowed) is where a FAKE_FILE has its file and script;
 * NULL for the others. NULL: it cannot listen (err). */
struct fake_server *fake_serve(struct loop *l, struct fake *f, const char *dir,
                               struct error *err) must_check;
uint16_t fake_port(const struct fake_server *s); /* 0: of a file */
/* Takes in what was written to a file since; nothing to do for the others. */
void fake_look(struct fake_server *s);
void fake_server_free(struct fake_server *s); /* also NULL; files stay */

#endif
