/* delivery.h -- inside the room: a delivery as the API shows and names it. */
#ifndef ADMIN_DELIVERY_H
#define ADMIN_DELIVERY_H

#include "admin/room.h"

/* "4711.3": alert 4711 to recipient 3. */
bool delivery_id_parse(struct str s, struct delivery_id *out) must_check;
/* The segment {id} as one. False: answered 404. */
bool params_delivery_id(struct admin *a, struct exchange *x,
                        struct delivery_id *out) must_check;
struct str delivery_id_text(struct delivery_id id, struct arena *arena);

/* A name now in force, or "#3" for one that is no more. */
bool recipient_id_parse(const struct admin *a, struct str s,
                        int64_t *out) must_check;
struct str recipient_id_name(const struct admin *a, int64_t id,
                             struct arena *arena);
/* Those of all who are on the endpoint, in the arena. False: there is none such. */
bool delivery_query_endpoint(const struct admin *a, struct str name,
                             struct arena *arena, struct delivery_query *q) must_check;

void delivery_write(const struct admin *a, const struct delivery_row *d,
                    struct json_out *o, const char *name, struct arena *arena);

/* The tries that failed, as the member "tries"; `add` says the rest of each. */
typedef void try_write_fn(void *arg, struct str transcript, struct json_out *o);
void tries_write(const struct admin *a, const struct attempt_row *tries, size_t n,
                 struct json_out *o, try_write_fn *add, void *arg);

/* The member "hold": what holds it back, or did; left out when nothing. */
void delivery_hold_write(const struct delivery_row *d, struct json_out *o);

/* A page of deliveries, asked for on the historian. */
struct delivery_page {
    struct delivery_query query; /* its limit: of the page */
    struct delivery_row *rows;
    size_t n;
    int64_t total; /* -1: not counted */
    bool more;
};
bool delivery_page_read(struct delivery_page *p, struct outbox_reader *r,
                        struct arena *arena, struct error *err) must_check;
/* "data", "next" and "total", into an open object. */
struct reply;
void delivery_page_write(const struct admin *a, const struct delivery_page *p,
                         struct reply *r, struct arena *arena);

#endif
