/* fail2ban.c -- has fail2ban ban the attacker of an alert, in the recipient's jail.
 *
 * fail2ban bans whatever it is given: words, 0.0.0.0/0, this machine itself. So
 * nothing but an address that we read and wrote again goes out, and none that may
 * not be banned. With method client we are a client of its socket, which only root
 * may use: whoever may write there is root, so Tocsin must not be let near it for
 * this alone. Method log needs no rights: a line, which the filter of
 * docs/examples/fail2ban reads. */
#include "endpoint/make.h"

#include <unistd.h>

#include "alert/ip.h"
#include "base/clock.h"
#include "base/limits.h"

#define CLIENT_DIR "/usr/bin"
#define CLIENT "fail2ban-client"
#define CLIENT_TIMEOUT_MS 10000
#define SOCKET "/var/run/fail2ban/fail2ban.sock"
#define SOCKET_MAX 107 /* sockaddr_un */
#define JAIL_MAX 64
#define LOG_BATCH 100
#define SHOWN_MAX 60 /* bytes of what is no address */

enum method { METHOD_CLIENT, METHOD_LOG };
static const char *const methods[] = {"client", "log", NULL};

struct fail2ban {
    int method;
    struct str socket;
    struct str file;
    struct str_list never_ban;
    bool unban_on_release;
};

struct fail2ban_to {
    struct str jail;
};

static const struct field fail2ban_fields[] = {
    {CHOICE(struct fail2ban, method),
     .label = "Method", .fallback = "client", .choices = methods,
     .help = "client: tells fail2ban by " CLIENT ", which only root may do. "
             "log: writes a line to a file that fail2ban watches; needs no "
             "rights."},
    {TEXT(struct fail2ban, socket),
     .label = "Socket", .fallback = SOCKET, .min = 2, .max = SOCKET_MAX,
     .help = "For client: the socket of the fail2ban server."},
    {TEXT(struct fail2ban, file),
     .label = "File", .optional = true, .max = 1024,
     .help = "For log: the file to write to, as /var/log/tocsin/fail2ban.log; "
             "its directory must be there."},
    {LIST(struct fail2ban, never_ban),
     .label = "Never ban", .optional = true, .max = IP_TEXT_MAX + 4,
     .help = "Addresses and prefixes that are never banned: your own addresses, "
             "gateways, name servers, and where you log in from."},
    {FLAG(struct fail2ban, unban_on_release),
     .label = "Unban on release", .fallback = "false",
     .help = "For client: ends the ban when the alert ends. Otherwise the jail's "
             "bantime ends it."},
    FIELDS_END,
};

static const struct field fail2ban_to_fields[] = {
    {TEXT(struct fail2ban_to, jail),
     .label = "Jail", .min = 1, .max = JAIL_MAX,
     .help = "Name of the fail2ban jail to put the attacker in."},
    FIELDS_END,
};

/* --- which addresses --------------------------------------------------------- */

static bool is_reserved(const struct ip *ip) /* 240.0.0.0/4: broadcast, too */
{
    return ip->v4 && ip->b[12] >= 240;
}

/* ::1.2.3.4, an old way to write a v4 address that nobody sends from. */
static bool is_compatible(const struct ip *ip)
{
    static const uint8_t zeros[12];

    return !ip->v4 && memcmp(ip->b, zeros, sizeof(zeros)) == 0;
}

static const char *kind_of(const struct ip *ip)
{
    if (ip_is_loopback(ip))
        return "this machine itself";
    if (ip_is_unspecified(ip) || is_compatible(ip))
        return "no address of a host";
    if (ip_is_multicast(ip))
        return "a multicast address";
    if (ip_is_link_local(ip) || ip_is_metadata(ip))
        return "a link-local or metadata address";
    return is_reserved(ip) ? "a broadcast or reserved address" : NULL;
}

/* The prefix of never_ban that holds it; "": none does. */
static struct str never_ban(const struct fail2ban *f, const struct ip *ip)
{
    for (size_t i = 0; i < f->never_ban.n; i++) {
        struct prefix p;
        bool had_host_bits;

        if (prefix_parse(f->never_ban.v[i], &p, &had_host_bits) &&
            prefix_holds(&p, ip))
            return f->never_ban.v[i];
    }
    return STR_NONE;
}

/* A v6 address may be that of a v4 host (NAT64, 6to4), which is meant then too. */
static bool is_spared(const struct fail2ban *f, const struct ip *ip,
                      struct error *why)
{
    char text[IP_TEXT_MAX];
    struct ip inner;
    struct str prefix = never_ban(f, ip);

    if (prefix.n == 0 && ip_embedded_v4(ip, &inner))
        prefix = never_ban(f, &inner);
    if (prefix.n == 0)
        return false;
    ip_text(ip, text);
    error_set(why, "%s is never banned (never_ban: %.*s)", text,
              STR_ARG(prefix));
    return true;
}

static bool may_be_banned(const struct ip *ip, struct error *err)
{
    const char *kind = kind_of(ip);
    char text[IP_TEXT_MAX];
    struct ip inner;

    if (kind == NULL && ip_embedded_v4(ip, &inner))
        kind = kind_of(&inner);
    if (kind == NULL)
        return true;
    ip_text(ip, text);
    return error_set(err, "%s must not be banned: it is %s", text, kind);
}

static bool attacker_read(const struct alert *alert, struct ip *out,
                          struct arena *a, struct error *err)
{
    struct str said = alert_attacker(alert);
    struct str shown;

    if (ip_parse(said, out))
        return true;
    if (said.n == 0)
        return error_set(err, "the alert names no attacker");
    shown = judge_reason(0, said, a);
    return error_set(err, "the attacker \"%.*s\" is no IP address, and fail2ban "
                          "would not notice",
                     STR_ARG(str_first(shown, utf8_cut(shown, SHOWN_MAX))));
}

/* What is to be done: also for an engage that never got through, the ban is for
 * what happened; but with unban_on_release it is over already. */
static bool is_unban(const struct fail2ban *f, const struct render_item *item)
{
    return f->unban_on_release && item->phase != PHASE_NEW;
}

static bool fail2ban_wants(const void *endpoint, const void *recipient unused,
                           const struct render_item *item, struct error *why_not)
{
    const struct fail2ban *f = endpoint;
    struct ip ip;

    if (alert_attacker(item->alert).n == 0)
        return error_set(why_not, "the alert names no attacker");
    if (item->phase == PHASE_RELEASE && !f->unban_on_release)
        return error_set(why_not, "the jail's bantime ends the ban");
    return is_unban(f, item) || !ip_parse(alert_attacker(item->alert), &ip) ||
           !is_spared(f, &ip, why_not);
}

/* --- parameters --------------------------------------------------------------- */

static bool is_jail_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '_';
}

static bool jail_check(struct str jail, struct error *err)
{
    bool fine = is_jail_byte(jail.p[0]);

    for (size_t i = 0; i < jail.n; i++)
        fine = fine && (is_jail_byte(jail.p[i]) || jail.p[i] == '.' ||
                        jail.p[i] == '-');
    if (fine)
        return true;
    error_set(err, "\"%.*s\" is no name of a jail: letters, digits, \"_\", and "
                   "after the first also \".\" and \"-\"",
              STR_ARG(jail));
    return error_at(err, "jail");
}

static bool path_check(struct str path, const char *field, struct error *err)
{
    if (str_starts(path, "/") && str_find(path, '\n') == path.n &&
        !str_ends(path, "/"))
        return true;
    error_set(err, "must be the absolute path of a %s", field);
    return error_at(err, field);
}

static bool never_ban_check(const struct str_list *list, struct error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        struct prefix p;
        bool had_host_bits = false;

        if (prefix_parse(list->v[i], &p, &had_host_bits) && !had_host_bits)
            continue;
        error_set(err, "\"%.*s\" is %s, as in 10.0.0.0/8 or 2001:db8::1",
                  STR_ARG(list->v[i]),
                  had_host_bits ? "an address inside of its prefix: write the "
                                  "prefix's first one"
                                : "no address or prefix");
        error_at_index(err, i);
        return error_at(err, "never_ban");
    }
    return true;
}

static bool fail2ban_check(const void *endpoint, const void *recipient,
                           struct error *err)
{
    const struct fail2ban *f = endpoint;
    const struct fail2ban_to *to = recipient;

    if (to != NULL && !jail_check(to->jail, err))
        return false;
    if (f == NULL)
        return true;
    if (!path_check(f->socket, "socket", err) ||
        !never_ban_check(&f->never_ban, err))
        return false;
    if (f->method != METHOD_LOG)
        return true;
    if (f->unban_on_release) {
        error_set(err, "needs the method client: in a log nothing can be taken "
                       "back");
        return error_at(err, "unban_on_release");
    }
    return path_check(f->file, "file", err);
}

static bool fail2ban_available(struct error *why_not)
{
    if (access(CLIENT_DIR "/" CLIENT, X_OK) == 0)
        return true;
    return error_set(why_not, "there is no " CLIENT_DIR "/" CLIENT
                              "; install fail2ban first");
}

static size_t fail2ban_batch_limit(const void *endpoint)
{
    const struct fail2ban *f = endpoint;

    return f->method == METHOD_LOG ? LOG_BATCH : 1;
}

/* --- the request --------------------------------------------------------------- */

static bool address_of(const struct render_input *in, size_t i, struct arena *a,
                       struct str *out, struct error *err)
{
    const struct fail2ban *f = in->endpoint;
    const struct render_item *item = &in->items[i];
    char text[IP_TEXT_MAX];
    struct ip ip;

    if (!attacker_read(item->alert, &ip, a, err) || !may_be_banned(&ip, err) ||
        (!is_unban(f, item) && is_spared(f, &ip, err)))
        return false;
    ip_text(&ip, text);
    *out = arena_str(a, str_of(text));
    return true;
}

static const char *const *argv_new(const struct fail2ban *f,
                                   const char *const words[4], struct arena *a)
{
    const char **argv = arena_array(a, 8, sizeof(*argv));

    argv[0] = CLIENT;
    argv[1] = "-s";
    argv[2] = arena_c(a, f->socket);
    memcpy(argv + 3, words, 4 * sizeof(*words));
    return argv;
}

static const char *const environment[] = {
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "PYTHONNOUSERSITE=1", NULL,
};

/* A test asks about the jail, and bans nobody. */
static bool client_render(const struct render_input *in, struct arena *a,
                          struct request *out, struct error *err)
{
    const struct fail2ban *f = in->endpoint;
    const struct fail2ban_to *to = in->recipient;
    const char *jail = arena_c(a, to->jail);
    struct str address;

    out->via = VIA_EXEC;
    out->timeout_ms = CLIENT_TIMEOUT_MS;
    out->exec = (struct exec_request){
        .directory = STR(CLIENT_DIR),
        .script = STR(CLIENT),
        .program = true,
        .envp = environment,
    };
    if (in->test) {
        out->exec.argv = argv_new(f, (const char *[4]){"status", jail}, a);
        return true;
    }
    if (!address_of(in, 0, a, &address, err))
        return false;
    out->exec.argv = argv_new(
        f,
        (const char *[4]){"set", jail,
                          is_unban(f, in->items) ? "unbanip" : "banip",
                          address.p},
        a);
    return true;
}

/* fail2ban takes no notice of what is older than its findtime: the time is when
 * the line is written. What comes after the address shows that it is whole. */
static bool log_render(const struct render_input *in, struct arena *a,
                       struct request *out, struct error *err)
{
    const struct fail2ban *f = in->endpoint;
    const struct fail2ban_to *to = in->recipient;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    char time[TIME_TEXT_MAX];
    struct str address;

    out->via = VIA_FILE;
    out->file.path = f->file;
    time_text(in->place.now_ms, true, time);
    for (size_t i = 0; i < in->count; i++) {
        buf_printf(&b, "%s tocsin: jail %.*s: ", time, STR_ARG(to->jail));
        if (in->test) {
            buf_text(&b, "a test, nobody is banned\n");
            continue;
        }
        if (!address_of(in, i, a, &address, err))
            return false;
        buf_printf(&b, "ban %.*s (alert %.*s)\n", STR_ARG(address),
                   STR_ARG(render_token(a, in->items[i].id, 64)));
    }
    return render_kept(&b, a, &out->file.lines, err);
}

static bool fail2ban_render(const struct render_input *in, struct arena *a,
                            struct request *out, struct error *err)
{
    const struct fail2ban *f = in->endpoint;

    *out = (struct request){0};
    return f->method == METHOD_LOG ? log_render(in, a, out, err)
                                   : client_render(in, a, out, err);
}

/* --- the answer ----------------------------------------------------------------- */

/* What the client says is for people: these are the words it says it in (1.0.2).
 * A client that was refused ends with 255, whatever it was. */
static const struct {
    const char *said;
    bool endpoint_fault, recipient_fault;
    const char *reason;
} refusals[] = {
    {"does not exist", false, true, "fail2ban has no such jail"},
    {"Permission denied", true, false,
     "only root may use fail2ban's socket; choose the method log"},
    {"Failed to access socket", false, false,
     "fail2ban's server does not answer on its socket; is it running?"},
    {"Invalid command", true, false,
     "fail2ban does not know this command; is it older than 0.10?"},
};

static bool said(struct str answer, const char *words)
{
    return memmem(answer.p, answer.n, words, strlen(words)) != NULL;
}

static void judge_refusal(const struct response *r, struct arena *a,
                          struct verdict *v)
{
    struct str answer = judge_reason(0, r->body.n > 0 ? r->body : r->error, a);

    *v = (struct verdict){.kind = VERDICT_DEFERRED};
    v->reason = arena_printf(a, "exit status %d: %.*s", r->status,
                             (int)utf8_cut(answer, REASON_MAX - 30), answer.p);
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (r->body.n == 0 || !said(r->body, refusals[i].said))
            continue;
        v->endpoint_fault = refusals[i].endpoint_fault;
        v->recipient_fault = refusals[i].recipient_fault;
        v->reason = str_of(refusals[i].reason);
        return;
    }
}

/* The last line: others may be a newer Python's warnings. */
static struct str last_line(struct str body)
{
    struct str rest = str_trim(body), line = STR_NONE;

    while (rest.n > 0)
        line = str_until(&rest, '\n');
    return str_trim(line);
}

static void judge_count(bool unban, const struct response *r, struct arena *a,
                        struct verdict *v)
{
    uint64_t count;

    if (!str_to_u64(last_line(r->body), &count)) {
        judge_refusal(r, a, v);
        return;
    }
    *v = (struct verdict){.kind = VERDICT_DELIVERED};
    if (unban)
        v->reason = count > 0 ? STR("unbanned") : STR("was not banned any more");
    else
        v->reason = count > 0 ? STR("newly banned") : STR("was banned already");
}

static void judge_client(const struct request *sent, const struct response *r,
                         struct arena *a, struct verdict *v)
{
    const char *const *argv = sent->exec.argv;

    if (r->status != 0)
        judge_refusal(r, a, v);
    else if (strcmp(argv[3], "status") == 0)
        *v = (struct verdict){.kind = VERDICT_DELIVERED,
                              .reason = STR("fail2ban has this jail")};
    else
        judge_count(strcmp(argv[5], "unbanip") == 0, r, a, v);
}

static void fail2ban_judge(const struct render_input *in,
                           const struct request *sent, const struct response *r,
                           struct arena *a, struct verdict *v)
{
    struct verdict verdict;

    if (r->outcome != OUTCOME_ANSWERED)
        judge_no_answer(r, a, &verdict);
    else if (sent->via == VIA_FILE)
        verdict = (struct verdict){.kind = VERDICT_DELIVERED,
                                   .reason = STR("written; fail2ban reads it "
                                                 "when it comes to it")};
    else
        judge_client(sent, r, a, &verdict);
    judge_all(verdict, v, in->count);
}

const struct endpoint_type endpoint_fail2ban = {
    .name = "fail2ban",
    .title = "Fail2Ban",
    .help = "Has fail2ban on this machine ban the attacker of an alert, if the "
            "alert names one.",
    .via = VIA_EXEC, /* or VIA_FILE */
    .batch_max = LOG_BATCH,
    .batch_limit = fail2ban_batch_limit,
    .endpoint_size = sizeof(struct fail2ban),
    .recipient_size = sizeof(struct fail2ban_to),
    .endpoint_fields = fail2ban_fields,
    .recipient_fields = fail2ban_to_fields,
    .available = fail2ban_available,
    .check = fail2ban_check,
    .wants = fail2ban_wants,
    .render = fail2ban_render,
    .judge = fail2ban_judge,
};
