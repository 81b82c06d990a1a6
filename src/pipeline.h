/* pipeline.h -- the spine: an alert comes in, is applied, matched and put. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "config/config.h"
#include "intake/intake.h"
#include "outbox/outbox.h"

struct pipeline;

struct pipeline_options {
    struct config *config;
    struct registry *registry;
    struct outbox *outbox;
    const char *outbox_path; /* its file, to know who was told what; NULL: nobody */
    /* `muted`: it may have muted others until now. NULL: nobody asks. */
    void (*released)(void *arg, const struct alert *release, bool muted);
    /* The engaged alert is more severe now; `muted` as above. NULL: nobody asks. */
    void (*worsened)(void *arg, const struct alert *alert, bool muted);
    void *released_arg; /* of both */
    /* For those who listen: note() of each alert that comes in (it gives NULL when
     * nobody does), and noted() after its commit. May be NULL. */
    void *(*note)(void *arg, const struct alert *a, enum change change);
    void (*noted)(void *arg, void *note, bool committed);
    void *noted_arg;
};

struct pipeline *pipeline_new(struct loop *l, const struct pipeline_options *o);
void pipeline_free(struct pipeline *p);

void pipeline_changed(struct pipeline *p); /* the snapshot is another one */

/* What the judges of holds remember; whoever decides again asks with the same. */
const struct hold_state *pipeline_hold_state(const struct pipeline *p);

/* All of the batch or none of it; see struct intake_sink. */
enum accepted pipeline_accept(struct pipeline *p, const struct batch *b,
                              struct receipt *receipts, committed_fn *committed,
                              void *arg);
struct intake_sink pipeline_sink(struct pipeline *p);

/* Ends an engaged alert by hand. False: no engaged alert has that id (err). */
bool pipeline_release(struct pipeline *p, int64_t id, committed_fn *committed,
                      void *arg, struct error *err) must_check;

/* Who was told what lately, for whoever decides about holds, too. */
struct told *pipeline_told(struct pipeline *p);

#endif
