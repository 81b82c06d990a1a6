/* import.c -- edits and a report, as any reader of foreign files makes them. */
#include "config/import.h"

#include <stdarg.h>

#include "base/limits.h"
#include "config/object.h"
#include "config/inhibition.h"
#include "config/silence.h"
#include "config/tree.h"

#define EDITS_FIRST 16

const char *import_result_name(enum import_result result)
{
    static const char *const names[] = {
        [IMPORT_TAKEN] = "taken",
        [IMPORT_ADJUSTED] = "adjusted",
        [IMPORT_LEFT] = "left",
    };

    return names[result];
}

void import_begin(struct import *i, const struct snapshot *now, bool replace,
                  struct arena *a)
{
    *i = (struct import){.now = now, .replace = replace, .a = a};
    i->lines = arena_array(a, IMPORT_LINES_MAX, sizeof *i->lines);
}

void import_say(struct import *i, enum import_result result, const char *kind,
                struct str name, const char *format, ...)
{
    size_t *counts[] = {&i->taken, &i->adjusted, &i->left};
    char text[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ++*counts[result];
    if (i->line_count == IMPORT_LINES_MAX)
        return;
    if (i->line_count == IMPORT_LINES_MAX - 1)
        snprintf(text, sizeof text, "and more: the counts have all of them");
    name = str_first(name, utf8_cut(name, IMPORT_NAME_SHOWN));
    i->lines[i->line_count++] = (struct import_line){
        .result = result,
        .kind = kind,
        .name = arena_str(i->a, name),
        .text = arena_str(i->a, str_of(text)),
    };
}

/* https://devblogs.microsoft.com/microsoft365dev/
 * retirement-of-office-365-connectors-within-microsoft-teams/ */
void import_connector(struct import *i, struct json_list *params, const char *kind,
                      struct str name)
{
    import_text(i, params, "format", STR("messagecard"));
    import_say(i, IMPORT_ADJUSTED, kind, name,
               "an Office 365 connector, which Microsoft retires: taken, but switched "
               "off; make a workflow and give its URL");
}

const struct node *import_yaml(struct import *i, struct str text, const char *file,
                               struct error *err)
{
    const struct source source = {.file = str_of(file), .text = text};
    struct declared problems = {0};
    const struct node *documents = node_read_yaml(i->a, &source, &problems);
    const struct declared_problem *p = problems.problems;

    if (documents != NULL && problems.problem_count == 0)
        return documents;
    error_set(err, "line %zu, column %zu: %.*s", p->line, p->column, STR_ARG(p->text));
    return NULL;
}

/* --- names -------------------------------------------------------------- */

static bool is_ours(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

struct str import_name(struct str theirs, struct arena *a)
{
    char text[NAME_MAX_BYTES];
    size_t n = 0;

    for (size_t i = 0; i < theirs.n && n < sizeof text; i++) {
        bool right = is_ours(theirs.p[i]);

        if (n == 0 && (!right || strchr("._-", theirs.p[i]) != NULL))
            continue; /* a letter or a digit comes first */
        if (right || text[n - 1] != '-')
            text[n++] = right ? theirs.p[i] : '-';
    }
    while (n > 0 && text[n - 1] == '-')
        n--;
    return arena_str(a, (struct str){text, n});
}

bool import_has(const struct import *i, enum object_kind kind, struct str name)
{
    for (size_t k = 0; k < i->n; k++)
        if (i->edits[k].kind == kind && str_eq(i->edits[k].name, name))
            return true;
    return false;
}

struct str import_new_name(const struct import *i, enum object_kind kind,
                           struct str theirs)
{
    struct str first = import_name(theirs, i->a), name = first;

    if (first.n == 0)
        first = name = str_of(object_kind_name(kind));
    for (unsigned k = 2; import_has(i, kind, name); k++)
        name = arena_printf(i->a, "%.*s-%u",
                            (int)MIN(first.n, (size_t)NAME_MAX_BYTES - 5),
                            first.p, k);
    return name;
}

/* --- edits -------------------------------------------------------------- */

static bool is_here(const struct snapshot *s, enum object_kind kind,
                    struct str name)
{
    switch (s == NULL ? OBJECT_SETTINGS : kind) {
    case OBJECT_ENDPOINT:
        return snapshot_endpoint(s, name) != NULL;
    case OBJECT_RECIPIENT:
        return snapshot_recipient(s, name) != NULL;
    case OBJECT_POOL:
        return pools_find_name(s->pools, name) != NULL;
    case OBJECT_SILENCE:
        return snapshot_silence(s, name) != NULL;
    case OBJECT_INHIBITION:
        return snapshot_inhibition(s, name) != NULL;
    case OBJECT_SETTINGS:
        return false;
    }
    bug("an object of no kind");
}

static struct edit *edit_room(struct import *i)
{
    struct edit *edits = i->edits;
    size_t *told = i->told;

    if (i->n == i->room) {
        i->room = MAX(i->room * 2, (size_t)EDITS_FIRST);
        i->edits = arena_array(i->a, i->room, sizeof *i->edits);
        i->told = arena_array(i->a, i->room, sizeof *i->told);
    }
    if (i->edits != edits && i->n > 0) {
        memcpy(i->edits, edits, i->n * sizeof *edits);
        memcpy(i->told, told, i->n * sizeof *told);
    }
    return &i->edits[i->n++];
}

bool import_may(struct import *i, enum object_kind kind, struct str name,
                struct str theirs)
{
    if (i->replace || !is_here(i->now, kind, name))
        return true;
    import_say(i, IMPORT_LEFT, object_kind_name(kind), theirs,
               "there is a%s %s \"%.*s\" already; it stays as it is unless you "
               "ask to replace it",
               kind == OBJECT_ENDPOINT ? "n" : "", object_kind_name(kind),
               STR_ARG(name));
    return false;
}

void import_text(struct import *i, struct json_list *to, const char *name,
                 struct str text)
{
    if (text.n > 0)
        json_list_add(to, i->a, str_of(name), json_new_string(i->a, text));
}

void import_bool(struct import *i, struct json_list *to, const char *name,
                 bool truth)
{
    json_list_add(to, i->a, str_of(name), json_new_bool(i->a, truth));
}

void import_i64(struct import *i, struct json_list *to, const char *name,
                int64_t number)
{
    json_list_add(to, i->a, str_of(name), json_new_i64(i->a, number));
}

void import_number(struct import *i, struct json_list *to, const char *name,
                   struct str text)
{
    int64_t number;

    if (str_to_i64(text, &number))
        import_i64(i, to, name, number);
}

void import_object(struct import *i, struct json_list *to, const char *name,
                   const struct json_list *members)
{
    json_list_add(to, i->a, str_of(name), json_new_object(i->a, members));
}

void import_add(struct import *i, enum object_kind kind, struct str name,
                const struct json_list *object, struct str theirs,
                struct str text)
{
    struct json_list whole = {0};
    struct edit *e = edit_room(i);

    import_text(i, &whole, "name", name);
    for (const struct json *m = object->head; m != NULL; m = m->next)
        json_list_add(&whole, i->a, m->name, m);
    i->told[i->n - 1] = i->line_count;
    import_say(i, IMPORT_TAKEN, object_kind_name(kind), theirs, "%.*s",
               STR_ARG(text));
    *e = (struct edit){
        .kind = kind,
        .verb = is_here(i->now, kind, name) ? EDIT_REPLACE : EDIT_CREATE,
        .name = name,
        .object = json_new_object(i->a, &whole),
        .author = STR("api"),
    };
}

/* One of the same type with the same parameters is the same endpoint. */
static struct str endpoint_like(const struct import *i, const char *type,
                                const struct json *params)
{
    for (size_t k = 0; k < i->n; k++) {
        const struct edit *e = &i->edits[k];

        if (e->kind == OBJECT_ENDPOINT &&
            str_is(json_text(json_get(e->object, "type")), type) &&
            tree_same(json_get(e->object, "params"), params))
            return e->name;
    }
    return STR_NONE;
}

struct str import_endpoint(struct import *i, const char *prefix,
                           const char *type, const struct json_list *params,
                           bool enabled)
{
    struct str name = endpoint_like(i, type, json_new_object(i->a, params));
    struct json_list object = {0};

    if (name.n > 0)
        return name;
    name = import_new_name(i, OBJECT_ENDPOINT,
                           arena_printf(i->a, "%s-%s", prefix, type));
    if (!import_may(i, OBJECT_ENDPOINT, name, name))
        return name; /* recipients may be added to it all the same */
    import_text(i, &object, "type", str_of(type));
    import_object(i, &object, "params", params);
    if (!enabled)
        import_bool(i, &object, "enabled", false);
    import_add(i, OBJECT_ENDPOINT, name, &object, name, str_of(type));
    return name;
}

/* --- what would be refused
 * ---------------------------------------------------- */

/* Takes an edit out; the line that said it is taken says why it is not. */
static void edit_drop(struct import *i, size_t at, struct str why)
{
    if (i->told[at] < IMPORT_LINES_MAX - 1) {
        i->lines[i->told[at]].result = IMPORT_LEFT;
        i->lines[i->told[at]].text = arena_str(i->a, why);
    }
    i->taken--;
    i->left++;
    memmove(&i->edits[at], &i->edits[at + 1],
            (i->n - at - 1) * sizeof *i->edits);
    memmove(&i->told[at], &i->told[at + 1], (i->n - at - 1) * sizeof *i->told);
    i->n--;
}

/* The recipients of an endpoint that is not taken, unless it is here. */
static void dependents_drop(struct import *i, struct str endpoint)
{
    struct str why = arena_printf(i->a, "its endpoint \"%.*s\" is not taken",
                                  STR_ARG(endpoint));

    for (size_t k = 0; k < i->n;) {
        const struct edit *e = &i->edits[k];

        if (e->kind == OBJECT_RECIPIENT &&
            str_eq(json_text(json_get(e->object, "endpoint")), endpoint))
            edit_drop(i, k, why);
        else
            k++;
    }
}

static void refused_drop(struct import *i, size_t at, const struct error *why)
{
    struct edit e = i->edits[at];

    edit_drop(i, at, str_of(why->text));
    if (e.kind == OBJECT_ENDPOINT && !is_here(i->now, e.kind, e.name))
        dependents_drop(i, e.name);
}

static bool is_about_one(enum config_result result)
{
    return result == CONFIG_INVALID || result == CONFIG_EXISTS ||
           result == CONFIG_LOCKED || result == CONFIG_NOT_FOUND;
}

enum config_result import_settle(struct config *c, struct import *i,
                                 bool dry_run, struct error *err)
{
    enum config_result result = CONFIG_OK;
    size_t failed = 0;

    for (size_t refused = 0; i->n > 0; refused++) {
        *err = (struct error){0};
        result = dry_run ? config_try(c, i->edits, i->n, &failed, err)
                         : config_change(c, i->edits, i->n, i->by, &failed, err);
        if (!is_about_one(result) || failed >= i->n)
            break;
        if (refused == IMPORT_REFUSED_MAX) {
            error_in(err, "more than %d objects were refused; the last",
                     IMPORT_REFUSED_MAX);
            break;
        }
        refused_drop(i, failed, err);
        result = CONFIG_OK;
    }
    return result;
}
