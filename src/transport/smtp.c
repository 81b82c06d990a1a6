/* smtp.c -- the SMTP dialogue of one message: MAIL, RCPT for each recipient,
 * DATA, the message. One command at a time; a recipient who is refused does not
 * keep the others from getting it. */
#include "transport/smtp.h"

#include "base/limits.h"

#define REPLY_BYTES_MAX (8u << 10) /* of one answer, all its lines */
#define ADDRESS_MAX 320

bool smtp_address_ok(struct str address)
{
    if (address.n > ADDRESS_MAX)
        return false;
    for (size_t i = 0; i < address.n; i++) {
        unsigned char c = (unsigned char)address.p[i];

        if (c <= ' ' || c == 0x7f || c == '<' || c == '>')
            return false;
    }
    return true;
}

/* --- what we say --- */

/* Takes one line off the front, whatever ends it. */
static struct str line_take(struct str *rest)
{
    size_t n = 0;
    struct str line;

    while (n < rest->n && rest->p[n] != '\r' && rest->p[n] != '\n')
        n++;
    line = str_first(*rest, n);
    if (n + 1 < rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n')
        n++;
    *rest = str_from(*rest, MIN(n + 1, rest->n));
    return line;
}

void smtp_message(struct str body, struct buf *out)
{
    while (body.n > 0) {
        struct str line = line_take(&body);

        if (line.n > 0 && line.p[0] == '.')
            buf_char(out, '.');
        buf_str(out, line);
        buf_text(out, "\r\n");
    }
    buf_text(out, ".\r\n");
}

void smtp_begin(struct smtp *m, const struct mail_request *mail, bool size,
                struct buf *out)
{
    *m = (struct smtp){
        .mail = mail,
        .step = SMTP_MAIL,
        .said = BUF(REPLY_BYTES_MAX),
        .refusal = BUF(REPLY_BYTES_MAX * 2),
        .heard = BUF(REPLY_BYTES_MAX),
        .reply = BUF(REPLY_BYTES_MAX),
    };
    buf_printf(out, "MAIL FROM:<%.*s>", STR_ARG(mail->from));
    if (size)
        buf_printf(out, " SIZE=%zu", mail->body.n);
    buf_text(out, "\r\n");
}

static void rcpt_say(struct smtp *m, struct buf *out)
{
    m->step = SMTP_RCPT;
    buf_printf(out, "RCPT TO:<%.*s>\r\n", STR_ARG(m->mail->to[m->asked]));
    m->asked++;
}

/* --- what they answer --- */

static void smtp_end(struct smtp *m, enum smtp_step step, int status)
{
    m->step = step;
    m->status = status;
    buf_reset(&m->said);
    buf_str(&m->said, buf_view(&m->reply));
}

/* If nobody is accepted, "try later" to one of them speaks for all. */
static void rcpt_refused(struct smtp *m, int status)
{
    if (m->refusal.n == 0)
        buf_printf(&m->refusal, "%.*s: %s",
                   STR_ARG(m->mail->to[m->asked - 1]), buf_c(&m->reply));
    if (m->status < 400 || m->status >= 500)
        smtp_end(m, SMTP_RCPT, status);
}

static void rcpt_answered(struct smtp *m, int status, struct buf *out)
{
    if (status / 100 == 2)
        m->accepted++;
    else
        rcpt_refused(m, status);
    if (status == 421) { /* they hang up: nothing more will be heard */
        smtp_end(m, SMTP_REFUSED, status);
    } else if (m->asked < m->mail->to_count) {
        rcpt_say(m, out);
    } else if (m->accepted > 0) {
        m->step = SMTP_DATA;
        buf_text(out, "DATA\r\n");
    } else {
        m->step = SMTP_REFUSED;
    }
}

static void smtp_answered(struct smtp *m, int status, struct buf *out)
{
    switch (m->step) {
    case SMTP_MAIL:
        if (status / 100 == 2)
            rcpt_say(m, out);
        else
            smtp_end(m, SMTP_REFUSED, status);
        return;
    case SMTP_RCPT:
        rcpt_answered(m, status, out);
        return;
    case SMTP_DATA:
        if (status != 354) {
            smtp_end(m, SMTP_REFUSED, status);
            return;
        }
        m->step = SMTP_MESSAGE;
        m->given = true;
        smtp_message(m->mail->body, out);
        return;
    case SMTP_MESSAGE:
        smtp_end(m, status / 100 == 2 ? SMTP_ACCEPTED : SMTP_REFUSED, status);
        return;
    case SMTP_ACCEPTED:
    case SMTP_REFUSED:
    case SMTP_MUMBLED:
        return; /* nobody asked */
    }
}

/* "250-text" goes on, "250 text" and "250" end an answer. */
static void line_heard(struct smtp *m, struct str line, struct buf *out)
{
    int64_t status;
    bool last;

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line = str_first(line, line.n - 1);
    last = line.n == 3 || (line.n > 3 && line.p[3] == ' ');
    if (line.n < 3 || (!last && line.p[3] != '-') ||
        !str_to_i64(str_first(line, 3), &status) || status < 200 ||
        status > 599) {
        smtp_end(m, SMTP_MUMBLED, 0);
        return;
    }
    if (m->reply.n > 0)
        buf_char(&m->reply, '\n');
    buf_str(&m->reply, line);
    if (m->reply.over) {
        smtp_end(m, SMTP_MUMBLED, 0);
    } else if (last) {
        smtp_answered(m, (int)status, out);
        buf_reset(&m->reply);
    }
}

void smtp_hear(struct smtp *m, struct str bytes, struct buf *out)
{
    struct str rest;
    size_t at;

    buf_str(&m->heard, bytes);
    if (m->heard.over) {
        smtp_end(m, SMTP_MUMBLED, 0);
        return;
    }
    rest = buf_view(&m->heard);
    while (!smtp_over(m) && (at = str_find(rest, '\n')) < rest.n) {
        line_heard(m, str_first(rest, at), out);
        rest = str_from(rest, at + 1);
        /* More, when that was the end of an answer? We have not asked yet. */
        if (m->reply.n == 0 && rest.n > 0 && !smtp_over(m))
            smtp_end(m, SMTP_MUMBLED, 0);
    }
    buf_drop(&m->heard, m->heard.n - rest.n);
}

bool smtp_over(const struct smtp *m)
{
    return m->step == SMTP_ACCEPTED || m->step == SMTP_REFUSED ||
           m->step == SMTP_MUMBLED;
}

void smtp_release(struct smtp *m)
{
    buf_release(&m->said);
    buf_release(&m->refusal);
    buf_release(&m->heard);
    buf_release(&m->reply);
}
