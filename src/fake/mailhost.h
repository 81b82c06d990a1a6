/* mailhost.h -- inside the room: a mail server's side of one connection (RFC 5321),
 * without TLS and without a login. Bytes in, bytes out; mails go to the fake. */
#ifndef FAKE_MAILHOST_H
#define FAKE_MAILHOST_H

#include "fake/own.h"

#define MAILHOST_SIZE_MAX (1u << 20) /* bytes of one mail */
#define MAILHOST_TO_MAX 100          /* recipients of one mail */

struct mailhost {
    struct fake *fake; /* borrowed */
    struct buf heard;  /* ours: what has no line end yet */
    struct buf text;   /* ours: the mail, without dots that were stuffed */
    struct buf to;     /* ours: its recipients, with commas */
    size_t to_count;
    bool greeted, from, in_text, over;
    const char *refusal; /* of the text that is coming in; NULL: fine so far */
};

void mailhost_begin(struct mailhost *m, struct fake *f, struct buf *out);
/* m->over: the goodbye is in `out`, the connection ends. */
void mailhost_hear(struct mailhost *m, struct str bytes, struct buf *out);
void mailhost_release(struct mailhost *m);

/* mail.c: keeps a mail under its Message-ID, in the thread of In-Reply-To. */
struct fake_post *fake_keep_mail(struct fake *f, struct str to, struct str text);

#endif
