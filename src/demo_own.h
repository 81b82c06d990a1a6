/* demo_own.h -- what the files of the demo share. */
#ifndef DEMO_OWN_H
#define DEMO_OWN_H

#include "config/config.h"
#include "fake/server.h"
#include "intake/intake.h"
#include "outbox/outbox.h"

/* --- demo_channels.c: a fake, an endpoint and a recipient a type ---------------- */

#define CHANNELS_MAX 32

struct channel {
    const struct endpoint_type *type;
    const struct fake_vendor *vendor; /* NULL: nobody has written a fake of it yet */
    struct fake *fake;                /* ours; NULL: it cannot be shown */
    struct fake_server *server;       /* ours */
    struct error why_not;             /* when there is no fake */
    unsigned *printed; /* ours: of each message on the screen, how often it had changed */
    size_t printed_count;
};

struct channels {
    struct channel v[CHANNELS_MAX];
    size_t n;
    const char *dir; /* borrowed: where files and scripts lie */
};

/* `only`: types with commas; NULL: every type there is. */
bool channels_choose(struct channels *c, const char *only, struct error *err) must_check;
bool channels_open(struct channels *c, struct loop *l, const char *dir,
                   struct error *err) must_check;
/* Endpoints, recipients and settings, as a user would make them: a rooms'
 * configure. */
bool channels_configure(void *channels, struct config *config, struct error *err);
void channels_close(struct channels *c);

/* --- demo_alerts.c: what happens ---------------------------------------------------- */

struct sample {
    const char *title; /* what happens, in a few words */
    const char *alert; /* JSON in our own form; times are added */
    int began_s, ended_s; /* seconds ago; ended_s < 0: it has not */
};
extern const struct sample samples[];
extern const size_t sample_count;

/* As intake would have it after decoding. */
bool sample_decode(const struct sample *s, int64_t now_ms, struct arena *a,
                   struct batch *out, struct error *err) must_check;

/* --- demo_show.c: the screen ------------------------------------------------------------ */

struct screen {
    FILE *to;
    size_t width;
    bool colours, lines; /* a terminal: SGR sequences, box drawing */
    bool raw;            /* the bodies too */
};
void screen_open(struct screen *s, FILE *to);

void screen_intro(const struct screen *s, const struct channels *c);
void screen_sample(const struct screen *s, size_t nth, const char *title,
                   size_t delivered, int64_t took_ms);

/* What became of a channel's deliveries. */
struct outcome_counts {
    size_t delivered, skipped, failed;
    char skip_reason[256], failure[256]; /* of the last of them */
};
/* Something is not on the screen yet; true at first. */
bool channel_has_news(struct channel *c);
/* The messages that were not printed yet, or were changed since. */
void screen_channel(const struct screen *s, struct channel *c,
                    const struct outcome_counts *o);

struct totals {
    struct outbox_counts counts;
    size_t channels;
    int64_t took_ms;
};
void screen_summary(const struct screen *s, const struct totals *t);

#endif
