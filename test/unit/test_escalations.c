/* test_escalations.c -- who is reached along chains, when, and which go in circles. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/escalations.h"

#define MINUTE 60000

/* "1>2@15 2>3@30": by recipient, in the order of the first. */
static struct escalations read_rules(const char *text, struct escalation *v)
{
    struct escalations e = {.v = v};
    int from, to, minutes, used;

    while (sscanf(text, "%d>%d@%d %n", &from, &to, &minutes, &used) == 3) {
        v[e.n++] = (struct escalation){from, to, minutes * (int64_t)MINUTE};
        text += used;
    }
    return e;
}

static void each_is_reached_once_at_its_earliest(void **state)
{
    static const struct {
        const char *name, *rules;
        int64_t told[3];
        size_t told_n;
        const char *want; /* recipient<from@minutes */
    } table[] = {
        {"nobody escalates", "", {1}, 1, ""},
        {"nobody was told", "1>2@15 ", {0}, 0, ""},
        {"one step", "1>2@15 ", {1}, 1, "2<1@15 "},
        {"a chain", "1>2@15 2>3@30 ", {1}, 1, "2<1@15 3<2@45 "},
        {"told anyway", "1>2@15 2>3@30 ", {1, 2}, 2, "3<2@30 "},
        {"two ways, the shorter first", "1>3@5 2>3@30 ", {1, 2}, 2, "3<1@5 "},
        {"two ways, the shorter last", "1>3@30 2>3@5 ", {1, 2}, 2, "3<2@5 "},
        {"the shorter way goes on", "1>3@30 2>3@5 3>4@1 ", {1, 2}, 2, "3<2@5 4<3@6 "},
        {"another's chain", "1>2@15 ", {3}, 1, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct escalation v[8];
        struct escalations e = read_rules(table[i].rules, v);
        struct escalated out[8];
        char got[128] = "";
        size_t n = escalations_reach(&e, table[i].told, table[i].told_n, out);

        for (size_t k = 0; k < n; k++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%d<%d@%d ",
                     (int)out[k].recipient_id, (int)out[k].from,
                     (int)(out[k].after_ms / MINUTE));
        if (strcmp(got, table[i].want) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", table[i].name, got, table[i].want);
    }
}

static void circles_are_found(void **state)
{
    static const struct {
        const char *rules;
        int64_t from;
        bool want;
    } table[] = {
        {"1>2@1 ", 1, false},
        {"1>1@1 ", 1, true},
        {"1>2@1 2>1@1 ", 1, true},
        {"1>2@1 2>3@1 3>1@1 ", 2, true},
        {"1>2@1 2>3@1 3>2@1 ", 1, false}, /* 1 leads into one, and is in none */
        {"1>2@1 2>3@1 3>2@1 ", 3, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct escalation v[8];
        struct escalations e = read_rules(table[i].rules, v);

        if (escalations_cycle(&e, table[i].from) != table[i].want)
            fail_msg("%s from %d", table[i].rules, (int)table[i].from);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_reached_once_at_its_earliest),
        cmocka_unit_test(circles_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
