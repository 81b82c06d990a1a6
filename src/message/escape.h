/* escape.h -- one encoder a context, and the cleaning that comes before any. */
#ifndef MESSAGE_ESCAPE_H
#define MESSAGE_ESCAPE_H

#include "base/buf.h"

/* Untrusted text made fit to show: C0/C1 controls, bidi overrides and
 * zero-width characters out (\n and \t become a space unless `lines`), invalid
 * UTF-8 becomes U+FFFD. Every other function here expects cleaned text. */
void clean_text(struct buf *to, struct str s, bool lines);

/* "evil.com" -> "evil[.]com", "http://" -> "hxxp://": for text taken from
 * traffic. IP addresses are left alone. */
void defang(struct buf *to, struct str s);

/* At most `max` bytes / code points, cut on a boundary, "…" when cut. */
void cut_bytes(struct buf *to, struct str s, size_t max);
void cut_points(struct buf *to, struct str s, size_t max);

void escape_html(struct buf *to, struct str s);      /* & < > " ' */
void escape_sd_param(struct buf *to, struct str s);  /* RFC 5424: \ " ] */
void escape_checkmk(struct buf *to, struct str s);   /* spec/endpoints.md 11 */
/* A syslog MSG: one line; controls as #ooo like rsyslog does. */
void escape_syslog(struct buf *to, struct str s);

/* The chats. A text can be cut between any two characters and then escaped: that
 * takes at most the room of its characters, each escaped alone. */
void escape_slack(struct buf *to, struct str s);      /* & < > */
void escape_telegram(struct buf *to, struct str s);   /* HTML; breaks @name, links */
void escape_telegram_plain(struct buf *to, struct str s); /* without a mode */
void escape_discord(struct buf *to, struct str s);
void escape_mattermost(struct buf *to, struct str s); /* breaks @all, ~channel */
void escape_teams(struct buf *to, struct str s);      /* also breaks {{DATE()}} */
void escape_connector(struct buf *to, struct str s);  /* the same where HTML counts */
void escape_wecom(struct buf *to, struct str s);      /* breaks <@user>, links */
void escape_markdown(struct buf *to, struct str s);   /* as GitHub and TheHive */
/* For places that some versions show as they are and others take for markup: no
 * link, no mention, and nothing to be seen of it. */
void escape_unlinked(struct buf *to, struct str s);
/* What stands between backticks: no backtick. */
void escape_code(struct buf *to, struct str s);

/* RFC 2047 for an unstructured header value ("Subject"), folded; plain when it
 * is printable ASCII of at most 76 columns with `column` already used. */
void mime_header(struct buf *to, struct str s, size_t column);
/* The same for the name in front of an <address>, which has no plain form. */
void mime_phrase(struct buf *to, struct str s, size_t column);
/* RFC 2045 quoted-printable of a text, lines ended by CRLF, at most 76 long. */
void quoted_printable(struct buf *to, struct str s);

void base64(struct buf *to, struct str bytes);
bool base64_decode(struct str s, struct buf *to) must_check;

#endif
