/* chat_steps.h -- how a chat's message goes on: the message of an engage is edited
 * by its release, or when it got worse, then answered, since nobody hears of an edit;
 * where that cannot be, posted anew; what is refused goes out once more as text only.
 * An acknowledgement is an edit and no more: nobody need hear of it. Pure; private to
 * endpoint/. */
#ifndef ENDPOINT_CHAT_STEPS_H
#define ENDPOINT_CHAT_STEPS_H

#include "endpoint/chat.h"

/* Bits of what must not be done again; and one that stands alone. `carry` is why
 * a message goes out as text only. */
enum chat_step {
    CHAT_ANEW = 1,  /* post: the message to edit or answer is out of reach */
    CHAT_PLAIN = 2, /* text only: its other parts were refused */
    CHAT_REPLY = 4, /* it is edited: now say so */
};

/* A message where it is: "C0123456789:1606141257.000200" as a handle. */
struct chat_place {
    struct str channel, id;
};

/* What to do for `in`. A message is edited where it is, also when the recipient
 * has moved since; one that others share is answered. `began` is that message, but
 * for POST; a handle that is not `ok` counts as none. */
enum chat_deed { CHAT_POST, CHAT_ANSWER, CHAT_EDIT };
enum chat_deed chat_deed(const struct render_input *in,
                         bool (*ok)(const struct chat_place *place),
                         struct chat_place *began);

/* Whether there is a message that `item` can change, if it is an acknowledgement;
 * other items are wanted anyway. */
bool chat_wants(const struct render_item *item,
                bool (*ok)(const struct chat_place *place), struct error *why_not);

/* The frame of a chat's judge, of one verdict for all: `read` is only asked about
 * an answer. An edit whose answer was lost is made again, and nobody sees it. */
typedef void chat_read_fn(const struct render_input *in, enum chat_deed deed,
                          const struct response *r, struct arena *a,
                          struct verdict *v);
void chat_judge(const struct render_input *in, enum chat_deed deed,
                chat_read_fn *read, const struct response *r, struct arena *a,
                struct verdict *v);

bool chat_text_only(const struct render_input *in);
/* Whether the message must say all: elsewhere the one before it has the facts. */
bool chat_whole(const struct render_input *in, enum chat_deed deed);

/* It is there, at `place` (whose parts may be empty): DELIVERED, or after an edit
 * that is to be heard of AGAIN with the reply. */
void chat_delivered(const struct render_input *in, enum chat_deed deed, int status,
                    const struct chat_place *place, struct arena *a,
                    struct verdict *v);
/* The message was not taken: AGAIN as text only, or if it was that, REFUSED. When
 * it is only the reply to an edit, DELIVERED: the edit is there. */
void chat_refused(const struct render_input *in, struct str why, struct arena *a,
                  struct verdict *v);
/* AGAIN, as a new message; an acknowledgement has none to change, and is skipped. */
void chat_anew(const struct render_input *in, struct str why, struct verdict *v);

#endif
