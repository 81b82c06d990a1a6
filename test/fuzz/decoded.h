/* decoded.h -- what must hold for whatever a decoder took or refused. */
#ifndef FUZZ_DECODED_H
#define FUZZ_DECODED_H

#include "base/limits.h"
#include "intake/intake.h"

#define FUZZ_NOW_MS 1606141256000LL

static inline void must(bool held)
{
    if (!held)
        abort();
}

/* The line we keep is read back as the alert it was written from. */
static inline void check_taken(struct arena *a, const struct alert *taken)
{
    struct buf line freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct buf again freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct error err = {0};
    struct alert read;
    const struct json *j;

    must(alert_check(taken, &err));
    must(taken->key.n > 0 && taken->message.n > 0 && taken->category.n > 0);
    must(taken->tstamp_ms >= 0 && taken->id == 0 && taken->began_id == 0);
    must((taken->action == ACTION_RELEASE) <= (taken->tstamp_end_ms != 0));
    must((taken->action == ACTION_ENGAGE) <= (taken->tstamp_end_ms == 0));
    alert_write_line(taken, &line);
    must(!line.over);
    j = json_parse(a, buf_view(&line), &err);
    must(j != NULL && alert_read(a, j, FUZZ_NOW_MS + 1, &read, &err));
    alert_write_line(&read, &again);
    must(str_eq(buf_view(&line), buf_view(&again)));
}

static inline int decode_any(decode_fn *decode, const uint8_t *bytes, size_t n)
{
    static const struct decode_options options = {.now_ms = FUZZ_NOW_MS,
                                                  .resolve_timeout_ms = 60000};
    struct arena a freed_by(arena_release) = {0};
    struct str body = arena_str(&a, (struct str){(const char *)bytes, n});
    struct batch batch;
    struct error err = {0};
    int status = 0;

    if (!decode(&a, body, &options, &batch, &status, &err)) {
        must(err.text[0] != '\0' && (status == 400 || status == 422));
        must(batch.n == 0);
        return 0;
    }
    must(batch.n <= INTAKE_ALERTS_MAX && (!batch.test || batch.n == 0));
    for (size_t i = 0; i < batch.n; i++)
        check_taken(&a, &batch.v[i].alert);
    return 0;
}

#endif
