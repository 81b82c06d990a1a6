/* message_describe.c -- a sentence for an alert that came without one. */
#include "message/words.h"

#define TEXT_POINTS 2000
#define NAME_POINTS 60
#define TITLE_POINTS 100
#define SUBJECT_POINTS 200

/* What to say of one kind of alert, after its title; "" when its facts do not
 * tell. */
typedef struct str describe_fn(const struct alert *a, struct arena *arena);

static struct str describe_goodput(const struct alert *a, struct arena *arena)
{
    struct str ratio = words_number(words_inner(a, "goodput_ratio"), arena);

    return ratio.n == 0
               ? STR_NONE
               : arena_printf(arena, "only %.*s %% of the bytes were payload",
                              STR_ARG(ratio));
}

/* The address wandered from one card to another. */
static struct str describe_mac(const struct alert *a, struct arena *arena)
{
    struct str ip = words_foreign(arena, words_inner_text(a, "ip"), NAME_POINTS);
    struct str from = words_foreign(arena, words_inner_text(a, "old_mac"), 20);
    struct str to = words_foreign(arena, words_inner_text(a, "new_mac"), 20);

    return ip.n == 0 || from.n == 0 || to.n == 0
               ? STR_NONE
               : arena_printf(arena, "%.*s moved from %.*s to %.*s", STR_ARG(ip),
                              STR_ARG(from), STR_ARG(to));
}

static struct str describe_user(const struct alert *a, struct arena *arena)
{
    struct str did = words_foreign(arena, words_inner_text(a, "name"),
                                   NAME_POINTS);
    struct str from = words_foreign(arena, words_inner_text(a, "remote_addr"),
                                    NAME_POINTS);

    if (did.n == 0)
        return STR_NONE;
    return arena_printf(arena, "%.*s%s%.*s", STR_ARG(did),
                        from.n > 0 ? " from " : "", STR_ARG(from));
}

static struct str describe_process(const struct alert *a, struct arena *arena)
{
    struct str details = words_shown(arena, words_inner_text(a, "msg_details"),
                                     TEXT_POINTS);
    struct str event = words_inner_text(a, "event_type");

    if (details.n == 0)
        return STR_NONE;
    return arena_printf(arena, "%s%.*s",
                        str_is(event, "start")  ? "started "
                        : str_is(event, "stop") ? "stopped "
                                                : "",
                        STR_ARG(details));
}

static const struct {
    const char *type;
    describe_fn *describe;
} known[] = {
    {"low_goodput", describe_goodput},
    {"mac_ip_association_change", describe_mac},
    {"user_activity", describe_user},
    {"process_notification", describe_process},
};

static struct str describe_known(const struct alert *a, struct arena *arena)
{
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (str_is(a->type, known[i].type))
            return known[i].describe(a, arena);
    }
    return STR_NONE;
}

static const char *describe_role(const struct alert *a)
{
    bool over = a->action == ACTION_RELEASE;

    if (a->entity != ENTITY_HOST)
        return "";
    if (json_bool_or(alert_fact(a, "is_attacker"), false))
        return over ? " was the attacker" : " is the attacker";
    if (json_bool_or(alert_fact(a, "is_victim"), false))
        return over ? " was the victim" : " is the victim";
    return "";
}

/* "192.168.1.7 is the attacker [5964 > 256]" */
static void put_subject(const struct alert *a, struct arena *arena,
                        struct buf *b)
{
    struct str measured = words_measured(a, arena);
    struct str further = describe_known(a, arena);
    bool over = a->action == ACTION_RELEASE;

    buf_str(b, words_shown(arena, alert_subject(a, arena), SUBJECT_POINTS));
    if (words_unreachable(a)) {
        buf_text(b, over ? " answers again" : " gives no answer");
        return;
    }
    buf_text(b, describe_role(a));
    if (further.n > 0) {
        buf_text(b, b->n > 0 ? ", " : "");
        buf_str(b, further);
    }
    if (measured.n > 0)
        buf_printf(b, "%s[%.*s]", b->n > 0 ? " " : "", STR_ARG(measured));
}

/* Text of its own that a source put among the facts: that of an alert made
 * through ntopng's API, or a report's title. */
static struct str describe_said(const struct alert *a, struct arena *arena)
{
    struct str said = words_inner_text(a, "message");

    if (said.n == 0)
        said = alert_fact_text(a, "title");
    return words_shown(arena, said, TEXT_POINTS);
}

/* ntopng's releases repeat what was measured when the alert began; so they say
 * that it is over. */
struct str message_describe(const struct alert *a, struct arena *arena)
{
    struct str said = describe_said(a, arena);
    struct buf b freed_by(buf_release) = BUF(64u << 10);

    if (said.n > 0)
        return said;
    put_subject(a, arena, &b);
    return arena_printf(arena, "%.*s%s%s%.*s",
                        STR_ARG(words_shown(arena, alert_title(a, arena),
                                            TITLE_POINTS)),
                        b.n > 0 ? ": " : "",
                        a->action == ACTION_RELEASE && !words_unreachable(a)
                            ? "over now, "
                            : "",
                        STR_ARG(buf_view(&b)));
}
