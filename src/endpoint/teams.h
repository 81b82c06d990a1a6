/* teams.h -- what teams.c and its cards share; private to it. */
#ifndef ENDPOINT_TEAMS_H
#define ENDPOINT_TEAMS_H

#include "endpoint/chat_steps.h"

enum teams_format { TEAMS_WORKFLOW, TEAMS_MESSAGECARD };

struct teams {
    struct str url;
    int format; /* enum teams_format */
    bool allow_private;
    struct str ca_file;
};

/* Teams refuses more than about 28 KB, its own markup included. */
#define TEAMS_BODY_MAX (20u << 10) /* bytes */
#define TEAMS_BARE 1 /* the step after a card was too large: the least of it */

/* The card for `in`, in either format: of at most TEAMS_BODY_MAX; the last facts
 * are left out first. */
bool teams_card(const struct render_input *in, struct arena *a, struct str *body,
                struct error *err) must_check;

#endif
