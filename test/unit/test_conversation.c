/* test_conversation.c -- every type with a vendor, in conversation with a fake of it
 * that was written from the vendor's documentation: what is posted, edited, refused,
 * limited and gone, and that hostile text stays within what the vendor takes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "corpus.h"
#include "modes.h"
#include "talk.h"

#define SCAN                                                                   \
    "\"entity\":\"host\",\"entity_value\":\"64.13.134.52\",\"type\":"          \
    "\"host_alert_tcp_syn_scan\",\"category\":\"security\",\"severity\":"      \
    "\"warning\",\"key\":\"scan:64.13.134.52\",\"tstamp\":1606140066,"         \
    "\"message\":\"TCP SYN Scan: 64.13.134.52 [5964 > 256]\""
#define ENGAGE "{\"id\":4719," SCAN ",\"action\":\"engage\"}"
#define WORSE                                                                  \
    "{\"id\":4719,\"entity\":\"host\",\"entity_value\":\"64.13.134.52\","     \
    "\"type\":\"host_alert_tcp_syn_scan\",\"category\":\"security\","          \
    "\"severity\":\"error\",\"key\":\"scan:64.13.134.52\",\"tstamp\":"         \
    "1606140066,\"message\":\"a worse scan\",\"action\":\"engage\"}"
#define RELEASE "{\"id\":4720,\"began_id\":4719," SCAN                         \
                ",\"action\":\"release\",\"tstamp_end\":1606140549}"
#define STORE                                                                  \
    "{\"id\":4711,\"entity\":\"flow\",\"type\":\"low_goodput\",\"category\":"  \
    "\"network\",\"severity\":\"notice\",\"score\":10,\"action\":\"store\","    \
    "\"tstamp\":1606141256,\"cli_ip\":\"192.168.1.29\",\"cli_port\":60952,"     \
    "\"srv_ip\":\"23.206.251.35\",\"srv_port\":80,\"proto\":6,"                 \
    "\"message\":\"Low Goodput Ratio: much talk\"}"

static void every_type_has_a_mode(void **state)
{
    struct error err;

    (void)state;
    if (!modes_complete(&err))
        fail_msg("%s", err.text);
}

static void open_mode(struct talk *t, const struct mode *m)
{
    talk_open(t, m->type, m->type, m->endpoint, m->recipient);
}

static struct verdict deliver(struct talk *t, const struct mode *m, const char *alert,
                              enum phase phase, struct str handle)
{
    const struct said said = {.alert = alert, .phase = phase, .handle = handle};
    struct verdict v = {.kind = VERDICT_REFUSED};

    (void)m;
    talk_deliver(t, &said, 1, &v);
    return v;
}

static void expect(const struct mode *m, const char *when, const struct verdict *v,
                   enum verdict_kind kind)
{
    if (v->kind != kind)
        fail_msg("%s, %s: verdict %d, \"%.*s\"", m->name, when, v->kind,
                 STR_ARG(v->reason));
}

/* --- one alert after the other ------------------------------------------------- */

static size_t posts_of(const struct talk *t)
{
    const struct fake_post *posts;

    return fake_posts(t->fake, &posts);
}

static void followed(const struct mode *m, const struct talk *t, size_t before)
{
    const struct fake_post *p;
    size_t n = fake_posts(t->fake, &p);
    unsigned got = 0;

    got |= p[0].edits > 0 ? 1u << CHANGES : 0;
    got |= p[0].ended ? 1u << ENDS : 0;
    for (size_t i = before; i < n; i++)
        got |= 1u << (p[i].thread.n > 0 ? ANSWERS : FOLLOWS);
    if (got != m->follows)
        fail_msg("%s: a release did %u, not %u", m->name, got, m->follows);
}

static void a_release_follows_its_engage(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        struct talk t;
        struct verdict engaged, released;

        open_mode(&t, m);
        engaged = deliver(&t, m, ENGAGE, PHASE_NEW, STR_NONE);
        expect(m, "engage", &engaged, VERDICT_DELIVERED);
        assert_int_equal(posts_of(&t), 1);
        released = deliver(&t, m, RELEASE, PHASE_RELEASE, engaged.handle);
        expect(m, "release", &released, VERDICT_DELIVERED);
        followed(m, &t, 1);
        talk_close(&t);
    }
}

/* --- what is told in between ----------------------------------------------------- */

static const struct ack by_maya = {
    .at_ms = 1606140200000, .by = {"maya", 4}, .note = {"ISP ticket 88", 13}};

/* What the courier asks, too. */
static bool ack_wanted(const struct talk *t, const struct mode *m, struct str handle)
{
    const struct endpoint_type *type = mode_type(m);
    const struct alert alert = {.action = ACTION_ENGAGE};
    const struct render_item item = {.alert = &alert, .phase = PHASE_ACKED,
                                     .handle = handle};
    struct error err;

    return type->shows_ack &&
           (type->wants == NULL || type->wants(t->endpoint, t->recipient, &item, &err));
}

static struct verdict acknowledge(struct talk *t, enum phase phase, struct str handle)
{
    const struct said said = {.alert = ENGAGE, .phase = phase, .handle = handle,
                              .ack = phase == PHASE_ACKED ? &by_maya : NULL};
    struct verdict v = {.kind = VERDICT_REFUSED};

    talk_deliver(t, &said, 1, &v);
    return v;
}

static bool shows_maya(const struct talk *t)
{
    const struct fake_post *p;

    fake_posts(t->fake, &p);
    return memmem(p[0].body.p, p[0].body.n, "maya, ", 6) != NULL;
}

static void an_acknowledgement_changes_what_was_sent(void **state)
{
    size_t modes_seen = 0;

    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        bool chat = mode_type(m)->edits && !str_is(str_of(m->type), "thehive");
        const struct fake_post *p;
        struct verdict engaged, v;
        struct talk t;

        open_mode(&t, m);
        engaged = deliver(&t, m, ENGAGE, PHASE_NEW, STR_NONE);
        if (ack_wanted(&t, m, engaged.handle)) {
            modes_seen++;
            v = acknowledge(&t, PHASE_ACKED, engaged.handle);
            expect(m, "acknowledged", &v, VERDICT_DELIVERED);
            fake_posts(t.fake, &p);
            assert_true(p[0].edits > 0);
            if (chat && (posts_of(&t) != 1 || !shows_maya(&t)))
                fail_msg("%s: the message does not say who", m->name);
        }
        if (chat && ack_wanted(&t, m, engaged.handle)) {
            v = acknowledge(&t, PHASE_UNACKED, engaged.handle);
            expect(m, "taken back", &v, VERDICT_DELIVERED);
            assert_false(shows_maya(&t));
            fake_delete(t.fake, 0);
            v = acknowledge(&t, PHASE_ACKED, engaged.handle);
            expect(m, "acknowledged when deleted", &v, VERDICT_DELIVERED);
            assert_int_equal(posts_of(&t), 1); /* nobody is told anew */
        }
        talk_close(&t);
    }
    assert_in_range(modes_seen, 6, 100);
}

static void what_got_worse_is_heard_of(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        bool edits = (m->follows & (1u << CHANGES)) != 0;
        const struct fake_post *p;
        struct verdict engaged, v;
        struct talk t;

        if (!str_is(str_of(m->type), "fail2ban")) {
            open_mode(&t, m);
            engaged = deliver(&t, m, ENGAGE, PHASE_NEW, STR_NONE);
            v = deliver(&t, m, WORSE, PHASE_WORSENED, engaged.handle);
            expect(m, "worsened", &v, VERDICT_DELIVERED);
            fake_posts(t.fake, &p);
            if (edits && p[0].edits == 0)
                fail_msg("%s: the message was not edited", m->name);
            if (!m->repeats && posts_of(&t) < 2 && p[0].edits == 0)
                fail_msg("%s: nobody heard of it", m->name);
            talk_close(&t);
        }
    }
}

/* Somebody deleted the message in between: people still learn of the end. */
static void a_deleted_message_is_no_obstacle(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        /* What an analyst threw away is not made anew. */
        bool told = (m->follows & (1u << CHANGES)) != 0 &&
                    !str_is(str_of(m->type), "thehive");
        struct talk t;
        struct verdict v;

        open_mode(&t, m);
        v = deliver(&t, m, ENGAGE, PHASE_NEW, STR_NONE);
        fake_delete(t.fake, 0);
        v = deliver(&t, m, RELEASE, PHASE_RELEASE, v.handle);
        expect(m, "release of what was deleted", &v, VERDICT_DELIVERED);
        if (told && posts_of(&t) < 2)
            fail_msg("%s: nobody was told of the end", m->name);
        talk_close(&t);
    }
}

/* An answer was lost, so all of it is sent again. */
static void what_repeats_is_kept_once(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        struct talk t;
        struct verdict v;

        open_mode(&t, m);
        for (int k = 0; k < 2; k++) {
            v = deliver(&t, m, STORE, PHASE_NEW, STR_NONE);
            expect(m, "the same again", &v, VERDICT_DELIVERED);
        }
        assert_int_equal(posts_of(&t), m->repeats ? 1 : 2);
        talk_close(&t);
    }
}

static void a_late_release_says_both(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        struct talk t;
        struct verdict v;

        open_mode(&t, m);
        v = deliver(&t, m, RELEASE, PHASE_LATE, STR_NONE);
        expect(m, "late", &v, VERDICT_DELIVERED);
        assert_int_equal(posts_of(&t), 1);
        talk_close(&t);
    }
}

/* --- what goes wrong -------------------------------------------------------------- */

static void faults_are_told_apart(void **state)
{
    static const struct {
        enum fault fault;
        const char *name;
        bool blame; /* an endpoint's or a recipient's fault */
    } rows[] = {
        {FAULT_LIMITED, "limited", false},
        {FAULT_BROKEN, "broken", false},
        {FAULT_PAGE, "a web page", false},
        {FAULT_REVOKED, "revoked", true},
        {FAULT_PLACE_GONE, "place gone", true},
    };

    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1))
        for (size_t k = 0; k < COUNT_OF(rows); k++) {
            struct talk t;
            struct verdict v;
            /* Its page comes with a 200: somebody else answers there. */
            bool foreign = rows[k].fault == FAULT_PAGE && str_is(str_of(m->type), "wechat");

            if (rows[k].fault == FAULT_PLACE_GONE && str_is(str_of(m->type), "thehive"))
                continue; /* it has no places; there it is about rights to comment */
            open_mode(&t, m);
            fake_fail(t.fake, rows[k].fault, STEPS_MAX);
            v = deliver(&t, m, STORE, PHASE_NEW, STR_NONE);
            expect(m, rows[k].name, &v, VERDICT_DEFERRED);
            if ((v.endpoint_fault || v.recipient_fault) != (rows[k].blame || foreign) &&
                rows[k].fault != FAULT_LIMITED)
                fail_msg("%s, %s: fault %d %d, \"%.*s\"", m->name, rows[k].name,
                         v.endpoint_fault, v.recipient_fault, STR_ARG(v.reason));
            if (rows[k].fault == FAULT_LIMITED && v.endpoint_fault)
                fail_msg("%s: a limit is nobody's fault", m->name);
            assert_true(v.reason.n > 0);
            assert_int_equal(posts_of(&t), 0);
            /* And it works again. */
            fake_fail(t.fake, FAULT_NONE, 0);
            v = deliver(&t, m, STORE, PHASE_NEW, STR_NONE);
            expect(m, "afterwards", &v, VERDICT_DELIVERED);
            talk_close(&t);
        }
}

/* Refused once, it is sent again with less; refused always, it ends. */
static void what_is_refused_comes_to_an_end(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        struct talk t;
        struct verdict v;

        open_mode(&t, m);
        fake_fail(t.fake, FAULT_REFUSED, STEPS_MAX);
        v = deliver(&t, m, STORE, PHASE_NEW, STR_NONE);
        /* Elasticsearch takes the least of it, which is what degrading is for. */
        if (v.kind != VERDICT_REFUSED && !str_is(str_of(m->type), "elasticsearch"))
            fail_msg("%s: verdict %d, \"%.*s\"", m->name, v.kind, STR_ARG(v.reason));
        talk_close(&t);
    }
}

/* --- hostile text ------------------------------------------------------------------- */

static const char *alert_with(struct arena *a, struct str text, size_t times)
{
    static const char *const members[] = {"message", "cli_name", "info", "domain_name",
                                          "evil"};
    struct buf b freed_by(buf_release) = BUF(ALERT_JSON_MAX * 2);
    struct buf whole freed_by(buf_release) = BUF(ALERT_MESSAGE_MAX);
    struct json_out o = JSON_OUT(&b);

    for (size_t i = 0; i < times; i++)
        buf_str(&whole, text);
    out_object(&o, NULL);
    out_i64(&o, "id", 7);
    out_text(&o, "entity", "flow");
    out_text(&o, "type", "low_goodput");
    out_text(&o, "action", "store");
    out_text(&o, "severity", "error");
    out_i64(&o, "tstamp", 1606141256);
    out_text(&o, "cli_ip", "192.168.1.29");
    out_text(&o, "srv_ip", "23.206.251.35");
    for (size_t i = 0; i < COUNT_OF(members); i++)
        out_str(&o, members[i], str_first(buf_view(&whole), i == 0 ? ALERT_MESSAGE_MAX : 4000));
    out_object_end(&o);
    assert_false(b.over);
    return arena_c(a, buf_view(&b));
}

/* Some is refused at the door. */
static bool intake_takes(struct arena *a, const char *json)
{
    struct alert alert = {0};
    struct error err;
    const struct json *j = json_parse(a, str_of(json), &err);

    return j != NULL && alert_read(a, j, 1606141256000LL, &alert, &err) &&
           alert_check(&alert, &err);
}

static void hostile_at(const struct mode *m, size_t k, size_t times)
{
    struct talk t;
    struct verdict v;
    const char *alert;

    open_mode(&t, m);
    alert = alert_with(&t.arena, corpus[k], times);
    if (intake_takes(&t.arena, alert)) {
        v = deliver(&t, m, alert, PHASE_NEW, STR_NONE);
        if (v.kind != VERDICT_DELIVERED || t.requests != 1 || posts_of(&t) != 1)
            fail_msg("%s, corpus %zu x %zu: verdict %d after %zu requests, \"%.*s\"",
                     m->name, k, times, v.kind, t.requests, STR_ARG(v.reason));
    }
    talk_close(&t);
}

static void hostile_text_is_taken_by_every_vendor(void **state)
{
    static const size_t times[] = {1, 300};

    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1))
        for (size_t k = 0; k < COUNT_OF(corpus); k++)
            for (size_t n = 0; n < COUNT_OF(times); n++)
                hostile_at(m, k, times[n]);
}

/* --- digests ------------------------------------------------------------------------- */

static void many_go_in_one_and_each_has_its_verdict(void **state)
{
    (void)state;
    for (const struct mode *m = mode_talking(modes); m; m = mode_talking(m + 1)) {
        const struct endpoint_type *type = endpoint_type_find(str_of(m->type));
        size_t n = MIN(type->batch_max, (size_t)3);
        const struct said said[] = {{.alert = ENGAGE}, {.alert = STORE}, {.alert = STORE}};
        struct verdict v[3], released;
        struct talk t;

        open_mode(&t, m);
        talk_deliver(&t, said, n, v);
        for (size_t k = 0; k < n; k++)
            expect(m, "one of many", &v[k], VERDICT_DELIVERED);
        released = deliver(&t, m, RELEASE, PHASE_RELEASE, v[0].handle);
        expect(m, "release of one of many", &released, VERDICT_DELIVERED);
        talk_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_a_mode),
        cmocka_unit_test(a_release_follows_its_engage),
        cmocka_unit_test(an_acknowledgement_changes_what_was_sent),
        cmocka_unit_test(what_got_worse_is_heard_of),
        cmocka_unit_test(a_deleted_message_is_no_obstacle),
        cmocka_unit_test(what_repeats_is_kept_once),
        cmocka_unit_test(a_late_release_says_both),
        cmocka_unit_test(faults_are_told_apart),
        cmocka_unit_test(what_is_refused_comes_to_an_end),
        cmocka_unit_test(hostile_text_is_taken_by_every_vendor),
        cmocka_unit_test(many_go_in_one_and_each_has_its_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
