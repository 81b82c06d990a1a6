/* sample.c -- the alert that a test message tells of. */
#include "courier/trial.h"

static void sample_fact(struct json_list *facts, struct arena *a,
                        const char *name, struct json *value)
{
    json_list_add(facts, a, str_of(name), value);
}

/* The seed's own flow alert, so that a test looks like the real thing. */
void sample_alert(struct alert *out, int64_t now_ms, struct arena *a)
{
    struct json_list facts = {0};

    sample_fact(&facts, a, "cli_ip", json_new_string(a, STR("192.168.1.29")));
    sample_fact(&facts, a, "cli_port", json_new_i64(a, 60952));
    sample_fact(&facts, a, "srv_ip", json_new_string(a, STR("23.206.251.35")));
    sample_fact(&facts, a, "srv_port", json_new_i64(a, 80));
    sample_fact(&facts, a, "proto", json_new_i64(a, 6));
    sample_fact(&facts, a, "proto.ndpi", json_new_string(a, STR("HTTP")));
    sample_fact(&facts, a, "cli2srv_bytes", json_new_i64(a, 681));
    sample_fact(&facts, a, "srv2cli_bytes", json_new_i64(a, 558));
    sample_fact(&facts, a, "test", json_new_bool(a, true));
    *out = (struct alert){
        .action = ACTION_STORE,
        .entity = ENTITY_FLOW,
        .entity_value = STR("192.168.1.29:60952->23.206.251.35:80/tcp"),
        .type = STR("low_goodput"),
        .type_id = 12,
        .category = STR("network"),
        .severity = SEVERITY_NOTICE,
        .score = 10,
        .message = STR("This is a test from Tocsin: a sample alert, nothing "
                       "is wrong."),
        .tstamp_ms = now_ms,
        .key = STR("tocsin:test"),
        .source = STR("tocsin"),
        .facts = json_new_object(a, &facts),
    };
}
