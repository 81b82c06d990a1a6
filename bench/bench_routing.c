/* bench_routing.c -- what one alert costs to route, as recipients and pools grow:
 * our index beside a plain loop over all recipients, which explains each. */
#include "bench.h"

#include "base/limits.h"
#include "routing/routing.h"

#define ROUNDS 7
#define ALERTS 64
#define VALUES 50 /* categories, types and networks the recipients choose from */

/* --- a configuration ----------------------------------------------------------- */

static const char *const kinds[] = {"criteria", "filters", "patterns"};

/* "criteria": a type and a pool. "filters": a type and a network, typed as one
 * filter. "patterns": nothing but a regular expression, so nothing to index. */
static struct str recipient_text(int kind, struct arena *a)
{
    unsigned v = dice(VALUES), w = dice(VALUES);

    if (kind == 0)
        return arena_printf(a, "{\"minimum_severity\":\"%s\",\"types\":[\"t%u\"],"
                               "\"host_pools\":[\"p%u\"]}",
                            severity_names[2 + dice(6)], v, w);
    if (kind == 1)
        return arena_printf(a, "{\"filter\":\"severity>=%s and type=t%u and "
                               "ip=10.%u.0.0/16\"}",
                            severity_names[2 + dice(6)], v, w);
    return arena_printf(a, "{\"filter\":\"host~'^pc%u-'\"}", v);
}

static struct rule *rules_make(size_t n, int kind, struct arena *a)
{
    struct rule *rules = arena_array(a, n, sizeof *rules);

    for (size_t i = 0; i < n; i++) {
        struct error err = {0};
        const struct json *j = json_parse(a, recipient_text(kind, a), &err);

        rules[i] = (struct rule){.recipient_id = (int64_t)i, .enabled = true};
        if (j == NULL || !criteria_read(j, a, &rules[i].criteria, &err))
            bug(err.text);
    }
    return rules;
}

/* Members of four lengths, so that a look-up has more than one to try. */
static struct str member_text(size_t i, struct arena *a)
{
    unsigned b = (unsigned)(i >> 8), c = (unsigned)i & 255;

    switch (i % 4) {
    case 0:
        return arena_printf(a, "%u.%u.%u.0/24", 10 + (unsigned)(i >> 16), b & 255, c);
    case 1:
        return arena_printf(a, "%u.%u.%u.7", 20 + (unsigned)(i >> 16), b & 255, c);
    case 2:
        return arena_printf(a, "2001:db8:%x:%x::/64", b, c);
    default:
        return arena_printf(a, "12.%u.%u.128/25@%u", b & 255, c, 1 + (unsigned)(i >> 16));
    }
}

static struct pools *pools_make(size_t members, struct arena *a)
{
    struct pool *list = arena_array(a, VALUES, sizeof *list);
    struct str *texts = arena_array(a, members, sizeof *texts);
    size_t each = members / VALUES;
    struct error err = {0};
    struct pools *pools;

    for (size_t i = 0; i < members; i++)
        texts[i] = member_text(i, a);
    for (size_t i = 0; i < VALUES; i++)
        list[i] = (struct pool){.id = (int64_t)i + 1,
                                .name = arena_printf(a, "p%zu", i),
                                .ntopng_id = -1,
                                .members = texts + i * each,
                                .member_count = each};
    pools = pools_new(list, VALUES, &err);
    if (pools == NULL)
        bug(err.text);
    return pools;
}

static void alerts_make(struct alert *alerts, struct arena *a)
{
    for (size_t i = 0; i < ALERTS; i++) {
        struct error err = {0};
        struct str text = arena_printf(
            a, "{\"type\":\"t%u\",\"entity\":\"flow\",\"severity\":\"%s\","
               "\"cli_ip\":\"10.%u.%u.9\",\"srv_ip\":\"203.0.113.7\","
               "\"cli_name\":\"pc%u-a\",\"cli_port\":60952,\"srv_port\":443,"
               "\"vlan_id\":0,\"ifid\":3,\"message\":\"something happened\"}",
            dice(VALUES), severity_names[2 + dice(6)], dice(VALUES), dice(256),
            dice(VALUES));
        const struct json *j = json_parse(a, text, &err);

        if (j == NULL || !alert_read(a, j, 1, &alerts[i], &err))
            bug(err.text);
    }
}

/* --- contenders ----------------------------------------------------------------- */

static bool among(const struct criterion *c, const struct str *v, size_t n)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < n; k++)
            if (str_eq(c->v[i], v[k]))
                return true;
    return c->any;
}

/* The peer: each recipient is asked, one after the other. */
static size_t plain_loop(const struct rule *rules, size_t n, const struct pools *pools,
                         const struct alert *a)
{
    struct filter_subject s;
    size_t told = 0;

    filter_subject_init(&s, a, pools);
    for (size_t i = 0; i < n; i++) {
        const struct criteria *c = &rules[i].criteria;
        const struct alert_pools *in = filter_pools(&s);

        told += a->severity >= c->minimum_severity && among(&c->types, &a->type, 1) &&
                (!in->applies || among(&c->host_pools, in->names, in->n)) &&
                (c->filter == NULL || filter_ask(c->filter, &s) != FILTER_NO);
    }
    filter_subject_release(&s);
    return told;
}

struct figures {
    double ours, loop; /* ns an alert */
    size_t told;       /* of all alerts */
};

/* They take turns, and the best round of each counts. */
static void measure(const struct rule *rules, size_t n, const struct pools *pools,
                    const struct alert *alerts, struct figures *f)
{
    static int64_t out[RECIPIENTS_MAX];
    struct error err = {0};
    struct routing *r = routing_new(rules, n, pools, &err);
    size_t plain = 0, matched;

    for (int round = 0; round < ROUNDS; round++) {
        double began = cpu_ns(), ended;

        f->told = plain = 0;
        for (size_t i = 0; i < ALERTS; i++)
            f->told += routing_match(
                r, &(struct routed){&alerts[i], CHANGE_STORED, {0}}, out, &matched);
        ended = cpu_ns();
        f->ours = MIN(round == 0 ? ended : f->ours, (ended - began) / ALERTS);
        for (size_t i = 0; i < ALERTS; i++)
            plain += plain_loop(rules, n, pools, &alerts[i]);
        f->loop = MIN(round == 0 ? ended : f->loop, (cpu_ns() - ended) / ALERTS);
    }
    if (plain != f->told)
        bug("the index and the loop do not agree");
    routing_free(r);
}

static void line(size_t recipients, size_t members, int kind)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alerts[ALERTS];
    struct pools *pools = pools_make(members, &a);
    struct rule *rules = rules_make(recipients, kind, &a);
    struct figures f = {0};

    alerts_make(alerts, &a);
    measure(rules, recipients, pools, alerts, &f);
    printf("%-9s %10zu %12zu %10.1f %12.2f %12.2f\n", kinds[kind], recipients, members,
           (double)f.told / ALERTS, f.ours / 1000, f.loop / 1000);
    pools_free(pools);
}

int main(void)
{
    static const size_t recipients[] = {10, 100, 1000, RECIPIENTS_MAX};
    static const size_t members[] = {1000, POOL_MEMBERS_MAX};

    printf("us of CPU time an alert, best of %d rounds; loop: every recipient is asked\n\n"
           "%-9s %10s %12s %10s %12s %12s\n",
           ROUNDS, "", "recipients", "pool members", "told", "tocsin", "loop");
    for (int kind = 0; kind < (int)COUNT_OF(kinds); kind++)
        for (size_t i = 0; i < COUNT_OF(recipients); i++)
            for (size_t k = 0; k < COUNT_OF(members); k++)
                line(recipients[i], members[k], kind);
    return 0;
}
