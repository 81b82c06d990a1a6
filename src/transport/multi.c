/* multi.c -- libcurl's multi interface on our loop: sockets, its one timer, and
 * a pool of transfers.
 *
 * libcurl says which sockets to watch and when to be woken. Everything that
 * finishes is told to its owner after libcurl has returned, so an owner may
 * start, stop and free whatever it likes. */
#include "transport/multi.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alert/ip.h"
#include "base/log.h"

#define POOL_MAX 64            /* idle transfers kept for use */
#define CONNECTION_AGE_S 600L  /* then a new one, and a new look-up of the name */
#define LOST_TIMEOUT_MS 30000u /* unacknowledged bytes; TCP_USER_TIMEOUT */

struct multi {
    struct loop *loop;
    CURLM *curl; /* ours */
    struct timer timer;
    struct call *pool; /* ours */
    size_t pooled;
};

/* --- libcurl's wishes --- */

static void multi_reap(struct multi *m)
{
    const CURLMsg *message;
    struct call *c;
    char *owner;
    int left;

    while ((message = curl_multi_info_read(m->curl, &left)) != NULL) {
        assert(message->msg == CURLMSG_DONE);
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        c = (struct call *)(void *)owner;
        c->ended(c->arg, message->data.result); /* may hang it up */
    }
}

static void multi_act(struct multi *m, int fd, int events)
{
    int running;

    curl_multi_socket_action(m->curl, fd, events, &running);
    multi_reap(m);
}

static void socket_ready(void *arg, int fd, int events)
{
    int bits = 0;

    if (events & LOOP_READ)
        bits |= CURL_CSELECT_IN;
    if (events & LOOP_WRITE)
        bits |= CURL_CSELECT_OUT;
    multi_act(arg, fd, bits);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
                     void *socket_arg)
{
    struct multi *m = arg;
    struct error err;
    int events = 0;

    (void)easy;
    (void)socket_arg;
    if (what == CURL_POLL_REMOVE) {
        loop_unwatch(m->loop, fd);
        return 0;
    }
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= LOOP_READ;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= LOOP_WRITE;
    /* An error here would end every transfer; this way one times out. */
    if (!loop_watch(m->loop, fd, events, socket_ready, m, &err))
        log_error("transport", "%s", err.text);
    return 0;
}

static void timer_due(void *arg)
{
    multi_act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *curl, long in_ms, void *arg)
{
    struct multi *m = arg;

    (void)curl;
    if (in_ms < 0)
        loop_timer_clear(m->loop, &m->timer);
    else
        loop_timer_set(m->loop, &m->timer, in_ms, timer_due, m);
    return 0;
}

static void multi_must(CURLMcode code)
{
    assert(code == CURLM_OK);
}

struct multi *multi_new(struct loop *l, long kept, struct error *err)
{
    struct multi *m;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        error_set(err, "cannot start libcurl %s", LIBCURL_VERSION);
        return NULL;
    }
    m = mem_new(sizeof(*m));
    m->loop = l;
    m->curl = curl_multi_init();
    if (m->curl == NULL) {
        error_set(err, "cannot start libcurl: no memory or descriptors left");
        multi_free(m);
        return NULL;
    }
    multi_must(curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket));
    multi_must(curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m));
    multi_must(curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timer));
    multi_must(curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m));
    multi_must(curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, kept));
    return m;
}

void multi_free(struct multi *m)
{
    struct call *c;

    if (m == NULL)
        return;
    while ((c = m->pool) != NULL) {
        m->pool = c->next;
        curl_easy_cleanup(c->easy);
        free(c);
    }
    curl_multi_cleanup(m->curl);
    loop_timer_clear(m->loop, &m->timer);
    free(m);
    curl_global_cleanup();
}

struct loop *multi_loop(const struct multi *m)
{
    return m->loop;
}

/* --- addresses --- */

static bool sockaddr_ip(const struct sockaddr *a, struct ip *out)
{
    char text[INET6_ADDRSTRLEN];
    const void *address;

    if (a->sa_family == AF_INET)
        address = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
    else if (a->sa_family == AF_INET6)
        address = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    else
        return false;
    return inet_ntop(a->sa_family, address, text, sizeof(text)) != NULL &&
           ip_parse(str_of(text), out);
}

static bool call_may_reach(const struct call *c, const struct ip *ip,
                           struct error *err)
{
    switch (c->reach) {
    case REACH_PUBLIC:
        return address_allowed(ip, false, err);
    case REACH_PRIVATE:
        return address_allowed(ip, true, err);
    case REACH_SELF:
        return ip_is_loopback(ip) ||
               error_set(err, "without TLS a password is only sent to this "
                              "machine; use STARTTLS or TLS");
    }
    bug("no such reach");
}

/* The first refusal is the one to tell: a name may have many addresses. */
static bool call_judge(struct call *c, const struct ip *ip)
{
    struct error err;

    if (call_may_reach(c, ip, &err))
        return true;
    if (c->denied.text[0] == '\0')
        c->denied = err;
    return false;
}

/* What is not acknowledged for half a minute is a dead connection. Failing to
 * say so only means that it is found out later. */
static void socket_tune(int fd)
{
    unsigned lost_ms = LOST_TIMEOUT_MS;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost_ms,
                     sizeof(lost_ms));
}

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose,
                                    struct curl_sockaddr *address)
{
    struct call *c = arg;
    struct ip ip;
    int fd;

    if (purpose != CURLSOCKTYPE_IPCXN ||
        !sockaddr_ip(&address->addr, &ip) || !call_judge(c, &ip))
        return CURL_SOCKET_BAD;
    fd = socket(address->family, c->socket_type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && c->socket_type == SOCK_STREAM)
        socket_tune(fd);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* Before each request, also on a connection that another call opened, which
 * may have been allowed more than this one is. */
static int on_request(void *arg, char *peer, char *local, int peer_port,
                      int local_port)
{
    struct call *c = arg;
    struct ip ip;

    (void)local;
    (void)peer_port;
    (void)local_port;
    if (!ip_parse(str_of(peer), &ip) || !call_judge(c, &ip))
        return CURL_PREREQFUNC_ABORT;
    c->sent = true;
    return CURL_PREREQFUNC_OK;
}

/* --- calls --- */

static size_t on_unwanted(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * n;
}

/* CURLOPT_QUICK_EXIT: a name that does not resolve in time must not make the
 * loop wait for the thread that asks. */
static void call_set_network(struct call *c)
{
    CALL_SET(c, CURLOPT_PRIVATE, c);
    CALL_SET(c, CURLOPT_ERRORBUFFER, c->words);
    CALL_SET(c, CURLOPT_NOSIGNAL, 1L);
    CALL_SET(c, CURLOPT_QUICK_EXIT, 1L);
    CALL_SET(c, CURLOPT_PROXY, "");
    CALL_SET(c, CURLOPT_NOPROXY, "*");
    CALL_SET(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    CALL_SET(c, CURLOPT_FOLLOWLOCATION, 0L);
    CALL_SET(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    CALL_SET(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    CALL_SET(c, CURLOPT_MAXLIFETIME_CONN, CONNECTION_AGE_S);
    CALL_SET(c, CURLOPT_TCP_NODELAY, 1L);
    CALL_SET(c, CURLOPT_TCP_KEEPALIVE, 1L);
    CALL_SET(c, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    CALL_SET(c, CURLOPT_OPENSOCKETDATA, c);
    CALL_SET(c, CURLOPT_PREREQFUNCTION, on_request);
    CALL_SET(c, CURLOPT_PREREQDATA, c);
    CALL_SET(c, CURLOPT_WRITEFUNCTION, on_unwanted);
}

static void call_set_tls(struct call *c)
{
    CALL_SET(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    CALL_SET(c, CURLOPT_SSL_VERIFYPEER, 1L);
    CALL_SET(c, CURLOPT_SSL_VERIFYHOST, 2L);
    /* libcurl also looks into a directory of certificates by default: then a
     * CA of one's own would be one more to trust, not the only one. Without
     * it libcurl can keep the certificates it has read, too. */
    CALL_SET(c, CURLOPT_CAPATH, NULL);
    CALL_SET(c, CURLOPT_CA_CACHE_TIMEOUT, 60L);
}

struct call *call_new(struct multi *m, enum reach reach, call_fn *ended,
                      void *arg)
{
    struct call *c = m->pool;

    if (c != NULL) {
        m->pool = c->next;
        m->pooled--;
    } else {
        c = mem_new(sizeof(*c));
        c->easy = curl_easy_init();
        if (c->easy == NULL)
            bug("libcurl has no memory left");
    }
    *c = (struct call){.multi = m, .easy = c->easy, .ended = ended,
                       .arg = arg, .reach = reach, .socket_type = SOCK_STREAM};
    call_set_network(c);
    call_set_tls(c);
    return c;
}

void call_set_text(struct call *c, CURLoption option, struct str text)
{
    char *copy = mem_dup(text.p, text.n);

    call_must(curl_easy_setopt(c->easy, option, copy));
    explicit_bzero(copy, text.n); /* it may be a password */
    free(copy);
}

void call_trust(struct call *c, struct str ca_file)
{
    if (ca_file.n > 0)
        call_set_text(c, CURLOPT_CAINFO, ca_file);
}

void call_start(struct call *c)
{
    multi_must(curl_multi_add_handle(c->multi->curl, c->easy));
    c->started = true;
}

void call_hang_up(struct call *c)
{
    struct multi *m;

    if (c == NULL)
        return;
    m = c->multi;
    if (c->started)
        multi_must(curl_multi_remove_handle(m->curl, c->easy));
    if (m->pooled >= POOL_MAX) {
        curl_easy_cleanup(c->easy);
        free(c);
        return;
    }
    curl_easy_reset(c->easy); /* forgets passwords and pointers into us */
    c->next = m->pool;
    m->pool = c;
    m->pooled++;
}

/* --- how it ended --- */

static bool code_among(CURLcode code, const CURLcode *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (codes[i] == code)
            return true;
    return false;
}

static bool code_is_tls(CURLcode code)
{
    static const CURLcode codes[] = {
        CURLE_SSL_CONNECT_ERROR,   CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CACERT_BADFILE,  CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER,          CURLE_SSL_ISSUER_ERROR,
        CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
        CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED,
    };

    return code_among(code, codes, COUNT_OF(codes));
}

/* What no second try can change: the URL itself. */
static bool code_is_url(CURLcode code)
{
    static const CURLcode codes[] = {CURLE_URL_MALFORMAT,
                                     CURLE_UNSUPPORTED_PROTOCOL,
                                     CURLE_LOGIN_DENIED};

    return code_among(code, codes, COUNT_OF(codes));
}

enum outcome call_outcome(const struct call *c, CURLcode code)
{
    if (c->denied.text[0] != '\0' && !c->sent)
        return OUTCOME_DENIED;
    if (code_is_tls(code))
        return OUTCOME_TLS;
    if (!c->sent)
        return code_is_url(code) ? OUTCOME_DENIED : OUTCOME_UNREACHED;
    return code == CURLE_OPERATION_TIMEDOUT ? OUTCOME_TIMED_OUT : OUTCOME_LOST;
}

void call_explain(const struct call *c, CURLcode code, struct error *err)
{
    const char *words = c->words;
    long fault = 0;

    if (c->denied.text[0] != '\0' && !c->sent)
        words = c->denied.text;
    else if (words[0] == '\0')
        words = curl_easy_strerror(code);
    curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &fault);
    if (code == CURLE_COULDNT_CONNECT && fault != 0 && words == c->words)
        error_set(err, "cannot connect: %s", strerror((int)fault));
    else
        error_set(err, "%s", words);
}

static int64_t call_time_us(const struct call *c, CURLINFO which)
{
    curl_off_t us = 0;

    curl_easy_getinfo(c->easy, which, &us);
    return us;
}

void call_measure(const struct call *c, struct journey *j)
{
    const char *ip = NULL;
    long port = 0;

    *j = (struct journey){
        .lookup_us = call_time_us(c, CURLINFO_NAMELOOKUP_TIME_T),
        .connect_us = call_time_us(c, CURLINFO_CONNECT_TIME_T),
        .tls_us = call_time_us(c, CURLINFO_APPCONNECT_TIME_T),
        .total_us = call_time_us(c, CURLINFO_TOTAL_TIME_T),
    };
    curl_easy_getinfo(c->easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(c->easy, CURLINFO_PRIMARY_PORT, &port);
    if (ip != NULL && ip[0] != '\0')
        snprintf(j->peer, sizeof(j->peer),
                 strchr(ip, ':') != NULL ? "[%s]:%ld" : "%s:%ld", ip, port);
}

bool call_reused(const struct call *c)
{
    long opened = 0;

    curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &opened);
    return c->sent && opened == 0;
}
