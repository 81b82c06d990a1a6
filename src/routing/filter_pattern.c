/* filter_pattern.c -- regular expressions with an end: PCRE2 under limits. An
 * author may be careless and a text hostile; neither can hold the loop. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "routing/filter_tree.h"

#define NEST_MAX     50
#define HEAP_KIB_MAX 8192

/* Steps for each place a match may begin: what one walk over the text with a
 * ".*" needs, and no more, so that (a+)+$ ends at its first try. */
#define STEPS_MAX(bytes) (2 * (uint32_t)(bytes) + 1000)

struct scratch {
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

static void *take(PCRE2_SIZE n, void *arena)
{
    return arena_new(arena, n);
}

static void leave(void *memory unused, void *arena unused)
{
    /* It dies with the arena. */
}

static bool compile_failed(struct error *err, int code, size_t at)
{
    PCRE2_UCHAR words[128] = "";

    pcre2_get_error_message(code, words, sizeof words);
    return error_set(err, "the pattern is wrong at its character %zu: %s",
                     at + 1, (const char *)words);
}

const void *filter_pattern_compile(struct str text, bool whole, struct arena *a,
                                   struct error *err)
{
    pcre2_general_context *memory;
    pcre2_compile_context *how;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOTALL |
                       PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    int code = 0;
    PCRE2_SIZE at = 0;
    const void *made;

    if (text.n > FILTER_PATTERN_MAX) {
        error_set(err, "the pattern has %zu bytes; at most %d are taken",
                  text.n, FILTER_PATTERN_MAX);
        return NULL;
    }
    if (whole)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    memory = pcre2_general_context_create(take, leave, a);
    how = pcre2_compile_context_create(memory);
    pcre2_set_parens_nest_limit(how, NEST_MAX);
    made = pcre2_compile((PCRE2_SPTR)(text.n > 0 ? text.p : ""), text.n,
                         options, &code, &at, how);
    if (made == NULL)
        compile_failed(err, code, at);
    return made;
}

static struct scratch *scratch_of(struct filter_subject *s)
{
    struct scratch *t = s->scratch;

    if (t != NULL)
        return t;
    t = mem_new(sizeof *t);
    t->match = pcre2_match_data_create(1, NULL);
    t->limits = pcre2_match_context_create(NULL);
    if (t->match == NULL || t->limits == NULL)
        bug("out of memory");
    pcre2_set_heap_limit(t->limits, HEAP_KIB_MAX);
    s->scratch = t;
    return t;
}

void filter_scratch_free(void *scratch)
{
    struct scratch *t = scratch;

    if (t == NULL)
        return;
    pcre2_match_data_free(t->match);
    pcre2_match_context_free(t->limits);
    free(t);
}

enum filter_answer filter_pattern_ask(const void *pattern, struct str text,
                                      struct filter_subject *s)
{
    struct scratch *t = scratch_of(s);
    size_t n = MIN(text.n, (size_t)FILTER_LOOKED_MAX);
    int code;

    pcre2_set_match_limit(t->limits, STEPS_MAX(n));
    pcre2_set_depth_limit(t->limits, STEPS_MAX(n));
    code = pcre2_match(pattern, (PCRE2_SPTR)(n > 0 ? text.p : ""), n, 0, 0,
                       t->match, t->limits);
    if (text.n > n)
        return FILTER_UNSURE; /* what is behind could change either answer */
    if (code >= 0)
        return FILTER_YES;
    return code == PCRE2_ERROR_NOMATCH ? FILTER_NO : FILTER_UNSURE;
}
