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
 * that and how severe it was: the history keeps the later line. */
static void begun_again(const struct replay_event *e, struct alert *a)
{
    a->began_id = 0;
    a->action = ACTION_ENGAGE;
    a->tstamp_end_ms = 0;
    a->line = STR_NONE;
    a->severities = NULL;
    a->severity = e->severity;
    if (e->change == CHANGE_WORSENED)
        a->update = UPDATE_WORSENED;
}

bool replay_event_read(const struct replay_event *e, struct arena *a,
                       struct alert *out)
{
    const struct json *line = json_parse(a, e->line, NULL);

    if (line == NULL || !alert_read(a, line, 0, out, NULL))
        return false;
    if (e->as_begun)
        begun_again(e, out);
    out->id = e->change == CHANGE_WORSENED ? e->began_id : e->id;
    return true;
}

static struct replay_event end_of(const struct store_row *row, const struct alert *a,
                                  const struct replay_event *begin)
{
    struct replay_event end = *begin;

    end.id = a->id;
    end.began_id = row->id;
    end.at_ms = a->tstamp_end_ms > 0 ? a->tstamp_end_ms : row->tstamp_ms;
    end.change = CHANGE_RELEASED;
    return end;
}

static struct replay_event worse_of(const struct severity_since *l,
                                    const struct replay_event *begin)
{
    struct replay_event worse = *begin;

    worse.id = l->id;
    worse.began_id = begin->id;
    worse.at_ms = MAX(l->since_ms, begin->at_ms);
    worse.change = CHANGE_WORSENED;
    worse.severity = l->severity;
    worse.worsens = false;
    return worse;
}

/* A beginning that did not stay as it was. */
static size_t events_after(const struct store_row *row, const struct alert *a,
                           struct replay_event *out)
{
    static const struct severities none = {0};
    const struct severities *severities = a->severities != NULL ? a->severities : &none;
    bool ends = a->action == ACTION_RELEASE;
    struct replay_event end = end_of(row, a, out);
    size_t n = 1;

    out->change = CHANGE_ENGAGED;
    out->as_begun = ends || severities->n > 0;
    out->worsens = severities->n > 1;
    if (severities->n > 0)
        out->severity = severities->v[0].severity;
    for (size_t i = 1; i < severities->n; i++)
        out[n++] = worse_of(&severities->v[i], out);
    if (n > 1) /* clocks of others may be slow */
        end.at_ms = MAX(end.at_ms, out[n - 1].at_ms);
    if (ends)
        out[n++] = end;
    return n;
}

size_t replay_events_of(const struct store_row *row, struct arena *arena,
                        struct replay_event out[REPLAY_EVENTS_MAX])
{
    const struct json *line = json_parse(arena, row->json, NULL);
    struct alert a;

    if (line == NULL || !alert_read(arena, line, 0, &a, NULL))
        return 0;
    *out = (struct replay_event){
        .id = row->id,
        .at_ms = row->tstamp_ms,
        .acked_ms = row->acked_ms,
        .line = row->json,
        .type = a.type,
        .severity = a.severity,
        .change = a.action == ACTION_STORE ? CHANGE_STORED : CHANGE_UNSEEN,
    };
    if (a.action == ACTION_ENGAGE || (a.action == ACTION_RELEASE && a.began_id != 0))
        return events_after(row, &a, out);
    return 1;
}
