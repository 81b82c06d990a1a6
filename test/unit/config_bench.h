/* config_bench.h -- a configuration in a directory of its own, for tests. */
#ifndef TEST_CONFIG_BENCH_H
#define TEST_CONFIG_BENCH_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"

#define WEBHOOK \
    "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":\"https://hooks.example/a\"}}"

struct bench {
    char directory[64];
    struct clock clock;
    struct config *config;
    struct arena arena; /* of what a test makes */
    struct error err;
};

static inline int64_t bench_time(void *arg unused)
{
    return 1606141256000;
}

static inline uint32_t bench_dice(void *arg unused)
{
    return 4;
}

static inline void bench_open(struct bench *b)
{
    b->config = config_open(b->directory, &b->clock, &b->err);
    if (b->config == NULL)
        fail_msg("%s", b->err.text);
}

static inline void bench_init(struct bench *b)
{
    *b = (struct bench){
        .directory = "/tmp/tocsin-config-XXXXXX",
        .clock = {bench_time, bench_time, bench_dice, NULL},
    };
    assert_non_null(mkdtemp(b->directory));
    bench_open(b);
}

static inline void bench_reopen(struct bench *b)
{
    config_close(b->config);
    bench_open(b);
}

/* A path in the directory; in the arena. */
static inline const char *bench_path(struct bench *b, const char *name)
{
    return arena_printf(&b->arena, "%s/%s", b->directory, name).p;
}

static inline const char *bench_file(struct bench *b, const char *name,
                                     const char *text, unsigned mode)
{
    const char *path = bench_path(b, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static inline void bench_release(struct bench *b)
{
    DIR *d = opendir(b->directory);
    const struct dirent *entry;

    config_close(b->config);
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL)
        unlinkat(dirfd(d), entry->d_name, 0);
    closedir(d);
    assert_int_equal(rmdir(b->directory), 0);
    arena_release(&b->arena);
}

static inline const struct json *bench_json(struct bench *b, const char *text)
{
    const struct json *j =
        json_parse(&b->arena, arena_str(&b->arena, str_of(text)), &b->err);

    if (j == NULL)
        fail_msg("%s: %s", text, b->err.text);
    return j;
}

/* An edit by the API. `text` may be NULL. */
static inline struct edit bench_edit(struct bench *b, int verb,
                                     enum object_kind kind, const char *name,
                                     const char *text)
{
    struct edit e = {.kind = kind, .name = str_of(name), .author = STR("api")};

    e.object = text != NULL ? bench_json(b, text) : NULL;
    e.verb = (__typeof__(e.verb))verb;
    return e;
}

static inline void bench_must(struct bench *b, int verb, enum object_kind kind,
                              const char *name, const char *text)
{
    struct edit e = bench_edit(b, verb, kind, name, text);

    if (config_edit(b->config, &e, &b->err) != CONFIG_OK)
        fail_msg("%s %s: %s", object_kind_name(kind), name ? name : text,
                 b->err.text);
}

#endif
