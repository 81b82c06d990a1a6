/* chat.c -- the layout of messages for people: one alert, its follow-up, many. */
#include "endpoint/chat.h"

#include "base/limits.h"

#define TEST_MARK "\xf0\x9f\xa7\xaa TEST "
#define NAME_BYTES 400 /* of what the other side calls something */
#define ELLIPSIS "\xe2\x80\xa6"
#define RELEASED_MARK "\xe2\x9c\x85"
#define LATE_MARK "\xe2\x8f\xb1\xef\xb8\x8f"
#define SENTENCE_LEAST 40 /* what is worth showing of one that is cut */

/* --- lengths ---------------------------------------------------------------- */

size_t text_length(struct str s, enum unit u)
{
    size_t length = 0;

    if (u == UNIT_BYTES)
        return s.n;
    while (s.n > 0) {
        uint32_t code = 0;
        size_t n = utf8_first(s, &code);

        length += u == UNIT_UTF16 && code > 0xffff ? 2 : 1;
        s = str_from(s, MAX(n, 1));
    }
    return length;
}

/* Whole characters of s, the most whose escaped form is at most max long. */
static size_t fitting(struct str s, size_t max, enum unit u,
                      void (*escape)(struct buf *to, struct str cleaned))
{
    size_t at = 0, used = 0;

    while (at < s.n) {
        struct buf one freed_by(buf_release) = BUF(64);
        size_t n = utf8_first(str_from(s, at), NULL);

        n = MAX(n, 1);
        escape(&one, str_first(str_from(s, at), n));
        used += text_length(buf_view(&one), u);
        if (used > max)
            return at;
        at += n;
    }
    return at;
}

void escape_fit(struct buf *to, struct str raw, size_t max, enum unit u,
                void (*escape)(struct buf *to, struct str cleaned))
{
    size_t mark = text_length(STR(ELLIPSIS), u);

    if (fitting(raw, max, u, escape) == raw.n) {
        escape(to, raw);
        return;
    }
    if (max < mark)
        return;
    escape(to, str_first(raw, fitting(raw, max - mark, u, escape)));
    buf_text(to, ELLIPSIS);
}

void chat_out(struct json_out *o, const char *name, struct str raw, size_t max,
              enum unit u, void (*escape)(struct buf *to, struct str cleaned))
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    escape_fit(&b, raw, max, u, escape);
    out_str(o, name, buf_view(&b));
}

/* --- one message, piece by piece -------------------------------------------- */

struct page { /* a message being written, and what is left of its room */
    const struct markup *k;
    struct buf *to;
    size_t left;
};

/* Adds a whole line if it fits, and leaves `spare` for what must come after it. */
static bool page_line(struct page *p, const struct buf *line, size_t spare)
{
    bool first = p->to->n == 0;
    size_t needs = text_length(buf_view(line), p->k->unit) +
                   (first ? 0 : text_length(str_of(p->k->line), p->k->unit));

    if (needs + spare > p->left)
        return false;
    if (!first)
        buf_text(p->to, p->k->line);
    buf_str(p->to, buf_view(line));
    p->left -= needs;
    return true;
}

static size_t room_for_text(const struct page *p, size_t spare)
{
    size_t taken = text_length(str_of(p->k->line), p->k->unit) + spare;

    return p->left > taken ? p->left - taken : 0;
}

void chat_lines(const struct markup *k, struct str text, struct buf *to)
{
    bool first = true;

    while (text.n > 0) {
        if (!first)
            buf_text(to, k->line);
        k->escape(to, str_until(&text, '\n'));
        first = false;
    }
}

/* What a line takes that is not the first. */
static size_t line_length(const struct page *p, const struct buf *line)
{
    return text_length(buf_view(line), p->k->unit) +
           text_length(str_of(p->k->line), p->k->unit);
}

/* One line of the sentence; false: not all of it, and no more can follow. */
static bool put_sentence_line(struct page *p, struct str text, size_t spare)
{
    struct buf line freed_by(buf_release) = BUF(REQUEST_MAX);
    size_t room = room_for_text(p, spare);

    p->k->escape(&line, text);
    if (page_line(p, &line, spare))
        return true;
    if (room < SENTENCE_LEAST)
        return false;
    line.n = 0;
    escape_fit(&line, text, room, p->k->unit, p->k->escape);
    (void)page_line(p, &line, spare);
    return false;
}

/* Own words may be of many lines; each is one of the channel's, and "…" stands
 * for those there is no room for. */
static void put_sentence(struct page *p, struct str sentence, size_t spare)
{
    struct buf more freed_by(buf_release) = BUF(100);
    size_t mark;

    buf_text(&more, ELLIPSIS);
    mark = line_length(p, &more);
    while (sentence.n > 0) {
        struct str line = str_until(&sentence, '\n');
        bool last = sentence.n == 0;
        size_t left = p->left;

        if (put_sentence_line(p, line, spare + (last ? 0 : mark)))
            continue;
        if (!last || p->left == left) /* a line that was cut says so itself */
            (void)page_line(p, &more, spare);
        return;
    }
}

static void put_fact(struct buf *to, const struct markup *k,
                     const struct message_fact *f)
{
    k->escape(to, str_of(f->label));
    buf_text(to, ": ");
    if (f->code)
        k->code(to, f->value);
    else
        k->escape(to, f->value);
}

static void put_facts(struct page *p, const struct message *m, size_t spare)
{
    struct buf more freed_by(buf_release) = BUF(100);
    size_t mark;

    buf_printf(&more, ELLIPSIS " %zu more", m->fact_count);
    mark = line_length(p, &more);
    for (size_t i = 0; i < m->fact_count; i++) {
        struct buf line freed_by(buf_release) = BUF(REQUEST_MAX);

        put_fact(&line, p->k, &m->facts[i]);
        if (page_line(p, &line, spare + (i + 1 < m->fact_count ? mark : 0)))
            continue;
        more.n = 0;
        buf_printf(&more, ELLIPSIS " %zu more", m->fact_count - i);
        (void)page_line(p, &more, spare);
        return;
    }
}

size_t chat_facts_fit(const struct markup *k, const struct message *m, size_t max)
{
    size_t used = 0;

    for (size_t i = 0; i < m->fact_count; i++) {
        struct buf fact freed_by(buf_release) = BUF(REQUEST_MAX);

        put_fact(&fact, k, &m->facts[i]);
        used += text_length(buf_view(&fact), k->unit);
        if (used > max)
            return i;
    }
    return m->fact_count;
}

static bool has_one_of(struct str s, const char *chars)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\0' && strchr(chars, s.p[i]) != NULL)
            return true;
    }
    return false;
}

void chat_value(const struct markup *k, const struct message_fact *f,
                const char *odd, size_t max, struct buf *to)
{
    struct buf code freed_by(buf_release) = BUF(REQUEST_MAX);

    k->code(&code, f->value);
    if ((f->code || has_one_of(f->value, odd)) &&
        text_length(buf_view(&code), k->unit) <= max)
        buf_str(to, buf_view(&code));
    else
        escape_fit(to, f->value, max, k->unit, k->escape);
}

static void put_end(struct buf *to, const struct markup *k,
                    const struct message *m)
{
    if (m->when.n > 0) {
        k->escape(to, m->when);
        buf_text(to, k->line);
    }
    k->escape(to, m->footer);
    if (m->link.n == 0)
        return;
    buf_text(to, " \xc2\xb7 ");
    if (k->link != NULL)
        k->link(to, m->link, "Open");
    else
        buf_str(to, m->link);
}

static void put_ack(struct buf *to, const struct markup *k, const struct message *m)
{
    if (m->ack_link.n == 0)
        return;
    buf_text(to, k->link != NULL ? " \xc2\xb7 " : k->line);
    if (k->link != NULL) {
        k->link(to, m->ack_link, "Acknowledge");
        return;
    }
    buf_text(to, "Acknowledge: ");
    buf_str(to, m->ack_link);
}

/* What, and on whom: a lock screen shows no more. */
static struct str what_on_whom(const struct message *m, struct arena *a)
{
    if (m->brief.n == 0)
        return m->title;
    return arena_printf(a, "%.*s, %.*s", STR_ARG(m->title), STR_ARG(m->brief));
}

struct str chat_title(const struct message *m, enum phase phase, bool test,
                      struct arena *a)
{
    const char *mark = test ? TEST_MARK : "";
    struct str what = what_on_whom(m, a);

    if (phase == PHASE_RELEASE)
        return arena_printf(a, "%s" RELEASED_MARK " %.*s: %.*s", mark,
                            STR_ARG(m->state), STR_ARG(what));
    if (phase == PHASE_LATE)
        return arena_printf(a, "%s" LATE_MARK " %.*s: %.*s. %.*s", mark,
                            STR_ARG(m->severity), STR_ARG(what),
                            STR_ARG(m->state));
    return arena_printf(a, "%s%s %.*s: %.*s", mark, m->emoji,
                        STR_ARG(m->severity), STR_ARG(what));
}

struct str chat_plain_title(const struct message *m, enum phase phase, bool test,
                            struct arena *a)
{
    struct str what = what_on_whom(m, a);

    if (what.n == 0) /* a type of nothing that is to be seen */
        what = STR("Alert");
    if (phase == PHASE_LATE)
        what = arena_printf(a, "%.*s (%.*s)", STR_ARG(what), STR_ARG(m->state));
    return test ? arena_printf(a, "TEST %.*s", STR_ARG(what)) : what;
}

static void put_title(struct page *p, struct str title, size_t max)
{
    struct buf line freed_by(buf_release) = BUF(REQUEST_MAX);

    buf_text(&line, p->k->bold);
    escape_fit(&line, title, max, p->k->unit, p->k->escape);
    buf_text(&line, p->k->bold_end);
    (void)page_line(p, &line, 0);
}

#define TITLE_SHARE 4 /* of the room, at most a quarter */

void chat_alert(const struct markup *k, const struct message *m,
                const struct render_item *item, bool test, size_t max,
                struct arena *a, struct buf *to)
{
    struct buf end freed_by(buf_release) = BUF(REQUEST_MAX);
    struct page p = {k, to, max};
    size_t spare;

    put_end(&end, k, m);
    put_ack(&end, k, m);
    spare = text_length(buf_view(&end), k->unit) +
            text_length(str_of(k->line), k->unit);
    if (spare > max / 2) {
        end.n = 0;
        spare = 0;
    }
    put_title(&p, chat_title(m, item->phase, test, a), max / TITLE_SHARE);
    put_sentence(&p, m->sentence, spare);
    put_facts(&p, m, spare);
    if (end.n > 0)
        (void)page_line(&p, &end, 0);
}

void chat_follow_up(struct message *m, const struct alert *alert,
                    struct arena *a)
{
    if (m->own_text)
        return;
    m->fact_count = m->failed.n > 0; /* which is the first */
    m->sentence = alert->began_id > 0
                      ? arena_printf(a, "This ends alert #%lld.",
                                     (long long)alert->began_id)
                      : STR_NONE;
}

void chat_reply(const struct markup *k, const struct message *m, struct buf *to)
{
    buf_text(to, RELEASED_MARK " ");
    k->escape(to, m->state);
}

/* --- many -------------------------------------------------------------------- */

struct message *chat_messages(const struct render_input *in, struct arena *a)
{
    struct message *messages = arena_array(a, in->count, sizeof(*messages));

    for (size_t i = 0; i < in->count; i++)
        render_message(in, i, a, &messages[i]);
    return messages;
}

static size_t worst_of(const struct render_input *in)
{
    size_t worst = 0;

    for (size_t i = 1; i < in->count; i++)
        if (in->items[i].alert->severity > in->items[worst].alert->severity)
            worst = i;
    return worst;
}

bool chat_is_on(const struct render_input *in, enum severity *worst)
{
    bool on = false;

    *worst = in->items[worst_of(in)].alert->severity;
    for (size_t i = 0; i < in->count; i++)
        on = on || in->items[i].alert->action != ACTION_RELEASE;
    return on;
}

const struct message *chat_worst(const struct message *messages,
                                 const struct render_input *in)
{
    return &messages[worst_of(in)];
}

/* "Quiet hours: ", or "". */
static struct str occasion(const struct render_input *in, struct arena *a)
{
    return in->occasion.n == 0
               ? STR_NONE
               : arena_printf(a, "%.*s: ", STR_ARG(in->occasion));
}

struct str chat_digest_title(const struct render_input *in, struct arena *a)
{
    enum severity worst = in->items[worst_of(in)].alert->severity;
    struct str why = occasion(in, a);
    size_t over = 0;

    for (size_t i = 0; i < in->count; i++)
        over += in->items[i].alert->action == ACTION_RELEASE;
    if (over == in->count)
        return arena_printf(a, RELEASED_MARK " %.*s%zu alerts released",
                            STR_ARG(why), in->count);
    if (over > 0)
        return arena_printf(a, "%.*s%zu alerts, %zu of them released, worst: %s",
                            STR_ARG(why), in->count, over, severity_label(worst));
    return arena_printf(a, "%.*s%zu alerts, worst: %s", STR_ARG(why), in->count,
                        severity_label(worst));
}

static void put_row(struct buf *to, const struct markup *k,
                    const struct message *m, const struct render_item *item,
                    struct arena *a)
{
    k->escape(to, chat_title(m, item->phase, false, a));
    if (m->link.n > 0 && k->link != NULL) {
        buf_text(to, " \xc2\xb7 ");
        k->link(to, m->link, "Open");
    }
}

void chat_digest(const struct markup *k, const struct message *messages,
                 const struct render_input *in, size_t max, struct arena *a,
                 struct buf *to)
{
    struct page p = {k, to, max};
    struct buf more freed_by(buf_release) = BUF(100);
    size_t mark;

    assert(in->count > 1);
    buf_printf(&more, ELLIPSIS " %zu more", in->count);
    mark = line_length(&p, &more);
    put_title(&p, chat_digest_title(in, a), max / TITLE_SHARE);
    for (size_t i = 0; i < in->count; i++) {
        struct buf line freed_by(buf_release) = BUF(REQUEST_MAX);

        put_row(&line, k, &messages[i], &in->items[i], a);
        if (page_line(&p, &line, i + 1 < in->count ? mark : 0))
            continue;
        more.n = 0;
        buf_printf(&more, ELLIPSIS " %zu more", in->count - i);
        (void)page_line(&p, &more, 0);
        return;
    }
}

void chat_text(const struct markup *k, const struct message *messages,
               const struct render_input *in, size_t max, struct arena *a,
               struct buf *to)
{
    if (in->count == 1)
        chat_alert(k, messages, &in->items[0], in->test, max, a, to);
    else
        chat_digest(k, messages, in, max, a, to);
}

bool chat_calls(const struct render_input *in, int least)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct alert *alert = in->items[i].alert;

        if (alert->action != ACTION_RELEASE && (int)alert->severity >= least)
            return true;
    }
    return false;
}

bool chat_quiet(const struct render_input *in, int below)
{
    return (int)in->items[worst_of(in)].alert->severity < below;
}

/* --- choices ------------------------------------------------------------------ */

struct str chat_name(struct str said, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(RESPONSE_MAX);

    clean_text(&b, str_first(said, NAME_BYTES), false);
    return arena_str(a, buf_view(&b));
}

void chat_choice(struct choice_list *l, struct str value, struct str label)
{
    if (value.n == 0 || label.n == 0 || l->n == CHOICES_MAX)
        return;
    for (size_t i = 0; i < l->n; i++) {
        if (str_eq(l->v[i].value, value))
            return;
    }
    l->v[l->n++] = (struct choice){value, label};
}

bool chat_choices(const struct json *list, const char *what, chat_choice_fn *add,
                  const struct verdict *v, struct arena *a,
                  struct choice_list *out, struct error *err)
{
    *out = (struct choice_list){
        .v = arena_array(a, CHOICES_MAX, sizeof(*out->v))};
    if (v->kind != VERDICT_DELIVERED)
        return error_set(err, "%.*s", STR_ARG(v->reason));
    if (!json_is(list, JSON_ARRAY))
        return error_set(err, "the list of %s is not one", what);
    for (const struct json *one = list->first; one != NULL; one = one->next)
        add(out, one, a);
    return true;
}

/* --- handles ------------------------------------------------------------------ */

struct str chat_handle(const struct render_input *in, struct str id,
                       struct arena *a)
{
    if (id.n == 0 || id.n >= HANDLE_MAX)
        return STR_NONE; /* too long to keep: as if there were none */
    return arena_printf(a, "%s%.*s", in->count > 1 ? "+" : "", STR_ARG(id));
}

struct str chat_handle_id(struct str handle, bool *shared)
{
    *shared = str_starts(handle, "+");
    return str_from(handle, *shared ? 1 : 0);
}
