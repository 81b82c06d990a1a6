/* courier_rig.h -- outbox, configuration and courier on one clock of the test's own,
 * and a far side that answers when and what the test says; see fake_types.h. */
#ifndef TEST_COURIER_RIG_H
#define TEST_COURIER_RIG_H

#include "outbox_rig.h"

#include "courier/policy.h"
#include "fake_types.h"

#define DESK_FLIGHTS_MAX 16

struct sending { /* the far side's: a request without its answer yet */
    const struct request *request;
    transport_fn *done;
    void *arg;
};

struct desk {
    struct rig rig; /* first: the outbox's fixtures are ours */
    struct config *config;
    struct courier *courier;
    struct sending flights[DESK_FLIGHTS_MAX];
    struct arena arena;
};

static inline struct sending *desk_send(void *arg, const struct request *r, transport_fn *done,
                                        void *done_arg)
{
    struct desk *d = arg;

    for (size_t i = 0; i < DESK_FLIGHTS_MAX; i++)
        if (d->flights[i].request == NULL) {
            d->flights[i] = (struct sending){r, done, done_arg};
            return &d->flights[i];
        }
    fail_msg("more than %d requests in flight", DESK_FLIGHTS_MAX);
    return NULL;
}

static inline void desk_cancel(void *arg, struct sending *s)
{
    (void)arg;
    s->request = NULL;
}

static inline void desk_ready(void *arg, int64_t recipient_id)
{
    struct desk *d = arg;

    if (d->courier != NULL)
        courier_ready(d->courier, recipient_id);
}

static inline void desk_paused(void *arg, const struct pause *p)
{
    struct desk *d = arg;

    if (d->courier != NULL)
        courier_paused(d->courier, p);
}

static inline void desk_open(struct desk *d)
{
    struct courier_options o = {.carrier = {desk_send, desk_cancel, d}};
    struct outbox_reader *reader;
    struct error err;

    d->rig.options.ready = desk_ready;
    d->rig.options.ready_arg = d;
    d->rig.options.paused = desk_paused;
    d->rig.options.paused_arg = d;
    rig_open(&d->rig);
    d->config = config_open(d->rig.dir, &d->rig.clock, &err);
    if (d->config == NULL)
        fail_msg("%s", err.text);
    o.config = d->config;
    o.outbox = d->rig.outbox;
    o.registry = d->rig.registry;
    d->courier = courier_new(d->rig.loop, &o);
    reader = outbox_reader_open(d->rig.path, &err);
    if (reader == NULL || !courier_shares_load(d->courier, reader, &err))
        fail_msg("%s", err.text);
    outbox_reader_close(reader);
    config_on_change(d->config, courier_changed, d->courier);
}

/* As kill -9 would, but that what is gathered is written: no request gets its answer. */
static inline void desk_close(struct desk *d)
{
    courier_free(d->courier);
    d->courier = NULL;
    config_close(d->config);
    rig_close(&d->rig);
}

static inline void desk_rest(struct desk *d)
{
    rig_settle_down(&d->rig);
}

static inline void desk_reopen(struct desk *d)
{
    desk_close(d);
    desk_open(d);
    desk_rest(d);
}

static inline int desk_setup(void **state)
{
    struct desk *d = mem_new(sizeof *d);

    rig_make(&d->rig);
    desk_open(d);
    *state = d;
    return 0;
}

static inline int desk_teardown(void **state)
{
    struct desk *d = *state;

    rig_conserves(&d->rig);
    desk_close(d);
    rig_remove(&d->rig);
    arena_release(&d->arena);
    free(d);
    return 0;
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

/* --- configuration ------------------------------------------------------------ */

static inline void desk_edit(struct desk *d, enum object_kind kind, int verb, const char *name,
                             struct str text)
{
    struct error err = {0};
    struct edit e = {.kind = kind, .name = str_of(name), .author = STR("test")};

    e.verb = (__typeof__(e.verb))verb;
    if (text.n > 0)
        e.object = json_parse(&d->arena, text, &err);
    if ((text.n > 0 && e.object == NULL) || config_edit(d->config, &e, &err) != CONFIG_OK)
        fail_msg("%.*s: %s", STR_ARG(text), err.text);
    desk_rest(d);
}

static inline void desk_endpoint(struct desk *d, const char *name, const char *type)
{
    desk_edit(d, OBJECT_ENDPOINT, EDIT_CREATE, NULL,
              arena_printf(&d->arena, "{\"name\":\"%s\",\"type\":\"%s\"}", name, type));
}

/* Its id. */
static inline int64_t desk_recipient(struct desk *d, const char *name, const char *endpoint)
{
    desk_edit(d, OBJECT_RECIPIENT, EDIT_CREATE, NULL,
              arena_printf(&d->arena, "{\"name\":\"%s\",\"endpoint\":\"%s\"}", name, endpoint));
    return snapshot_recipient(config_now(d->config), str_of(name))->id;
}

/* An endpoint "e" of the type, and a recipient "r" on it. */
static inline int64_t desk_make(struct desk *d, const char *type)
{
    desk_endpoint(d, "e", type);
    return desk_recipient(d, "r", "e");
}

/* --- alerts in, requests out ----------------------------------------------------- */

static inline int64_t desk_put(struct desk *d, int64_t to, enum action action, const char *key)
{
    return rig_put_alert(&d->rig, &(struct rig_alert){action, key, .to = &to, .n = 1});
}

/* One-shots, a letter of `keys` each; they come within one turn. */
static inline void desk_store(struct desk *d, int64_t to, const char *keys)
{
    for (; *keys != '\0'; keys++)
        desk_put(d, to, ACTION_STORE, (char[]){*keys, '\0'});
    desk_rest(d);
}

static inline struct sending *desk_flight(struct desk *d, const char *recipient)
{
    struct sending *found = NULL;
    struct str url = arena_printf(&d->arena, "http://far/%s", recipient);

    for (size_t i = 0; i < DESK_FLIGHTS_MAX; i++)
        if (d->flights[i].request != NULL && str_eq(d->flights[i].request->http.url, url)) {
            assert_null(found); /* one at a time: that keeps the order */
            found = &d->flights[i];
        }
    return found;
}

/* What is on its way to the recipient; "": nothing is. */
static inline const char *desk_sent(struct desk *d, const char *recipient)
{
    const struct sending *s = desk_flight(d, recipient);

    return s != NULL ? arena_printf(&d->arena, "%.*s", STR_ARG(s->request->http.body)).p : "";
}

static inline void desk_respond(struct desk *d, const char *recipient, const struct response *r)
{
    struct sending *s = desk_flight(d, recipient);
    struct sending ended;

    assert_non_null(s);
    ended = *s;
    s->request = NULL;
    ended.done(ended.arg, r);
    desk_rest(d);
}

static inline void desk_answer(struct desk *d, const char *recipient, const char *words)
{
    desk_respond(d, recipient, &(struct response){.outcome = OUTCOME_ANSWERED, .status = 200,
                                                  .body = str_of(words)});
}

static inline void desk_lose(struct desk *d, const char *recipient)
{
    desk_respond(d, recipient, &(struct response){.outcome = OUTCOME_LOST});
}

static inline void desk_pass(struct desk *d, int64_t ms)
{
    d->rig.now_ms += ms;
    desk_rest(d);
}

/* What is sent to "r", one after another, each delivered: "0 1n; 0 2n 3n". */
static inline const char *desk_drain(struct desk *d)
{
    struct str all = STR_NONE;

    for (const char *sent; (sent = desk_sent(d, "r"))[0] != '\0'; desk_answer(d, "r", "ok"))
        all = arena_printf(&d->arena, "%.*s%s%s", STR_ARG(all), all.n > 0 ? "; " : "", sent);
    return all.n > 0 ? all.p : "";
}

/* --- what became of it ------------------------------------------------------------- */

static inline void desk_is(const struct desk *d, int64_t alert_id, int64_t to,
                           enum delivery_state state, int64_t attempts)
{
    assert_int_equal(rig_state(&d->rig, alert_id, to), state);
    assert_int_equal(rig_number(d->rig.path,
                                "SELECT attempts FROM delivery WHERE alert_id = ?"
                                " AND recipient_id = ?",
                                alert_id, to),
                     attempts);
}

/* The kept reason. */
static inline const char *desk_reason(struct desk *d, int64_t alert_id, int64_t to)
{
    sqlite3 *db = rig_look(d->rig.path);
    sqlite3_stmt *s;
    struct str reason;

    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT reason FROM delivery WHERE alert_id = ?"
                                        " AND recipient_id = ?",
                                        -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(s, 1, alert_id);
    sqlite3_bind_int64(s, 2, to);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    reason = arena_str(&d->arena, str_of((const char *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return reason.p;
}

static inline void desk_says(struct desk *d, int64_t alert_id, int64_t to, const char *words)
{
    const char *reason = desk_reason(d, alert_id, to);

    if (strstr(reason, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", reason, words);
}

static inline struct courier_endpoint desk_view(const struct desk *d, const char *endpoint)
{
    const struct courier_endpoint *list;
    size_t n = courier_endpoints(d->courier, &list);

    for (size_t i = 0; i < n; i++)
        if (str_is(list[i].name, endpoint))
            return list[i];
    fail_msg("no endpoint %s", endpoint);
    return list[0];
}

static inline struct courier_recipient desk_reach(const struct desk *d, int64_t recipient_id)
{
    struct courier_recipient r;

    courier_recipient(d->courier, recipient_id, &r);
    return r;
}

#endif
