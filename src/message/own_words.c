/* own_words.c -- a recipient's own words put in the place of ours. When they fail,
 * ours stay, and a fact says why: nobody is left without the alert. */
#include "message/template.h"
#include "message/words.h"

#define TITLE_POINTS 200

struct own {
    struct template_view view;
    struct arena *arena;
    struct buf failures; /* "title_template gives nothing for this alert" */
};

static void own_release(struct own *own)
{
    buf_release(&own->failures);
}

static void failure_add(struct own *own, const char *member, const char *why)
{
    buf_printf(&own->failures, "%s%s%s%s", own->failures.n > 0 ? "; " : "",
               member, member[0] != '\0' ? " " : "", why);
}

/* STR_NONE: there is none, or it failed. */
static struct str rendered(struct own *own, const struct template *t,
                           const char *member)
{
    struct str text = STR_NONE;
    struct error why;

    if (t != NULL && !template_render(t, &own->view, own->arena, &text, &why))
        failure_add(own, member, why.text);
    return text;
}

/* In front: facts are left out from the end when there is no room. */
static void failure_tell(struct own *own, struct message *m)
{
    size_t kept = MIN(m->fact_count, (size_t)MESSAGE_FACTS_MAX - 1);

    memmove(&m->facts[1], &m->facts[0], kept * sizeof(m->facts[0]));
    m->failed = words_kept(own->arena, &own->failures);
    m->facts[0] = (struct message_fact){
        .label = "Template",
        .value = arena_printf(own->arena, "%.*s, so the builtin words are used",
                              STR_ARG(m->failed)),
    };
    m->fact_count = kept + 1;
}

bool own_words(const struct alert *a, const struct message_place *place,
               struct arena *arena, struct message *m)
{
    const struct message ours = *m; /* what both templates speak of */
    struct own own freed_by(own_release) = {
        .view = {.alert = a, .message = &ours, .instance = place->instance},
        .arena = arena,
        .failures = BUF(2000),
    };
    struct str title = rendered(&own, place->own->title, "title_template");
    struct str text = rendered(&own, place->own->text, "text_template");

    if (place->own->unread.n > 0)
        failure_add(&own, "", arena_c(arena, place->own->unread));
    if (title.n > 0) {
        m->title = words_shown(arena, title, TITLE_POINTS);
        m->brief = STR_NONE;
    }
    if (text.n > 0) {
        m->sentence = text;
        m->own_text = true;
        m->fact_count = 0;
    }
    if (own.failures.n > 0)
        failure_tell(&own, m);
    return title.n > 0;
}
