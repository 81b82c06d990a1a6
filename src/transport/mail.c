/* mail.c -- a message to an SMTP server, over a connection kept a little while.
 *
 * libcurl opens the connection: names, TLS, STARTTLS (required, or nothing is
 * sent) and the login. The message itself we hand over with smtp.c, because
 * libcurl waits for the answer to it, and for the one to QUIT, without returning
 * to the loop: one slow server would hold up everybody else. */
#include "transport/smtp.h"
#include "transport/stream.h"

#include <sys/socket.h>

#define IDLE_MS 10000   /* a connection waits this long for the next message */
#define IDLE_MAX 16     /* connections that wait, to all servers together */
#define GREETING_BYTES_MAX (64u << 10) /* heard before the first message */
#define ADDRESSES_ROOM 4096            /* for a command beside the message */

struct mail;

struct mail_line {
    struct transport *transport;
    struct mail_line *next, *previous; /* of all lines */
    struct stream *stream;             /* ours */
    struct mail *mail;                 /* NULL: it is idle */
    struct timer timer;
    bool opened, idle;
    size_t heard;     /* bytes before the first message */
    bool size;        /* the server wants to be told the SIZE */
    struct buf said;  /* ours: the lines of the last answer before that */
    bool said_all;    /* the answer is at its end */

    enum mail_security security; /* who may use it: the same server */
    uint16_t port;
    char *host, *user, *password, *helo, *ca_file; /* ours */
};

/* One message on a line. */
struct mail {
    struct sending *sending;
    struct mail_line *line;
    bool reused; /* the line was open: if it turns out dead, dial anew */
    struct smtp smtp;
    struct buf out; /* ours */
    size_t out_sent;
};

struct mail_lines {
    struct mail_line *first;
    size_t idle;
};

static const char *const no_login =
    "the server offers no way to log in that Tocsin knows (PLAIN, LOGIN)";

/* --- lines --- */

static void line_unlink(struct mail_line *l)
{
    if (l->previous != NULL)
        l->previous->next = l->next;
    else
        l->transport->mail->first = l->next;
    if (l->next != NULL)
        l->next->previous = l->previous;
}

static void secret_free(char *secret)
{
    explicit_bzero(secret, strlen(secret));
    free(secret);
}

static void line_free(struct mail_line *l)
{
    loop_timer_clear(l->transport->loop, &l->timer);
    if (l->idle)
        l->transport->mail->idle--;
    line_unlink(l);
    stream_free(l->stream);
    buf_release(&l->said);
    free(l->host);
    free(l->user);
    secret_free(l->password);
    free(l->helo);
    free(l->ca_file);
    free(l);
}

/* Says goodbye, and does not wait for an answer. */
static void line_quit(void *arg)
{
    struct mail_line *l = arg;

    (void)stream_send(l->stream, STR("QUIT\r\n"), NULL);
    line_free(l);
}

static char *text_copy(struct str s)
{
    return mem_dup(s.p, s.n);
}

static bool line_fits(const struct mail_line *l, const struct mail_request *r)
{
    return l->idle && l->security == r->security &&
           l->port == r->port && str_is(r->host, l->host) &&
           str_is(r->user, l->user) && str_is(r->password, l->password) &&
           str_is(r->helo, l->helo) && str_is(r->ca_file, l->ca_file);
}

static struct mail_line *line_idle(struct mail_lines *lines,
                                   const struct mail_request *r)
{
    struct mail_line *l = lines->first;

    while (l != NULL && !line_fits(l, r))
        l = l->next;
    return l;
}

/* The SIZE extension is all we want to know of what the server can do. */
static size_t on_greeting(char *bytes, size_t size, size_t n, void *arg)
{
    struct mail_line *l = arg;
    struct str line = {bytes, size * n};

    l->heard += line.n;
    if (l->heard > GREETING_BYTES_MAX)
        return 0;
    if (l->said_all)
        buf_reset(&l->said);
    l->said_all = line.n < 4 || line.p[3] != '-';
    buf_text(&l->said, l->said.n > 0 ? "\n" : "");
    buf_str(&l->said, str_trim(line));
    if (str_starts(str_from(line, 4), "SIZE"))
        l->size = true;
    return line.n;
}

static void line_login(struct mail_line *l, const struct mail_request *r)
{
    struct call *c = stream_call(l->stream);

    CALL_SET(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    CALL_SET(c, CURLOPT_HEADERFUNCTION, on_greeting);
    CALL_SET(c, CURLOPT_HEADERDATA, l);
    if (r->security == MAIL_STARTTLS)
        CALL_SET(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (r->user.n == 0)
        return;
    CALL_SET(c, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
    call_set_text(c, CURLOPT_USERNAME, r->user);
    call_set_text(c, CURLOPT_PASSWORD, r->password);
}

static void line_opened(void *arg, CURLcode code);

static struct stream *line_stream(struct mail_line *l,
                                  const struct sending *s, struct error *err)
{
    const struct mail_request *r = &s->request->mail;
    bool bare_login = r->security == MAIL_PLAIN && r->user.n > 0;
    struct stream_spec spec = {
        .scheme = r->security == MAIL_TLS ? "smtps" : "smtp",
        .host = r->host,
        .port = r->port,
        .path = r->helo,
        .socket_type = SOCK_STREAM,
        .reach = bare_login ? REACH_SELF : REACH_PRIVATE,
        .ca_file = r->ca_file,
        .timeout_ms = sending_timeout_ms(s),
    };

    return stream_new(l->transport->streams, &spec, line_opened, l, err);
}

static struct mail_line *line_new(struct sending *s, struct error *err)
{
    const struct mail_request *r = &s->request->mail;
    struct mail_lines *lines = s->transport->mail;
    struct mail_line *l = mem_new(sizeof(*l));

    l->transport = s->transport;
    l->security = r->security;
    l->port = r->port;
    l->host = text_copy(r->host);
    l->user = text_copy(r->user);
    l->password = text_copy(r->password);
    l->helo = text_copy(r->helo);
    l->ca_file = text_copy(r->ca_file);
    l->said = BUF(GREETING_BYTES_MAX);
    l->next = lines->first;
    if (l->next != NULL)
        l->next->previous = l;
    lines->first = l;
    l->stream = line_stream(l, s, err);
    if (l->stream == NULL) {
        line_free(l);
        return NULL;
    }
    line_login(l, r);
    return l;
}

/* --- the end of a message --- */

static void mail_free(struct mail *m)
{
    smtp_release(&m->smtp);
    buf_release(&m->out);
    free(m);
}

static void line_ready(void *arg, int fd, int events);

/* Waits for the next message, or is closed. */
static void line_keep(struct mail_line *l)
{
    struct mail_lines *lines = l->transport->mail;

    l->mail = NULL;
    l->idle = true;
    lines->idle++;
    if (lines->idle > IDLE_MAX ||
        !stream_watch(l->stream, LOOP_READ, line_ready, l, NULL)) {
        line_quit(l);
        return;
    }
    loop_timer_set(l->transport->loop, &l->timer, IDLE_MS, line_quit, l);
}

/* Lets go of the line, and of everything but what is to be reported. */
static void mail_leave(struct mail *m, bool keep)
{
    struct mail_line *l = m->line;

    if (keep)
        line_keep(l);
    else if (smtp_over(&m->smtp))
        line_quit(l);
    else
        line_free(l);
    mail_free(m);
}

static void mail_fail(struct mail *m, enum outcome outcome, const char *words)
{
    struct sending *s = m->sending;
    const struct mail_request *r = &s->request->mail;

    mail_leave(m, false);
    sending_fail(s, outcome, "%.*s:%u: %s", STR_ARG(r->host), r->port, words);
}

/* Once the message has been sent, only its answer tells what became of it. */
static bool mail_may_be_theirs(const struct mail *m)
{
    return m->smtp.given && m->out_sent == m->out.n;
}

static void mail_done(struct mail *m)
{
    const struct smtp *p = &m->smtp;
    struct sending *s = m->sending;
    bool accepted = p->step == SMTP_ACCEPTED;

    if (p->step == SMTP_MUMBLED) {
        mail_fail(m, mail_may_be_theirs(m) ? OUTCOME_LOST : OUTCOME_UNREACHED,
                  "the answer is not SMTP");
        return;
    }
    s->response.status = p->status;
    s->response.written = accepted ? p->accepted : 0;
    buf_str(&s->body, buf_view(&p->said));
    if (p->refusal.n > 0)
        error_set(&s->err, "%zu of %zu recipients refused, the first is %s",
                  p->asked - p->accepted, p->asked, buf_c(&p->refusal));
    mail_leave(m, accepted);
    sending_end(s, OUTCOME_ANSWERED);
}

/* --- the dialogue --- */

static bool mail_dial(struct mail *m, struct error *err);

/* A line that had waited may have died, or be tired of us. Until a recipient
 * was named nothing is lost by dialling anew. */
static bool mail_again(struct mail *m)
{
    if (!m->reused || m->smtp.asked > 0)
        return false;
    m->reused = false;
    line_free(m->line);
    m->line = NULL;
    return true;
}

static void mail_redial(struct mail *m)
{
    struct sending *s = m->sending;

    if (mail_dial(m, &s->err))
        return;
    mail_free(m);
    sending_end(s, OUTCOME_DENIED);
}

static void mail_broken(struct mail *m, const struct error *err)
{
    char words[ERROR_TEXT_MAX];

    if (mail_again(m)) {
        mail_redial(m);
        return;
    }
    snprintf(words, sizeof(words), "%s", err->text);
    mail_fail(m, mail_may_be_theirs(m) ? OUTCOME_LOST : OUTCOME_UNREACHED,
              words);
}

/* False: broken. */
static bool mail_flush(struct mail *m, struct error *err)
{
    while (m->out_sent < m->out.n) {
        struct str rest = str_from(buf_view(&m->out), m->out_sent);
        ssize_t n = stream_send(m->line->stream, rest, err);

        if (n <= 0)
            return n == 0;
        m->out_sent += (size_t)n;
    }
    return true;
}

/* What is said next is only put together once all before it was sent, so the
 * bytes under way never move. A server may refuse a message half-way. */
static bool mail_heard(struct mail *m, struct str bytes, struct error *err)
{
    bool early = m->out_sent < m->out.n;

    if (!early) {
        buf_reset(&m->out);
        m->out_sent = 0;
    }
    if (early && m->smtp.step != SMTP_MESSAGE)
        return error_set(err, "the server answered before it was asked");
    smtp_hear(&m->smtp, bytes, &m->out);
    assert(!m->out.over);
    if (early && m->smtp.step == SMTP_ACCEPTED)
        return error_set(err, "the server accepted half a message");
    return early || mail_flush(m, err);
}

static bool mail_hear(struct mail *m, struct error *err)
{
    char bytes[2048];
    ssize_t n = 0;

    while (!smtp_over(&m->smtp) &&
           (n = stream_receive(m->line->stream, bytes, sizeof(bytes), err)) > 0)
        if (!mail_heard(m, (struct str){bytes, (size_t)n}, err))
            return false;
    return n >= 0;
}

static void mail_turn(struct mail *m)
{
    struct mail_line *l = m->line;
    struct error err;

    if (!mail_flush(m, &err) || !mail_hear(m, &err)) {
        mail_broken(m, &err);
    } else if (!smtp_over(&m->smtp)) {
        int events = LOOP_READ;

        if (m->out_sent < m->out.n)
            events |= LOOP_WRITE;
        if (!stream_watch(l->stream, events, line_ready, l, &err))
            mail_broken(m, &err);
    } else if (m->smtp.step == SMTP_REFUSED && mail_again(m)) {
        mail_redial(m);
    } else {
        mail_done(m);
    }
}

static void line_ready(void *arg, int fd, int events)
{
    struct mail_line *l = arg;

    (void)fd;
    (void)events;
    if (l->mail == NULL)
        line_free(l); /* it hung up, or has something to say that ends it */
    else
        mail_turn(l->mail);
}

static void mail_begin(struct mail *m)
{
    const struct mail_request *r = &m->sending->request->mail;

    smtp_release(&m->smtp);
    buf_reset(&m->out);
    m->out_sent = 0;
    smtp_begin(&m->smtp, r, m->line->size, &m->out);
    mail_turn(m);
}

/* --- dialling --- */

/* An answer of the server's says more than what libcurl makes of it. */
static void line_failed(struct mail_line *l, CURLcode code)
{
    struct call *c = stream_call(l->stream);
    struct mail *m = l->mail;
    struct sending *s = m->sending;
    enum outcome outcome = OUTCOME_ANSWERED;
    long status = 0;

    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 400 && status <= 599) {
        s->response.status = (int)status;
        buf_str(&s->body, buf_view(&l->said));
    } else {
        outcome = call_outcome(c, code);
        if (code == CURLE_LOGIN_DENIED)
            error_set(&s->err, "%s", no_login);
        else
            call_explain(c, code, &s->err);
        error_in(&s->err, "%s:%u", l->host, l->port);
    }
    mail_leave(m, false);
    sending_end(s, outcome);
}

/* There is no message: what was said so far is the answer. */
static void line_looked(struct mail_line *l)
{
    struct mail *m = l->mail;
    struct sending *s = m->sending;
    long status = 0;

    curl_easy_getinfo(stream_call(l->stream)->easy, CURLINFO_RESPONSE_CODE,
                      &status);
    s->response.status = (int)status;
    buf_str(&s->body, buf_view(&l->said));
    mail_free(m);
    line_quit(l);
    sending_end(s, OUTCOME_ANSWERED);
}

static void line_opened(void *arg, CURLcode code)
{
    struct mail_line *l = arg;
    struct mail *m = l->mail;

    sending_travel(m->sending, stream_journey(l->stream), false);
    l->opened = code == CURLE_OK;
    if (!l->opened)
        line_failed(l, code);
    else if (m->sending->request->mail.to_count == 0)
        line_looked(l);
    else
        mail_begin(m);
}

static bool mail_dial(struct mail *m, struct error *err)
{
    m->line = line_new(m->sending, err);
    if (m->line == NULL)
        return false;
    m->line->mail = m;
    stream_dial(m->line->stream);
    return true;
}

static void mail_late(void *arg)
{
    struct mail *m = ((struct sending *)arg)->carried;
    char words[64];

    snprintf(words, sizeof(words), "no answer within %lld ms",
             (long long)sending_timeout_ms(m->sending));
    mail_fail(m, mail_may_be_theirs(m) ? OUTCOME_TIMED_OUT : OUTCOME_UNREACHED,
              words);
}

static void mail_carry(struct sending *s)
{
    const struct mail_request *r = &s->request->mail;
    struct mail_line *l =
        r->to_count > 0 ? line_idle(s->transport->mail, r) : NULL;
    struct mail *m = mem_new(sizeof(*m));

    m->sending = s;
    m->out = BUF(2 * REQUEST_MAX + ADDRESSES_ROOM);
    s->carried = m;
    loop_timer_set(sending_loop(s), &s->timer, sending_timeout_ms(s),
                   mail_late, s);
    if (l == NULL) {
        mail_redial(m);
        return;
    }
    l->idle = false;
    s->transport->mail->idle--;
    loop_timer_clear(sending_loop(s), &l->timer);
    sending_travel(s, stream_journey(l->stream), true);
    m->line = l;
    m->reused = true;
    l->mail = m;
    mail_begin(m);
}

static bool mail_check(const struct mail_request *r, struct error *err)
{
    assert(r->body.n <= REQUEST_MAX);
    if (!smtp_address_ok(r->from))
        return error_set(err, "the sender's address is not one");
    for (size_t i = 0; i < r->to_count; i++)
        if (r->to[i].n == 0 || !smtp_address_ok(r->to[i]))
            return error_set(err, "recipient %zu's address is not one", i + 1);
    return true;
}

void mail_start(struct sending *s)
{
    if (mail_check(&s->request->mail, &s->err))
        mail_carry(s);
    else
        sending_end(s, OUTCOME_DENIED);
}

void mail_drop(struct sending *s)
{
    mail_leave(s->carried, false);
}

struct mail_lines *mail_lines_new(void)
{
    return mem_new(sizeof(struct mail_lines));
}

void mail_lines_free(struct mail_lines *lines)
{
    if (lines == NULL)
        return;
    while (lines->first != NULL)
        line_quit(lines->first);
    free(lines);
}
