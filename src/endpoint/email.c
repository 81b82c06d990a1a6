/* email.c -- sends an alert as a mail, or up to twenty as one. */
#include "endpoint/email.h"

#include "base/limits.h"
#include "message/escape.h"

static const char *const securities[] = {"starttls", "tls", "none", NULL};
enum security { SECURITY_STARTTLS, SECURITY_TLS, SECURITY_NONE };

/* Cannot stand in what is quoted-printable: there "=" comes before a digit. */
#define BOUNDARY "=_tocsin"

static const struct field email_fields[] = {
    {TEXT(struct email, smtp_server),
     .label = "SMTP server", .min = 1, .max = 253, .format = "hostname",
     .help = "Name or address of the server that takes your mail."},
    {NUMBER(struct email, smtp_port),
     .label = "Port", .optional = true, .min = 1, .max = UINT16_MAX,
     .help = "Unless set: 587 for starttls, 465 for tls, 25 for none."},
    {CHOICE(struct email, security),
     .label = "Security", .fallback = "starttls", .choices = securities,
     .words = true,
     .help = "starttls: encrypted before anything is said, or not sent; tls: "
             "from the first byte; none: for a relay you trust."},
    {TEXT(struct email, smtp_username),
     .label = "User name", .optional = true, .max = 256,
     .help = "To log in to the server, if it asks for it."},
    {TEXT(struct email, smtp_password),
     .label = "Password", .optional = true, .secret = true, .max = 256,
     .user = "smtp_username",
     .help = "To log in to the server, if it asks for it."},
    {TEXT(struct email, email_sender),
     .label = "Sender", .min = 3, .max = 400, .format = "email",
     .help = "Who the mails are from: name@example.com, or Name "
             "<name@example.com>."},
    CA_FILE(struct email),
    FIELDS_END,
};

static const struct field email_to_fields[] = {
    {TEXT(struct email_to, email_recipient),
     .label = "To", .min = 3, .max = 4000, .format = "email",
     .help = "Who gets the mails; several with commas between."},
    {TEXT(struct email_to, cc),
     .label = "Copy to", .optional = true, .max = 4000,
     .help = "Who gets a copy; several with commas between."},
    FIELDS_END,
};

/* --- check --------------------------------------------------------------- */

static bool login_check(const struct email *e, struct error *err)
{
    if (e->smtp_username.n > 0 && e->smtp_password.n == 0)
        return check_refuse(err, "smtp_password", "is needed next to a user name");
    if (e->smtp_username.n == 0 && e->smtp_password.n > 0)
        return check_refuse(err, "smtp_username", "is needed next to a password");
    if (e->smtp_password.n > 0 && e->security == SECURITY_NONE &&
        !host_is_loopback(e->smtp_server))
        return check_refuse(err, "security", "must be starttls or tls to log in: the "
                                       "password would be readable on the way");
    return true;
}

static bool sender_check(const struct email *e, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct mail_address from;

    return mail_address_parse(e->email_sender, &arena, &from, err) ||
           error_at(err, "email_sender");
}

/* Reads both lists into `to`; copies last. */
static bool recipients_read(const struct email_to *r, struct arena *a,
                            struct mail_address to[MAIL_ADDRESSES_MAX],
                            size_t *to_count, size_t *all_count,
                            struct error *err)
{
    size_t copies;

    if (!mail_address_list(r->email_recipient, a, to, MAIL_ADDRESSES_MAX,
                           to_count, err))
        return error_at(err, "email_recipient");
    if (*to_count == 0)
        return check_refuse(err, "email_recipient", "needs at least one address");
    if (!mail_address_list(r->cc, a, to + *to_count,
                           MAIL_ADDRESSES_MAX - *to_count, &copies, err))
        return error_at(err, "cc");
    *all_count = *to_count + copies;
    return true;
}

static bool recipient_check(const struct email_to *r, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct mail_address to[MAIL_ADDRESSES_MAX];
    size_t to_count, all_count;

    return recipients_read(r, &arena, to, &to_count, &all_count, err);
}

static bool email_check(const void *endpoint, const void *recipient,
                        struct error *err)
{
    const struct email *e = endpoint;

    if (e != NULL && (!check_host(e->smtp_server, "smtp_server", err) ||
                      !login_check(e, err) || !sender_check(e, err)))
        return false;
    return recipient == NULL || recipient_check(recipient, err);
}

/* --- render -------------------------------------------------------------- */

static uint16_t port_of(const struct email *e)
{
    static const uint16_t ports[] = {
        [SECURITY_STARTTLS] = 587, [SECURITY_TLS] = 465, [SECURITY_NONE] = 25,
    };

    return e->smtp_port > 0 ? (uint16_t)e->smtp_port : ports[e->security];
}

static enum mail_security security_of(const struct email *e)
{
    switch ((enum security)e->security) {
    case SECURITY_STARTTLS:
        return MAIL_STARTTLS;
    case SECURITY_TLS:
        return MAIL_TLS;
    case SECURITY_NONE:
        return MAIL_PLAIN;
    }
    bug("a choice that is none");
}

static bool letter_init(struct letter *l, const struct render_input *in,
                        struct arena *a, struct error *err)
{
    const struct email *e = in->endpoint;
    struct message *messages = arena_array(a, in->count, sizeof(*messages));

    l->in = in;
    l->arena = a;
    l->messages = messages;
    if (!mail_address_parse(e->email_sender, a, &l->from, err) ||
        !recipients_read(in->recipient, a, l->to, &l->to_count, &l->all_count,
                         err))
        return false;
    for (size_t i = 0; i < in->count; i++)
        render_message(in, i, a, &messages[i]);
    return true;
}

static void put_part(struct buf *to, const char *type, const struct buf *text)
{
    buf_printf(to, "--" BOUNDARY "\r\n"
                   "Content-Type: %s; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               type);
    quoted_printable(to, buf_view(text));
}

static bool letter_write(const struct letter *l, struct str *out,
                         struct error *err)
{
    struct buf mail freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf text freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf html freed_by(buf_release) = BUF(REQUEST_MAX);

    email_text(l, &text);
    email_html(l, &html);
    email_headers(l, &mail);
    buf_text(&mail, "MIME-Version: 1.0\r\n"
                    "Content-Type: multipart/alternative; "
                    "boundary=\"" BOUNDARY "\"\r\n\r\n");
    put_part(&mail, "text/plain", &text);
    put_part(&mail, "text/html", &html);
    buf_text(&mail, "--" BOUNDARY "--\r\n");
    return render_kept(&mail, l->arena, out, err);
}

/* The server and the login: all but the mail. */
static void render_server(const struct render_input *in, struct arena *a,
                          struct request *out)
{
    const struct email *e = in->endpoint;

    *out = (struct request){
        .via = VIA_MAIL,
        .mail = {
            .host = e->smtp_server,
            .port = port_of(e),
            .security = security_of(e),
            .user = e->smtp_username,
            .password = e->smtp_password,
            .helo = in->place.instance.n > 0
                        ? render_token(a, in->place.instance, 253)
                        : STR("tocsin"),
            .ca_file = e->ca_file,
        },
    };
}

static bool email_render(const struct render_input *in, struct arena *a,
                         struct request *out, struct error *err)
{
    struct letter *l = arena_new(a, sizeof(*l));
    struct str *to = arena_array(a, MAIL_ADDRESSES_MAX, sizeof(*to));
    struct mail_request *m = &out->mail;

    render_server(in, a, out);
    if (!letter_init(l, in, a, err) || !letter_write(l, &m->body, err))
        return false;
    for (size_t i = 0; i < l->all_count; i++)
        to[i] = l->to[i].addr;
    m->from = l->from.addr;
    m->to = to;
    m->to_count = l->all_count;
    return true;
}

static bool email_probe(const struct render_input *in, size_t nth,
                        struct arena *a, struct probe *out, struct error *err)
{
    const struct email *e = in->endpoint;

    (void)err;
    if (nth > 0)
        return false;
    out->name = e->smtp_username.n > 0 ? "EHLO and login" : "EHLO";
    render_server(in, a, &out->request);
    return true;
}

/* --- judge --------------------------------------------------------------- */

static bool is_login_refused(int status)
{
    return status == 530 || status == 534 || status == 535 || status == 538;
}

/* RFC 5321, 4.5.3.1.10: old servers say 552 where 452 is meant. */
static bool is_too_many(const struct response *r)
{
    return r->status == 552 && text_says(r->body, "too many");
}

static void judge_status(const struct response *r, struct arena *a,
                         struct verdict *v)
{
    if (!judge_answered(r, a, v))
        return;
    *v = (struct verdict){.kind = VERDICT_REFUSED,
                          .reason = judge_reason(0, r->body, a)};
    if (r->status >= 200 && r->status < 300) {
        v->kind = VERDICT_DELIVERED;
    } else if (is_login_refused(r->status)) {
        v->kind = VERDICT_DEFERRED;
        v->endpoint_fault = true;
    } else if (r->status < 500 || is_too_many(r)) {
        v->kind = VERDICT_DEFERRED;
        v->retry_after_ms = r->retry_after_ms;
    }
    if (v->reason.n == 0)
        v->reason = judge_reason(r->status, r->error, a);
    if (v->reason.n == 0)
        v->reason = STR("no answer that could be understood");
}

static void email_judge(const struct render_input *in, const struct request *sent,
                        const struct response *r, struct arena *a,
                        struct verdict *v)
{
    size_t asked = sent->mail.to_count;
    struct verdict verdict;

    assert(sent->via == VIA_MAIL);
    judge_status(r, a, &verdict);
    if (verdict.kind == VERDICT_DELIVERED) {
        verdict.handle = email_root(sent->mail.body);
        if (r->written < asked)
            verdict.reason = judge_reason(
                0, arena_printf(a, "for %zu of %zu addresses only; %.*s",
                                r->written, asked, STR_ARG(r->error)),
                a);
    }
    judge_all(verdict, v, in->count);
}

static const char *security_words(const struct email *e)
{
    switch ((enum security)e->security) {
    case SECURITY_STARTTLS:
        return "encrypted by STARTTLS";
    case SECURITY_TLS:
        return "encrypted";
    case SECURITY_NONE:
        return "not encrypted";
    }
    bug("a choice that is none");
}

/* Whether it takes mail from us for somebody only a mail can tell. */
static void email_judge_probe(const struct render_input *in, size_t nth,
                              const struct response *r, struct arena *a,
                              struct verdict *v)
{
    const struct email *e = in->endpoint;

    (void)nth;
    judge_status(r, a, v);
    if (v->kind == VERDICT_DELIVERED)
        v->reason = arena_printf(a, "%.*s talks to us, %s, %s",
                                 STR_ARG(e->smtp_server), security_words(e),
                                 e->smtp_username.n > 0 ? "logged in"
                                                        : "without a login");
}

const struct endpoint_type endpoint_email = {
    .name = "email",
    .title = "E-mail",
    .help = "Sends alerts as mails through an SMTP server.",
    .via = VIA_MAIL,
    .batch_max = 20,
    .together_max = TOGETHER_MAX,
    .repeats_show = true,
    .own_words = true,
    .endpoint_size = sizeof(struct email),
    .recipient_size = sizeof(struct email_to),
    .endpoint_fields = email_fields,
    .recipient_fields = email_to_fields,
    .check = email_check,
    .render = email_render,
    .judge = email_judge,
    .probe = email_probe,
    .judge_probe = email_judge_probe,
};
