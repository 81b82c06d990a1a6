/* show_said.c -- what was said in a delivery's tries, for people: the last request
 * that is kept and its answer; else the request as it would be now. */
#include "cli/commands.h"

static void lines_print(struct cli *c, int depth, struct str text)
{
    while (text.n > 0) {
        struct str line = str_until(&text, '\n');

        print_text(arena_printf(&c->arena, "%*s%.*s", 2 * depth, "", STR_ARG(line)));
    }
}

static void member_print(struct cli *c, int depth, const struct json *j);

static void members_print(struct cli *c, int depth, const struct json *j)
{
    for (const struct json *e = j->first; e != NULL; e = e->next)
        member_print(c, depth, e);
}

/* {"name":"Server","value":"x"} is how headers come. */
static bool is_pair(const struct json *j)
{
    return json_is(j, JSON_OBJECT) && json_get(j, "name") != NULL &&
           json_get(j, "value") != NULL;
}

static void pair_print(struct cli *c, int depth, struct str name, const struct json *value)
{
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : cell_text(c, value);

    if (str_find(text, '\n') == text.n) {
        lines_print(c, depth, arena_printf(&c->arena, "%.*s: %.*s", STR_ARG(name),
                                           STR_ARG(text)));
        return;
    }
    lines_print(c, depth, arena_printf(&c->arena, "%.*s:", STR_ARG(name)));
    lines_print(c, depth + 1, text);
}

static void member_print(struct cli *c, int depth, const struct json *j)
{
    if (json_is(j, JSON_NULL))
        return;
    if (is_pair(j)) {
        pair_print(c, depth, json_text(json_get(j, "name")), json_get(j, "value"));
    } else if ((json_is(j, JSON_OBJECT) || json_is(j, JSON_ARRAY)) && j->count > 0) {
        if (j->name.n > 0)
            lines_print(c, depth, arena_printf(&c->arena, "%.*s:", STR_ARG(j->name)));
        members_print(c, depth + 1, j);
    } else if (j->name.n > 0) {
        pair_print(c, depth, j->name, j);
    } else {
        lines_print(c, depth, json_text(j));
    }
}

static void part_print(struct cli *c, const char *title, const struct json *j)
{
    if (!json_is(j, JSON_OBJECT))
        return;
    printf("\n%s\n", title);
    members_print(c, 1, j);
}

void said_print(struct cli *c, const struct json *answer)
{
    const struct json *tries = json_get(answer, "tries"), *last = NULL;
    const struct json *again = json_get(answer, "again");

    for (const struct json *e = tries ? tries->first : NULL; e; e = e->next)
        if (json_is(json_get(e, "transcript"), JSON_OBJECT))
            last = json_get(e, "transcript");
    if (last != NULL) {
        part_print(c, "REQUEST of the last failed try", json_get(last, "request"));
        part_print(c, "ANSWER", json_get(last, "response"));
        return;
    }
    part_print(c, "REQUEST, rendered again: nothing is kept of what arrived",
               json_get(again, "request"));
    if (json_is(json_get(again, "because"), JSON_STRING))
        printf("\nno request: %.*s\n", STR_ARG(cell_text(c, json_get(again, "because"))));
}
