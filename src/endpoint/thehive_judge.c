/* thehive_judge.c -- what TheHive's answers mean.
 * Source: docs.strangebee.com, "TheHive API docs"; the words of a refused duplicate
 * are those of its server (TheHive-Project/TheHive, ScalliGraph). */
#include "endpoint/thehive.h"

#define ADVICE_CREATE "the user needs the right manageAlert/create"

struct answer {
    const struct response *r;
    const struct json *j;
    bool own; /* whether it is TheHive that says so, no page of a proxy's */
    struct str said;
};

static struct answer answer_read(const struct response *r, struct arena *a)
{
    struct answer n = {.r = r, .j = json_parse(a, r->body, NULL)};

    n.own = json_is(n.j, JSON_OBJECT) || json_is(n.j, JSON_ARRAY);
    n.said = n.own ? json_text(json_get(n.j, "message")) : r->body;
    return n;
}

static bool is_duplicate(const struct answer *n)
{
    /* An observable that exists already has the whole alert refused. */
    return n->r->status == 400 && text_says(n->said, "already exist") &&
           !text_says(n->said, "observable");
}

static bool is_done(const struct answer *n)
{
    return n->r->status / 100 == 2 && (n->own || str_trim(n->r->body).n == 0);
}

static struct str id_of(const struct json *j)
{
    struct str id = json_text(json_get(j, "_id"));

    return thehive_is_id(id) ? id : STR_NONE;
}

static void remark(const struct answer *n, const char *words, struct arena *a,
                   struct verdict *v)
{
    v->reason = judge_reason(n->r->status,
                             n->said.n == 0
                                 ? str_of(words)
                                 : arena_printf(a, "%.*s; %s", STR_ARG(n->said),
                                                words), a);
}

/* --- creating ------------------------------------------------------------- */

/* It is there already: of a try whose answer was lost, or of the engage that a
 * late release stands in for. The latter has still to be told of. */
static void judge_duplicate(const struct answer *n, const struct render_input *in,
                            struct arena *a, struct verdict *v)
{
    v->kind = VERDICT_DELIVERED;
    remark(n, "it is there", a, v);
    if (in->items[0].phase != PHASE_LATE)
        return;
    v->kind = VERDICT_AGAIN;
    v->step = THEHIVE_FIND;
}

static void judge_refused(const struct answer *n, const struct render_input *in,
                          struct arena *a, struct verdict *v)
{
    const struct thehive_recipient *r = in->recipient;
    int status = n->r->status;

    judge_said(n->r, n->said, "TheHive's", a, v);
    if (n->own && (status == 401 || status == 403) && r != NULL &&
        r->organisation.n > 0) { /* others may be allowed */
        v->endpoint_fault = false;
        v->recipient_fault = true;
    }
    if (status == 403) {
        remark(n, ADVICE_CREATE, a, v);
    } else if (status == 404 && n->own) {
        remark(n, "see the server's url and version", a, v);
    } else if (v->kind == VERDICT_REFUSED && in->step != THEHIVE_BARE) {
        v->kind = VERDICT_AGAIN;
        v->step = THEHIVE_BARE;
    }
}

static void judge_create(const struct answer *n, const struct render_input *in,
                         struct arena *a, struct verdict *v)
{
    if (is_done(n)) {
        v->kind = VERDICT_DELIVERED;
        v->handle = id_of(n->j);
        v->reason = judge_reason(n->r->status,
                                 in->step == THEHIVE_BARE
                                     ? STR("without its observables, which were "
                                           "refused")
                                     : STR_NONE, a);
    } else if (is_duplicate(n)) {
        judge_duplicate(n, in, a, v);
    } else {
        judge_refused(n, in, a, v);
    }
}

/* --- what follows one ------------------------------------------------------ */

static void judge_find(const struct answer *n, struct arena *a, struct verdict *v)
{
    bool found = is_done(n) && json_is(n->j, JSON_ARRAY);

    v->carry = found ? id_of(n->j->first) : STR_NONE;
    if (v->carry.n > 0) {
        v->kind = VERDICT_AGAIN;
        v->step = THEHIVE_NOTE;
    } else if (found || n->r->status == 403) {
        v->kind = VERDICT_DELIVERED;
        remark(n, "not noted: the alert is not to be found", a, v);
    } else {
        judge_said(n->r, n->said, "TheHive's", a, v);
    }
}

/* An alert somebody deleted needs no note; a right somebody lacks is no fault. */
static void judge_note(const struct answer *n, const struct render_input *in,
                       struct arena *a, struct verdict *v)
{
    const struct thehive *t = in->endpoint;

    if (is_done(n)) {
        v->reason = judge_reason(n->r->status, STR_NONE, a);
        v->kind = t->version == THEHIVE_5 ? VERDICT_AGAIN : VERDICT_DELIVERED;
        v->step = t->version == THEHIVE_5 ? THEHIVE_TAG : THEHIVE_FIRST;
        v->carry = thehive_id(in);
    } else if (n->r->status == 403) {
        v->kind = VERDICT_DELIVERED;
        remark(n, "not noted: the user lacks the right", a, v);
    } else if (n->r->status == 404 && n->own) {
        v->kind = VERDICT_DELIVERED;
        remark(n, "not noted: the alert is gone", a, v);
    } else {
        judge_said(n->r, n->said, "TheHive's", a, v);
    }
}

/* The comment is there: a tag that fails is not worth another one. */
static void judge_tag(const struct answer *n, struct arena *a, struct verdict *v)
{
    v->kind = VERDICT_DELIVERED;
    v->reason = judge_reason(n->r->status, STR_NONE, a);
    if (!is_done(n))
        remark(n, "noted, but not tagged", a, v);
}

void thehive_judge(const struct render_input *in, const struct request *sent,
                   const struct response *r, struct arena *a, struct verdict *v)
{
    struct answer n = answer_read(r, a);
    enum thehive_deed deed = thehive_deed(in);

    assert(sent->via == VIA_HTTP && in->count == 1);
    *v = (struct verdict){0};
    if (r->outcome != OUTCOME_ANSWERED && deed != HIVE_TAG)
        judge_no_answer(r, a, v);
    else if (deed == HIVE_CREATE)
        judge_create(&n, in, a, v);
    else if (deed == HIVE_FIND)
        judge_find(&n, a, v);
    else if (deed == HIVE_NOTE)
        judge_note(&n, in, a, v);
    else
        judge_tag(&n, a, v);
}

/* --- questions ------------------------------------------------------------ */

/* {"version":"5.4.6-1"}, or of version 4 {"versions":{"TheHive":"4.1.24-1"}} */
static struct str version_of(const struct json *j)
{
    struct str version = json_text(json_get(j, "version"));

    return version.n > 0
               ? version
               : json_text(json_get(json_get(j, "versions"), "TheHive"));
}

static void judge_version(const struct answer *n, const struct thehive *t,
                          struct arena *a, struct verdict *v)
{
    struct str version = version_of(n->j);
    const char *wanted = t->version == THEHIVE_5 ? "5" : "4";

    v->kind = VERDICT_DELIVERED;
    if (version.n == 0) {
        judge_said(n->r, n->said, "TheHive's", a, v);
        if (n->r->status == 404)
            remark(n, "see the server's url and version", a, v);
        return;
    }
    v->reason = judge_reason(0, arena_printf(a, "TheHive %.*s", STR_ARG(version)),
                             a);
    if (str_starts(version, wanted))
        return;
    v->kind = VERDICT_DEFERRED;
    v->endpoint_fault = true;
    v->reason = judge_reason(0, arena_printf(a, "this is TheHive %.*s, but "
                                                "version is %s: choose the other",
                                             STR_ARG(version), wanted), a);
}

/* Says nothing, where the server does not list the user's rights. */
static bool lacks_right(const struct json *user, const char *right)
{
    const struct json *rights = json_get(user, "permissions");

    if (!json_is(rights, JSON_ARRAY))
        return false;
    for (const struct json *j = rights->first; j != NULL; j = j->next) {
        if (str_starts(json_text(j), right))
            return false;
    }
    return true;
}

static void judge_user(const struct answer *n, struct arena *a, struct verdict *v)
{
    struct str login = json_text(json_get(n->j, "login"));
    struct str organisation = json_text(json_get(n->j, "organisation"));

    if (n->r->status / 100 != 2 || login.n == 0) {
        judge_said(n->r, n->said, "TheHive's", a, v);
        return;
    }
    v->kind = VERDICT_DELIVERED;
    v->reason = judge_reason(0, arena_printf(a, "user %.*s of %.*s",
                                             STR_ARG(login),
                                             STR_ARG(organisation)), a);
    if (!lacks_right(n->j, "manageAlert"))
        return;
    v->kind = VERDICT_DEFERRED;
    v->endpoint_fault = true;
    v->reason = judge_reason(0, arena_printf(a, "%.*s: " ADVICE_CREATE,
                                             STR_ARG(v->reason)), a);
}

void thehive_judge_probe(const struct render_input *in, size_t nth,
                         const struct response *r, struct arena *a,
                         struct verdict *v)
{
    struct answer n = answer_read(r, a);

    *v = (struct verdict){0};
    if (r->outcome != OUTCOME_ANSWERED)
        judge_no_answer(r, a, v);
    else if (nth == 0)
        judge_version(&n, in->endpoint, a, v);
    else
        judge_user(&n, a, v);
}
