/* occurrence.c -- what of an alert goes into which column of the history. */
#include "store/occurrence.h"

#include "alert/ip.h"
#include "base/limits.h"

/* An accepted alert fits ALERT_JSON_MAX; a release has grown a little since. */
#define LINE_MAX_BYTES (2 * ALERT_JSON_MAX)

struct str address_plain(struct str s, struct arena *arena)
{
    char text[IP_TEXT_MAX];
    struct ip ip;

    if (!ip_parse(s, &ip))
        return arena_str(arena, s);
    ip_text(&ip, text);
    return arena_str(arena, str_of(text));
}

/* The address of a host alert is its entity value, "192.168.1.7@12" with a
 * VLAN, unless the source said it apart. */
static struct str host_address(const struct alert *a)
{
    struct str said = alert_fact_text(a, "ip");
    struct str rest = a->entity_value;

    if (said.n > 0 || a->entity != ENTITY_HOST)
        return said;
    return str_until(&rest, '@');
}

static const int state_of[] = {
    [ACTION_ENGAGE] = STATE_ENGAGED,
    [ACTION_RELEASE] = STATE_RELEASED,
    [ACTION_STORE] = STATE_STORED,
};

static bool line_make(const struct alert *a, struct arena *arena,
                      struct str *out, struct error *err)
{
    struct buf line freed_by(buf_release) = BUF(LINE_MAX_BYTES);

    if (a->line.n > 0) {
        *out = arena_str(arena, a->line);
        return true;
    }
    alert_write_line(a, &line);
    if (line.over)
        return error_set(err,
                         "alert %lld is longer than %u bytes and cannot be "
                         "kept in the history; shorten its facts",
                         (long long)a->id, LINE_MAX_BYTES);
    *out = str_trim(arena_str(arena, buf_view(&line)));
    return true;
}

bool occurrence_make(const struct alert *a, struct arena *arena,
                     struct occurrence *out, struct error *err)
{
    bool is_release = a->action == ACTION_RELEASE;

    *out = (struct occurrence){
        .id = is_release && a->began_id != 0 ? a->began_id : a->id,
        .release_id = is_release ? a->id : 0,
        .state = state_of[a->action],
        .tstamp_ms = a->tstamp_ms,
        .tstamp_end_ms = a->tstamp_end_ms,
        .entity = a->entity,
        .severity = a->severity,
        .score = a->score,
        .type = arena_str(arena, a->type),
        .category = arena_str(arena, a->category),
        .source = arena_str(arena, a->source),
        .entity_value = arena_str(arena, a->entity_value),
        .message = arena_str(arena, a->message),
        .cli_ip = address_plain(alert_fact_text(a, "cli_ip"), arena),
        .srv_ip = address_plain(alert_fact_text(a, "srv_ip"), arena),
        .ip = address_plain(host_address(a), arena),
    };
    return line_make(a, arena, &out->json, err);
}
