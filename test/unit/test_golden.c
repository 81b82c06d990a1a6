/* test_golden.c -- every endpoint type's requests and verdicts, as files that
 * people read: test/golden/TYPE/CASE.{json,request,response.json,verdict}.
 * TOCSIN_GOLDEN=write makes them anew; then look at each with your own eyes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>

#include "golden.h"

#ifndef GOLDEN_DIR
#define GOLDEN_DIR "test/golden"
#endif
#define TEXT_MAX (4u << 20)
#define PATH_BYTES 512

static bool is_writing(void)
{
    const char *mode = getenv("TOCSIN_GOLDEN");

    return mode != NULL && strcmp(mode, "write") == 0;
}

static bool file_read(const char *path, struct buf *to)
{
    char chunk[4096];
    size_t n;
    FILE *f = fopen(path, "re");

    if (f == NULL)
        return false;
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(to, chunk, n);
    fclose(f);
    return true;
}

static void file_write(const char *path, const struct buf *b)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
    assert_int_equal(fclose(f), 0);
}

/* The first line that differs says more than two whole texts. */
static void compare(const char *path, const struct buf *got)
{
    struct buf want freed_by(buf_release) = BUF(TEXT_MAX);
    struct str a = buf_view(got), b;
    size_t line = 1;

    if (is_writing()) {
        file_write(path, got);
        return;
    }
    if (!file_read(path, &want))
        fail_msg("%s is not there; run with TOCSIN_GOLDEN=write", path);
    b = buf_view(&want);
    if (str_eq(a, b))
        return;
    for (;; line++) {
        struct str got_line = str_until(&a, '\n');
        struct str want_line = str_until(&b, '\n');

        if (!str_eq(got_line, want_line) || (a.n == 0) != (b.n == 0))
            fail_msg("%s:%zu:\n want: %.*s\n got:  %.*s", path, line,
                     STR_ARG(want_line), STR_ARG(got_line));
    }
}

/* "test/golden/syslog/late.json" -> type "syslog", stem ".../late" */
static void path_parts(const char *path, char type[PATH_BYTES],
                       char stem[PATH_BYTES])
{
    struct str rest = str_of(path), part = STR_NONE, before = STR_NONE;

    while (rest.n > 0) {
        before = part;
        part = str_until(&rest, '/');
    }
    snprintf(type, PATH_BYTES, "%.*s", STR_ARG(before));
    snprintf(stem, PATH_BYTES, "%.*s", (int)(strlen(path) - strlen(".json")),
             path);
}

static void check_verdicts(struct golden *g, const char *stem)
{
    struct buf answers freed_by(buf_release) = BUF(TEXT_MAX);
    struct buf got freed_by(buf_release) = BUF(TEXT_MAX);
    char path[PATH_BYTES + 20];
    struct error err;

    snprintf(path, sizeof(path), "%s.response.json", stem);
    if (!file_read(path, &answers))
        return;
    if (!golden_verdicts(g, buf_view(&answers), &got, &err))
        fail_msg("%s: %s", path, err.text);
    snprintf(path, sizeof(path), "%s.verdict", stem);
    compare(path, &got);
}

static void check_case(void **state)
{
    const char *path = *state;
    struct buf json freed_by(buf_release) = BUF(TEXT_MAX);
    struct buf got freed_by(buf_release) = BUF(TEXT_MAX);
    char type[PATH_BYTES], stem[PATH_BYTES], out[PATH_BYTES + 20];
    struct golden g;
    struct error err;

    path_parts(path, type, stem);
    assert_true(file_read(path, &json));
    if (!golden_read(&g, type, buf_view(&json), &err))
        fail_msg("%s: %s %s", path, err.place, err.text);
    golden_request(&g, &got);
    snprintf(out, sizeof(out), "%s.request", stem);
    compare(out, &got);
    check_verdicts(&g, stem);
    golden_release(&g);
}

static bool is_case(const char *path)
{
    return !str_ends(str_of(path), ".response.json");
}

/* Every type has its cases: a new one cannot be forgotten. */
static void every_type_has_cases(void **state)
{
    const glob_t *files = *state;

    for (size_t t = 0; endpoint_types[t] != NULL; t++) {
        char part[PATH_BYTES];
        size_t n = 0;

        snprintf(part, sizeof(part), "/%s/", endpoint_types[t]->name);
        for (size_t i = 0; i < files->gl_pathc; i++)
            n += is_case(files->gl_pathv[i]) &&
                 strstr(files->gl_pathv[i], part) != NULL;
        if (n < (endpoint_types[t]->builtin ? 1 : 6))
            fail_msg("%s: only %zu golden cases", endpoint_types[t]->name, n);
    }
}

int main(void)
{
    static struct CMUnitTest tests[1000];
    size_t n = 0;
    glob_t files;
    int failed;

    if (glob(GOLDEN_DIR "/*/*.json", 0, NULL, &files) != 0)
        return 1;
    tests[n++] = (struct CMUnitTest){.name = "every_type_has_cases",
                                     .test_func = every_type_has_cases,
                                     .initial_state = &files};
    for (size_t i = 0; i < files.gl_pathc && n < COUNT_OF(tests); i++) {
        if (is_case(files.gl_pathv[i]))
            tests[n++] = (struct CMUnitTest){.name = files.gl_pathv[i],
                                             .test_func = check_case,
                                             .initial_state = files.gl_pathv[i]};
    }
    failed = _cmocka_run_group_tests("golden", tests, n, NULL, NULL);
    globfree(&files);
    return failed;
}
