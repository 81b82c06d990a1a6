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

    out->id = is_release && a->began_id != 0 ? a->began_id : a->id;
    out->release_id = is_release ? a->id : 0;
    out->tstamp_ms = a->tstamp_ms;
    out->tstamp_end_ms = a->tstamp_end_ms;
    out->stored_ms = 0;
    out->update = a->update;
    out->ack = (struct ack){0};
    if (a->update == UPDATE_ACKED && a->ack != NULL)
        out->ack = (struct ack){a->ack->at_ms, a->ack->until_ms,
                                arena_str(arena, a->ack->by),
                                arena_str(arena, a->ack->note)};
    out->odd = !columns_read(a, arena, out->values);
    out->state = (enum row_state)out->values[COLUMN_STATE].number;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        out->values[i].text = arena_str(arena, out->values[i].text);
    return line_make(a, arena, &out->json, err);
}

struct str occurrence_text(const struct occurrence *o, enum column_id column)
{
    return o->values[column].text;
}

int64_t occurrence_bytes(const struct occurrence *o)
{
    return (int64_t)o->json.n + OCCURRENCE_COLUMNS_BYTES;
}
