/* fail2ban.c -- has fail2ban ban the attacker of an alert, in the recipient's jail.
 *
 * fail2ban bans whatever it is given: words, 0.0.0.0/0, this machine itself. So
 * nothing but an address that we read and wrote again goes out, and none that may
 * not be banned. Method client speaks to fail2ban's socket by fail2ban-client; only
 * root may, and who may is as good as root. Method log needs no rights: it writes a
 * line, which the filter of docs/examples/fail2ban reads. */
#include "endpoint/ban_address.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

#define CLIENT_DIR "/usr/bin"
#define CLIENT "fail2ban-client"
#define CLIENT_TIMEOUT_MS 10000
#define SOCKET "/var/run/fail2ban/fail2ban.sock"
#define SOCKET_MAX 107 /* sockaddr_un */
#define JAIL_MAX 64
#define LOG_BATCH 100

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

/* --- who is to be banned ------------------------------------------------------- */

/* The handle of an engage is the address that was banned for it: a release need
 * not name it again. */
static bool is_unban(const struct render_item *item)
{
    return item->phase == PHASE_RELEASE;
}

static struct str said_address(const struct render_item *item)
{
    return is_unban(item) ? item->handle : alert_attacker(item->alert);
}

static bool wants_unban(const struct fail2ban *f, const struct render_item *item,
                        struct error *why_not)
{
    if (!f->unban_on_release)
        return error_set(why_not, "the jail's bantime ends the ban");
    if (item->handle.n == 0)
        return error_set(why_not, "nobody was banned for this alert");
    return item->shared_by == 0 ||
           error_set(why_not, "%zu other alert%s keep%s %.*s banned",
                     item->shared_by, item->shared_by == 1 ? "" : "s",
                     item->shared_by == 1 ? "s" : "", STR_ARG(item->handle));
}

/* A ban ends with the last of its alerts. */
static struct str fail2ban_shared(const struct render_item *item, struct arena *a)
{
    char text[IP_TEXT_MAX];
    struct ip ip;

    if (!ip_parse(said_address(item), &ip))
        return STR_NONE;
    ip_text(&ip, text);
    return arena_str(a, str_of(text));
}

/* One that ended before it got through is still told, unless its end would have
 * lifted the ban. */
static bool fail2ban_wants(const void *endpoint, const void *recipient unused,
                           const struct render_item *item, struct error *why_not)
{
    const struct fail2ban *f = endpoint;
    struct str said = said_address(item);
    struct ip ip;

    if (item->phase == PHASE_WORSENED)
        return error_set(why_not, "it was banned when the alert began");
    if (is_unban(item))
        return wants_unban(f, item, why_not);
    if (item->phase == PHASE_LATE && f->unban_on_release)
        return error_set(why_not, "it was over before anybody was banned");
    if (said.n == 0)
        return error_set(why_not, "the alert names no attacker");
    return !ip_parse(said, &ip) || !ban_spared(&f->never_ban, &ip, why_not);
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
        !ban_check_prefixes(&f->never_ban, err))
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

/* The address as we write it, never as it was said. */
static bool address_of(const struct render_input *in, size_t i, struct arena *a,
                       struct str *out, struct error *err)
{
    const struct render_item *item = &in->items[i];
    char text[IP_TEXT_MAX];
    struct ip ip;

    if (!fail2ban_wants(in->endpoint, in->recipient, item, err) ||
        !ban_address(said_address(item), &ip, a, err))
        return false;
    ip_text(&ip, text);
    *out = arena_str(a, str_of(text));
    return true;
}

/* fail2ban-client -s SOCKET set JAIL banip ADDRESS */
enum { ARG_VERB = 3, ARG_JAIL, ARG_WHAT, ARG_ADDRESS, ARG_COUNT };

static const char *const *argv_new(const struct fail2ban *f,
                                   const char *const words[4], struct arena *a)
{
    const char **argv = arena_array(a, ARG_COUNT + 1, sizeof(*argv));

    argv[0] = CLIENT;
    argv[1] = "-s";
    argv[2] = arena_c(a, f->socket);
    memcpy(argv + ARG_VERB, words, 4 * sizeof(*words));
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
                          is_unban(in->items) ? "unbanip" : "banip",
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
    {"Sorry but the jail", false, true, "fail2ban has no such jail"},
    {"Permission denied to socket", true, false,
     "only root may use fail2ban's socket; choose the method log"},
    {"Failed to access socket", false, false,
     "fail2ban's server does not answer on its socket; is it running?"},
    {"Invalid command", true, false,
     "fail2ban does not know this command; is it older than 0.10?"},
};

static void judge_refusal(const struct response *r, struct arena *a,
                          struct verdict *v)
{
    struct str answer = judge_reason(0, r->body.n > 0 ? r->body : r->error, a);

    *v = (struct verdict){.kind = VERDICT_DEFERRED, .reason = answer};
    if (r->status >= 0)
        v->reason = judge_reason(
            0, arena_printf(a, "exit status %d%s%.*s", r->status,
                            answer.n > 0 ? ": " : ", and no word",
                            STR_ARG(answer)), a);
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (!text_says(r->body, refusals[i].said))
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

static void judge_count(const struct render_item *item, const char *verb,
                        const char *address, const struct response *r,
                        struct arena *a, struct verdict *v)
{
    uint64_t count;

    if (!str_to_u64(last_line(r->body), &count)) {
        judge_refusal(r, a, v);
        return;
    }
    *v = (struct verdict){.kind = VERDICT_DELIVERED};
    if (strcmp(verb, "unbanip") == 0) {
        v->reason = count > 0 ? STR("unbanned") : STR("was not banned any more");
        return;
    }
    if (count == 0 && item->shared_by == 0) {
        v->reason = STR("was banned already"); /* and so is not ours to lift */
        return;
    }
    v->reason = count == 0 ? STR("was banned already, for another alert")
                           : STR("newly banned");
    v->handle = arena_str(a, str_of(address));
}

static void judge_client(const struct render_input *in,
                         const struct request *sent, const struct response *r,
                         struct arena *a, struct verdict *v)
{
    const char *const *argv = sent->exec.argv;

    if (r->status != 0)
        judge_refusal(r, a, v);
    else if (strcmp(argv[ARG_VERB], "set") != 0)
        *v = (struct verdict){.kind = VERDICT_DELIVERED,
                              .reason = STR("fail2ban has this jail")};
    else
        judge_count(in->items, argv[ARG_WHAT], argv[ARG_ADDRESS], r, a, v);
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
        judge_client(in, sent, r, a, &verdict);
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
    .shared = fail2ban_shared,
    .render = fail2ban_render,
    .judge = fail2ban_judge,
};
