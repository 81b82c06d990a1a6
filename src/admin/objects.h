/* objects.h -- inside the room: what can be done with endpoints, recipients and
 * pools alike. Route functions; their argument is a struct resource. */
#ifndef ADMIN_OBJECTS_H
#define ADMIN_OBJECTS_H

#include "admin/room.h"

void objects_list(void *resource, struct exchange *x);
void objects_create(void *resource, struct exchange *x);  /* POST */
void objects_create_from(const struct resource *r, struct exchange *x,
                         const struct json *object); /* as POST does */
void objects_get(void *resource, struct exchange *x);     /* {name} */
void objects_replace(void *resource, struct exchange *x); /* PUT */
void objects_patch(void *resource, struct exchange *x);
void objects_delete(void *resource, struct exchange *x);

/* What every object of the configuration answers: six rows of a route table. */
#define OBJECT_ROUTES(PATH)                                                    \
    {"GET", PATH, ACCESS_CONFIG_READ, 0, objects_list},                        \
    {"POST", PATH, ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX, objects_create},       \
    {"GET", PATH "/{name}", ACCESS_CONFIG_READ, 0, objects_get},               \
    {"PUT", PATH "/{name}", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX,               \
     objects_replace},                                                         \
    {"PATCH", PATH "/{name}", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX,             \
     objects_patch},                                                           \
    {"DELETE", PATH "/{name}", ACCESS_CONFIG_WRITE, 0, objects_delete}

/* ETag out and If-Match in, which settings have too. *revision: what If-Match
 * asks for, 0 without one. False: answered (400, 412). */
void etag_add(struct exchange *x, int64_t revision);
bool etag_matches(struct admin *a, struct exchange *x, bool exists,
                  int64_t current, int64_t *revision);

/* Answers with the problem that a config_edit() ended in. */
void edit_refused(struct admin *a, struct exchange *x,
                  enum config_result result, const struct error *err);

/* Where the object of that name is; s->..._count: nowhere. */
size_t objects_find(const struct resource *r, const struct snapshot *s,
                    struct str name);
/* 404 with the nearest name. */
void objects_not_found(const struct resource *r, struct exchange *x,
                       struct str name);

#endif
