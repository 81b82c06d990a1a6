/* rooms.h -- one whole Tocsin in one process: every room opened in order, wired to
 * the others, and closed in reverse. `serve` runs it for good, `demo` until its
 * samples are delivered. */
#ifndef ROOMS_H
#define ROOMS_H

#include "admin/admin.h"
#include "courier/courier.h"
#include "holder.h"
#include "web/page.h"

#define ROOMS_EXIT_DISK 74 /* EX_IOERR: what was acknowledged is safe */
#define ROOMS_PATH_BYTES 4096

struct rooms_options {
    const char *data_dir;
    struct httpd_options http; /* who is allowed in is ours to say */
    /* Called once, before anything is delivered; false refuses to open. May be
     * NULL. */
    bool (*configure)(void *arg, struct config *c, struct error *err);
    void *configure_arg;
};

struct rooms { /* zeroed before rooms_open(); all NULL that is not open */
    struct rooms_options options;
    int lock_fd;
    struct loop *loop; /* borrowed */
    struct httpd *httpd;
    struct registry *registry;
    struct outbox *outbox;
    struct config *config;
    struct historian *historian;
    struct transport *transport;
    struct courier *courier;
    struct pipeline *pipeline;
    struct holder *holder;
    struct intake *intake;
    struct people *people;
    struct passwords *passwords;
    struct admin *admin;
    struct pages pages;
    struct intake_settings intake_settings;
    char new_token[ACCESS_TOKEN_BYTES]; /* when one was made now; else "" */
};

/* False: some are open, so rooms_close() it all the same. An I/O error of the
 * outbox ends the process with ROOMS_EXIT_DISK. */
bool rooms_open(struct rooms *r, struct loop *l, const struct rooms_options *o,
                struct error *err) must_check;
void rooms_close(struct rooms *r);

/* DATA_DIR/name. */
void rooms_path(const struct rooms *r, const char *name, char out[ROOMS_PATH_BYTES]);

#endif
