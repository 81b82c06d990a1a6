/* answer.c -- what a source is told, in the shape that it expects. */
#include "intake/answer.h"

#define ANSWER_MAX (1u << 20) /* 10,000 receipts are half of it */

static void answer_native(struct held *h)
{
    struct buf body freed_by(buf_release) = BUF(ANSWER_MAX);
    struct json_out o = JSON_OUT(&body);

    out_object(&o, NULL);
    out_i64(&o, "accepted", (int64_t)h->batch.n);
    out_array(&o, "alerts");
    for (size_t i = 0; i < h->batch.n; i++) {
        out_object(&o, NULL);
        out_i64(&o, "id", h->receipts[i].id);
        out_text(&o, "change", h->receipts[i].change);
        out_object_end(&o);
    }
    out_array_end(&o);
    if (h->warnings.n > 0)
        out_raw(&o, "warnings", h->warnings);
    out_object_end(&o);
    exchange_json(h->x, 200, buf_view(&body));
}

static void answer_ntopng(struct held *h)
{
    struct buf body freed_by(buf_release) = BUF(ANSWER_MAX);
    struct json_out o = JSON_OUT(&body);

    out_object(&o, NULL);
    out_text(&o, "result", "ok");
    out_i64(&o, "accepted", (int64_t)h->batch.n);
    if (h->batch.test)
        out_bool(&o, "test", true);
    out_object_end(&o);
    exchange_json(h->x, 200, buf_view(&body));
}

void answer_accepted(struct held *h)
{
    struct intake_counts *c = &h->intake->counts[h->source];

    c->accepted += h->batch.n;
    if (h->batch.n > 0)
        c->last_ms = clock_wall_ms(h->intake->options.clock);
    switch (h->source) {
    case SOURCE_NATIVE:
        answer_native(h);
        return;
    case SOURCE_NTOPNG:
        answer_ntopng(h);
        return;
    case SOURCE_ALERTMANAGER:
        exchange_answer(h->x, 200, NULL, STR_NONE);
        return;
    }
}

static void keep_words(struct intake_counts *c, int status,
                       const struct error *err)
{
    struct str text = str_of(err->text);
    int n = snprintf(c->last_error, sizeof(c->last_error), "%d%s%s: ", status,
                     err->place[0] == '\0' ? "" : " at ", err->place);
    size_t at = MIN((size_t)MAX(n, 0), sizeof(c->last_error) - 1);

    text = str_first(text, utf8_cut(text, sizeof(c->last_error) - 1 - at));
    memcpy(c->last_error + at, text.p, text.n);
    c->last_error[at + text.n] = '\0';
    c->refused++;
}

/* An Alertmanager's errors are a JSON string and nothing else. */
static void answer_string(struct held *h, int status, const struct error *err)
{
    struct buf body freed_by(buf_release) = BUF(ANSWER_MAX);
    struct buf text freed_by(buf_release) = BUF(ANSWER_MAX);
    struct json_out o = JSON_OUT(&body);

    if (err->place[0] != '\0')
        buf_printf(&text, "%s: ", err->place);
    buf_text(&text, err->text);
    out_str(&o, NULL, buf_view(&text));
    exchange_json(h->x, status, buf_view(&body));
}

void answer_refused(struct held *h, int status, const char *code,
                    const struct error *err)
{
    keep_words(&h->intake->counts[h->source], status, err);
    if (h->source == SOURCE_ALERTMANAGER)
        answer_string(h, status, err);
    else
        exchange_problem(h->x, status, code, err);
}

void answer_later(struct held *h, enum accepted why)
{
    struct error err = {0};
    bool full = why == ACCEPT_FULL;

    error_set(&err, full ? "too much is waiting to be stored; send it again"
                         : "it could not be stored; send it again");
    exchange_header_add(h->x, "Retry-After", STR("1"));
    answer_refused(h, 503, full ? "busy" : "not-stored", &err);
}
