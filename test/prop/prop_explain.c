/* prop_explain.c -- random alerts on random configurations: what was decided live
 * is what the explanation says, asked at once and asked of the past.
 *
 * usage: prop_explain SEED COUNT   (COUNT alert and configuration pairs). What it
 * compares are two paths of the program: routing_match() with its index on the
 * snapshot that was in force, and routing_explain() on the snapshot rebuilt from
 * the revisions, after the configuration has moved on. And that the criteria of an
 * explanation agree with its own decision: what does not pass them all is delivered
 * only to who was told of the same before, and goes on to hear of it. */
#include <inttypes.h>

#include "config/config_empty.h"
#include "config/revisions.h"
#include "dice.h"

#define REVISIONS 20 /* of one configuration */
#define ALERTS 100   /* at each */
#define RECIPIENTS 24

struct happened { /* one alert as it was decided live */
    struct alert alert;
    enum change change;
    int64_t told[RECIPIENTS + 1];
    size_t n;
    int64_t before[RECIPIENTS]; /* whom its beginning was put for */
    size_t before_n;
};

struct run {
    struct dice dice;
    struct config *config;
    struct arena arena; /* of this configuration's life */
    uint64_t seed;
    int64_t revisions[REVISIONS];
    struct happened *happened[REVISIONS];
    uint64_t pairs, decisions, delivered, followed, refused;
};

static const char *const entities[] = {"host", "flow", "interface", "am_host",
                                       "mac",  "network", "system", "other"};
static const char *const categories[] = {"security", "network", "system",
                                         "ids_ips", "active_monitoring", "mine"};
static const char *const severities[] = {"info", "notice", "warning",
                                         "error", "critical", "emergency"};
static const char *const types[] = {"syn_flood", "low_goodput", "InstanceDown",
                                    "am_threshold_cross", "x"};
static const char *const addresses[] = {"10.1.2.3", "10.9.9.9", "192.168.1.7",
                                        "2001:db8::5", "8.8.8.8"};
static const char *const filters[] = {
    "ip=10.0.0.0/8", "severity>=warning and not type=x", "vlan in (1, 12)",
    "cli_ip=10.1.0.0/16 or srv_ip=8.8.8.8", "goodput", "label.env=prod",
    "message~\"^a.*b\"", "not (score>50 and category=security)",
    "host_pool=lab", "entity=flow and score<=90"};

/* A list criterion: any, none, or some. */
static void list_roll(struct run *r, struct json_out *o, const char *name,
                      const char *const *from, uint32_t n)
{
    uint32_t count = roll(&r->dice, 5);

    if (count == 0)
        return;
    out_array(o, name);
    for (uint32_t i = 1; i < count; i++)
        out_text(o, NULL, from[roll(&r->dice, n)]);
    out_array_end(o);
}

static struct str recipient_roll(struct run *r, const char *name)
{
    static const char *const pools[] = {"office", "lab", "Default"};
    static const char *const am[] = {"icmp@ntop.org", "ntop.org", "8.8.8.8"};
    struct buf b freed_by(buf_release) = BUF(8192);
    struct json_out o = JSON_OUT(&b);
    struct dice *d = &r->dice;

    out_object(&o, NULL);
    out_text(&o, "name", name);
    out_text(&o, "endpoint", "hook");
    out_bool(&o, "enabled", roll(d, 8) != 0);
    if (roll(d, 2))
        out_text(&o, "minimum_severity", PICK(d, severities));
    list_roll(r, &o, "categories", categories, COUNT_OF(categories));
    list_roll(r, &o, "entities", entities, COUNT_OF(entities));
    if (roll(d, 3) == 0)
        list_roll(r, &o, "types", types, COUNT_OF(types));
    if (roll(d, 3) == 0)
        list_roll(r, &o, "host_pools", pools, COUNT_OF(pools));
    if (roll(d, 3) == 0)
        list_roll(r, &o, "am_hosts", am, COUNT_OF(am));
    if (roll(d, 3) == 0)
        out_text(&o, "filter", PICK(d, filters));
    out_object_end(&o);
    return arena_str(&r->arena, buf_view(&b));
}

static void edit(struct run *r, int verb, enum object_kind kind,
                 const char *name, struct str text)
{
    struct error err = {0};
    struct edit e = {.kind = kind, .name = str_of(name), .author = STR("api")};

    e.verb = (__typeof__(e.verb))verb;
    e.object = text.n > 0 ? json_parse(&r->arena, text, &err) : NULL;
    /* A list that names a value twice is refused, and that is as well. */
    if (config_edit(r->config, &e, &err) != CONFIG_OK)
        r->refused++;
}

static void config_begin(struct run *r)
{
    struct error err;

    r->config = config_open_empty(&err);
    if (r->config == NULL)
        bug("no memory for an empty configuration");
    edit(r, EDIT_CREATE, OBJECT_ENDPOINT, NULL,
         STR("{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":"
             "\"https://hooks.example/a\"}}"));
    edit(r, EDIT_CREATE, OBJECT_POOL, NULL,
         STR("{\"name\":\"office\",\"members\":[\"10.0.0.0/8\"]}"));
    edit(r, EDIT_CREATE, OBJECT_POOL, NULL,
         STR("{\"name\":\"lab\",\"members\":[\"10.1.0.0/16\",\"2001:db8::/32\"],"
             "\"ntopng_id\":5}"));
}

/* Some recipient is new, another one, gone, or of another name; or a pool grows. */
static void config_move(struct run *r)
{
    uint32_t i = roll(&r->dice, RECIPIENTS), what = roll(&r->dice, 12);
    const char *name = arena_printf(&r->arena, "r%u", i).p;

    if (what == 0)
        edit(r, EDIT_DELETE, OBJECT_RECIPIENT, name, STR_NONE);
    else if (what == 1)
        edit(r, EDIT_PATCH, OBJECT_RECIPIENT, name,
             arena_printf(&r->arena, "{\"name\":\"r%u\"}",
                          roll(&r->dice, RECIPIENTS)));
    else if (what == 2)
        edit(r, EDIT_PATCH, OBJECT_POOL, "lab",
             arena_printf(&r->arena, "{\"members\":[\"10.%u.0.0/16\"]}",
                          roll(&r->dice, 4)));
    else if (what == 3)
        edit(r, EDIT_PATCH, OBJECT_SETTINGS, NULL,
             arena_printf(&r->arena, "{\"store_minimum_severity\":\"%s\"}",
                          PICK(&r->dice, severities)));
    else
        edit(r, EDIT_REPLACE, OBJECT_RECIPIENT, name, recipient_roll(r, name));
}

static void alert_roll(struct run *r, struct happened *h)
{
    static const char *const actions[] = {"engage", "release", "store"};
    static const char *const values[] = {"icmp@ntop.org", "eno1", "8.8.8.8"};
    struct dice *d = &r->dice;
    struct error err;
    struct str text = arena_printf(
        &r->arena,
        "{\"type\":\"%s\",\"action\":\"%s\",\"entity\":\"%s\",\"entity_value\":"
        "\"%s\",\"category\":\"%s\",\"severity\":\"%s\",\"score\":%u,"
        "\"message\":\"a %s b\",\"cli_ip\":\"%s\",\"srv_ip\":\"%s\",\"ip\":\"%s\","
        "\"vlan\":%u,\"host_pool_id\":%u,\"labels\":{\"env\":\"%s\"}}",
        PICK(d, types), PICK(d, actions), PICK(d, entities), PICK(d, values),
        PICK(d, categories), PICK(d, severities), roll(d, 100),
        roll(d, 2) ? "goodput" : "other", PICK(d, addresses), PICK(d, addresses),
        PICK(d, addresses), roll(d, 14), roll(d, 8), roll(d, 2) ? "prod" : "lab");

    if (!alert_read(&r->arena, json_parse(&r->arena, text, &err), 1000,
                    &h->alert, &err)) {
        fprintf(stderr, "%s: %s\n", text.p, err.text);
        exit(2);
    }
    h->change = (enum change)roll(d, CHANGE_STORED + 1);
}

static struct told_to told_of(const struct happened *h)
{
    return (struct told_to){h->before, h->before_n};
}

/* An engage that came before, of another severity, category, ... */
static void before_roll(struct run *r, struct happened *h)
{
    const struct snapshot *s = config_now(r->config);

    if (h->change == CHANGE_STORED || roll(&r->dice, 2) == 0)
        return;
    for (size_t i = 0; i < s->recipient_count && h->before_n < RECIPIENTS; i++)
        if (roll(&r->dice, 3) == 0)
            h->before[h->before_n++] = s->recipients[i].id;
}

static void live(struct run *r, size_t at)
{
    const struct snapshot *s = config_now(r->config);
    size_t matched;

    r->revisions[at] = s->revision;
    r->happened[at] = arena_array(&r->arena, ALERTS, sizeof *r->happened[at]);
    for (size_t i = 0; i < ALERTS; i++) {
        struct happened *h = &r->happened[at][i];

        alert_roll(r, h);
        before_roll(r, h);
        h->n = routing_match(s->routing,
                             &(struct routed){&h->alert, h->change, told_of(h)},
                             h->told, &matched);
    }
}

static void differs(const struct run *r, size_t at, size_t i,
                    const struct explanation *e, const char *how)
{
    struct buf b freed_by(buf_release) = BUF(1u << 20);

    alert_write_line(&r->happened[at][i].alert, &b);
    fprintf(stderr,
            "seed %" PRIu64 ", revision %lld, recipient %.*s: %s (%s)\n%s\n",
            r->seed, (long long)r->revisions[at], STR_ARG(e->recipient), how,
            decision_name(e->decision), buf_c(&b));
    exit(1);
}

static bool was_told(const struct happened *h, int64_t id)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->told[i] == id)
            return true;
    return false;
}

static bool all_pass(const struct explanation *e)
{
    for (size_t i = 0; i < e->reason_count; i++)
        if (!e->reasons[i].pass)
            return false;
    return true;
}

/* By the plain rule. */
static bool goes_on(const struct happened *h, const struct explanation *e)
{
    bool told = false;

    for (size_t i = 0; i < h->before_n; i++)
        told = told || h->before[i] == e->recipient_id;
    return told && (h->change == CHANGE_RELEASED || h->change == CHANGE_WORSENED);
}

static void explained(struct run *r, size_t at, const struct snapshot *s)
{
    struct arena arena freed_by(arena_release) = {0};

    for (size_t i = 0; i < ALERTS; i++) {
        const struct happened *h = &r->happened[at][i];
        struct explanation *list;
        size_t n = routing_explain(
            s->routing, &(struct routed){&h->alert, h->change, told_of(h)}, &arena, &list);

        for (size_t k = 0; k < n; k++) {
            const struct explanation *e = &list[k];
            bool told = was_told(h, e->recipient_id);

            if (told != decision_delivers(e->decision))
                differs(r, at, i, e, told ? "told, but explained" : "not told");
            if ((e->decision == DECISION_DELIVER && !all_pass(e)) ||
                (e->decision == DECISION_NOT_MATCHED && all_pass(e)) ||
                (e->decision == DECISION_FOLLOW && all_pass(e)))
                differs(r, at, i, e, "the criteria say otherwise");
            if (goes_on(h, e) != (e->decision == DECISION_FOLLOW) &&
                e->decision != DECISION_DISABLED && !all_pass(e))
                differs(r, at, i, e, "who was told before hears how it goes on");
            r->followed += e->decision == DECISION_FOLLOW;
            r->decisions++;
            r->delivered += told;
        }
        r->pairs++;
        arena_reset(&arena);
    }
}

static void past_explained(struct run *r)
{
    for (size_t at = 0; at < REVISIONS; at++) {
        const struct snapshot *s;
        struct error err = {0};

        if (config_at(r->config, r->revisions[at], &s, &err) != CONFIG_OK) {
            fprintf(stderr, "seed %" PRIu64 ": %s\n", r->seed, err.text);
            exit(1);
        }
        explained(r, at, s);
        config_release(r->config, s);
    }
}

/* One configuration's life, then its past. */
static void run_one(struct run *r)
{
    config_begin(r);
    for (int i = 0; i < RECIPIENTS / 2; i++)
        config_move(r);
    for (size_t at = 0; at < REVISIONS; at++) {
        config_move(r);
        live(r, at);
    }
    past_explained(r);
    config_close(r->config);
    arena_release(&r->arena);
}

int main(int argc, char **argv)
{
    struct run r = {0};
    uint64_t seed, count;

    if (argc != 3 || !str_to_u64(str_of(argv[1]), &seed) ||
        !str_to_u64(str_of(argv[2]), &count)) {
        fputs("usage: prop_explain SEED COUNT\n", stderr);
        return 2;
    }
    for (; r.pairs < count; seed++) {
        r.seed = seed;
        r.dice = (struct dice){seed * 0x9e3779b97f4a7c15u};
        run_one(&r);
    }
    printf("seeds up to %" PRIu64 ": %" PRIu64 " alerts on configurations, %"
           PRIu64 " decisions, %" PRIu64 " deliver, %" PRIu64
           " of them as they were told before; no explanation differs (%" PRIu64
           " edits were refused)\n",
           seed - 1, r.pairs, r.decisions, r.delivered, r.followed, r.refused);
    return 0;
}
