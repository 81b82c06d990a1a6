/* admin.h -- the REST API: looks in from the side and owns no alert. Also who
 * may: the admin token. Loop thread only. */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "config/config.h"
#include "courier/courier.h"
#include "intake/intake.h"
#include "outbox/outbox.h"
#include "people/people.h"
#include "registry/registry.h"
#include "store/historian.h"
#include "web/httpd.h"

#define ACCESS_TOKEN_BYTES 41 /* with its NUL */

/* Reads DATA/admin.token, which it makes (0600) at the first start, and lets
 * `http` ask it who may do what. The token is kept as its hash only. `made` is it
 * when it was made just now, else "": to be shown once, then wiped. */
bool access_open(const char *data_dir, struct httpd_options *http,
                 char made[ACCESS_TOKEN_BYTES], struct error *err) must_check;
/* From now on people and their tokens are known as well, and the proxies that the
 * settings trust. Both borrowed. */
void access_people(struct httpd_options *http, struct people *people,
                   struct config *config);
void access_close(struct httpd_options *http); /* after httpd_free() */

/* Ends an engaged alert by hand; `committed` once, after its commit. False: no
 * engaged alert has this id, or it cannot be taken now (err says). */
typedef bool admin_release_fn(void *arg, int64_t id, committed_fn *committed,
                              void *committed_arg, struct error *err);

struct admin_options { /* all of it borrowed, and must outlive the admin */
    struct loop *loop;
    struct httpd *httpd;
    struct config *config;
    struct registry *registry;
    struct outbox *outbox;
    struct courier *courier;
    struct historian *historian;
    struct intake *intake;
    struct people *people;
    struct passwords *passwords;
    const struct clock *clock;
    const struct hold_state *hold_state; /* what holds_decide() goes by now */
    const char *data_dir, *version;
    const char *program; /* tocsin, for jobs beside this one; NULL: none */
    admin_release_fn *release;
    void *release_arg;
};

struct admin;
/* The token that makes the first admin, valid while this runs and no user is
 * there; "" when there is one. Made at the first call. */
#define SETUP_TOKEN_BYTES 41
void admin_setup_token(struct admin *a, char out[SETUP_TOKEN_BYTES]);

/* For /api/v1/events. An alert is told when it is on disk: note() keeps what will
 * be said, NULL when nobody listens (which is all it then costs), and told() says
 * it, or forgets it when the commit failed. */
void *admin_note_alert(void *admin, const struct alert *alert,
                       enum change change);
void admin_told(void *admin, void *note, bool committed);
void admin_saw_delivery(void *admin, int64_t alert_id, int64_t recipient_id,
                        enum delivery_state state);
void admin_saw_pause(void *admin, const struct pause *p);
void admin_saw_config(void *admin, const struct snapshot *now);

/* Declares its routes; before the loop runs. */
struct admin *admin_new(const struct admin_options *o);
/* No new questions to the historian: before historian_stop(). */
void admin_stop(struct admin *a);
/* After historian_stop(), outbox_close() and courier_free(), which still call
 * back; before httpd_free(). Answers what is still open. */
void admin_free(struct admin *a);

#endif
