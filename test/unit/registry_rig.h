/* registry_rig.h -- a registry, and alerts of a few words for it. */
#ifndef TEST_REGISTRY_RIG_H
#define TEST_REGISTRY_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "registry/registry.h"

#define T0 1606141256000

struct bench {
    struct registry *registry;
    int64_t next_id;
};

static inline int setup(void **state)
{
    struct bench *b = mem_new(sizeof *b);

    b->registry = registry_new();
    b->next_id = 1;
    *state = b;
    return 0;
}

static inline int teardown(void **state)
{
    struct bench *b = *state;

    registry_free(b->registry);
    free(b);
    return 0;
}

static inline struct alert alert_of(struct bench *b, enum action action, const char *key)
{
    return (struct alert){
        .id = b->next_id++,
        .action = action,
        .entity = ENTITY_HOST,
        .entity_value = STR("192.168.1.7"),
        .type = STR("syn_scan"),
        .type_id = -1,
        .category = STR("security"),
        .severity = SEVERITY_ERROR,
        .score = 100,
        .message = STR("a scan"),
        .tstamp_ms = T0 + b->next_id,
        .key = str_of(key),
        .source = STR("native"),
    };
}

static inline enum change apply(struct bench *b, struct alert *a, int64_t now_ms,
                         struct undo **undo)
{
    struct error err = {0};
    enum change change;

    assert_true(registry_apply(b->registry, a, now_ms, &change, undo, &err));
    return change;
}

static inline enum change apply_keep(struct bench *b, struct alert *a, int64_t now_ms)
{
    struct undo *undo;
    enum change change = apply(b, a, now_ms, &undo);

    registry_keep(undo);
    return change;
}

#endif
