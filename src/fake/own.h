/* own.h -- inside the room: what the fakes are made of. */
#ifndef FAKE_OWN_H
#define FAKE_OWN_H

#include "fake/fake.h"

#define FAKE_TIMES_MAX 128

struct fake {
    const struct fake_vendor *vendor;
    struct arena arena;   /* the posts' */
    struct arena scratch; /* one request's and its answer's */
    struct fake_post *posts; /* ours */
    size_t count;
    uint64_t asked, next_id;
    enum fault fault;
    unsigned fault_left;
    bool limits;
    int64_t times_ms[FAKE_TIMES_MAX]; /* of the last posts, a ring */
    size_t times;
};

/* A request begins: scratch is empty, a fault that was asked for is used up. */
void fake_begin(struct fake *f);

/* The path taken apart: "api", "v10", ...; how many, or 0 for too many. */
#define FAKE_PARTS_MAX 12
size_t fake_parts(struct str path, struct str parts[FAKE_PARTS_MAX]);
/* The value of a query parameter, as sent. */
struct str fake_query(const struct fake_request *r, const char *name);
/* The request's body, or NULL when it is not the JSON object it must be. */
const struct json *fake_json(struct fake *f, const struct fake_request *r);

/* Keeps a message; NULL when there are too many. Everything is copied. */
struct fake_post *fake_keep(struct fake *f, struct str id, struct str place,
                            struct str thread, struct str body);
struct fake_post *fake_find(struct fake *f, struct str id); /* also a gone one */
void fake_change(struct fake *f, struct fake_post *p, struct str body);
uint64_t fake_number(struct fake *f); /* another each time, for ids */

/* Whether more than `most` posts came in the last window; counts this one. */
bool fake_over_limit(struct fake *f, int64_t now_ms, size_t most, int64_t window_ms);

/* Answers. The body of fake_say is printf's. */
void fake_say(struct fake *f, struct fake_answer *out, int status,
              const char *content_type, const char *format, ...) printf_like(5, 6);
void fake_say_json(struct fake *f, struct fake_answer *out, int status,
                   const struct buf *json);
void fake_say_page(struct fake *f, struct fake_answer *out, int status);

/* Characters as most vendors count them: UTF-16 units. */
size_t fake_utf16(struct str s);
size_t fake_points(struct str s);

/* --- showing -------------------------------------------------------------- */

/* Adds a line of text when there is any. */
void show_line(struct buf *to, struct str text);
/* The body as it came: what a program gets that reads it. */
void show_body(const struct fake_post *p, struct arena *a, struct buf *to);
/* Markup made invisible, as a client would: Slack's entities and links, HTML,
 * Markdown's escapes, code and bold. */
void show_mrkdwn(struct buf *to, struct str text);
void show_html(struct buf *to, struct str text);
void show_markdown(struct buf *to, struct str text);
/* Markdown in which `time_take` knows times: it shows the one `s` begins with, and
 * says how long it is there; 0: none. */
void show_timed(struct buf *to, struct str text,
                size_t (*time_take)(struct buf *to, struct str s));
/* A member's text as a line, shown so. */
void show_text(struct buf *to, const struct json *j, const char *name,
               void (*show)(struct buf *to, struct str text));

#endif
