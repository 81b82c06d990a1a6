/* import.h -- what another program's configuration becomes here: edits like any
 * others, and a report of what was changed on the way and what was not taken. A
 * reader fills it and is pure; import_settle() leaves out what would be
 * refused. */
#ifndef CONFIG_IMPORT_H
#define CONFIG_IMPORT_H

#include "config/node.h"
#include "config/revisions.h"

#define IMPORT_LINES_MAX \
    1000 /* of a report; the last one says that there are more */
#define IMPORT_REFUSED_MAX \
    200 /* objects one import may lose to import_settle() */
#define IMPORT_NAME_SHOWN 100 /* bytes of a foreign name in a report */

enum import_result { IMPORT_TAKEN, IMPORT_ADJUSTED, IMPORT_LEFT };
const char *import_result_name(enum import_result result); /* "taken", ... */

struct import_line {
    enum import_result result;
    const char *kind; /* "endpoint", "recipient", "pool"; "": the file */
    struct str name;  /* as the other program calls it; cut */
    struct str text;  /* no secrets */
};

struct import {
    const struct snapshot *now; /* what is here already; NULL: nothing */
    const struct signature *by; /* who imports; NULL: nobody says */
    bool replace;               /* what is here already may be written over */
    struct arena *a;            /* all of this is in it */
    struct edit *edits;
    size_t *told; /* the line of each edit that says it is taken; private */
    size_t n, room;
    struct import_line *lines;
    size_t line_count;
    size_t taken, adjusted, left; /* lines of each, those not kept included */
};

void import_begin(struct import *i, const struct snapshot *now, bool replace,
                  struct arena *a);
void import_say(struct import *i, enum import_result result, const char *kind,
                struct str name, const char *format, ...) printf_like(5, 6);

/* A foreign file as YAML; NULL: it is none, err has line and column. */
const struct node *import_yaml(struct import *i, struct str text, const char *file,
                               struct error *err) must_check;

/* "My IoT" is My-IoT here; "" when nothing of it can be in a name of ours. */
struct str import_name(struct str theirs, struct arena *a);
/* The same, and different from every edit's of this kind: "mail", "mail-2". */
struct str import_new_name(const struct import *i, enum object_kind kind,
                           struct str theirs);
bool import_has(const struct import *i, enum object_kind kind, struct str name);

/* False: there is such an object and it may not be replaced, which was said
 * under `theirs`. Asked before the object is added. */
bool import_may(struct import *i, enum object_kind kind, struct str name,
                struct str theirs);
/* One more edit, and the line that it is taken; `object` has no "name" yet. */
void import_add(struct import *i, enum object_kind kind, struct str name,
                const struct json_list *object, struct str theirs,
                struct str text);

/* Members of an object on its way; an empty text adds nothing. */
void import_text(struct import *i, struct json_list *to, const char *name,
                 struct str text);
void import_bool(struct import *i, struct json_list *to, const char *name,
                 bool truth);
void import_i64(struct import *i, struct json_list *to, const char *name,
                int64_t number);
/* A whole number written as text; anything else adds nothing. */
void import_number(struct import *i, struct json_list *to, const char *name,
                   struct str text);
void import_object(struct import *i, struct json_list *to, const char *name,
                   const struct json_list *members);

/* An endpoint with these parameters: one of the same type that has the same is
 * taken again. Its name: "PREFIX-TYPE". */
struct str import_endpoint(struct import *i, const char *prefix,
                           const char *type, const struct json_list *params,
                           bool enabled);

/* Teams' old way in: the parameter it needs, and what is to be said of it. The caller
 * switches it off. */
void import_connector(struct import *i, struct json_list *params, const char *kind,
                      struct str name);

/* Tries all edits; what is refused, and what stands on it, is left with the
 * reason, until the rest goes through; writes it unless `dry_run`. */
enum config_result import_settle(struct config *c, struct import *i,
                                 bool dry_run, struct error *err) must_check;

#endif
