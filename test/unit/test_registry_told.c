/* test_registry_told.c -- what is known of an engaged alert until its end: whom it was
 * put for, and how severe it was when. */
#include "registry_rig.h"

/* --- whom it was put for ------------------------------------------------------ */

static void told_are(struct told_to told, const char *want)
{
    struct buf b freed_by(buf_release) = BUF(1000);

    for (size_t i = 0; i < told.n; i++)
        buf_printf(&b, "%lld ", (long long)told.v[i]);
    assert_string_equal(buf_c(&b), want);
}

static struct told_to told_now(const struct bench *b, int64_t id)
{
    return told_list_view(registry_find_id(b->registry, id)->told);
}

static void who_was_told_is_known_until_its_end(void **state)
{
    static const int64_t first[] = {7, 3}, more[] = {5, 3};
    struct bench *b = *state;
    struct alert a = alert_of(b, ACTION_ENGAGE, "k");
    struct alert worse = alert_of(b, ACTION_ENGAGE, "k");
    struct alert end = alert_of(b, ACTION_RELEASE, "k");
    struct undo *undo;

    apply(b, &a, T0, &undo);
    told_are(registry_told(undo), "");
    registry_tell(b->registry, undo, first, 2);
    registry_keep(undo);
    worse.severity = SEVERITY_CRITICAL;
    apply(b, &worse, T0 + 1, &undo);
    told_are(registry_told(undo), "3 7 ");
    registry_tell(b->registry, undo, more, 2);
    told_are(told_now(b, a.id), "3 5 7 ");
    registry_undo(b->registry, undo);
    told_are(told_now(b, a.id), "3 7 ");
    apply(b, &end, T0 + 2, &undo);
    told_are(registry_told(undo), "3 7 ");
    registry_undo(b->registry, undo);
    told_are(told_now(b, a.id), "3 7 ");
    assert_int_equal(apply_keep(b, &end, T0 + 3), CHANGE_RELEASED);
}

/* Many alerts go to the same recipients. */
static void a_list_of_recipients_is_kept_once(void **state)
{
    static const int64_t to[] = {1, 2};
    struct bench *b = *state;
    struct alert x = alert_of(b, ACTION_ENGAGE, "x");
    struct alert y = alert_of(b, ACTION_ENGAGE, "y");
    struct undo *undo;

    apply(b, &x, T0, &undo);
    registry_tell(b->registry, undo, to, 2);
    registry_keep(undo);
    apply(b, &y, T0, &undo);
    registry_tell(b->registry, undo, to, 2);
    assert_ptr_equal(told_now(b, x.id).v, told_now(b, y.id).v);
    registry_undo(b->registry, undo);
    told_are(told_now(b, x.id), "1 2 ");
}

/* --- how severe it was -------------------------------------------------------- */

static void severities_are(const struct alert *a, const char *want)
{
    struct buf b freed_by(buf_release) = BUF(1000);

    for (size_t i = 0; a->severities != NULL && i < a->severities->n; i++) {
        const struct severity_since *s = &a->severities->v[i];

        buf_printf(&b, "%lld %s %lld; ", (long long)s->id, severity_name(s->severity),
                   (long long)(s->since_ms - T0));
    }
    assert_string_equal(buf_c(&b), want);
}

static void it_is_kept_how_severe_it_was(void **state)
{
    struct bench *b = *state;
    struct alert a = alert_of(b, ACTION_ENGAGE, "k");       /* 1 */
    struct alert worse = alert_of(b, ACTION_ENGAGE, "k");   /* 2 */
    struct alert worst = alert_of(b, ACTION_ENGAGE, "k");   /* 3 */
    struct alert end = alert_of(b, ACTION_RELEASE, "k");    /* 4 */
    struct alert other = alert_of(b, ACTION_ENGAGE, "o");   /* 5 */
    struct alert grave = alert_of(b, ACTION_RELEASE, "o");  /* 6 */
    struct undo *undo;

    a.severity = SEVERITY_WARNING;
    apply_keep(b, &a, T0);
    severities_are(&a, "");
    worse.severity = SEVERITY_ERROR;
    apply_keep(b, &worse, T0 + 100);
    severities_are(&worse, "1 warning 2; 2 error 100; ");
    worst.severity = SEVERITY_CRITICAL;
    apply(b, &worst, T0 + 200, &undo);
    severities_are(&worst, "1 warning 2; 2 error 100; 3 critical 200; ");
    registry_undo(b->registry, undo);
    apply(b, &end, T0 + 300, &undo);
    severities_are(&end, "1 warning 2; 2 error 100; ");
    assert_int_equal(end.severity, SEVERITY_ERROR);
    registry_keep(undo);
    apply_keep(b, &other, T0);
    grave.severity = SEVERITY_EMERGENCY;
    apply(b, &grave, T0 + 400, &undo); /* it is told as severe as its end */
    severities_are(&grave, "5 error 6; ");
    registry_keep(undo);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(who_was_told_is_known_until_its_end),
        T(a_list_of_recipients_is_kept_once),
        T(it_is_kept_how_severe_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
