/* replay_event.c -- what happened, from the rows of the history. */
#include "admin/replay_event.h"

#include "store/store.h"

struct replay_event *replay_event_new(const struct replay_event *like)
{
    struct replay_event *e = mem_new(sizeof *e + like->line.n + like->type.n);
    size_t bytes = like->sent_count * sizeof *like->sent;
    char *texts = (char *)(e + 1);

    *e = *like;
    memcpy(texts, like->line.p, like->line.n);
    memcpy(texts + like->line.n, like->type.p, like->type.n);
    e->line.p = texts;
    e->type.p = texts + like->line.n;
    e->sent = mem_array(MAX(like->sent_count, 1u), sizeof *e->sent);
    if (bytes > 0)
        memcpy(e->sent, like->sent, bytes);
    e->shares = 1;
    return e;
}

void replay_event_share(struct replay_event *e)
{
    e->shares++;
}

void replay_event_drop(struct replay_event *e)
{
    if (--e->shares > 0)
        return;
    if (e->gone != NULL)
        e->gone(e->gone_arg, e);
    free(e->sent);
    free(e);
}

/* An occurrence that has ended was an engage first, and looked like its end but for
 * that: the history keeps the later line. */
static void begun_again(struct alert *a)
{
    a->began_id = 0;
    a->action = ACTION_ENGAGE;
    a->tstamp_end_ms = 0;
    a->line = STR_NONE;
}

bool replay_event_read(const struct replay_event *e, struct arena *a,
                       struct alert *out)
{
    const struct json *line = json_parse(a, e->line, NULL);

    if (line == NULL || !alert_read(a, line, 0, out, NULL))
        return false;
    if (e->as_begun)
        begun_again(out);
    out->id = e->id;
    return true;
}

static void end_of(const struct store_row *row, const struct alert *a,
                   struct replay_event *begin, struct replay_event *end)
{
    *end = *begin;
    end->id = a->id;
    end->began_id = row->id;
    end->at_ms = a->tstamp_end_ms > 0 ? a->tstamp_end_ms : row->tstamp_ms;
    end->change = CHANGE_RELEASED;
    begin->as_begun = true;
    begin->change = CHANGE_ENGAGED;
}

bool replay_events_of(const struct store_row *row, struct arena *arena,
                      struct replay_event *begin, struct replay_event *end)
{
    const struct json *line = json_parse(arena, row->json, NULL);
    struct alert a;

    *end = (struct replay_event){0};
    if (line == NULL || !alert_read(arena, line, 0, &a, NULL))
        return false;
    *begin = (struct replay_event){
        .id = row->id,
        .at_ms = row->tstamp_ms,
        .acked_ms = row->acked_ms,
        .line = row->json,
        .type = a.type,
        .severity = a.severity,
        .change = a.action == ACTION_ENGAGE  ? CHANGE_ENGAGED
                  : a.action == ACTION_STORE ? CHANGE_STORED
                                             : CHANGE_UNSEEN,
    };
    if (a.action == ACTION_RELEASE && a.began_id != 0)
        end_of(row, &a, begin, end);
    return true;
}
