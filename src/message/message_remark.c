/* message_remark.c -- what a message says beside its alert: about others of its kind
 * that were not told, for nobody shall take their absence for calm; and who has seen
 * it already. */
#include "message/words.h"

#include "base/clock.h"

#define EYES "\xf0\x9f\x91\x80 "
#define BY_POINTS 80
#define NOTE_POINTS 300

/* In front: facts are left out from the end when there is no room. */
static void put_first(struct message *m, const char *label, struct str value)
{
    size_t kept = MIN(m->fact_count, (size_t)MESSAGE_FACTS_MAX - 1);

    memmove(&m->facts[1], &m->facts[0], kept * sizeof(m->facts[0]));
    m->facts[0] = (struct message_fact){.label = label, .value = value};
    m->fact_count = kept + 1;
}

void message_ack(const struct alert *a, struct arena *arena, struct message *m)
{
    const struct ack *ack = a->ack;
    struct str by, note, when;

    if (ack == NULL)
        return;
    by = words_foreign(arena, ack->by, BY_POINTS);
    note = words_foreign(arena, ack->note, NOTE_POINTS);
    when = message_clock(ack->at_ms, a->tstamp_ms, arena);
    put_first(m, "Acknowledged",
              note.n == 0 ? arena_printf(arena, EYES "%.*s, %.*s", STR_ARG(by),
                                         STR_ARG(when))
                          : arena_printf(arena, EYES "%.*s, %.*s: \"%.*s\"", STR_ARG(by),
                                         STR_ARG(when), STR_ARG(note)));
}

void message_remark(const struct message_remark *r, struct arena *arena,
                    struct message *m)
{
    if (r->withheld > 0)
        put_first(m, "Not told",
                  arena_printf(arena, "%lld more of these since %.*s",
                               (long long)r->withheld,
                               STR_ARG(message_moment(r->since_ms, arena))));
    if (r->escalated_ms > 0)
        put_first(m, "Escalated",
                  arena_printf(arena, "not acknowledged by %.*s within %.*s",
                               STR_ARG(r->escalated_name),
                               STR_ARG(message_duration(r->escalated_ms, arena))));
    if (r->flaps)
        put_first(m, "Flapping",
                  STR("engages and releases again and again; told again when it "
                      "has settled"));
}
