/* bench_json.c -- ns per parse of a 600-byte alert: our reader and jansson. */
#include "bench.h"

#include "base/json.h"
#include "oracle.h"

#define ROUNDS 40
#define PARSES 2500

static const char alert[] =
    "{\"action\":\"engage\",\"entity\":\"host\",\"entity_value\":\"192.168.1.29\","
    "\"type\":\"syn_scan\",\"category\":\"security\",\"severity\":\"error\","
    "\"score\":100,\"tstamp\":\"2020-11-23T14:20:56.000Z\",\"ifid\":3,"
    "\"ifname\":\"eno1\",\"alert_id\":42,\"subtype\":\"\",\"granularity\":60,"
    "\"name\":\"desktop.example.org\",\"ip\":\"192.168.1.29\",\"vlan_id\":0,"
    "\"ip_version\":4,\"is_attacker\":true,\"is_victim\":false,"
    "\"is_client\":true,\"is_server\":false,\"country\":\"\",\"threshold\":256,"
    "\"value\":1024.5,\"operator\":\"gt\",\"metric\":\"syn_scan_attacker\","
    "\"probe\":null,\"pool\":7,\"message\":\"Host desktop.example.org is a SYN "
    "scanner: 1024 SYN sent, more than the 256 allowed\",\"tags\":[\"scan\"],"
    "\"id\":\"0001-7f3a\"}";

typedef size_t parse_fn(struct str text, struct arena *a);

static size_t parse_ours(struct str text, struct arena *a)
{
    const struct json *j;

    arena_reset(a);
    j = json_parse(a, text, NULL);
    return j == NULL ? 0 : j->count;
}

static size_t parse_jansson(struct str text, struct arena *a unused)
{
    return oracle_members(text.p, text.n);
}

static size_t parse_and_write(struct str text, struct arena *a)
{
    struct buf out freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&out);

    arena_reset(a);
    out_tree(&o, NULL, json_parse(a, text, NULL));
    return out.n;
}

static double round_ns(parse_fn *parse, struct arena *a, size_t *members)
{
    double began = cpu_ns();

    for (int i = 0; i < PARSES; i++)
        *members = parse(STR(alert), a);
    return (cpu_ns() - began) / PARSES;
}

/* They take turns, and the best round of each counts: the others were disturbed
 * by somebody. */
int main(void)
{
    static const struct {
        const char *name;
        parse_fn *parse;
    } contenders[] = {
        {"base/json", parse_ours},
        {"jansson", parse_jansson},
        {"base/json and back to text", parse_and_write},
    };
    double best[COUNT_OF(contenders)] = {0};
    size_t result[COUNT_OF(contenders)] = {0};
    struct arena a freed_by(arena_release) = {0};

    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COUNT_OF(contenders); i++) {
            double ns = round_ns(contenders[i].parse, &a, &result[i]);

            best[i] = round == 0 ? ns : MIN(best[i], ns);
        }
    }
    printf("%zu bytes, ns of CPU time, best of %d rounds\n", sizeof(alert) - 1,
           ROUNDS);
    for (size_t i = 0; i < COUNT_OF(contenders); i++)
        printf("%-28s %7.0f ns  (%zu)\n", contenders[i].name, best[i],
               result[i]);
    return 0;
}
