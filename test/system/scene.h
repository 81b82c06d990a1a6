/* scene.h -- hostile alerts: a text of the corpus in every field an alert has. */
#ifndef SYSTEM_SCENE_H
#define SYSTEM_SCENE_H

#include "message/message.h"

#define NOW_MS 1606141257000LL
#define SCENE_MAX 10 /* alerts in one */

enum shape {
    TEXTS,  /* a flow of known addresses; names and message are hostile */
    NAMES,  /* type, entity value, addresses, names of facts */
    LABELS, /* Prometheus' labels and annotations */
    SHAPES,
};

struct material { /* of one alert */
    size_t at;    /* in the corpus */
    bool over_long; /* as often as it fits, or once */
    enum shape shape;
    enum phase phase;
};

struct scene { /* alerts that are told in one request */
    struct arena *arena;
    struct material of;
    struct alert alerts[SCENE_MAX];
    size_t count;
};

/* False: the door refuses such an alert. A text that is not UTF-8 comes through:
 * not every source is JSON. */
bool scene_add(struct scene *s, struct material of);

#endif
