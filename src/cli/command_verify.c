/* command_verify.c -- tocsin explain --verify FILE: alerts and who must, and who
 * must not, get them; asked of files alone or of a running Tocsin. For CI. */
#include "cli/commands.h"

#include <libgen.h>

#include "base/limits.h"
#include "config/config_empty.h"
#include "config/node.h"

struct expected { /* one of the file's tests */
    const struct node *node;
    struct str name;
    const struct json *alert; /* NULL: the id */
    struct str alert_id;
};

struct told { /* what was decided for one recipient */
    struct str recipient, outcome, because;
};

struct verifying {
    struct cli *c;
    const char *path;
    struct config *config; /* ours; NULL: the running Tocsin is asked */
    struct told *told;
    size_t told_count;
    size_t tests, failed;
};

/* --- the file ------------------------------------------------------------------ */

/* A plain scalar is what it looks like, in quotes it is a text. */
static const struct json *value_of_node(const struct node *n, struct arena *a)
{
    struct json_list list = {0};
    const struct json *j;

    switch (n->type) {
    case JSON_STRING:
        j = n->plain ? node_number(n, a) : node_json(n, a);
        return n->plain && json_is(j, JSON_STRING) ? node_bool(n, a) : j;
    case JSON_ARRAY:
        for (const struct node *e = n->first; e != NULL; e = e->next)
            json_list_add(&list, a, STR_NONE, value_of_node(e, a));
        return json_new_array(a, &list);
    case JSON_OBJECT:
        for (const struct node *e = n->first; e != NULL; e = e->next)
            json_list_add(&list, a, e->name, value_of_node(e, a));
        return json_new_object(a, &list);
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_NUMBER:
        break;
    }
    return node_json(n, a);
}

static int wrong(struct verifying *v, const struct node *at, const char *text)
{
    fprintf(stderr, "%s:%zu: error: %s\n", v->path, at->at.line, text);
    return EXIT_INVALID;
}

static const struct node *file_read(struct verifying *v, struct str text)
{
    struct arena *a = &v->c->arena;
    struct source *source = arena_new(a, sizeof *source);
    struct declared d = {0};
    const struct node *documents;

    source->file = source->path = str_of(v->path);
    source->text = text;
    documents = str_ends(source->file, ".json") ? node_read_json(a, source, &d)
                                                : node_read_yaml(a, source, &d);
    for (size_t i = 0; i < d.problem_count; i++)
        fprintf(stderr, "%s:%zu:%zu: error: %.*s\n", v->path, d.problems[i].line,
                d.problems[i].column, STR_ARG(d.problems[i].text));
    if (d.problem_count > 0 || documents == NULL)
        return NULL;
    if (documents->first == NULL || documents->first->type != JSON_OBJECT) {
        wrong(v, documents, "the file has the parts configuration and tests");
        return NULL;
    }
    return documents->first;
}

static bool keys_known(struct verifying *v, const struct node *object,
                       const char *const *names)
{
    for (const struct node *m = object->first; m != NULL; m = m->next) {
        const char *const *name = names;

        while (*name != NULL && !str_is(m->name, *name))
            name++;
        if (*name == NULL) {
            const char *near = str_nearest(m->name, names);

            wrong(v, m,
                  arena_printf(&v->c->arena, "unknown key \"%.*s\"%s%s%s",
                               STR_ARG(m->name), near ? "; did you mean \"" : "",
                               near ? near : "", near ? "\"?" : "")
                      .p);
            return false;
        }
    }
    return true;
}

/* --- the configuration it asks ---------------------------------------------------- */

/* Beside the file, unless it begins at the root. */
static const char *beside(struct verifying *v, struct str name)
{
    struct arena *a = &v->c->arena;
    char *copy = (char *)(uintptr_t)arena_c(a, str_of(v->path));

    if (str_starts(name, "/"))
        return arena_c(a, name);
    return arena_printf(a, "%s/%.*s", dirname(copy), STR_ARG(name)).p;
}

static int files_open(struct verifying *v, const struct node *list)
{
    struct arena *a = &v->c->arena;
    const char **paths = arena_array(a, MAX(list->count, 1u), sizeof *paths);
    struct declared d = {0};
    struct declared_result result;
    struct error err = {0};
    size_t n = 0;

    if (list->type == JSON_STRING)
        paths[n++] = beside(v, list->text);
    else
        for (const struct node *e = list->first; e != NULL; e = e->next)
            paths[n++] = beside(v, e->text);
    v->config = config_open_empty(&err);
    if (v->config == NULL || !declare_read(paths, n, a, &d, &err)) {
        fprintf(stderr, "tocsin explain: %s\n", err.text);
        return EXIT_FAILED;
    }
    declare_check(NULL, &d, a);
    for (size_t i = 0; i < d.problem_count; i++)
        fprintf(stderr, "%.*s:%zu:%zu: error: %.*s\n", STR_ARG(d.problems[i].file),
                d.problems[i].line, d.problems[i].column,
                STR_ARG(d.problems[i].text));
    if (d.problem_count > 0)
        return EXIT_INVALID;
    if (declare_apply(v->config, &d, false, a, &result, &err))
        return EXIT_OK;
    fprintf(stderr, "tocsin explain: %s\n", err.text);
    return EXIT_INVALID;
}

/* --- asking ----------------------------------------------------------------------- */

static void told_add(struct verifying *v, struct told told)
{
    v->told = mem_grow(v->told, v->told_count + 1, sizeof *v->told);
    v->told[v->told_count++] = told;
}

static enum change change_of_action(enum action action)
{
    switch (action) {
    case ACTION_ENGAGE:
        return CHANGE_ENGAGED;
    case ACTION_RELEASE:
        return CHANGE_RELEASED;
    case ACTION_STORE:
        break;
    }
    return CHANGE_STORED;
}

static int ask_files(struct verifying *v, const struct expected *e)
{
    struct arena *a = &v->c->arena;
    struct explanation *list;
    struct alert alert;
    struct error err = {0};
    size_t n;

    if (e->alert == NULL)
        return wrong(v, e->node, "an alert_id needs a running Tocsin: take "
                                 "\"configuration\" out, or write the alert");
    if (!alert_read(a, e->alert, clock_wall_ms(&clock_real), &alert, &err) ||
        !alert_check(&alert, &err))
        return wrong(v, e->node, err.text);
    n = routing_explain(
        config_now(v->config)->routing,
        &(struct routed){&alert, change_of_action(alert.action), {0}}, a, &list);
    for (size_t i = 0; i < n; i++)
        told_add(v, (struct told){list[i].recipient,
                                  str_of(decision_name(list[i].decision)),
                                  list[i].because});
    return EXIT_OK;
}

static int ask_server(struct verifying *v, const struct expected *e)
{
    struct buf body freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&body);
    const struct json *list;
    struct answer a;
    int status;

    if (e->alert != NULL) {
        out_tree(&o, NULL, e->alert);
        status = client_send(v->c, "POST", "/api/v1/explain", buf_view(&body), &a);
    } else {
        status = client_get(v->c,
                            client_path(v->c, "/api/v1/alerts",
                                        arena_c(&v->c->arena, e->alert_id),
                                        "/decisions?as_of=now"),
                            &a);
    }
    if (status != EXIT_OK) {
        wrong(v, e->node, "could not be asked");
        return status;
    }
    list = json_get(a.json, "decisions");
    for (const struct json *d = list ? list->first : NULL; d; d = d->next)
        told_add(v, (struct told){json_text(json_get(d, "recipient")),
                                  json_text(json_get(d, "outcome")),
                                  json_text(json_get(d, "because"))});
    return EXIT_OK;
}

/* --- what is expected --------------------------------------------------------------- */

static const struct told *told_find(const struct verifying *v, struct str name)
{
    for (size_t i = 0; i < v->told_count; i++)
        if (str_eq(v->told[i].recipient, name))
            return &v->told[i];
    return NULL;
}

static bool is_named(const struct node *list, struct str name)
{
    for (const struct node *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(e->text, name))
            return true;
    return false;
}

static bool failure(struct verifying *v, const struct expected *e, struct str who,
                    const char *text, const struct told *t)
{
    struct str because = t != NULL ? t->because : STR_NONE;

    print_text(arena_printf(
        &v->c->arena, "%s:%zu: FAIL \"%.*s\": %.*s %s%s%.*s%s%.*s%s", v->path,
        e->node->at.line, STR_ARG(e->name), STR_ARG(who), text,
        t != NULL && because.n > 0 ? ": " : "",
        STR_ARG(because.n > 0 ? t->outcome : STR_NONE),
        because.n > 0 ? " (" : "", STR_ARG(because), because.n > 0 ? ")" : ""));
    return false;
}

static bool list_holds(struct verifying *v, const struct expected *e,
                       const struct node *list, bool must)
{
    bool ok = true;

    for (const struct node *w = list ? list->first : NULL; w; w = w->next) {
        const struct told *t = told_find(v, w->text);

        if (t == NULL)
            ok = failure(v, e, w->text, "is no recipient", NULL);
        else if (str_is(t->outcome, "deliver") != must)
            ok = failure(v, e, w->text,
                         must ? "must get it and does not"
                              : "must not get it and does",
                         t);
    }
    return ok;
}

static bool nobody_else(struct verifying *v, const struct expected *e,
                        const struct node *takers)
{
    bool ok = true;

    for (size_t i = 0; i < v->told_count; i++)
        if (str_is(v->told[i].outcome, "deliver") &&
            !str_is(v->told[i].recipient, RECIPIENT_BUILTIN) &&
            !is_named(takers, v->told[i].recipient))
            ok = failure(v, e, v->told[i].recipient,
                         "gets it and is not named, and \"exactly\" is said",
                         &v->told[i]);
    return ok;
}

static int test_run(struct verifying *v, const struct expected *e)
{
    const struct node *takers = node_get(e->node, STR("gets"));
    const struct node *exactly = node_get(e->node, STR("exactly"));
    int status;
    bool ok;

    v->told_count = 0;
    status = v->config != NULL ? ask_files(v, e) : ask_server(v, e);
    if (status != EXIT_OK)
        return status;
    ok = list_holds(v, e, takers, true);
    ok = list_holds(v, e, node_get(e->node, STR("not")), false) && ok;
    if (exactly != NULL && !str_is(exactly->text, "false"))
        ok = nobody_else(v, e, takers) && ok;
    v->tests++;
    v->failed += !ok;
    return EXIT_OK;
}

static int test_take(struct verifying *v, const struct node *n)
{
    static const char *const names[] = {"name", "alert",   "alert_id", "gets",
                                        "not",  "exactly", NULL};
    const struct node *name = node_get(n, STR("name"));
    const struct node *alert = node_get(n, STR("alert"));
    const struct node *id = node_get(n, STR("alert_id"));
    struct expected e = {.node = n, .name = STR("a test without a name")};

    if (n->type != JSON_OBJECT)
        return wrong(v, n, "a test is an object: \"alert\", \"gets\", \"not\"");
    if (!keys_known(v, n, names))
        return EXIT_INVALID;
    if ((alert == NULL) == (id == NULL))
        return wrong(v, n, "a test has either an alert or an alert_id");
    for (size_t i = 3; i < 5; i++) {
        const struct node *list = node_get(n, str_of(names[i]));

        if (list != NULL && list->type != JSON_ARRAY)
            return wrong(v, list, "gets and not are lists of recipients");
    }
    if (name != NULL)
        e.name = name->text;
    if (alert != NULL)
        e.alert = value_of_node(alert, &v->c->arena);
    else
        e.alert_id = id->text;
    return test_run(v, &e);
}

static int file_run(struct verifying *v, const struct node *file)
{
    static const char *const names[] = {"configuration", "tests", NULL};
    const struct node *tests = node_get(file, STR("tests"));
    const struct node *configuration = node_get(file, STR("configuration"));
    int status = EXIT_OK;

    if (!keys_known(v, file, names))
        return EXIT_INVALID;
    if (tests == NULL || tests->type != JSON_ARRAY || tests->count == 0)
        return wrong(v, file, "\"tests\" must be a list of at least one");
    if (configuration != NULL)
        status = files_open(v, configuration);
    for (const struct node *t = tests->first; t != NULL && status == EXIT_OK;
         t = t->next)
        status = test_take(v, t);
    if (status != EXIT_OK)
        return status;
    printf("%zu tests, %zu failed\n", v->tests, v->failed);
    return v->failed > 0 ? EXIT_FAILED : EXIT_OK;
}

int explain_verify(struct cli *c, const char *path)
{
    struct buf text freed_by(buf_release) = BUF(DECLARE_FILE_MAX);
    struct verifying v = {.c = c, .path = path};
    const struct node *file;
    int status = EXIT_INVALID;

    if (!text_read("explain", path, fopen(path, "re"), &text))
        return EXIT_FAILED;
    file = file_read(&v, buf_view(&text));
    if (file != NULL)
        status = file_run(&v, file);
    config_close(v.config);
    free(v.told);
    return status;
}
