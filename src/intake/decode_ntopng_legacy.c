/* decode_ntopng_legacy.c -- how ntopng 3.x and 4.x named and numbered things. */
#include "intake/ntopng.h"

static const struct {
    const char *old, *now;
} names[] = {
    {"alert_entity_val", "entity_val"}, {"entity_value", "entity_val"},
    {"alert_tstamp", "tstamp"},         {"alert_tstamp_end", "tstamp_end"},
    {"alert_json", "json"},             {"alert_subtype", "subtype"},
    {"alert_granularity", "granularity"}, {"cli_addr", "cli_ip"},
    {"srv_addr", "srv_ip"},
};

struct str legacy_name(struct str old)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (old.n > 0 && old.p[0] == names[i].old[0] && str_is(old, names[i].old))
            return str_of(names[i].now);
    }
    return STR_NONE;
}

bool legacy_entity(int64_t number, enum entity *out)
{
    static const enum entity from_7[] = {
        ENTITY_SYSTEM,  /* process */
        ENTITY_USER,    /* user */
        ENTITY_SYSTEM,  /* influx_db */
        ENTITY_OTHER,   /* test */
        ENTITY_SYSTEM,  /* category_lists */
        ENTITY_AM_HOST, /* pinged_host, am_host */
        ENTITY_SYSTEM,  /* periodic_activity */
    };

    if (number < 7)
        return entity_from_number(number, out);
    if (number - 7 >= (int64_t)COUNT_OF(from_7))
        return false;
    *out = from_7[number - 7];
    return true;
}

bool legacy_severity(int64_t number, bool has_pool, enum severity *out)
{
    static const enum severity before_4_2[] = {SEVERITY_INFO, SEVERITY_WARNING,
                                               SEVERITY_ERROR};

    if (has_pool || number < 0 || number >= (int64_t)COUNT_OF(before_4_2))
        return severity_from_number(number, out);
    *out = before_4_2[number];
    return true;
}

static struct str generated_by(const struct json *inner)
{
    return json_text(json_get(json_get(inner, "alert_generation"), "script_key"));
}

struct str legacy_script_key(struct arena *a, const struct json *inner)
{
    struct str key = generated_by(inner);
    const struct json *status = json_get(inner, "status_info");

    /* A flow's is in the JSON inside the JSON. */
    if (key.n == 0 && json_is(status, JSON_STRING))
        status = json_parse(a, status->text, NULL);
    return key.n > 0 ? key : generated_by(status);
}
