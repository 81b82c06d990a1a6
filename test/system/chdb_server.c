/* chdb_server.c -- a current ClickHouse for the tests: chdb's engine (a library) behind
 * as much of ClickHouse's HTTP interface as the store uses.
 * chdb_server LIBCHDB DIRECTORY; says "port N" once it listens on loopback.
 *
 * No users, and one session: a statement's settings are SET before it, so that one
 * that the engine does not know is refused, as by a server. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <microhttpd.h>
#include <signal.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

#define BODY_MAX (256u << 20)

/* What of chdb.h is used (github.com/chdb-io/chdb, programs/local/chdb.h). */
struct chdb {
    void *(*query)(void *connection, const char *sql, size_t n,
                   const char *format, size_t format_n);
    const char *(*buffer)(void *result);
    size_t (*length)(void *result);
    const char *(*error)(void *result);
    void (*destroy)(void *result);
    void **connection;
};

struct call { /* one request */
    struct buf body;
};

static volatile sig_atomic_t stopped;

static void on_stop(int number unused)
{
    stopped = 1;
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);

    if (found == NULL) {
        fprintf(stderr, "chdb_server: there is no %s in it\n", name);
        exit(1);
    }
    return found;
}

static void chdb_open(struct chdb *c, const char *path, const char *directory)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void **(*connect)(int argc, char **argv);
    char data[512], name[] = "chdb";
    char *argv[] = {name, data, NULL};

    if (library == NULL) {
        fprintf(stderr, "chdb_server: %s\n", dlerror());
        exit(1);
    }
    snprintf(data, sizeof data, "--path=%s", directory);
    *(void **)&connect = symbol(library, "chdb_connect");
    *(void **)&c->query = symbol(library, "chdb_query_n");
    *(void **)&c->buffer = symbol(library, "chdb_result_buffer");
    *(void **)&c->length = symbol(library, "chdb_result_length");
    *(void **)&c->error = symbol(library, "chdb_result_error");
    *(void **)&c->destroy = symbol(library, "chdb_destroy_query_result");
    c->connection = connect(2, argv);
    if (c->connection == NULL || *c->connection == NULL) {
        fprintf(stderr, "chdb_server: it cannot open %s\n", directory);
        exit(1);
    }
}

/* --- a statement --------------------------------------------------------------------- */

/* The answer, or what is wrong with a status that is not 200. */
static unsigned statement(struct chdb *c, struct str sql, struct buf *out)
{
    void *result = c->query(*c->connection, sql.p, sql.n, "TabSeparated", 12);
    const char *fault = result != NULL ? c->error(result) : "no result";

    buf_reset(out);
    if (fault != NULL && fault[0] != '\0')
        buf_text(out, fault);
    else if (c->length(result) > 0)
        buf_add(out, c->buffer(result), c->length(result));
    if (result != NULL)
        c->destroy(result);
    return fault != NULL && fault[0] != '\0' ? MHD_HTTP_INTERNAL_SERVER_ERROR
                                             : MHD_HTTP_OK;
}

struct setting_up {
    struct chdb *c;
    struct buf *out;
    unsigned status;
};

static enum MHD_Result setting(void *setting_up, enum MHD_ValueKind kind unused,
                               const char *name, const char *value)
{
    struct setting_up *s = setting_up;
    struct buf sql freed_by(buf_release) = BUF(1024);

    if (s->status != MHD_HTTP_OK || strcmp(name, "wait_end_of_query") == 0 ||
        strcmp(name, "query_id") == 0)
        return MHD_YES;
    buf_printf(&sql, "SET %s='%s'", name, value);
    s->status = statement(s->c, buf_view(&sql), s->out);
    return MHD_YES;
}

static enum MHD_Result serve(struct chdb *c, struct MHD_Connection *connection,
                             struct call *call)
{
    struct buf out = BUF(BODY_MAX);
    struct setting_up s = {.c = c, .out = &out, .status = MHD_HTTP_OK};
    struct MHD_Response *r;
    enum MHD_Result done;

    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, setting, &s);
    if (s.status == MHD_HTTP_OK)
        s.status = statement(c, buf_view(&call->body), &out);
    r = MHD_create_response_from_buffer(out.n, out.n > 0 ? out.p : NULL,
                                        MHD_RESPMEM_MUST_COPY);
    done = MHD_queue_response(connection, s.status, r);
    MHD_destroy_response(r);
    buf_release(&out);
    return done;
}

static enum MHD_Result came(void *chdb, struct MHD_Connection *connection,
                            const char *url unused, const char *method unused,
                            const char *version unused, const char *data,
                            size_t *n, void **to)
{
    struct call *call = *to;

    if (call == NULL) {
        call = mem_new(sizeof *call);
        call->body = (struct buf)BUF(BODY_MAX);
        *to = call;
        return MHD_YES;
    }
    if (*n > 0) {
        buf_add(&call->body, data, *n);
        *n = 0;
        return call->body.over ? MHD_NO : MHD_YES;
    }
    return serve(chdb, connection, call);
}

static void ended(void *chdb unused, struct MHD_Connection *connection unused,
                  void **to, enum MHD_RequestTerminationCode code unused)
{
    struct call *call = *to;

    if (call != NULL)
        buf_release(&call->body);
    free(call);
    *to = NULL;
}

/* --- the program --------------------------------------------------------------------- */

int main(int argc, char **argv)
{
    const struct sockaddr_in loopback = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct chdb c;
    struct MHD_Daemon *daemon;
    const union MHD_DaemonInfo *info;

    if (argc != 3) {
        fprintf(stderr, "usage: chdb_server LIBCHDB DIRECTORY\n");
        return 2;
    }
    chdb_open(&c, argv[1], argv[2]);
    signal(SIGTERM, on_stop); /* after the library, which sets its own */
    signal(SIGINT, on_stop);
    daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG, 0,
                              NULL, NULL, came, &c,
                              MHD_OPTION_SOCK_ADDR, &loopback,
                              MHD_OPTION_NOTIFY_COMPLETED, ended, NULL,
                              MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    printf("port %u\n", info->port);
    fflush(stdout);
    while (!stopped)
        pause();
    MHD_stop_daemon(daemon);
    return 0;
}
