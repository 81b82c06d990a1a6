/* words.h -- the pieces a message is made of; private to message/. */
#ifndef MESSAGE_WORDS_H
#define MESSAGE_WORDS_H

#include "message/message.h"

/* Cleaned, on one line, of at most so many characters. */
struct str words_shown(struct arena *a, struct str s, size_t max);
/* The same for text that came over the wire from anybody: defanged, too. */
struct str words_foreign(struct arena *a, struct str s, size_t max);
struct str words_kept(struct arena *a, const struct buf *b); /* a copy */

/* What ntopng says further, in the alert's `json`. */
const struct json *words_inner(const struct alert *a, const char *name);
struct str words_inner_text(const struct alert *a, const char *name);

/* A flow's "TCP" and "HTTP", as far as they are known. */
struct str words_transport(const struct alert *a, struct arena *arena);
struct str words_application(const struct alert *a, struct arena *arena);

/* A JSON number as people write it: "5964", "39.79"; "" for anything else. */
struct str words_number(const struct json *j, struct arena *arena);
/* "5964 > 256", "4.9 > 1 ms": what was measured and its threshold, or "". */
struct str words_measured(const struct alert *a, struct arena *arena);
/* An active measurement that got no answer at all. */
bool words_unreachable(const struct alert *a);

/* message_time.c: when it happened, or from when to when; the same for a release
 * that comes alone: "Fired 15:01:06, cleared 15:09:09 CET". */
struct str message_when(const struct alert *a, struct arena *arena);
struct str message_fired(const struct alert *a, struct arena *arena);
/* "15:03", with its date when it is not the day of the other. */
struct str message_clock(int64_t wall_ms, int64_t other_ms, struct arena *arena);

/* message_facts.c */
void message_facts(const struct alert *a, const struct message_place *place,
                   struct arena *arena, struct message *m);

/* own_words.c: the recipient's words instead of ours, where they give any. True:
 * the title is another. */
bool own_words(const struct alert *a, const struct message_place *place,
               struct arena *arena, struct message *m);

#endif
