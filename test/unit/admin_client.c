/* admin_client.c -- asks the API over a real socket, and looks at the answer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin_rig.h"

int api_connect(struct bench *b)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(httpd_port(b->httpd)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

void api_send(int fd, struct str text)
{
    assert_int_equal(send(fd, text.p, text.n, MSG_NOSIGNAL), text.n);
}

struct str api_read(struct bench *b, int fd)
{
    struct buf in freed_by(buf_release) = BUF(64u << 20);
    ssize_t n = -1;

    while (n != 0) {
        char *room = buf_room(&in, 65536);

        n = recv(fd, room, 65536, 0);
        if (n > 0)
            buf_used(&in, (size_t)n);
        else if (n < 0 && errno == EAGAIN)
            loop_turn(b->loop, 10);
        else if (n < 0)
            fail_msg("recv: %s", strerror(errno));
    }
    return arena_str(&b->arena, buf_view(&in));
}

struct got got_parse(struct bench *b, struct str text)
{
    const char *end = text.n > 0 ? strstr(text.p, "\r\n\r\n") : NULL;
    struct got g = {0};
    struct str rest = text;
    int64_t status = 0;

    if (end == NULL)
        fail_msg("no answer: %.*s", STR_ARG(text));
    g.head = str_first(text, (size_t)(end - text.p) + 2);
    g.body = str_from(text, g.head.n + 2);
    str_until(&rest, ' ');
    assert_true(str_to_i64(str_until(&rest, ' '), &status));
    g.status = (int)status;
    g.json = json_parse(&b->arena, g.body, NULL);
    return g;
}

/* `headers`: lines each ended by CRLF. */
struct str api_request(struct bench *b, const char *method,
                               const char *path, const char *headers,
                               const char *body)
{
    return arena_printf(&b->arena,
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        "%sContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        method, path, headers, strlen(body), body);
}

struct got api_ask_with(struct bench *b, const char *method,
                           const char *path, const char *headers,
                           const char *body)
{
    int fd = api_connect(b);
    struct got g;

    api_send(fd, api_request(b, method, path, headers, body));
    g = got_parse(b, api_read(b, fd));
    close(fd);
    return g;
}

/* As somebody with the token. */
struct got api_ask(struct bench *b, const char *method,
                             const char *path, const char *body)
{
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\n", b->token);

    return api_ask_with(b, method, path, headers.p, body);
}

struct got api_get(struct bench *b, const char *path)
{
    return api_ask(b, "GET", path, "");
}

/* The value of a header; STR_NONE: not there. */
struct str got_header(const struct got *g, const char *name)
{
    struct str rest = g->head;

    while (rest.n > 0) {
        struct str line = str_trim(str_until(&rest, '\n'));
        struct str at = str_until(&line, ':');

        if (str_is_nocase(at, name))
            return str_trim(line);
    }
    return STR_NONE;
}

/* The answer has this status and these words in it. */
void got_want(const struct got *g, int status, const char *words)
{
    GOT_STATUS(*g, status);
    if (strstr(g->body.p, words) == NULL)
        fail_msg("no \"%s\" in %.*s", words, STR_ARG(g->body));
}

const struct json *member_at(const struct json *j, const char *path)
{
    struct str rest = str_of(path);

    str_until(&rest, '/');
    while (rest.n > 0) {
        struct str name = str_until(&rest, '/');
        const struct json *m = json_is(j, JSON_OBJECT) || json_is(j, JSON_ARRAY)
                                   ? j->first
                                   : NULL;
        int64_t index = 0;

        if (json_is(j, JSON_ARRAY) && str_to_i64(name, &index))
            for (; m != NULL && index > 0; index--)
                m = m->next;
        else
            while (m != NULL && !str_eq(m->name, name))
                m = m->next;
        j = m;
    }
    return j;
}

int64_t got_number(const struct got *g, const char *path)
{
    const struct json *j = member_at(g->json, path);
    int64_t n = 0;

    if (!json_i64(j, &n))
        fail_msg("no number at %s in %.*s", path, STR_ARG(g->body));
    return n;
}

void got_want_text(const struct got *g, const char *path,
                             const char *text)
{
    const struct json *j = member_at(g->json, path);

    if (!json_is(j, JSON_STRING) || !str_is(j->text, text))
        fail_msg("not \"%s\" at %s in %.*s", text, path, STR_ARG(g->body));
}
