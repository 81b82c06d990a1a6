/* mailhost.c -- commands and their answers, in order or not; what is too long, too
 * many or half a line end is refused as real servers refuse it. */
#include "fake/mailhost.h"

#define COMMAND_MAX 512 /* octets with the line end; RFC 5321, 4.5.3.1.4 */
#define TEXT_LINE_MAX 1000
#define LOCAL_PART_MAX 64
#define DOMAIN_MAX 255

static void say(struct buf *out, const char *reply)
{
    buf_printf(out, "%s\r\n", reply);
}

/* --- what goes wrong ------------------------------------------------------------- */

enum stage { STAGE_MAIL, STAGE_RCPT, STAGE_END };

static const struct {
    enum fault fault;
    enum stage stage;
    const char *reply;
} faults[] = {
    {FAULT_PAGE, STAGE_MAIL, "421 4.3.2 Service not available, closing"},
    {FAULT_REVOKED, STAGE_MAIL, "530 5.7.0 Authentication required"},
    {FAULT_LIMITED, STAGE_RCPT, "450 4.7.1 Greylisted, try again later"},
    {FAULT_PLACE_GONE, STAGE_RCPT, "550 5.1.1 No such user here"},
    {FAULT_BROKEN, STAGE_END, "451 4.3.0 Local error in processing"},
    {FAULT_REFUSED, STAGE_END, "554 5.7.1 Message refused as spam"},
};

static bool failing(struct mailhost *m, enum stage stage, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        if (m->fake->fault == faults[i].fault && stage == faults[i].stage) {
            say(out, faults[i].reply);
            m->over = str_starts(str_of(faults[i].reply), "421");
            return true;
        }
    return false;
}

/* --- one mail ----------------------------------------------------------------------- */

static void forget(struct mailhost *m)
{
    buf_reset(&m->text);
    buf_reset(&m->to);
    m->to_count = 0;
    m->from = false;
    m->in_text = false;
    m->refusal = NULL;
}

/* "<x@y> SIZE=1": what is between the brackets, and what follows. */
static bool path_take(struct str *s, struct str *address)
{
    size_t end = str_find(*s, '>');

    if (s->n == 0 || s->p[0] != '<' || end == s->n)
        return false;
    *address = str_first(str_from(*s, 1), end - 1);
    *s = str_trim(str_from(*s, end + 1));
    return true;
}

static bool address_ok(struct str address)
{
    size_t at = str_find(address, '@');

    for (size_t i = 0; i < address.n; i++)
        if (address.p[i] <= ' ' || address.p[i] > '~') /* no SMTPUTF8 here */
            return false;
    return at > 0 && at <= LOCAL_PART_MAX && address.n > at + 1 &&
           address.n - at - 1 <= DOMAIN_MAX;
}

static bool size_ok(struct str parameters)
{
    uint64_t size;

    while (parameters.n > 0) {
        struct str p = str_until(&parameters, ' ');

        if (strncasecmp(p.p, "SIZE=", MIN(p.n, 5)) == 0 &&
            str_to_u64(str_from(p, 5), &size) && size > MAILHOST_SIZE_MAX)
            return false;
    }
    return true;
}

static void mail_from(struct mailhost *m, struct str words, struct buf *out)
{
    struct str address;

    fake_begin(m->fake);
    if (!m->greeted || m->from)
        say(out, "503 5.5.1 Bad sequence of commands");
    else if (!path_take(&words, &address) || (address.n > 0 && !address_ok(address)))
        say(out, "501 5.1.7 Bad sender's address");
    else if (!size_ok(words))
        say(out, "552 5.3.4 Message is too large");
    else if (!failing(m, STAGE_MAIL, out)) {
        m->from = true;
        say(out, "250 2.1.0 Ok");
    }
}

static void rcpt_to(struct mailhost *m, struct str words, struct buf *out)
{
    struct str address;

    if (!m->from)
        say(out, "503 5.5.1 Need MAIL first");
    else if (!path_take(&words, &address) || !address_ok(address))
        say(out, "501 5.1.3 Bad recipient's address");
    else if (m->to_count == MAILHOST_TO_MAX)
        say(out, "452 4.5.3 Too many recipients");
    else if (!failing(m, STAGE_RCPT, out)) {
        buf_printf(&m->to, "%s%.*s", m->to_count++ > 0 ? ", " : "", STR_ARG(address));
        say(out, "250 2.1.5 Ok");
    }
}

static void data(struct mailhost *m, struct buf *out)
{
    if (m->to_count == 0)
        say(out, "503 5.5.1 Need RCPT first");
    else {
        m->in_text = true;
        say(out, "354 End with a dot on a line of its own");
    }
}

static void text_ended(struct mailhost *m, struct buf *out)
{
    struct str text = buf_view(&m->text);

    if (m->text.over)
        m->refusal = "552 5.3.4 Message is too large";
    if (m->refusal != NULL)
        say(out, m->refusal);
    else if (failing(m, STAGE_END, out))
        ;
    else if (fake_keep_mail(m->fake, buf_view(&m->to), text) == NULL)
        say(out, "452 4.3.1 Out of storage");
    else
        say(out, "250 2.0.0 Ok: queued");
    forget(m);
}

/* A line ends with CRLF and nothing else: half a line end is how one mail is
 * smuggled inside another. */
static void text_line(struct mailhost *m, struct str line, bool whole, struct buf *out)
{
    if (whole && str_is(line, ".")) {
        text_ended(m, out);
        return;
    }
    if (!whole)
        m->refusal = "554 5.6.0 A bare LF";
    if (str_starts(line, "."))
        line = str_from(line, 1);
    if (line.n + 2 > TEXT_LINE_MAX)
        m->refusal = "554 5.6.0 A line is too long";
    if (memchr(line.p, '\r', line.n) != NULL)
        m->refusal = "554 5.6.0 A bare CR";
    buf_str(&m->text, line);
    buf_text(&m->text, "\r\n");
}

/* --- commands ------------------------------------------------------------------------- */

static bool takes(struct str *line, const char *word)
{
    size_t n = strlen(word);

    if (line->n < n || strncasecmp(line->p, word, n) != 0)
        return false;
    *line = str_trim(str_from(*line, n));
    return true;
}

static void hello(struct mailhost *m, bool extended, struct buf *out)
{
    forget(m);
    m->greeted = true;
    if (extended)
        buf_printf(out, "250-mail.example.net\r\n250-SIZE %u\r\n250-8BITMIME\r\n",
                   MAILHOST_SIZE_MAX);
    say(out, extended ? "250 ENHANCEDSTATUSCODES" : "250 mail.example.net");
}

static void command(struct mailhost *m, struct str line, struct buf *out)
{
    if (line.n + 2 > COMMAND_MAX)
        say(out, "500 5.5.2 Line too long");
    else if (takes(&line, "EHLO "))
        hello(m, true, out);
    else if (takes(&line, "HELO "))
        hello(m, false, out);
    else if (takes(&line, "MAIL FROM:"))
        mail_from(m, line, out);
    else if (takes(&line, "RCPT TO:"))
        rcpt_to(m, line, out);
    else if (str_is_nocase(line, "DATA"))
        data(m, out);
    else if (str_is_nocase(line, "RSET")) {
        forget(m);
        say(out, "250 2.0.0 Ok");
    } else if (str_is_nocase(line, "NOOP"))
        say(out, "250 2.0.0 Ok");
    else if (takes(&line, "VRFY "))
        say(out, "252 2.1.5 Cannot say; send and see");
    else if (str_is_nocase(line, "QUIT")) {
        m->over = true;
        say(out, "221 2.0.0 Bye");
    } else
        say(out, "500 5.5.1 Command not known");
}

/* --- a connection ----------------------------------------------------------------------- */

void mailhost_begin(struct mailhost *m, struct fake *f, struct buf *out)
{
    *m = (struct mailhost){
        .fake = f,
        .heard = BUF(TEXT_LINE_MAX * 2),
        .text = BUF(MAILHOST_SIZE_MAX),
        .to = BUF(MAILHOST_TO_MAX * (LOCAL_PART_MAX + DOMAIN_MAX + 4)),
    };
    say(out, "220 mail.example.net ESMTP");
}

static void line_heard(struct mailhost *m, struct str line, struct buf *out)
{
    bool whole = line.n > 0 && line.p[line.n - 1] == '\r';

    if (whole)
        line.n--;
    if (m->in_text)
        text_line(m, line, whole, out);
    else if (whole)
        command(m, line, out);
    else
        say(out, "500 5.5.2 A bare LF");
}

void mailhost_hear(struct mailhost *m, struct str bytes, struct buf *out)
{
    while (bytes.n > 0 && !m->over) {
        bool ends = str_find(bytes, '\n') < bytes.n;

        buf_str(&m->heard, str_until(&bytes, '\n'));
        if (m->heard.over) {
            say(out, "500 5.5.2 Line too long");
            m->over = true;
        } else if (ends) {
            line_heard(m, buf_view(&m->heard), out);
            buf_reset(&m->heard);
        }
    }
}

void mailhost_release(struct mailhost *m)
{
    buf_release(&m->heard);
    buf_release(&m->text);
    buf_release(&m->to);
}
