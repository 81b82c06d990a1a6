/* declare_read.c -- declared files: which there are, and what they name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "config/declare_item.h"

#define READ_STEP (64u << 10)

struct reading {
    struct arena *a;
    struct declared *out;
    const struct source *source;
    struct declared_item *first, *last;
    size_t count;
    struct hash by_name[OBJECT_KINDS];
};

static const char *const section_names[] = {
    "endpoints", "recipients", "pools", "silences", "inhibitions", "settings", NULL,
};
static const enum object_kind section_kinds[] = {
    OBJECT_ENDPOINT,
    OBJECT_RECIPIENT,
    OBJECT_POOL,
    OBJECT_SILENCE,
    OBJECT_INHIBITION,
    OBJECT_SETTINGS,
};

static void shape_problem(struct reading *r, struct place at, struct str text)
{
    problem_add(r->a, r->out, r->source, at, text);
}

/* --- objects ------------------------------------------------------------ */

void item_problem(struct declared *d, struct arena *a,
                  struct declared_item *item, const struct error *err)
{
    bool found;
    const struct node *node = node_at(item->node, str_of(err->place), &found);
    struct place at = node == item->node ? item->at
                      : found            ? node->value_at
                                         : node->at;

    problem_add(a, d, item->source, at, str_of(err->text));
}

/* Known members, each with a value. */
static void members_check(struct reading *r, struct declared_item *item)
{
    for (const struct node *m = item->node->first; m != NULL; m = m->next) {
        struct error err = {0};

        if (m->type == JSON_NULL)
            member_is_empty(m, &err);
        else if (!object_knows_member(item->kind, m->name))
            object_unknown_member(item->kind, item->name, m->name, &err);
        else
            continue;
        shape_problem(r, m->at, str_of(err.text));
    }
}

static bool item_is_first(struct reading *r, struct declared_item *item)
{
    const struct declared_item *other =
        hash_get(&r->by_name[item->kind], item->name);

    if (other == NULL)
        return true;
    shape_problem(
        r, item->at,
        arena_printf(r->a, "%.*s is declared already, at %.*s:%zu",
                     STR_ARG(object_title(item->kind, item->name, r->a)),
                     STR_ARG(other->source->file), other->at.line));
    return false;
}

static void item_link(struct reading *r, struct declared_item *item)
{
    hash_put(&r->by_name[item->kind], item->name, item);
    item->next = NULL;
    if (r->last != NULL)
        r->last->next = item;
    else
        r->first = item;
    r->last = item;
    r->count++;
}

static void item_add(struct reading *r, enum object_kind kind, struct str name,
                     const struct node *node, struct place at)
{
    struct declared_item *item = arena_new(r->a, sizeof(*item));
    struct error err = {0};

    *item = (struct declared_item){
        .kind = kind,
        .name = name,
        .source = r->source,
        .node = node,
        .at = at,
    };
    if (!object_check_name(name, &err)) {
        shape_problem(r, at, str_of(err.text));
        return;
    }
    if (!item_is_first(r, item))
        return;
    members_check(r, item);
    item_link(r, item);
}

static bool is_object(struct reading *r, enum object_kind kind,
                      const struct node *node)
{
    if (node->type == JSON_OBJECT)
        return true;
    shape_problem(r, node->at,
                  arena_printf(r->a,
                               "each %s is an object: \"name: ...\" and "
                               "more below it",
                               object_kind_name(kind)));
    return false;
}

/* - name: soc-mail */
static void element_take(struct reading *r, enum object_kind kind,
                         const struct node *node)
{
    const struct node *name;

    if (!is_object(r, kind, node))
        return;
    name = node_get(node, STR("name"));
    if (name == NULL || name->type != JSON_STRING)
        shape_problem(
            r, node->at,
            arena_printf(r->a, "this %s has no name", object_kind_name(kind)));
    else
        item_add(r, kind, name->text, node, node->at);
}

/* soc-mail: */
static void member_take(struct reading *r, enum object_kind kind,
                        const struct node *node)
{
    const struct node *name;

    if (!is_object(r, kind, node))
        return;
    name = node_get(node, STR("name"));
    if (name != NULL && !str_eq(name->text, node->name))
        shape_problem(r, name->at,
                      arena_printf(r->a,
                                   "is called \"%.*s\" above and "
                                   "\"%.*s\" here",
                                   STR_ARG(node->name), STR_ARG(name->text)));
    else
        item_add(r, kind, node->name, node, node->at);
}

static void section_take(struct reading *r, enum object_kind kind,
                         const struct node *section)
{
    if (section->type == JSON_NULL)
        return; /* a heading with everything below it commented out */
    if (kind == OBJECT_SETTINGS) {
        if (section->type == JSON_OBJECT)
            item_add(r, kind, STR(SETTINGS_NAME), section, section->at);
        else
            shape_problem(r, section->at, STR("settings are an object"));
        return;
    }
    if (section->type != JSON_ARRAY && section->type != JSON_OBJECT) {
        shape_problem(r, section->at,
                      arena_printf(r->a,
                                   "%.*s are a list, or names with an "
                                   "object each",
                                   STR_ARG(section->name)));
        return;
    }
    for (const struct node *n = section->first; n != NULL; n = n->next) {
        if (section->type == JSON_ARRAY)
            element_take(r, kind, n);
        else
            member_take(r, kind, n);
    }
}

static void document_take(struct reading *r, const struct node *document)
{
    if (document->type == JSON_NULL)
        return;
    if (document->type != JSON_OBJECT) {
        shape_problem(r, document->at,
                      STR("a configuration has the parts "
                          "endpoints, recipients, pools and "
                          "settings"));
        return;
    }
    for (const struct node *m = document->first; m != NULL; m = m->next) {
        const char *near = str_nearest(m->name, section_names);
        size_t i = 0;

        while (section_names[i] != NULL && !str_is(m->name, section_names[i]))
            i++;
        if (section_names[i] != NULL)
            section_take(r, section_kinds[i], m);
        else
            shape_problem(r, m->at,
                          arena_printf(r->a, "unknown key \"%.*s\"; %s%s%s",
                                       STR_ARG(str_first(
                                           m->name, utf8_cut(m->name, 100))),
                                       near ? "did you mean \""
                                            : "there are endpoints, "
                                              "recipients, pools and "
                                              "settings",
                                       near ? near : "", near ? "\"?" : ""));
    }
}

static void source_take(struct reading *r, const struct source *source)
{
    const struct node *documents = str_ends(source->file, ".json")
                                       ? node_read_json(r->a, source, r->out)
                                       : node_read_yaml(r->a, source, r->out);

    r->source = source;
    if (documents == NULL) {
        r->out->partial = true;
        return;
    }
    for (const struct node *d = documents->first; d != NULL; d = d->next)
        document_take(r, d);
}

/* --- files -------------------------------------------------------------- */

static void fd_closed(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void dir_closed(DIR **d)
{
    if (*d != NULL)
        closedir(*d);
}

static bool text_read(int fd, const char *path, struct arena *a,
                      struct str *out, struct error *err)
{
    struct buf text freed_by(buf_release) = BUF(DECLARE_FILE_MAX + READ_STEP);
    ssize_t got = 1;

    while (got > 0 && text.n <= DECLARE_FILE_MAX) {
        char *room = buf_room(&text, READ_STEP);

        got = read(fd, room, READ_STEP);
        buf_used(&text, got > 0 ? (size_t)got : 0);
    }
    if (got < 0)
        return error_set(err, "cannot read %s: %s", path, strerror(errno));
    if (text.n > DECLARE_FILE_MAX)
        return error_set(err,
                         "%s has more than %u bytes: split it into several "
                         "files",
                         path, DECLARE_FILE_MAX);
    *out = arena_str(a, buf_view(&text));
    return true;
}

static struct str absolute(const char *path, struct arena *a)
{
    char *real = realpath(path, NULL);
    struct str out = arena_str(a, str_of(real != NULL ? real : path));

    free(real);
    return out;
}

static bool file_take(struct reading *r, const char *path, struct error *err)
{
    struct source *source = arena_new(r->a, sizeof(*source));
    int fd freed_by(fd_closed) = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0)
        return error_set(err, "cannot read %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "%s is not a regular file", path);
    source->file = arena_str(r->a, str_of(path));
    source->path = absolute(path, r->a);
    if (!text_read(fd, path, r->a, &source->text, err))
        return false;
    source_take(r, source);
    return true;
}

static bool is_declared(struct str name)
{
    return !str_starts(name, ".") &&
           (str_ends(name, ".yaml") || str_ends(name, ".yml") ||
            str_ends(name, ".json"));
}

static int name_order(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool directory_take(struct reading *r, const char *path,
                           struct error *err)
{
    DIR *d freed_by(dir_closed) = opendir(path);
    const char **files = arena_array(r->a, DECLARE_FILES_MAX, sizeof(*files));
    size_t n = 0;
    const struct dirent *entry;

    if (d == NULL)
        return error_set(err, "cannot read %s: %s", path, strerror(errno));
    while ((entry = readdir(d)) != NULL) {
        if (!is_declared(str_of(entry->d_name)))
            continue;
        if (n == DECLARE_FILES_MAX)
            return error_set(err, "%s has more than %d files", path,
                             DECLARE_FILES_MAX);
        files[n++] =
            arena_printf(r->a, "%s%s%s", path,
                         str_ends(str_of(path), "/") ? "" : "/", entry->d_name)
                .p;
    }
    qsort(files, n, sizeof(*files), name_order);
    for (size_t i = 0; i < n; i++)
        if (!file_take(r, files[i], err))
            return false;
    return true;
}

/* --- the whole ---------------------------------------------------------- */

static int problem_order(const void *x, const void *y)
{
    const struct declared_problem *a = x, *b = y;
    int files = str_cmp(a->file, b->file);

    if (files != 0)
        return files;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

void problems_sort(struct declared *d)
{
    if (d->problem_count > 0)
        qsort(d->problems, MIN(d->problem_count, DECLARE_PROBLEMS_MAX - 1),
              sizeof(*d->problems), problem_order);
}

/* Goes on where an earlier reading into the same `declared` ended. */
static void reading_begin(struct reading *r)
{
    for (size_t i = 0; i < r->out->n; i++)
        item_link(r, &r->out->items[i]);
}

static void root_add(struct reading *r, struct str root)
{
    struct declared *d = r->out;
    struct str *roots = arena_array(r->a, d->root_count + 1, sizeof(*roots));

    if (d->root_count > 0)
        memcpy(roots, d->roots, d->root_count * sizeof(*roots));
    roots[d->root_count++] = root;
    d->roots = roots;
}

static void edit_make(struct reading *r, const struct declared_item *item,
                      size_t at)
{
    struct declared *d = r->out;

    d->items[at] = *item;
    d->edits[at] = (struct edit){
        .kind = item->kind,
        .verb = EDIT_REPLACE,
        .name = item->name,
        .object = item->object,
        .author = d->owner.n > 0
                      ? d->owner
                      : arena_printf(r->a, "file:%.*s:%zu",
                                     STR_ARG(item->source->path), item->at.line),
        .from_export = d->owner.n > 0,
    };
    d->places[at] =
        arena_printf(r->a, "%.*s:%zu:%zu", STR_ARG(item->source->file),
                     item->at.line, item->at.column);
}

/* Items as edits, what others name before what names it. */
static void reading_end(struct reading *r)
{
    static const enum object_kind order[] = {
        OBJECT_SETTINGS,
        OBJECT_POOL,
        OBJECT_SILENCE,
        OBJECT_INHIBITION,
        OBJECT_ENDPOINT,
        OBJECT_RECIPIENT,
    };
    struct declared *d = r->out;
    size_t n = 0;

    d->edits = arena_array(r->a, r->count, sizeof(*d->edits));
    d->places = arena_array(r->a, r->count, sizeof(*d->places));
    d->items = arena_array(r->a, r->count, sizeof(*d->items));
    for (size_t k = 0; k < COUNT_OF(order); k++)
        for (const struct declared_item *i = r->first; i; i = i->next)
            if (i->kind == order[k])
                edit_make(r, i, n++);
    d->n = n;
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        hash_release(&r->by_name[k]);
    items_settle(d, NULL, r->a);
    problems_sort(d);
}

bool declare_read(const char *const *paths, size_t n, struct arena *a,
                  struct declared *out, struct error *err)
{
    struct reading r = {.a = a, .out = out};
    bool read = true;

    *out = (struct declared){0};
    for (size_t i = 0; i < n && read; i++) {
        struct stat st;

        root_add(&r, absolute(paths[i], a));
        if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
            read = directory_take(&r, paths[i], err);
        else
            read = file_take(&r, paths[i], err);
    }
    reading_end(&r);
    return read;
}

void declare_text(struct str file, struct str text, struct arena *a,
                  struct declared *out)
{
    struct reading r = {.a = a, .out = out};
    struct source *source = arena_new(a, sizeof(*source));

    source->file = source->path = arena_str(a, file);
    reading_begin(&r);
    root_add(&r, source->path);
    if (text.n <= DECLARE_FILE_MAX) {
        source->text = arena_str(a, text);
        source_take(&r, source);
    } else {
        problem_add(a, out, source, (struct place){1, 1},
                    STR("has more bytes than a configuration file may have"));
        out->partial = true;
    }
    reading_end(&r);
}
