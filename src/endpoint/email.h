/* email.h -- what the files of the email type share; private to them. */
#ifndef ENDPOINT_EMAIL_H
#define ENDPOINT_EMAIL_H

#include "endpoint/mail_address.h"
#include "endpoint/make.h"

struct email {
    struct str smtp_server;
    int64_t smtp_port;
    int security;
    struct str smtp_username, smtp_password, email_sender, ca_file;
};

struct email_to {
    struct str email_recipient, cc;
};

/* One mail being written: an alert in full, or a list of several. */
struct letter {
    const struct render_input *in;
    struct arena *arena;
    struct mail_address from;
    struct mail_address to[MAIL_ADDRESSES_MAX]; /* those in copy come last */
    size_t to_count, all_count;
    const struct message *messages; /* one an item */
};

/* Everything above the body; no blank line after. */
void email_headers(const struct letter *l, struct buf *to);
/* The two bodies, lines ended by \n, not yet encoded. */
void email_text(const struct letter *l, struct buf *to);
void email_html(const struct letter *l, struct buf *to);

/* Of one alert in a list: what it is about, and what happened; in one when the
 * one goes on from the other. */
void email_entry(const struct letter *l, size_t at, struct str *about,
                 struct str *sentence);

/* How many of a list are shown: the first; and the line for the others, or "". */
size_t email_shown(const struct letter *l);
struct str email_more(const struct letter *l);

/* Which of the alerts is the worst. */
size_t email_worst(const struct letter *l);
/* "12 alerts, worst Error: TLS Cert Expired (9), Susp. DGA Domain (3)" */
struct str email_digest_title(const struct letter *l);

/* The Message-ID that all mails about this alert refer to, out of a mail as it
 * was sent: the handle to keep. */
struct str email_root(struct str mail);

#endif
