/* template_render.c -- a template and an alert into text, within its limits. */
#include "message/template_own.h"

#include "base/clock.h"
#include "base/limits.h"
#include "message/escape.h"
#include "message/words.h"

#define VALUE_POINTS 2000 /* characters of one value, as of our own sentence */

struct value {
    const struct json *j; /* NULL: there is none */
    bool foreign;         /* out of the traffic: its links are taken out */
};

struct scope { /* what a section is about */
    const struct scope *outer;
    struct value value;
};

struct render {
    const struct template_view *view;
    struct arena *a;
    struct buf out;
    size_t steps;
    struct json parts[MEANINGS]; /* those that were asked for */
    bool made[MEANINGS];
    struct error *why; /* why->text: what stopped it */
};

/* --- limits ----------------------------------------------------------------- */

static bool goes_on(const struct render *r)
{
    return r->why->text[0] == '\0';
}

/* Every piece, every name compared and every byte of a value is a step. */
static bool step(struct render *r, size_t n)
{
    r->steps += MIN(n, (size_t)TEMPLATE_STEPS_MAX);
    if (r->steps > TEMPLATE_STEPS_MAX && goes_on(r))
        error_set(r->why, "takes more than %u steps for this alert",
                  TEMPLATE_STEPS_MAX);
    return goes_on(r);
}

/* --- what a name stands for --------------------------------------------------- */

static const struct json *member_of(struct render *r, const struct json *object,
                                    struct str name)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    for (const struct json *m = object->first; m != NULL && step(r, 1);
         m = m->next) {
        if (str_eq(m->name, name))
            return m;
    }
    return NULL;
}

/* "proto.ndpi" is one member, "labels.job" a member of one: the longest name
 * that is there counts. */
static const struct json *path_of(struct render *r, const struct json *object,
                                  struct str path)
{
    struct str name = path;

    while (goes_on(r) && name.n > 0) {
        const struct json *m = member_of(r, object, name);

        if (m != NULL && name.n == path.n)
            return m;
        if (m != NULL) {
            object = m;
            path = str_from(path, name.n + 1);
            name = path;
            continue;
        }
        do
            name.n--;
        while (name.n > 0 && name.p[name.n] != '.');
    }
    return NULL;
}

/* An operator's labels name his own machines, so they keep their dots. */
static bool is_foreign(const struct alert *a, struct str fact)
{
    struct str first = str_first(fact, str_find(fact, '.'));

    return !str_is(a->source, "alertmanager") && !str_is(first, "labels") &&
           !str_is(first, "annotations");
}

static struct value fact_of(struct render *r, struct str name)
{
    const struct alert *a = r->view->alert;

    if (str_starts(name, "facts."))
        name = str_from(name, strlen("facts."));
    return (struct value){path_of(r, a->facts, name), is_foreign(a, name)};
}

static struct json text_json(struct str s)
{
    return (struct json){.type = JSON_STRING, .text = s};
}

/* No number where nobody gave one. */
static struct json number_json(struct render *r, int64_t n, int64_t none)
{
    return n == none ? (struct json){.type = JSON_NULL}
                     : *json_new_i64(r->a, n);
}

static struct json time_json(struct render *r, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    if (wall_ms == 0)
        return (struct json){.type = JSON_NULL};
    time_text(wall_ms, false, text);
    return text_json(arena_str(r->a, str_of(text)));
}

/* The list people see. */
static struct json facts_json(struct render *r)
{
    const struct message *m = r->view->message;
    struct json_list list = {0};

    for (size_t i = 0; i < m->fact_count; i++) {
        struct json label = text_json(str_of(m->facts[i].label));
        struct json value = text_json(m->facts[i].value);
        struct json_list fact = {0};

        json_list_add(&fact, r->a, STR("label"), &label);
        json_list_add(&fact, r->a, STR("value"), &value);
        json_list_add(&list, r->a, STR_NONE, json_new_object(r->a, &fact));
    }
    return *json_new_array(r->a, &list);
}

static struct json member_json(struct render *r, enum meaning means)
{
    const struct alert *a = r->view->alert;

    switch ((unsigned)means) {
    case MEANS_ID:
        return number_json(r, a->id, 0);
    case MEANS_BEGAN_ID:
        return number_json(r, a->began_id, 0);
    case MEANS_ACTION:
        return text_json(str_of(action_name(a->action)));
    case MEANS_ENTITY:
        return text_json(str_of(entity_name(a->entity)));
    case MEANS_ENTITY_VALUE:
        return text_json(a->entity_value);
    case MEANS_TYPE:
        return text_json(a->type);
    case MEANS_TYPE_ID:
        return number_json(r, a->type_id, -1);
    case MEANS_CATEGORY:
        return text_json(a->category);
    case MEANS_SCORE:
        return number_json(r, a->score, -1);
    case MEANS_MESSAGE:
        return text_json(a->message);
    case MEANS_TSTAMP:
        return time_json(r, a->tstamp_ms);
    case MEANS_TSTAMP_END:
        return time_json(r, a->tstamp_end_ms);
    case MEANS_REPEATS:
        return number_json(r, a->repeats, 0);
    case MEANS_KEY:
        return text_json(a->key);
    case MEANS_SOURCE:
        return text_json(a->source);
    default:
        bug("a name that means nothing");
    }
}

static struct json part_json(struct render *r, enum meaning means)
{
    const struct message *m = r->view->message;

    switch ((unsigned)means) {
    case MEANS_FACTS:
        return facts_json(r);
    case MEANS_TITLE:
        return text_json(m->title);
    case MEANS_HEADLINE:
        return text_json(m->headline);
    case MEANS_STATE:
        return text_json(m->state);
    case MEANS_SENTENCE:
        return text_json(m->sentence);
    case MEANS_SUBJECT:
        return text_json(m->subject);
    case MEANS_BRIEF:
        return text_json(m->brief);
    case MEANS_SEVERITY:
        return text_json(m->severity);
    case MEANS_EMOJI:
        return text_json(str_of(m->emoji));
    case MEANS_WHEN:
        return text_json(m->when);
    case MEANS_FOOTER:
        return text_json(m->footer);
    case MEANS_LINK:
        return text_json(m->link);
    case MEANS_ACK_URL:
        return text_json(m->ack_link);
    case MEANS_INSTANCE:
        return text_json(r->view->instance);
    default:
        return member_json(r, means);
    }
}

/* Made once, however often a template asks for it. */
static struct value part_of(struct render *r, enum meaning means)
{
    const struct alert *a = r->view->alert;

    if (!r->made[means])
        r->parts[means] = part_json(r, means);
    r->made[means] = true;
    return (struct value){&r->parts[means], means == MEANS_ENTITY_VALUE &&
                                                a->entity == ENTITY_DOMAIN};
}

/* The innermost object that has it, else what the name means everywhere. */
static struct value value_of(struct render *r, const struct piece *p,
                             const struct scope *in)
{
    if (p->means == MEANS_HERE)
        return in != NULL ? in->value : (struct value){0};
    for (const struct scope *s = in; s != NULL && goes_on(r); s = s->outer) {
        const struct json *j = path_of(r, s->value.j, p->text);

        if (j != NULL)
            return (struct value){j, s->value.foreign};
    }
    return p->means == MEANS_FACT ? fact_of(r, p->text) : part_of(r, p->means);
}

/* --- what it is worth ---------------------------------------------------------- */

/* Sources write 0 and "" for what they do not know. */
static bool is_there(const struct json *j)
{
    double number;

    if (j == NULL)
        return false;
    switch (j->type) {
    case JSON_NULL:
        return false;
    case JSON_BOOL:
        return j->truth;
    case JSON_NUMBER:
        return !json_double(j, &number) || number < 0 || number > 0;
    case JSON_STRING:
        return j->text.n > 0;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return j->count > 0;
    }
    bug("a kind of value nobody thought of");
}

static struct str scalar_text(const struct json *j)
{
    if (json_is(j, JSON_BOOL))
        return j->truth ? STR("yes") : STR("no");
    return json_is(j, JSON_STRING) || json_is(j, JSON_NUMBER) ? j->text
                                                              : STR_NONE;
}

static void scalar_put(struct render *r, const struct json *j, bool foreign)
{
    struct str text = scalar_text(j);

    if (!step(r, text.n))
        return;
    buf_str(&r->out, foreign ? words_foreign(r->a, text, VALUE_POINTS)
                             : words_shown(r->a, text, VALUE_POINTS));
}

/* A list with commas between; an object has no text of its own. */
static void value_put(struct render *r, const struct value *v)
{
    bool first = true;

    if (!json_is(v->j, JSON_ARRAY)) {
        scalar_put(r, v->j, v->foreign);
        return;
    }
    for (const struct json *e = v->j->first; e != NULL && step(r, 1);
         e = e->next) {
        if (scalar_text(e).n == 0)
            continue;
        buf_text(&r->out, first ? "" : ", ");
        scalar_put(r, e, v->foreign);
        first = false;
    }
}

/* --- pieces -------------------------------------------------------------------- */

static void pieces_put(struct render *r, const struct piece *first,
                       const struct scope *in);

static void section_put(struct render *r, const struct piece *p,
                        const struct value *v, const struct scope *in)
{
    struct scope here = {in, *v};

    if (!json_is(v->j, JSON_ARRAY)) {
        pieces_put(r, p->inner, &here);
        return;
    }
    for (const struct json *e = v->j->first; e != NULL && step(r, 1);
         e = e->next) {
        here.value.j = e;
        pieces_put(r, p->inner, &here);
    }
}

static void piece_put(struct render *r, const struct piece *p,
                      const struct scope *in)
{
    struct value v;

    if (p->kind == PIECE_TEXT) {
        buf_str(&r->out, p->text);
        return;
    }
    v = value_of(r, p, in);
    if (p->kind == PIECE_VALUE)
        value_put(r, &v);
    else if (p->kind == PIECE_SECTION && is_there(v.j))
        section_put(r, p, &v, in);
    else if (p->kind == PIECE_INVERTED && !is_there(v.j))
        pieces_put(r, p->inner, in);
}

/* As deep as the template, which has its limit. */
static void pieces_put(struct render *r, const struct piece *first,
                       const struct scope *in)
{
    for (const struct piece *p = first; p != NULL && step(r, 1); p = p->next) {
        piece_put(r, p, in);
        if (r->out.over && goes_on(r))
            error_set(r->why, "gives more than %u bytes for this alert",
                      TEMPLATE_OUTPUT_MAX);
    }
}

/* --- the whole ------------------------------------------------------------------ */

/* The template's own words are cleaned too; a tab would be a control character. */
static struct str finished(struct render *r)
{
    struct buf clean freed_by(buf_release) = BUF(TEMPLATE_OUTPUT_MAX);
    struct str text;
    char *out;

    clean_text(&clean, buf_view(&r->out), true);
    text = str_trim(buf_view(&clean));
    out = arena_new(r->a, text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        out[i] = text.p[i] == '\t' ? ' ' : text.p[i];
    return (struct str){out, text.n};
}

static void render_release(struct render *r)
{
    buf_release(&r->out);
}

bool template_render(const struct template *t, const struct template_view *view,
                     struct arena *a, struct str *out, struct error *why)
{
    struct error unheard;
    struct render r freed_by(render_release) = {
        .view = view,
        .a = a,
        .out = BUF(TEMPLATE_OUTPUT_MAX),
        .why = why != NULL ? why : &unheard,
    };

    *r.why = (struct error){0};
    *out = STR_NONE;
    pieces_put(&r, t->first, NULL);
    if (!goes_on(&r))
        return false;
    *out = finished(&r);
    return out->n > 0 || error_set(why, "gives nothing for this alert");
}
