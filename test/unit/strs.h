/* strs.h -- what several tests need: comparing views, reading sample files. */
#ifndef TEST_STRS_H
#define TEST_STRS_H

#include "base/arena.h"

#ifndef SAMPLES_DIR
#define SAMPLES_DIR "test/samples"
#endif

#define SAMPLE_MAX (1u << 20)

/* Fails with both texts and the row's name. */
static inline void assert_str(const char *row, struct str got, const char *want)
{
    if (!str_is(got, want))
        fail_msg("%s: got \"%.*s\", want \"%s\"", row, STR_ARG(got), want);
}

static inline void assert_i64(const char *row, int64_t got, int64_t want)
{
    if (got != want)
        fail_msg("%s: got %lld, want %lld", row, (long long)got,
                 (long long)want);
}

/* A file of test/samples, in the arena. */
static inline struct str sample_read(struct arena *a, const char *name)
{
    const char *dir = getenv("TOCSIN_SAMPLES");
    struct str path = arena_printf(a, "%s/%s", dir ? dir : SAMPLES_DIR, name);
    struct buf b = BUF(SAMPLE_MAX);
    FILE *f = fopen(path.p, "re");
    struct str text;
    size_t n;

    if (f == NULL)
        fail_msg("cannot open %s", path.p);
    do {
        char *room = buf_room(&b, 4096);

        n = fread(room, 1, 4096, f);
        buf_used(&b, n);
    } while (n > 0);
    fclose(f);
    text = arena_str(a, buf_view(&b));
    buf_release(&b);
    return text;
}

#endif
