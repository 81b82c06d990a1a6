/* admin_sessions.c -- /api/v1/sessions: one's own; an admin sees and ends all. */
#include "admin/done_by.h"
#include "admin/events.h"
#include "admin/params.h"
#include "admin/proof.h"
#include "people/session.h"

static void session_write(const struct admin *a, const struct session *s,
                          int64_t current, struct json_out *o)
{
    const struct user *u = user_of_id(a->with.people, s->user_id);

    out_object(o, NULL);
    out_i64(o, "id", s->id);
    out_text(o, "user", u != NULL ? u->name : "");
    out_time(o, "created", s->created_ms);
    out_time(o, "last_seen", s->seen_ms);
    out_text(o, "address", s->address);
    out_text(o, "agent", s->agent);
    out_bool(o, "current", s->id == current);
    out_object_end(o);
}

static void sessions_list(void *admin, struct exchange *x)
{
    static const char *const names[] = {"all", NULL};
    struct admin *a = admin;
    const struct caller *c = exchange_caller(x);
    bool all = str_is(exchange_query(x, "all"), "true");
    struct reply reply freed_by(reply_release) = {0};
    size_t n = 0;

    if (!params_known(a, x, names))
        return;
    if (all && !exchange_may(x, ACCESS_ADMIN)) {
        reply_problem_text(a, x, 403, "forbidden",
                           "only an admin sees the sessions of others");
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (size_t i = 0; i < session_count(a->with.people); i++) {
        const struct session *s = session_at(a->with.people, i);

        if (!all && s->user_id != c->user_id)
            continue;
        session_write(a, s, c->session_id, &reply.out);
        n++;
    }
    out_array_end(&reply.out);
    reply_list_end(&reply, STR_NONE, (int64_t)n, true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

/* One of somebody else is, to one who may not see it, not there. */
static bool may_end(const struct admin *a, const struct exchange *x, int64_t id)
{
    if (exchange_may(x, ACCESS_ADMIN))
        return true;
    for (size_t i = 0; i < session_count(a->with.people); i++)
        if (session_at(a->with.people, i)->id == id)
            return session_at(a->with.people, i)->user_id ==
                   exchange_caller(x)->user_id;
    return false;
}

static void session_delete(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct actor by = done_by(x);
    enum people_result result = PEOPLE_NOT_FOUND;
    struct error err;
    int64_t id;

    if (!params_id(a, x, &id))
        return;
    error_set(&err, "there is no session %lld", (long long)id);
    if (may_end(a, x, id))
        result = session_end(a->with.people, id, &by, &err);
    if (result == PEOPLE_OK) {
        events_let_go(a->events);
        exchange_answer(x, 204, NULL, STR_NONE);
    } else {
        people_refused(a, x, result, &err);
    }
}

/* All of one's own but this one. */
static void others_delete(void *admin, struct exchange *x)
{
    static const char *const none[] = {NULL};
    struct admin *a = admin;
    const struct user *u = proof_user(a, x);
    struct actor by = done_by(x);
    struct reply reply freed_by(reply_release) = {0};
    struct error err;
    size_t ended;

    if (u == NULL || !params_known(a, x, none))
        return;
    if (session_end_others(a->with.people, u->id,
                           exchange_caller(x)->session_id, &by, &ended,
                           &err) != PEOPLE_OK) {
        people_refused(a, x, PEOPLE_FAILED, &err);
        return;
    }
    events_let_go(a->events);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_i64(&reply.out, "ended", (int64_t)ended);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

#define PATH "/api/v1/sessions"

static const struct route routes[] = {
    {"GET", PATH, ACCESS_SELF, 0, sessions_list},
    {"DELETE", PATH, ACCESS_SELF, 0, others_delete},
    {"DELETE", PATH "/{id}", ACCESS_SELF, 0, session_delete},
    {.method = NULL},
};

void admin_sessions(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
