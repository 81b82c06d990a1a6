/* admin_marks.c -- POST /api/v1/alerts/{ack|unack|note|delete|undelete}: by ids, or
 * by the parameters a list takes; and GET /api/v1/alerts/{id}/notes. */
#include "admin/done_by.h"
#include "admin/events.h"
#include "admin/filter.h"
#include "admin/marks.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "admin/shown.h"
#include "config/engaged_set.h"

struct marks {
    struct question q; /* first */
    struct store_query query;
    struct store_mark mark;
    struct store_marked bite;
    int64_t changed;
    size_t looked_at, at_most;
    bool goes_on; /* a part before this one was asked for */
    int64_t engaged;        /* of these, and of what the history has not yet */
    int64_t engaged_before; /* ids below are still to be looked at */
    bool engaged_all;       /* all were looked at */
};

static void marks_answer(struct marks *m)
{
    static const char *const what[] = {
        [MARK_ACK] = "alert.ack",       [MARK_UNACK] = "alert.unack",
        [MARK_NOTE] = "alert.note",     [MARK_DELETE] = "alert.delete",
        [MARK_UNDELETE] = "alert.undelete",
    };
    struct reply reply freed_by(reply_release) = {0};
    int64_t changed = MAX(m->changed, m->engaged);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_i64(&reply.out, "changed", changed);
    out_bool(&reply.out, "more", m->bite.more);
    if (m->bite.more)
        out_str(&reply.out, "next",
                cursor_text(&m->q.arena, m->bite.last_tstamp_ms, m->bite.last_id));
    else
        out_null(&reply.out, "next");
    if (m->mark.kind == MARK_ACK || m->mark.kind == MARK_UNACK)
        out_i64(&reply.out, "engaged", m->engaged);
    if (m->mark.kind == MARK_ACK)
        out_i64(&reply.out, "acknowledgement", m->mark.at_ms);
    if (m->mark.kind == MARK_DELETE) {
        out_i64(&reply.out, "deletion", m->mark.deletion);
        out_time(&reply.out, "final", m->mark.until_ms);
    }
    out_object_end(&reply.out);
    done_log(m->q.admin, m->q.x, what[m->mark.kind], STR_NONE, STR_NONE,
             buf_view(&reply.body));
    events_marked(m->q.admin, what[m->mark.kind], changed);
    reply_send(&reply, m->q.x, 200);
    question_end(&m->q);
}

/* --- what is engaged is in the registry, too ---------------------------------------- */

static bool is_meant(struct marks *m, const struct engaged *e, struct arena *arena)
{
    arena_reset(arena);
    return m->query.state != STORE_ENDED && filter_matches(&m->query, e, arena);
}

static size_t engaged_of_ids(struct marks *m, int64_t *out)
{
    struct arena arena freed_by(arena_release) = {0};
    size_t n = 0;

    m->engaged_all = true;
    for (size_t i = 0; i < m->query.id_count; i++) {
        const struct engaged *e =
            registry_find_id(m->q.admin->with.registry, m->query.ids[i]);

        if (e != NULL && is_meant(m, e, &arena))
            out[n++] = e->id;
    }
    return n;
}

static size_t engaged_next(struct marks *m, int64_t *out)
{
    const struct engaged *list[ADMIN_MARK_BITE];
    struct arena arena freed_by(arena_release) = {0};
    size_t n = registry_list(m->q.admin->with.registry, m->engaged_before,
                             COUNT_OF(list), list);
    size_t meant = 0;

    for (size_t i = 0; i < n; i++)
        if (is_meant(m, list[i], &arena))
            out[meant++] = list[i]->id;
    m->engaged_all = n < COUNT_OF(list);
    if (n > 0)
        m->engaged_before = list[n - 1]->id;
    return meant;
}

static void engaged_bite(struct marks *m);

static void engaged_done(void *marks, bool committed)
{
    struct marks *m = marks;

    if (committed && !m->engaged_all && !m->q.admin->stopping) {
        engaged_bite(m);
    } else if (committed) {
        marks_answer(m);
    } else {
        reply_later(m->q.admin, m->q.x, "the disk is full; ask again");
        question_end(&m->q);
    }
}

/* The next of them, in one commit. */
static void engaged_bite(struct marks *m)
{
    const struct admin_options *with = &m->q.admin->with;
    const struct engaged_set all =
        engaged_set_now(with->config, with->registry, with->outbox);
    const struct ack ack = {m->mark.at_ms, m->mark.until_ms, m->mark.by, m->mark.text};
    int64_t ids[PAGE_MAX];
    size_t changed = 0;
    size_t n = m->query.ids != NULL ? engaged_of_ids(m, ids) : engaged_next(m, ids);

    if (!acknowledge(&all, ids, n, m->mark.kind == MARK_ACK ? &ack : NULL, &changed,
                     engaged_done, m)) {
        reply_later(m->q.admin, m->q.x, "no room in the outbox just now; ask again");
        question_end(&m->q);
        return;
    }
    m->engaged += (int64_t)changed;
    if (changed == 0)
        outbox_barrier(with->outbox, engaged_done, m);
}

/* --- what the history has ------------------------------------------------------------ */

static void bite_ask(void *marks, const struct historian_view *view)
{
    struct marks *m = marks;

    m->q.ok = store_engine_mark(view->engine, &m->query, &m->mark, &m->bite,
                                &m->q.err);
}

static void bite_answer(void *marks)
{
    struct marks *m = marks;

    if (!m->q.ok) {
        if (m->changed > 0)
            error_in(&m->q.err, "after %lld alerts", (long long)m->changed);
        question_failed(&m->q, "alert");
        return;
    }
    m->changed += m->bite.changed;
    m->looked_at += m->query.limit;
    m->query.before_tstamp_ms = m->bite.last_tstamp_ms;
    m->query.before_id = m->bite.last_id;
    if (m->bite.more && m->looked_at < m->at_most)
        question_post(&m->q, bite_ask, bite_answer);
    else if (!m->goes_on &&
             (m->mark.kind == MARK_ACK || m->mark.kind == MARK_UNACK))
        engaged_bite(m);
    else
        marks_answer(m);
}

/* What can be undone has a number of its own, the time unless two were at once. */
static void mark_number(struct admin *a, struct store_mark *m)
{
    if (m->kind != MARK_DELETE && m->kind != MARK_ACK)
        return;
    a->last_mark = MAX(m->at_ms, a->last_mark + 1);
    if (m->kind == MARK_ACK) {
        m->at_ms = a->last_mark;
        return;
    }
    m->deletion = a->last_mark;
    m->until_ms = m->at_ms + ADMIN_UNDO_MS;
}

static struct str kept(struct marks *m, struct str text)
{
    return arena_str(&m->q.arena, text);
}

void marks_post(struct admin *a, struct exchange *x,
                const struct store_query *query, const struct store_mark *mark,
                size_t at_most)
{
    struct marks *m = question_new(a, x, sizeof *m);
    int64_t *ids;

    m->q.snapshot = config_acquire(a->with.config);
    m->query = *query;
    m->query.pools = m->q.snapshot->pools;
    m->query.limit = MIN((size_t)ADMIN_MARK_BITE, at_most);
    m->at_most = at_most;
    m->goes_on = query->before_id != 0;
    m->mark = *mark;
    m->mark.by = kept(m, mark->by);
    m->mark.text = kept(m, mark->text);
    m->mark.at_ms = clock_wall_ms(a->with.clock);
    mark_number(a, &m->mark);
    if (query->ids != NULL) {
        ids = arena_array(&m->q.arena, MAX(query->id_count, 1u), sizeof *ids);
        memcpy(ids, query->ids, query->id_count * sizeof *ids);
        m->query.ids = ids;
    }
    question_post(&m->q, bite_ask, bite_answer);
}

/* --- what was asked --------------------------------------------------------------------- */

static bool wrong(struct admin *a, struct exchange *x, const char *member,
                  const char *text)
{
    struct error err = {0};

    error_set(&err, "%s", text);
    error_at(&err, member);
    reply_problem(a, x, 422, "invalid-object", &err);
    return false;
}

static bool ids_read(struct admin *a, struct exchange *x, const struct json *list,
                     struct store_query *q)
{
    int64_t *ids;
    size_t i = 0;

    if (list == NULL)
        return true;
    if (!json_is(list, JSON_ARRAY) || list->count > PAGE_MAX)
        return wrong(a, x, "ids", "must be a list of at most 1000 ids");
    ids = arena_array(exchange_arena(x), MAX(list->count, 1u), sizeof *ids);
    for (const struct json *e = list->first; e != NULL; e = e->next)
        if (!json_i64(e, &ids[i++]))
            return wrong(a, x, "ids", "must be numbers");
    q->ids = ids;
    q->id_count = i;
    return true;
}

static bool filter_member(struct admin *a, struct exchange *x,
                          const struct json *text, struct store_query *q)
{
    struct error err = {0};

    if (text == NULL)
        return true;
    if (q->filter != NULL)
        return wrong(a, x, "filter", "is said twice: here and as a parameter");
    q->filter = filter_parse(json_text(text), exchange_arena(x), NULL, &err);
    return q->filter != NULL || wrong(a, x, "filter", err.text);
}

/* Nothing said would be everything there is; that must be said. */
static bool something_said(struct admin *a, struct exchange *x,
                           const struct store_query *q)
{
    return q->ids != NULL || q->deletion > 0 || !filter_is_open(q) ||
           q->state != STORE_ANY || q->acked != STORE_ACKED_OR_NOT ||
           wrong(a, x, "ids", "say which: \"ids\", \"filter\", or the parameters "
                              "of a list, like ?since=1h");
}

static bool text_read(struct admin *a, struct exchange *x, const char *member,
                      const struct json *text, size_t max, struct str *out)
{
    if (text == NULL)
        return true;
    *out = json_text(text);
    if (!json_is(text, JSON_STRING) || str_find(*out, '\0') < out->n)
        return wrong(a, x, member, "must be a text");
    return out->n <= max || wrong(a, x, member, "is too long");
}

/* Programs say for whom they do it; people are who they are. */
static bool by_read(struct admin *a, struct exchange *x, const struct json *by,
                    struct store_mark *m)
{
    struct str said = m->by;

    if (!text_read(a, x, "by", by, STORE_BY_MAX, &said))
        return false;
    if (exchange_caller(x)->kind != CALLER_SESSION)
        m->by = said;
    return true;
}

static bool until_read(struct admin *a, struct exchange *x,
                       const struct json *until, struct store_mark *m)
{
    int64_t now_ms = clock_wall_ms(a->with.clock), duration_ms;

    if (until == NULL || json_is(until, JSON_NULL))
        return true;
    if (str_to_duration_ms(json_text(until), &duration_ms))
        m->until_ms = now_ms + duration_ms;
    else if (!alert_read_time(until, &m->until_ms))
        return wrong(a, x, "until", "must be a time like 2020-11-23T14:20:56Z, "
                                    "or how long, like 8h");
    return m->until_ms > now_ms || wrong(a, x, "until", "is over already");
}

static bool at_most_read(struct admin *a, struct exchange *x,
                         const struct json *number, size_t *out)
{
    int64_t n = json_i64_or(number, number == NULL ? ADMIN_MARK_MAX : 0);

    *out = (size_t)MAX(n, 0);
    return (n > 0 && n <= ADMIN_MARK_MAX) ||
           wrong(a, x, "at_most", "must be a number from 1 to 100000");
}

/* Of an acknowledgement: whether it takes the place of an older one. */
static bool again_read(struct admin *a, struct exchange *x, const struct json *again,
                       struct store_query *q)
{
    static const int64_t none[1];

    if (again != NULL && !json_is(again, JSON_BOOL))
        return wrong(a, x, "again", "must be true or false");
    if (again == NULL || again->truth)
        return true;
    if (q->acked == STORE_ACKED) {
        q->ids = none;
        q->id_count = 0;
    }
    q->acked = STORE_NOT_ACKED;
    return true;
}

/* Of its undo: those that this one acknowledged, and nobody else since. */
static bool acknowledgement_read(struct admin *a, struct exchange *x,
                                 const struct json *number, struct store_query *q)
{
    if (number == NULL)
        return true;
    q->acked = STORE_ACKED;
    return (json_i64(number, &q->acked_ms) && q->acked_ms > 0) ||
           wrong(a, x, "acknowledgement", "must be the number that an acknowledgement "
                                          "was answered with");
}

static bool body_read(struct admin *a, struct exchange *x,
                      const struct json *body, struct store_query *q,
                      struct store_mark *m)
{
    const char *word = m->kind == MARK_NOTE ? "text" : "note";

    if (m->kind == MARK_UNDELETE)
        q->deletion = json_i64_or(json_get(body, "deletion"), STORE_DELETED);
    m->by = done_by(x).who;
    return ids_read(a, x, json_get(body, "ids"), q) &&
           filter_member(a, x, json_get(body, "filter"), q) &&
           acknowledgement_read(a, x, json_get(body, "acknowledgement"), q) &&
           something_said(a, x, q) &&
           again_read(a, x, json_get(body, "again"), q) &&
           by_read(a, x, json_get(body, "by"), m) &&
           text_read(a, x, word, json_get(body, word), STORE_NOTE_MAX,
                     &m->text) &&
           (m->kind != MARK_NOTE || str_trim(m->text).n > 0 ||
            wrong(a, x, "text", "a note needs a text")) &&
           until_read(a, x, json_get(body, "until"), m);
}

static void mark_serve(struct admin *a, struct exchange *x,
                       enum store_mark_kind kind, const char *const *members)
{
    struct store_mark mark = {.kind = kind};
    const struct json *body;
    struct store_query query;
    size_t at_most;

    if (!filter_read(a, x, &query))
        return;
    body = params_object(a, x, members, false);
    if (body != NULL && body_read(a, x, body, &query, &mark) &&
        at_most_read(a, x, json_get(body, "at_most"), &at_most))
        marks_post(a, x, &query, &mark, at_most);
}

static void ack_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids",   "filter", "again",   "by",
                                          "note",  "until",  "at_most", NULL};

    mark_serve(admin, x, MARK_ACK, members);
}

static void unack_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids",     "filter", "acknowledgement",
                                          "by", "at_most", NULL};

    mark_serve(admin, x, MARK_UNACK, members);
}

static void note_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids", "filter", "by", "text",
                                          "at_most", NULL};

    mark_serve(admin, x, MARK_NOTE, members);
}

static void delete_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids", "filter", "by", "at_most",
                                          NULL};

    mark_serve(admin, x, MARK_DELETE, members);
}

static void undelete_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids", "filter", "by", "deletion",
                                          "at_most", NULL};

    mark_serve(admin, x, MARK_UNDELETE, members);
}

/* --- notes -------------------------------------------------------------------------------- */

struct notes_question {
    struct question q; /* first */
    int64_t id;
    struct store_row row;
    struct store_note *notes;
    size_t n;
};

static void notes_ask(void *question, const struct historian_view *view)
{
    struct notes_question *n = question;

    n->q.ok = store_engine_get(view->engine, n->id, &n->q.arena, &n->row,
                               &n->q.err) &&
              store_engine_notes(view->engine, n->row.id, &n->q.arena,
                                 &n->notes, &n->n, &n->q.err);
}

static void notes_answer(void *question)
{
    struct notes_question *n = question;
    struct reply reply freed_by(reply_release) = {0};
    struct json_out *o = &reply.out;

    if (!n->q.ok) {
        question_failed(&n->q, "alert");
        return;
    }
    reply_init(&reply);
    out_object(o, NULL);
    ack_write(&n->row, o);
    out_array(o, "data");
    for (size_t i = 0; i < n->n; i++) {
        out_object(o, NULL);
        out_time(o, "at", n->notes[i].at_ms);
        out_str(o, "by", n->notes[i].by);
        out_str(o, "text", n->notes[i].text);
        out_object_end(o);
    }
    out_array_end(o);
    out_object_end(o);
    reply_send(&reply, n->q.x, 200);
    question_end(&n->q);
}

static void notes_get(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct admin *a = admin;
    struct notes_question *n;
    int64_t id;

    if (!params_known(a, x, no_params) || !params_id(a, x, &id))
        return;
    n = question_new(a, x, sizeof *n);
    n->id = id;
    question_read(&n->q, notes_ask, notes_answer);
}

#define PATH "/api/v1/alerts"

static const struct route routes[] = {
    {"POST", PATH "/ack", ACCESS_ALERTS_ACK, ADMIN_BODY_MAX, ack_post},
    {"POST", PATH "/unack", ACCESS_ALERTS_ACK, ADMIN_BODY_MAX, unack_post},
    {"POST", PATH "/note", ACCESS_ALERTS_ACK, ADMIN_BODY_MAX, note_post},
    {"POST", PATH "/delete", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, delete_post},
    {"POST", PATH "/undelete", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, undelete_post},
    {"GET", PATH "/{id}/notes", ACCESS_ALERTS_READ, 0, notes_get},
    {.method = NULL},
};

void admin_marks(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
