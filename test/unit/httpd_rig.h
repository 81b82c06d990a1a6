/* httpd_rig.h -- a site on the real server, and clients on the same loop: what the
 * tests of web/ share. A test turns the loop until what it waits for is there. */
#ifndef TEST_HTTPD_RIG_H
#define TEST_HTTPD_RIG_H

#include "base/buf.h"
#include "web/httpd.h"

#define BODY_MAX 1000
#define BIG_MAX (4u << 20)
#define HUGE_MAX (256u << 20)
#define REPLY_MAX (16u << 20)

#define HOST "Host: localhost\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"
#define POST "POST /echo HTTP/1.1\r\n"

/* Serves /echo, /big and /huge at once, holds /hold and /hold-watched, tells at
 * /describe/{id} what it saw, fails at /fault, has nothing at /nothing and
 * /smuggled, and /intake, /local, /read and /write need access. */
struct site {
    int64_t now_ms; /* the test's */
    struct clock clock;
    struct loop *loop;
    struct httpd *httpd;
    struct exchange *held[8];
    size_t held_n;
    size_t gone;   /* clients of /hold-watched that went away */
    size_t served; /* calls of any route */
};

extern const struct route site_routes[];

void site_init(struct site *s);
void site_release(struct site *s);
who_fn site_who; /* knows the tokens "reader" and "admin" */
void turn_until_held(struct site *s, size_t n);

struct client {
    struct site *site;
    int fd;
    struct buf in, out;
    size_t sent;
    bool closed;    /* by the server */
    bool head_only; /* answers to HEAD have no body */
};

void client_init(struct client *c, struct site *s);
void client_release(struct client *c);
void client_send(struct client *c, struct str bytes);
void client_ask(struct client *c, const char *text);

struct reply {
    int status;
    struct str head, body;
};

struct str reply_header(const struct reply *r, const char *name);

/* How many replies are there, and the last of them. */
size_t client_replies(const struct client *c, struct reply *last);

/* Turns the loop until there are so many replies; gives the last of them. */
struct reply client_wait(struct client *c, size_t count);
void client_wait_closed(struct client *c);

/* Asks one thing on a new connection. */
struct reply site_ask(struct site *s, struct client *c, const char *text);

/* That the headers of every answer are there, and that it is a problem. */
void check_headers(const struct reply *r);
void check_problem(const struct reply *r, const char *code);

#endif
