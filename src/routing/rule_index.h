/* rule_index.h -- inside the room: which rules an alert may match at all, so that
 * an alert costs what it may match and not what there is. It only leaves out;
 * the evaluator in routing.c decides. */
#ifndef ROUTING_RULE_INDEX_H
#define ROUTING_RULE_INDEX_H

#include "base/limits.h"
#include "routing/routing.h"

#define RULE_WORDS_MAX ((RECIPIENTS_MAX + 63) / 64)
static inline size_t rule_words(size_t rules)
{
    return (rules + 63) / 64;
}

struct rule_index;
/* `rules` must outlive it. */
struct rule_index *rule_index_new(const struct rule *rules, size_t n);
void rule_index_free(struct rule_index *x);

/* One bit a rule, in rule_words() words: those that are left. */
void rule_index_find(const struct rule_index *x, struct filter_subject *s,
                     uint64_t *bits);

#endif
