/* fuzz_declare.c -- any bytes as a declared file, YAML and JSON: read, checked
 * against nothing, and what was found sound applied twice. */
#include "base/arena.h"
#include "config/config_empty.h"
#include "config/declare.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Places are within the file, and what is said can be shown. */
static void problems_sound(const struct declared *d, struct str text)
{
    assert(d->problem_count <= DECLARE_PROBLEMS_MAX);
    for (size_t i = 0; i < d->problem_count; i++) {
        const struct declared_problem *p = &d->problems[i];

        assert(p->line >= 1 && p->column >= 1 && p->text.n > 0);
        assert(p->line <= text.n + 1); /* YAML ends lines with more than \n */
        assert(p->source_line.n <= text.n);
    }
}

static void applied_twice(struct declared *d, struct arena *a)
{
    struct config *c = config_open_empty(NULL);
    struct declared_result first, second;
    int64_t revision;

    if (declare_apply(c, d, true, a, &first, NULL)) {
        revision = config_now(c)->revision;
        assert(first.created == d->n && first.deleted == 0);
        if (!declare_apply(c, d, true, a, &second, NULL))
            abort();
        assert(second.same == d->n && config_now(c)->revision == revision);
    }
    config_close(c);
}

static void one_file(const char *name, struct str text)
{
    struct arena a freed_by(arena_release) = {0};
    struct declared d = {0};

    declare_text(str_of(name), text, &a, &d);
    problems_sound(&d, text);
    if (d.partial || d.n == 0)
        return;
    declare_check(NULL, &d, &a);
    problems_sound(&d, text);
    if (d.problem_count == 0)
        applied_twice(&d, &a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str text = {(const char *)bytes, n};

    one_file("a.yaml", text);
    one_file("a.json", text);
    return 0;
}
