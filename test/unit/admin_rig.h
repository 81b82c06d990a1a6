/* admin_rig.h -- the whole program but for its network side, on a directory of
 * its own and asked over real HTTP: for the tests of the API. */
#ifndef TEST_ADMIN_RIG_H
#define TEST_ADMIN_RIG_H

#include "admin/admin.h"
#include "pipeline.h"

/* One request that the courier sent; what became of it is up to the test. */
struct sending {
    struct bench *bench;
    transport_fn *done;
    void *arg;
    struct timer soon;
    struct response response;
    struct sending *next;
};

struct bench {
    char directory[32];
    struct loop *loop;
    struct httpd_options http;
    struct httpd *httpd;
    struct registry *registry;
    struct outbox *outbox;
    struct config *config;
    struct historian *historian;
    struct courier *courier;
    struct pipeline *pipeline;
    struct intake *intake;
    struct people *people;
    struct passwords *passwords;
    struct admin *admin;
    struct intake_settings intake_settings;
    struct arena arena;
    char token[64];
    enum outcome answer_outcome; /* what every peer answers ... */
    int answer_status;
    const char *answer_body;
    struct peer_answer {
        int status;
        const char *body;
    } answers[8];             /* ... after these, a status of 0 ends them */
    size_t answers_given;
    struct str sent[16];      /* the URL, or host, of each request */
    size_t sent_count;
    bool hold;                /* ... or nothing yet */
    struct sending *held;
};

/* cmocka fixtures; *state is a struct bench. */
int admin_setup(void **state);
int admin_teardown(void **state);
#define TEST(f) cmocka_unit_test_setup_teardown(f, admin_setup, admin_teardown)

/* The requests that are held get their answer. */
void bench_let_go(struct bench *b);
/* Turns until all that was accepted is delivered or dead, and nothing moves. */
void bench_settle(struct bench *b);

/* --- a client; what it gets lives as long as the bench ----------------------- */

struct got {
    int status;
    struct str head, body;
    const struct json *json; /* NULL: the body is no JSON */
};

/* As somebody with the token, or with these header lines (each with its CRLF). */
struct got api_ask(struct bench *b, const char *method, const char *path,
                   const char *body);
struct got api_get(struct bench *b, const char *path);
struct got api_ask_with(struct bench *b, const char *method, const char *path,
                        const char *headers, const char *body);

/* The same in steps. */
int api_connect(struct bench *b);
struct str api_request(struct bench *b, const char *method, const char *path,
                       const char *headers, const char *body);
void api_send(int fd, struct str text);
struct str api_read(struct bench *b, int fd); /* to the end */
struct got got_parse(struct bench *b, struct str text);

struct str got_header(const struct got *g, const char *name);
/* A member by its path, "/data/0/name"; NULL: not there. */
const struct json *member_at(const struct json *j, const char *path);

/* These fail the test unless it is so. */
void got_want(const struct got *g, int status, const char *words);
int64_t got_number(const struct got *g, const char *path);
void got_want_text(const struct got *g, const char *path, const char *text);
#define GOT_STATUS(g, want)                                                   \
    do {                                                                       \
        if ((g).status != (want))                                              \
            fail_msg("status %d, not %d: %.*s", (g).status, (want),            \
                     STR_ARG((g).body));                                       \
    } while (0)

/* --- a webhook, its recipient "netops", and alerts for it -------------------------- */

#define RIG_PASSWORD "correct horse battery" /* the webhook's */
void rig_netops(struct bench *b);
/* n alerts in one body, types t0, t1 ...; the id of the first. */
int64_t rig_alerts(struct bench *b, int n);

#endif
