/* bench_holds.c -- what it costs to ask whether an alert is held back, as silences and
 * inhibition rules grow. A configuration takes 2000 silences and 200 rules. */
#include "bench.h"

#include "routing/hold_judges.h"
#include "routing/inhibitors.h"

#define ROUNDS 3
#define ALERTS 64
#define RECIPIENTS 10 /* that one alert matches */
#define ENGAGED 200   /* sources of inhibitions */
#define VALUES 500    /* types and hosts the rules choose from */
#define NOW_MS 1795607000000

/* "narrow": a type and a host, as people write them. "patterns": nothing but a
 * regular expression, so that there is nothing to index. */
static const char *const kinds[] = {"narrow", "patterns"};

static const struct filter *filter_make(int kind, struct arena *a)
{
    struct error err = {0};
    struct str text =
        kind == 0 ? arena_printf(a, "type=t%u and host=10.0.%u.%u", dice(VALUES),
                                 dice(4), dice(250))
                  : arena_printf(a, "host~'^pc%u-'", dice(VALUES));
    const struct filter *f = filter_parse(text, a, NULL, &err);

    if (f == NULL)
        bug(err.text);
    return f;
}

static void alert_make(struct alert *out, int64_t id, struct arena *a)
{
    struct error err = {0};
    struct str text = arena_printf(
        a, "{\"type\":\"t%u\",\"entity\":\"host\",\"entity_value\":\"10.0.%u.%u\","
           "\"severity\":\"error\",\"ip\":\"10.0.%u.%u\",\"name\":\"pc%u-a\","
           "\"message\":\"something happened\"}",
        dice(VALUES), dice(4), dice(250), dice(4), dice(250), dice(VALUES));
    const struct json *j = json_parse(a, text, &err);

    if (j == NULL || !alert_read(a, j, NOW_MS, out, &err))
        bug(err.text);
    out->id = id;
}

/* Every fourth recurs. */
static void silences_make(size_t n, int kind, struct arena *a, struct silences *out)
{
    struct error err = {0};

    out->v = arena_array(a, n, sizeof *out->v);
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        struct schedule *s = arena_new(a, sizeof *s);

        out->v[i] = (struct silence){.id = (int64_t)i + 1, .filter = filter_make(kind, a)};
        if (i % 4 == 0 && schedule_parse(STR("mon-fri 22:00-07:00; sat-sun"),
                                         SCHEDULE_WINDOWS, s, NULL, &err))
            out->v[i].schedule = s;
    }
    silences_index(out, a);
}

static void inhibitions_make(size_t n, int kind, struct arena *a, struct inhibitions *out)
{
    static struct filter_place host;

    if (!filter_place_read(STR("host"), a, &host, NULL))
        bug("no host");
    out->v = arena_array(a, n, sizeof *out->v);
    out->n = n;
    out->mark = 1;
    for (size_t i = 0; i < n; i++)
        out->v[i] = (struct inhibition){.id = (int64_t)i + 1,
                                        .source = filter_make(kind, a),
                                        .target = filter_make(kind, a),
                                        .relation = RELATION_EQUAL,
                                        .equal = &host,
                                        .equal_count = 1};
}

struct figures {
    double decide, add; /* ns an alert, ns an engaged source */
    size_t held;
};

static size_t decide_all(const struct alert *alerts, const struct hold_rules *rules,
                         const struct hold_state *state)
{
    struct arena arena freed_by(arena_release) = {0};
    size_t held = 0;

    for (size_t i = 0; i < ALERTS; i++) {
        struct filter_subject s freed_by(filter_subject_release);
        struct muted muted = {0};

        filter_subject_init(&s, &alerts[i], NULL);
        for (int64_t r = 1; r <= RECIPIENTS; r++) {
            const struct hold_question q = {
                .alert = &alerts[i], .change = CHANGE_ENGAGED, .now_ms = NOW_MS,
                .rules = rules, .state = state, .subject = &s, .arena = &arena,
                .muted = &muted, .recipient_id = r};
            struct hold hold;

            holds_decide(&q, &hold);
            held += hold.kind != HOLD_NONE;
        }
        arena_reset(&arena);
    }
    return held;
}

static void measure(const struct hold_rules *rules, const struct alert *alerts,
                    const struct alert *engaged, struct figures *f)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct inhibitors *x = inhibitors_new(INHIBITORS_MAX);
        struct hold_state state = {.inhibitors = x};
        double began = cpu_ns(), added, ended;

        for (size_t i = 0; i < ENGAGED && rules->inhibitions.n > 0; i++)
            if (!inhibitors_add(x, &rules->inhibitions, NULL, &engaged[i]))
                bug("no room");
        added = cpu_ns();
        f->held = decide_all(alerts, rules, &state);
        ended = cpu_ns();
        f->add = MIN(round == 0 ? added : f->add, (added - began) / ENGAGED);
        f->decide = MIN(round == 0 ? ended : f->decide, (ended - added) / ALERTS);
        inhibitors_free(x);
    }
}

static void line(const char *what, size_t n, int kind)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert *alerts = arena_array(&a, ALERTS, sizeof *alerts);
    struct alert *engaged = arena_array(&a, ENGAGED, sizeof *engaged);
    struct hold_rules rules = {0};
    struct figures f = {0};

    for (size_t i = 0; i < ALERTS; i++)
        alert_make(&alerts[i], 1000000 + (int64_t)i, &a);
    for (size_t i = 0; i < ENGAGED; i++)
        alert_make(&engaged[i], 1 + (int64_t)i, &a);
    if (what[0] == 's')
        silences_make(n, kind, &a, &rules.silences);
    else
        inhibitions_make(n, kind, &a, &rules.inhibitions);
    measure(&rules, alerts, engaged, &f);
    printf("%-11s %-9s %8zu %8.1f %12.2f %12.2f\n", what, kinds[kind], n,
           (double)f.held / ALERTS, f.decide / 1000, f.add / 1000);
    silences_release(&rules.silences);
}

int main(void)
{
    static const size_t counts[] = {10, 100, 1000, 10000};

    setvbuf(stdout, NULL, _IOLBF, 0); /* the last lines take their time */
    printf("us of CPU time, best of %d rounds: to ask for one alert and its %d recipients,"
           "\nand to take an alert that engages (%d of them)\n\n"
           "%-11s %-9s %8s %8s %12s %12s\n",
           ROUNDS, RECIPIENTS, ENGAGED, "", "", "rules", "held", "ask", "take");
    for (int kind = 0; kind < (int)COUNT_OF(kinds); kind++)
        for (size_t i = 0; i < COUNT_OF(counts); i++)
            line("silences", counts[i], kind);
    for (int kind = 0; kind < (int)COUNT_OF(kinds); kind++)
        for (size_t i = 0; i < COUNT_OF(counts); i++)
            line("inhibitions", counts[i], kind);
    return 0;
}
