/* syslog.c -- sends alerts to this machine's syslog, or to another's. */
#include "endpoint/syslog.h"

#include "base/clock.h"
#include "base/limits.h"

#define PORT_PLAIN 514
#define PORT_TLS 6514
#define FRAME_MIN 480   /* every receiver takes as much */
#define FRAME_UDP 2048  /* what RFC 5426 says they should take */
#define FRAME_OTHER 8192 /* rsyslog's default */
#define FRAME_MAX 65000 /* a datagram's */
#define HOSTNAME_MAX 255
#define APP_NAME_MAX 48
#define TAG_MAX 32
#define MSGID_MAX 32
#define LOCAL_SOCKET "/dev/log"

static const char *const formats[] = {"text", "json", "ecs", "checkmk", NULL};
static const char *const transports[] = {"local", "udp", "tcp", "tls", NULL};
static const char *const headers[] = {"rfc5424", "rfc3164", NULL};
/* By number: a choice's index is what goes on the wire. */
static const char *const facilities[] = {
    "kern",   "user",   "mail",   "daemon", "auth",     "syslog", "lpr",
    "news",   "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",
    "alert",  "clock",  "local0", "local1", "local2",   "local3", "local4",
    "local5", "local6", "local7", NULL,
};

enum framing_choice { FRAMING_AUTO, FRAMING_OCTET, FRAMING_LF };
static const char *const framings[] = {"auto", "octet", "lf", NULL};

static const struct field syslog_fields[] = {
    {CHOICE(struct syslog, format),
     .label = "Format", .fallback = "text", .choices = formats,
     .help = "text, JSON, Elastic Common Schema, or what Checkmk's Event "
             "Console reads."},
    {CHOICE(struct syslog, transport),
     .label = "Transport", .fallback = "local", .choices = transports,
     .words = true,
     .help = "local: this machine's syslog; udp, tcp, tls: that of a host."},
    {TEXT(struct syslog, host),
     .label = "Host", .optional = true, .max = 253, .format = "hostname",
     .help = "Name or address of the syslog server; for local the path of the "
             "socket, if it is not " LOCAL_SOCKET "."},
    {NUMBER(struct syslog, port),
     .label = "Port", .optional = true, .min = 1, .max = UINT16_MAX,
     .help = "514 unless set, for tls 6514."},
    {CHOICE(struct syslog, framing),
     .label = "Framing", .fallback = "auto", .choices = framings,
     .help = "How messages are told apart on tcp and tls: octet counts bytes, "
             "lf ends lines; auto is octet, for Checkmk lf."},
    {CHOICE(struct syslog, header),
     .label = "Header", .fallback = "rfc5424", .choices = headers,
     .help = "rfc5424, or the old form without year and zone."},
    {CHOICE(struct syslog, facility),
     .label = "Facility", .fallback = "alert", .choices = facilities,
     .help = "What receivers sort by; alert (14) is what ntopng uses."},
    {TEXT(struct syslog, app_name),
     .label = "Program", .fallback = "tocsin", .min = 1, .max = APP_NAME_MAX,
     .help = "The name of the program in front of each message."},
    {NUMBER(struct syslog, max_size),
     .label = "Largest message", .optional = true, .unit = "bytes",
     .min = FRAME_MIN, .max = FRAME_MAX,
     .help = "2048 for udp, else 8192, unless set. Text is cut to it; JSON "
             "leaves out what is large."},
    CA_FILE(struct syslog),
    FIELDS_END,
};

size_t syslog_max_size(const struct syslog *s)
{
    if (s->max_size > 0)
        return (size_t)s->max_size;
    return s->transport == SYSLOG_UDP ? FRAME_UDP : FRAME_OTHER;
}

/* --- the frame ----------------------------------------------------------- */

/* A header's token: visible ASCII, or "-" for nothing. */
static struct str token(struct str s, size_t max, struct arena *a)
{
    size_t n = MIN(s.n, max);
    char *out = arena_new(a, n + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = s.p[i] > ' ' && s.p[i] <= '~' ? s.p[i] : '_';
    return n == 0 ? STR("-") : (struct str){out, n};
}

/* One may not tell what comes after a host name from its domain. */
static struct str short_name(struct str host)
{
    struct str rest = host;
    struct str first = str_until(&rest, '.');
    uint64_t number;

    return str_to_u64(first, &number) ? host : first;
}

static void put_old_header(const struct syslog_line *l, struct buf *to)
{
    struct time_parts t;

    time_parts_local(event_ms(l->alert), &t);
    buf_printf(to, "%s %2d %02d:%02d:%02d ", time_month_names[t.month - 1],
               t.day, t.hour, t.minute, t.second);
    if (l->to->transport != SYSLOG_LOCAL) {
        buf_str(to, token(short_name(l->place->instance), HOSTNAME_MAX,
                          l->arena));
        buf_char(to, ' ');
    }
    buf_str(to, render_token(l->arena, l->to->app_name, TAG_MAX));
    buf_text(to, ": ");
    syslog_element(l, to);
    if (l->to->format == FORMAT_CHECKMK)
        buf_char(to, ' ');
}

/* Checkmk wants no message id, and counts the blanks. */
static void put_header(const struct syslog_line *l, struct buf *to)
{
    bool checkmk = l->to->format == FORMAT_CHECKMK;
    struct str msgid = render_token(
        l->arena, checkmk ? STR_NONE : l->alert->type, MSGID_MAX);
    char time[TIME_TEXT_MAX];

    time_text(event_ms(l->alert), true, time);
    buf_printf(to, "1 %s ", time);
    buf_str(to, token(l->place->instance, HOSTNAME_MAX, l->arena));
    buf_char(to, ' ');
    buf_str(to, token(l->to->app_name, APP_NAME_MAX, l->arena));
    buf_text(to, " - ");
    buf_str(to, msgid.n > 0 ? msgid : STR("-"));
    buf_char(to, ' ');
    if (checkmk)
        syslog_element(l, to);
    else
        buf_char(to, '-');
    buf_char(to, ' ');
}

bool syslog_frame(const struct syslog_line *l, struct str *out,
                  struct error *err)
{
    size_t max = syslog_max_size(l->to);
    struct buf head freed_by(buf_release) = BUF(FRAME_MAX);
    struct buf body freed_by(buf_release) = BUF(FRAME_MAX);

    buf_printf(&head, "<%d>",
               l->to->facility * 8 + severity_syslog(l->alert->severity));
    if (l->to->transport == SYSLOG_LOCAL || l->to->header == HEADER_RFC3164)
        put_old_header(l, &head);
    else
        put_header(l, &head);
    if (head.n >= max)
        return error_set(err, "the header alone is longer than max_size (%zu "
                              "bytes); raise it",
                         max);
    if (!syslog_body(l, max - head.n, &body, err))
        return false;
    *out = arena_printf(l->arena, "%s%s", buf_c(&head), buf_c(&body));
    return true;
}

/* --- the type ------------------------------------------------------------ */

static enum syslog_framing framing_of(const struct syslog *s)
{
    switch ((enum framing_choice)s->framing) {
    case FRAMING_AUTO:
        return s->format == FORMAT_CHECKMK ? SYSLOG_LF : SYSLOG_OCTET;
    case FRAMING_OCTET:
        return SYSLOG_OCTET;
    case FRAMING_LF:
        return SYSLOG_LF;
    }
    bug("a choice that is none");
}

static bool host_check(const struct syslog *s, struct error *err)
{
    if (s->transport == SYSLOG_LOCAL)
        return s->host.n == 0 || s->host.p[0] == '/' ||
               check_refuse(err, "host", "with local is the path of a socket; choose "
                                   "udp, tcp or tls to send to a host");
    if (s->host.n == 0)
        return check_refuse(err, "host", "is needed for udp, tcp and tls");
    return check_host(s->host, "host", err);
}

static bool syslog_check(const void *endpoint, const void *recipient unused,
                         struct error *err)
{
    const struct syslog *s = endpoint;
    bool checkmk, remote;

    if (s == NULL)
        return true;
    checkmk = s->format == FORMAT_CHECKMK;
    remote = s->transport != SYSLOG_LOCAL;
    if (!host_check(s, err))
        return false;
    if (checkmk && remote && s->header == HEADER_RFC3164)
        return check_refuse(err, "header", "must be rfc5424 for Checkmk: it looks for "
                                     "its fields in structured data");
    if (checkmk && s->framing == FRAMING_OCTET)
        return check_refuse(err, "framing", "must be lf or auto for Checkmk: its Event "
                                      "Console reads lines");
    for (size_t i = 0; i < s->app_name.n; i++) {
        if (s->app_name.p[i] <= ' ' || s->app_name.p[i] > '~')
            return check_refuse(err, "app_name", "must be visible ASCII characters "
                                           "without blanks");
    }
    return true;
}

static bool syslog_render(const struct render_input *in, struct arena *a,
                          struct request *out, struct error *err)
{
    const struct syslog *s = in->endpoint;
    bool local = s->transport == SYSLOG_LOCAL;
    struct str *frames = arena_array(a, in->count, sizeof(*frames));
    uint16_t port = s->transport == SYSLOG_TLS ? PORT_TLS : PORT_PLAIN;

    for (size_t i = 0; i < in->count; i++) {
        struct syslog_line l = {.to = s, .place = &in->place, .geo = in->geo,
                                .arena = a,
                                .alert = in->items[i].alert,
                                .phase = in->items[i].phase};

        if (!syslog_frame(&l, &frames[i], err))
            return false;
    }
    *out = (struct request){.via = VIA_SYSLOG};
    out->syslog = (struct syslog_request){
        .transport = (enum syslog_transport)s->transport,
        .framing = framing_of(s),
        .host = local && s->host.n == 0 ? STR(LOCAL_SOCKET) : s->host,
        .port = s->port > 0 ? (uint16_t)s->port : port,
        .frames = frames,
        .frame_count = in->count,
        .ca_file = s->ca_file,
    };
    return true;
}

/* Nobody answers in syslog. A datagram that was sent is gone; what a stream had
 * taken when it broke may be lost, so all of it is sent again. */
static void syslog_judge(const struct render_input *in, const struct request *sent,
                         const struct response *r, struct arena *a,
                         struct verdict *v)
{
    bool datagrams = sent->syslog.transport == SYSLOG_LOCAL ||
                     sent->syslog.transport == SYSLOG_UDP;
    bool counts = r->outcome == OUTCOME_ANSWERED || datagrams;
    struct verdict failed;

    assert(sent->via == VIA_SYSLOG);
    judge_no_answer(r, a, &failed);
    for (size_t i = 0; i < in->count; i++) {
        v[i] = failed;
        if (counts && i < r->written)
            v[i] = (struct verdict){.kind = VERDICT_DELIVERED,
                                    .reason = STR("written; syslog confirms "
                                                  "no more")};
    }
}

const struct endpoint_type endpoint_syslog = {
    .name = "syslog",
    .title = "Syslog",
    .help = "Writes alerts to syslog, here or on another machine: as text, as "
            "JSON, as ECS, or for Checkmk.",
    .via = VIA_SYSLOG,
    .batch_max = 100,
    .confirms_nothing = true,
    .endpoint_size = sizeof(struct syslog),
    .endpoint_fields = syslog_fields,
    .recipient_fields = no_fields,
    .check = syslog_check,
    .render = syslog_render,
    .judge = syslog_judge,
};
