/* template_own.h -- what the files of the templates share; private to them. */
#ifndef MESSAGE_TEMPLATE_OWN_H
#define MESSAGE_TEMPLATE_OWN_H

#include "message/template.h"

/* What a name means where no section's object has a member of that name. */
enum meaning {
    MEANS_FACT, /* of the alert: by its name, or by a path */
    MEANS_HERE, /* "." */
    MEANS_FACTS,
    /* parts of the message */
    MEANS_TITLE,
    MEANS_HEADLINE,
    MEANS_STATE,
    MEANS_SENTENCE,
    MEANS_SUBJECT,
    MEANS_BRIEF,
    MEANS_SEVERITY,
    MEANS_EMOJI,
    MEANS_WHEN,
    MEANS_FOOTER,
    MEANS_LINK,
    MEANS_ACK_URL,
    MEANS_INSTANCE,
    /* members of the alert */
    MEANS_ID,
    MEANS_BEGAN_ID,
    MEANS_ACTION,
    MEANS_ENTITY,
    MEANS_ENTITY_VALUE,
    MEANS_TYPE,
    MEANS_TYPE_ID,
    MEANS_CATEGORY,
    MEANS_SCORE,
    MEANS_MESSAGE,
    MEANS_TSTAMP,
    MEANS_TSTAMP_END,
    MEANS_REPEATS,
    MEANS_KEY,
    MEANS_SOURCE,
};
#define MEANINGS (MEANS_SOURCE + 1)

enum meaning template_meaning(struct str name);
/* The names that are known, by their number; NULL: no more. */
const char *template_word(size_t i, enum template_kind *kind);
/* The name it probably is meant to be; NULL: it is known, or like none. */
const char *template_near(struct str name);

enum piece_kind { PIECE_TEXT, PIECE_VALUE, PIECE_SECTION, PIECE_INVERTED };

struct piece {
    enum piece_kind kind;
    enum meaning means;
    struct str text; /* as it stands there; else the name */
    const struct piece *inner; /* of a section; NULL: none */
    const struct piece *next;
};

struct template {
    const struct piece *first; /* NULL: none */
};

#endif
