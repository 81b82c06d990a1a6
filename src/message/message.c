/* message.c -- the parts every channel picks from: headline, state, sentence. */
#include "message/message.h"

#include "message/escape.h"
#include "message/words.h"

#define TITLE_POINTS 100
#define SUBJECT_POINTS 200
#define SENTENCE_POINTS 2000
#define HEADLINE_POINTS 90 /* what a lock screen shows */
#define EMOJI_RELEASED "\xe2\x9c\x85"
#define COLOUR_RELEASED "#1a6f3c"

static const struct {
    const char *emoji, *colour;
} looks[SEVERITY_COUNT] = {
    [SEVERITY_NONE] = {"\xe2\x84\xb9\xef\xb8\x8f", "#0a5fb4"},
    [SEVERITY_DEBUG] = {"\xe2\x84\xb9\xef\xb8\x8f", "#0a5fb4"},
    [SEVERITY_INFO] = {"\xe2\x84\xb9\xef\xb8\x8f", "#0a5fb4"},
    [SEVERITY_NOTICE] = {"\xf0\x9f\x94\x94", "#0e6a70"},
    [SEVERITY_WARNING] = {"\xe2\x9a\xa0\xef\xb8\x8f", "#8a5300"},
    [SEVERITY_ERROR] = {"\xe2\x9d\x97", "#c0262d"},
    [SEVERITY_CRITICAL] = {"\xe2\x9b\x94", "#8f1457"},
    [SEVERITY_ALERT] = {"\xe2\x9b\x94", "#8f1457"},
    [SEVERITY_EMERGENCY] = {"\xf0\x9f\x9a\xa8", "#5b21b6"},
};

static struct str subject_of(const struct alert *a, struct arena *arena)
{
    struct str s = alert_subject(a, arena);

    /* A domain comes out of the traffic; the rest the operator named. */
    return a->entity == ENTITY_DOMAIN ? words_foreign(arena, s, SUBJECT_POINTS)
                                      : words_shown(arena, s, SUBJECT_POINTS);
}

/* A client's port is of no use in a title. */
static struct str brief_of(const struct alert *a, const struct message *m,
                           struct arena *arena)
{
    struct str client = words_foreign(arena, alert_fact_text(a, "cli_ip"), 50);
    struct str application = words_application(a, arena);
    struct str server = m->subject;
    const char *arrow;

    if (a->entity != ENTITY_FLOW || client.n == 0)
        return m->subject;
    arrow = memmem(server.p, server.n, " -> ", 4);
    if (arrow == NULL)
        return m->subject;
    server = str_from(server, (size_t)(arrow - server.p) + 4);
    if (application.n == 0)
        return arena_printf(arena, "%.*s -> %.*s", STR_ARG(client),
                            STR_ARG(server));
    return arena_printf(arena, "%.*s -> %.*s (%.*s)", STR_ARG(client),
                        STR_ARG(server), STR_ARG(application));
}

static int64_t lasted_ms(const struct alert *a)
{
    return a->action == ACTION_RELEASE ? a->tstamp_end_ms - a->tstamp_ms : 0;
}

bool phase_is_ack(enum phase p)
{
    return p == PHASE_ACKED || p == PHASE_UNACKED;
}

bool phase_follows(enum phase p)
{
    return p == PHASE_RELEASE || p == PHASE_WORSENED || phase_is_ack(p);
}

static struct str state_of(const struct alert *a, enum phase phase,
                           struct arena *arena)
{
    switch (a->action) {
    case ACTION_STORE:
        return STR_NONE;
    case ACTION_ENGAGE:
        if (phase == PHASE_WORSENED)
            return arena_printf(arena, "Worse, now %s", severity_label(a->severity));
        return STR("Engaged");
    case ACTION_RELEASE:
        if (phase == PHASE_LATE && lasted_ms(a) > 0)
            return message_fired(a, arena);
        if (lasted_ms(a) <= 0)
            return STR("Released");
        return arena_printf(arena, "Released after %.*s",
                            STR_ARG(message_duration(lasted_ms(a), arena)));
    }
    bug("an alert without an action");
}

struct str message_untitled(const struct alert *a, struct arena *arena)
{
    struct str title = alert_title(a, arena);
    struct str rest = str_from(a->message, title.n);

    return title.n > 0 && str_eq(str_first(a->message, title.n), title) &&
                   str_starts(rest, ": ") && rest.n > 2
               ? str_from(rest, 2)
               : a->message;
}

static struct str headline_of(const struct alert *a, const struct message *m,
                              struct arena *arena)
{
    struct buf whole freed_by(buf_release) = BUF(4096);
    struct buf b freed_by(buf_release) = BUF(4096);

    buf_str(&whole, a->action == ACTION_RELEASE ? STR("Released") : m->severity);
    buf_text(&whole, ": ");
    buf_str(&whole, m->title);
    if (m->brief.n > 0) {
        buf_text(&whole, ", ");
        buf_str(&whole, m->brief);
    }
    cut_points(&b, buf_view(&whole), HEADLINE_POINTS);
    return words_kept(arena, &b);
}

static void add_part(struct buf *b, struct str s)
{
    if (s.n == 0)
        return;
    buf_text(b, b->n > 0 ? " \xc2\xb7 " : "");
    buf_str(b, s);
}

/* ntopng says which interface by number; others may by name. */
static struct str interface_of(const struct alert *a, struct arena *arena)
{
    struct str name = alert_fact_text(a, "ifname");
    int64_t number = alert_fact_i64(a, "ifid", -1);

    if (name.n > 0)
        return words_shown(arena, name, 40);
    if (number < 0 || a->entity == ENTITY_INTERFACE)
        return STR_NONE;
    return arena_printf(arena, "interface %lld", (long long)number);
}

static struct str footer_of(const struct alert *a,
                            const struct message_place *place,
                            struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(4096);

    buf_str(&b, words_shown(arena, a->source, 40));
    if (place->instance.n > 0) {
        buf_text(&b, b.n > 0 ? " " : "");
        buf_str(&b, words_shown(arena, place->instance, 100));
    }
    add_part(&b, interface_of(a, arena));
    if (a->id > 0)
        add_part(&b, arena_printf(arena, "#%lld", (long long)a->id));
    return words_kept(arena, &b);
}

struct str message_link(const struct alert *a, const struct message_place *place,
                        struct arena *arena)
{
    struct str base = place->base_url;

    while (str_ends(base, "/"))
        base.n--;
    if (base.n == 0 || a->id <= 0)
        return STR_NONE;
    return arena_printf(arena, "%.*s/a/%lld", STR_ARG(base), (long long)a->id);
}

void message_build(const struct alert *a, enum phase phase,
                   const struct message_place *place, struct arena *arena,
                   struct message *out)
{
    bool released = a->action == ACTION_RELEASE;
    struct message *m = out;

    assert(a->severity < SEVERITY_COUNT);
    *m = (struct message){0};
    m->title = words_shown(arena, alert_title(a, arena), TITLE_POINTS);
    m->kind = m->title;
    m->severity = str_of(severity_label(a->severity));
    m->emoji = released ? EMOJI_RELEASED : looks[a->severity].emoji;
    m->colour = released ? COLOUR_RELEASED : looks[a->severity].colour;
    m->subject = subject_of(a, arena);
    m->brief = brief_of(a, m, arena);
    m->state = state_of(a, phase, arena);
    m->sentence = words_shown(arena, message_untitled(a, arena),
                              SENTENCE_POINTS);
    m->headline = headline_of(a, m, arena);
    m->when = message_when(a, arena);
    m->footer = footer_of(a, place, arena);
    m->link = message_link(a, place, arena);
    m->ack_link = place->ack_link;
    message_facts(a, place, arena, m);
    if (place->own != NULL && own_words(a, place, arena, m))
        m->headline = headline_of(a, m, arena);
}
