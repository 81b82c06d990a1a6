/* reply.h -- inside the room: answers, all alike. A reply is JSON written into a
 * buffer with a limit; a problem is RFC 9457 with every secret taken out. */
#ifndef ADMIN_REPLY_H
#define ADMIN_REPLY_H

#include "admin/room.h"

struct reply {
    struct buf body; /* ours */
    struct json_out out;
};

/* `struct reply r freed_by(reply_release); reply_init(&r);` */
void reply_init(struct reply *r);
void reply_release(struct reply *r);
void reply_send(struct reply *r, struct exchange *x, int status);

/* The end of a list, after its "data": "next" and "total". A `next` of "" is
 * null: this was the last page. */
void reply_list_end(struct reply *r, struct str next, int64_t total,
                    bool exact);

/* `code` as in exchange_problem(). */
void reply_problem(struct admin *a, struct exchange *x, int status,
                   const char *code, const struct error *err);
void reply_problem_text(struct admin *a, struct exchange *x, int status,
                        const char *code, const char *format, ...)
    printf_like(5, 6);
/* 503 with Retry-After. */
void reply_later(struct admin *a, struct exchange *x, const char *text);

/* Members with a time: RFC 3339, or null for 0; and with a text that may hold
 * what a peer said: without secrets, or null when it is empty. */
void out_time(struct json_out *o, const char *name, int64_t wall_ms);
void out_redacted(const struct admin *a, struct json_out *o, const char *name,
                  struct str text);

#endif
