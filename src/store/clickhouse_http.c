/* clickhouse_http.c -- statements over libcurl's easy interface, rows as they come. */
#include "store/clickhouse_http.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#define FAULT_MAX 4096 /* bytes read of a refusal ... */
#define FAULT_SAID 400 /* ... and told */
#define URL_BYTES 4096
#define CODE_TOO_SLOW 160 /* it foresees that it will be */
#define LOOK_MS 50   /* how often it is looked whether to stop */
#define KILL_MS 1000 /* for saying so */

struct clickhouse_http {
    CURL *curl;
    CURLM *waits; /* for it; the connection is its */
    struct curl_slist *headers; /* ours; they hold the password */
    struct arena arena;         /* of the options */
    struct str urls[CLICKHOUSE_URLS_MAX];
    size_t url_count, at; /* the one that is asked */
    const char *ca_file, *cert_file, *key_file; /* NULL: none */
    const char *settings;
    uint32_t name[2];  /* in the ids of our statements, which nobody else has */
    uint64_t asked;    /* how many there were */
};

struct answer { /* being read */
    CURL *curl;
    struct clickhouse_asked *asked;
    struct buf line;  /* a row that is not whole yet */
    struct buf fault; /* what a refusal says */
    struct error *err;
    bool enough; /* a row said no */
};

/* --- options ------------------------------------------------------------------------ */

static void header_add(struct clickhouse_http *h, const char *name,
                       struct str value)
{
    struct buf line freed_by(buf_release) = BUF(2 * PARAM_TEXT_MAX);
    struct curl_slist *longer;

    if (value.n == 0)
        return;
    buf_printf(&line, "%s: %.*s", name, STR_ARG(value));
    longer = curl_slist_append(h->headers, buf_c(&line));
    if (longer == NULL)
        bug("out of memory");
    h->headers = longer;
    explicit_bzero(line.p, line.n);
}

static const char *file_of(struct arena *a, struct str path)
{
    return path.n > 0 ? arena_c(a, path) : NULL;
}

struct clickhouse_http *clickhouse_http_new(const struct clickhouse_options *o)
{
    struct clickhouse_http *h = mem_new(sizeof *h);
    struct str list, url;

    h->curl = curl_easy_init();
    h->waits = curl_multi_init();
    if (h->curl == NULL || h->waits == NULL)
        bug("out of memory");
    for (size_t i = 0; i < COUNT_OF(h->name); i++)
        h->name[i] = clock_dice(&clock_real);
    list = arena_str(&h->arena, o->url);
    while (h->url_count < CLICKHOUSE_URLS_MAX && clickhouse_url_next(&list, &url))
        h->urls[h->url_count++] = url;
    h->ca_file = file_of(&h->arena, o->ca_file);
    h->cert_file = file_of(&h->arena, o->cert_file);
    h->key_file = file_of(&h->arena, o->key_file);
    h->settings = "";
    header_add(h, "X-ClickHouse-User", o->user);
    header_add(h, "X-ClickHouse-Key", o->password);
    header_add(h, "Content-Type", STR("text/plain; charset=UTF-8"));
    header_add(h, "Expect", STR(" ")); /* no 100-continue to wait for */
    return h;
}

static void headers_free(struct curl_slist *l)
{
    for (struct curl_slist *i = l; i != NULL; i = i->next)
        explicit_bzero(i->data, strlen(i->data));
    curl_slist_free_all(l);
}

void clickhouse_http_free(struct clickhouse_http *h)
{
    if (h == NULL)
        return;
    curl_easy_cleanup(h->curl);
    curl_multi_cleanup(h->waits);
    headers_free(h->headers);
    arena_release(&h->arena);
    free(h);
}

size_t clickhouse_http_servers(const struct clickhouse_http *h)
{
    return h->url_count;
}

void clickhouse_http_next(struct clickhouse_http *h)
{
    h->at = h->url_count > 0 ? (h->at + 1) % h->url_count : 0;
}

void clickhouse_http_settings(struct clickhouse_http *h, const char *settings)
{
    h->settings = arena_c(&h->arena, str_of(settings));
}

/* --- rows --------------------------------------------------------------------------- */

static char unescaped(char c)
{
    static const char from[] = "bfnrt0", to[] = "\b\f\n\r\t\0";
    const char *at = c != '\0' ? strchr(from, c) : NULL;

    return at != NULL ? to[at - from] : c;
}

/* In place; what comes out is never longer. */
static struct str cell_read(char *p, size_t n)
{
    size_t to = 0;

    if (n == 2 && p[0] == '\\' && p[1] == 'N')
        return STR_NONE;
    for (size_t i = 0; i < n; i++) {
        bool escape = p[i] == '\\' && i + 1 < n;

        p[to++] = escape ? unescaped(p[++i]) : p[i];
    }
    return (struct str){p, to};
}

static bool row_read(struct answer *a, char *line, size_t n)
{
    struct str cells[CLICKHOUSE_CELLS_MAX];
    size_t count = 0, from = 0;

    for (size_t i = 0; i <= n; i++) {
        if (i < n && line[i] != '\t')
            continue;
        if (count == CLICKHOUSE_CELLS_MAX)
            return error_set(a->err, "ClickHouse answered with too many columns");
        cells[count++] = cell_read(line + from, i - from);
        from = i + 1;
    }
    return a->asked->row == NULL ||
           a->asked->row(a->asked->to, cells, count, a->err);
}

static bool rows_read(struct answer *a, const char *p, size_t n)
{
    for (size_t from = 0; from < n;) {
        const char *end = memchr(p + from, '\n', n - from);
        size_t length = end != NULL ? (size_t)(end - p) - from : n - from;

        buf_add(&a->line, p + from, length);
        if (a->line.over)
            return error_set(a->err, "ClickHouse answered with a row longer than "
                                     "%u bytes", CLICKHOUSE_LINE_MAX);
        if (end == NULL)
            return true;
        buf_char(&a->line, '\0'); /* so that there are bytes */
        if (!row_read(a, a->line.p, a->line.n - 1))
            return false;
        buf_reset(&a->line);
        from += length + 1;
    }
    return true;
}

static size_t answer_came(char *p, size_t size, size_t n, void *answer)
{
    struct answer *a = answer;
    long status = 0;

    n *= size;
    curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        buf_add(&a->fault, p, MIN(n, FAULT_MAX - a->fault.n));
        return n;
    }
    a->enough = !rows_read(a, p, n);
    return a->enough ? 0 : n;
}

/* --- a statement -------------------------------------------------------------------- */

static bool too_slow(const struct clickhouse_asked *a, struct error *err)
{
    return error_set(err, "too slow: no answer within %lld ms; narrow the range "
                          "of time or the filters", (long long)a->limit_ms);
}

static int64_t number_of(struct str text)
{
    int64_t number;

    return str_to_i64(text, &number) ? number : 0;
}

/* "Code: 60, e.displayText() = DB::Exception: Table ... doesn't exist., ..." */
static bool refused(struct answer *a, long status, struct error *err)
{
    struct str said = str_trim(buf_view(&a->fault));
    struct str rest = said, code = str_until(&rest, ',');

    code = str_until(&code, '.');
    if (str_starts(code, "Code: "))
        a->asked->code = number_of(str_from(code, strlen("Code: ")));
    if (a->asked->code == CLICKHOUSE_TIMEOUT || a->asked->code == CODE_TOO_SLOW)
        return too_slow(a->asked, err);
    for (size_t i = 0; i < said.n; i++) /* the reasons are lines of their own */
        if (said.p[i] == '\n')
            a->fault.p[said.p - a->fault.p + (ptrdiff_t)i] = ' ';
    return error_set(err, "ClickHouse answered %ld: %.*s", status,
                     (int)utf8_cut(said, FAULT_SAID), said.n > 0 ? said.p : "nothing");
}

static bool judge(struct clickhouse_http *h, struct answer *a, CURLcode code,
                  const char *fault)
{
    long status = 0;

    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    a->asked->reached = status != 0 || code == CURLE_OPERATION_TIMEDOUT;
    if (a->enough)
        return false; /* err says why */
    if (code == CURLE_OPERATION_TIMEDOUT && status == 0) {
        double connected = 0;

        curl_easy_getinfo(h->curl, CURLINFO_PRETRANSFER_TIME, &connected);
        if (connected > 0)
            return too_slow(a->asked, a->err);
    }
    if (code != CURLE_OK) {
        a->asked->reached = false;
        return error_set(a->err, "ClickHouse is not reachable: %s",
                         fault[0] != '\0' ? fault : curl_easy_strerror(code));
    }
    return status == 200 || refused(a, status, a->err);
}

/* Of the statement that is being asked. */
static void say_id(struct buf *b, const struct clickhouse_http *h)
{
    buf_printf(b, "tocsin-%08x%08x-%llu", h->name[0], h->name[1],
               (unsigned long long)h->asked);
}

static const char *url_of(struct clickhouse_http *h, struct buf *b,
                          const struct clickhouse_asked *a)
{
    buf_printf(b, "%.*s/?wait_end_of_query=1&max_query_size=16777216"
                  "&max_execution_time=%lld"
                  "&max_read_buffer_size=65536%s%s",
               STR_ARG(h->urls[h->at]), (long long)(a->limit_ms + 999) / 1000,
               h->settings, a->settings != NULL ? a->settings : "");
    if (a->stop != NULL) {
        buf_text(b, "&query_id=");
        say_id(b, h);
    }
    return buf_c(b);
}

/* Who it is is always checked, and that it is the host that was asked for. */
static void trust_set(struct clickhouse_http *h)
{
    curl_easy_setopt(h->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(h->curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(h->curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (h->ca_file != NULL)
        curl_easy_setopt(h->curl, CURLOPT_CAINFO, h->ca_file);
    if (h->cert_file != NULL) {
        curl_easy_setopt(h->curl, CURLOPT_SSLCERT, h->cert_file);
        curl_easy_setopt(h->curl, CURLOPT_SSLKEY, h->key_file);
    }
}

static void options_set(struct clickhouse_http *h,
                        const struct clickhouse_asked *a, struct answer *answer,
                        char *fault)
{
    CURL *c = h->curl;

    curl_easy_reset(c); /* the connection stays */
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, fault);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CLICKHOUSE_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)a->limit_ms + 1000);
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, a->sql.p);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)a->sql.n);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, answer_came);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
    trust_set(h);
}

static bool stops(const struct clickhouse_asked *a)
{
    return a->stop != NULL && a->stop(a->stop_arg);
}

/* False: it was stopped on the way. */
static bool perform(struct clickhouse_http *h, const struct clickhouse_asked *a,
                    CURLcode *code)
{
    bool stopped = false;
    const CURLMsg *end;
    int running = 1, left;

    *code = CURLE_ABORTED_BY_CALLBACK;
    if (curl_multi_add_handle(h->waits, h->curl) != CURLM_OK)
        bug("a statement is asked while another is");
    while (!stopped && curl_multi_perform(h->waits, &running) == CURLM_OK &&
           running > 0) {
        curl_multi_poll(h->waits, NULL, 0, LOOK_MS, NULL);
        stopped = stops(a);
    }
    end = curl_multi_info_read(h->waits, &left);
    if (end != NULL)
        *code = end->data.result;
    /* One that has not ended takes its connection with it. */
    curl_multi_remove_handle(h->waits, h->curl);
    return !stopped;
}

/* Closing the connection ends nothing in 18.16. This does, there and since; a
 * server that another one stands before may not get it, and has its limit. */
static void stop_server(struct clickhouse_http *h)
{
    struct buf sql freed_by(buf_release) = BUF(128);
    struct clickhouse_asked a = {.limit_ms = KILL_MS};
    struct error err;

    buf_text(&sql, "KILL QUERY WHERE query_id='");
    say_id(&sql, h);
    buf_text(&sql, "' ASYNC");
    a.sql = buf_view(&sql);
    if (!clickhouse_http_ask(h, &a, &err))
        log_info("store", "ClickHouse works on for nobody, until its limit: %s",
                 err.text);
}

static bool stopped(struct clickhouse_asked *a, struct error *err)
{
    a->reached = true; /* it is no fault of the server's */
    return error_set(err, "nobody waits for ClickHouse's answer any more");
}

bool clickhouse_http_ask(struct clickhouse_http *h, struct clickhouse_asked *a,
                         struct error *err)
{
    struct buf url freed_by(buf_release) = BUF(URL_BYTES);
    char fault[CURL_ERROR_SIZE] = "";
    CURLcode code;
    struct answer answer = {
        .curl = h->curl,
        .asked = a,
        .line = BUF(CLICKHOUSE_LINE_MAX),
        .fault = BUF(FAULT_MAX),
        .err = err,
    };
    bool ok;

    if (h->url_count == 0)
        return error_set(err, "no clickhouse_url is set");
    a->reached = false;
    a->code = 0;
    h->asked += a->stop != NULL;
    a->stopped = stops(a);
    if (a->stopped)
        return stopped(a, err);
    options_set(h, a, &answer, fault);
    curl_easy_setopt(h->curl, CURLOPT_URL, url_of(h, &url, a));
    a->stopped = !perform(h, a, &code);
    ok = !a->stopped && judge(h, &answer, code, fault);
    buf_release(&answer.line);
    buf_release(&answer.fault);
    if (a->stopped || (a->stop != NULL && code == CURLE_OPERATION_TIMEDOUT))
        stop_server(h);
    return a->stopped ? stopped(a, err) : ok;
}
