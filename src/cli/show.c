/* show.c -- tables for people, JSON for programs; nothing an alert says can move
 * the cursor. */
#include "cli/client.h"

#include "message/escape.h"

#define CELL_MAX 4096
#define CELL_SHOWN 72 /* code points of one cell, but for the last column */

void table_cell(struct table *t, struct str text)
{
    while (t->titles[t->columns] != NULL)
        t->columns++;
    t->cells = mem_grow(t->cells, t->cell_count + 1, sizeof *t->cells);
    t->cells[t->cell_count++] = text;
}

static size_t points(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static void pad(size_t n)
{
    while (n-- > 0)
        putchar(' ');
}

static void cell_print(struct str cell, size_t width, bool last)
{
    struct buf b freed_by(buf_release) = BUF(CELL_MAX);

    if (last)
        buf_str(&b, cell);
    else
        cut_points(&b, cell, CELL_SHOWN);
    fwrite(buf_c(&b), 1, b.n, stdout);
    if (!last)
        pad(width - MIN(width, points(buf_view(&b))) + 2);
}

static size_t column_width(const struct table *t, size_t column)
{
    size_t width = strlen(t->titles[column]);

    for (size_t i = column; i < t->cell_count; i += t->columns)
        width = MAX(width, MIN(points(t->cells[i]), (size_t)CELL_SHOWN));
    return width;
}

static void row_print(const struct table *t, const struct str *row,
                      const size_t *widths)
{
    for (size_t i = 0; i < t->columns; i++)
        cell_print(row[i], widths[i], i + 1 == t->columns);
    putchar('\n');
}

void table_print(struct table *t)
{
    struct str titles[TABLE_COLUMNS_MAX];
    size_t widths[TABLE_COLUMNS_MAX];

    if (t->cell_count == 0) {
        fputs("nothing\n", stderr);
        return;
    }
    for (size_t i = 0; i < t->columns; i++) {
        titles[i] = str_of(t->titles[i]);
        widths[i] = column_width(t, i);
    }
    row_print(t, titles, widths);
    for (size_t i = 0; i < t->cell_count; i += t->columns)
        row_print(t, &t->cells[i], widths);
    free(t->cells);
    t->cells = NULL;
}

static void indent(int depth)
{
    pad((size_t)depth * 2);
}

static void print_value(struct cli *c, const struct json *j, int depth)
{
    struct buf b freed_by(buf_release) = BUF(64u << 20);
    struct json_out o = JSON_OUT(&b);
    bool object = json_is(j, JSON_OBJECT);

    if (j->count == 0 || (!object && !json_is(j, JSON_ARRAY))) {
        out_tree(&o, NULL, j);
        fwrite(buf_c(&b), 1, b.n, stdout);
        return;
    }
    puts(object ? "{" : "[");
    for (const struct json *e = j->first; e != NULL; e = e->next) {
        indent(depth + 1);
        if (object) {
            struct json name = {.type = JSON_STRING, .text = e->name};

            print_value(c, &name, depth);
            fputs(": ", stdout);
        }
        print_value(c, e, depth + 1);
        puts(e->next ? "," : "");
    }
    indent(depth);
    putchar(object ? '}' : ']');
}

void print_json(struct cli *c, const struct json *j)
{
    if (j == NULL)
        return;
    print_value(c, j, 0);
    putchar('\n');
}

static struct str cleaned(struct cli *c, struct str s)
{
    struct buf b freed_by(buf_release) = BUF(64u << 10);

    clean_text(&b, s, false);
    return arena_str(&c->arena, buf_view(&b));
}

struct str cell_text(struct cli *c, const struct json *j)
{
    struct buf b freed_by(buf_release) = BUF(64u << 10);
    struct json_out o = JSON_OUT(&b);

    if (j == NULL || json_is(j, JSON_NULL))
        return STR("-");
    if (json_is(j, JSON_STRING))
        return cleaned(c, json_text(j));
    if (json_is(j, JSON_ARRAY)) {
        for (const struct json *e = j->first; e != NULL; e = e->next) {
            buf_str(&b, cell_text(c, e));
            buf_text(&b, e->next ? ", " : "");
        }
        return j->count ? arena_str(&c->arena, buf_view(&b)) : STR("none");
    }
    out_tree(&o, NULL, j);
    return arena_str(&c->arena, buf_view(&b));
}

struct str cell_time(struct cli *c, const struct json *j)
{
    struct time_parts t;
    int64_t ms;

    if (!time_parse(json_text(j), &ms) || ms == 0)
        return STR("-");
    time_parts_local(ms, &t);
    return arena_printf(&c->arena, "%04d-%02d-%02d %02d:%02d:%02d", t.year,
                        t.month, t.day, t.hour, t.minute, t.second);
}

void print_text(struct str s)
{
    struct buf b freed_by(buf_release) = BUF(1u << 20);

    clean_text(&b, s, false);
    fwrite(buf_c(&b), 1, b.n, stdout);
    putchar('\n');
}

void warnings_print(struct cli *c, const struct json *answer)
{
    const struct json *list = json_get(answer, "warnings");

    for (const struct json *w = list ? list->first : NULL; w; w = w->next)
        fprintf(stderr, "warning: %.*s: %.*s\n",
                STR_ARG(cell_text(c, json_get(w, "place"))),
                STR_ARG(cell_text(c, json_get(w, "text"))));
}
