/* alert_store_db.c -- the builtin recipient: the history that the explorer shows. */
#include "endpoint/make.h"

static bool alert_store_db_render(const struct render_input *in, struct arena *a,
                                  struct request *out, struct error *err unused)
{
    const struct alert **alerts = arena_array(a, in->count, sizeof(*alerts));

    for (size_t i = 0; i < in->count; i++)
        alerts[i] = in->items[i].alert;
    *out = (struct request){
        .via = VIA_STORE,
        .store = {.alerts = alerts, .count = in->count},
    };
    return true;
}

/* All of a batch is in one transaction. */
static void alert_store_db_judge(const struct render_input *in, const struct request *sent,
                                 const struct response *r, struct arena *a,
                                 struct verdict *v)
{
    struct verdict verdict = {.kind = VERDICT_DELIVERED, .reason = STR("stored")};

    assert(sent->via == VIA_STORE);
    if (r->outcome != OUTCOME_ANSWERED)
        judge_no_answer(r, a, &verdict);
    judge_all(verdict, v, in->count);
}

const struct endpoint_type endpoint_alert_store_db = {
    .name = "alert_store_db",
    .title = "Alert Store DB",
    .help = "The history of all alerts on this machine, which the explorer shows.",
    .via = VIA_STORE,
    .batch_max = 1000,
    .probe_ms = 5000, /* ours: nobody minds, and the explorer is waited for */
    .linger_ms = 50, /* a commit is an fsync, whether of one or a thousand */
    .builtin = true,
    .shows_ack = true,
    .endpoint_fields = no_fields,
    .recipient_fields = no_fields,
    .render = alert_store_db_render,
    .judge = alert_store_db_judge,
};
