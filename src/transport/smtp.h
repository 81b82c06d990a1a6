/* smtp.h -- what is said in SMTP once the connection is open and logged in: one
 * message to its recipients, as a machine without I/O. Private to transport/. */
#ifndef TRANSPORT_SMTP_H
#define TRANSPORT_SMTP_H

#include "base/buf.h"
#include "endpoint/request.h"

enum smtp_step {
    SMTP_MAIL,      /* each waits for the answer to this command */
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_MESSAGE,   /* all has been said; the answer makes it theirs */
    SMTP_ACCEPTED,  /* over */
    SMTP_REFUSED,   /* over; `status` says why */
    SMTP_MUMBLED,   /* over: that was no SMTP, or without end */
};

struct smtp {
    const struct mail_request *mail;
    enum smtp_step step;
    bool given;      /* the message was put into `out` */
    size_t asked;    /* recipients named so far */
    size_t accepted; /* of them */
    int status;      /* of the last answer that counts */
    struct buf said;    /* ours: the lines of that answer, "\n" between */
    struct buf refusal; /* ours: the first recipient refused, and the answer */
    struct buf heard;   /* ours: read, but no whole line yet */
    struct buf reply;   /* ours: the lines of the answer being read */
};

/* Both put what is to be sent next into `out`. */
void smtp_begin(struct smtp *m, const struct mail_request *mail, bool size,
                struct buf *out);
void smtp_hear(struct smtp *m, struct str bytes, struct buf *out);
bool smtp_over(const struct smtp *m);
void smtp_release(struct smtp *m);

/* False: nothing that may stand between "<" and ">" of a command. */
bool smtp_address_ok(struct str address);
/* The message as it goes over the line: every line end CRLF (a bare one could
 * hide a second message), dots doubled, and the end of it. */
void smtp_message(struct str body, struct buf *out);

#endif
