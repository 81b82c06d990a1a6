/* webhook.c -- somebody's own web server: takes any JSON with a 200. */
#include "fake/own.h"

static bool failing(struct fake *f, struct fake_answer *out)
{
    static const int statuses[] = {
        [FAULT_LIMITED] = 429, [FAULT_BROKEN] = 500,     [FAULT_PAGE] = 502,
        [FAULT_REVOKED] = 401, [FAULT_PLACE_GONE] = 410, [FAULT_REFUSED] = 400,
    };

    if (f->fault == FAULT_NONE)
        return false;
    if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, statuses[f->fault]);
    else
        fake_say(f, out, statuses[f->fault], "text/plain", "no");
    out->retry_after_s = f->fault == FAULT_LIMITED ? 3 : 0;
    return true;
}

static void webhook_answer(struct fake *f, const struct fake_request *r,
                           struct fake_answer *out)
{
    struct str id = arena_printf(&f->scratch, "%llu",
                                 (unsigned long long)fake_number(f));

    if (!str_is(r->path, "/hook"))
        fake_say(f, out, 404, "text/plain", "not here");
    else if (!str_is(r->method, "POST"))
        fake_say(f, out, 405, "text/plain", "POST it");
    else if (failing(f, out))
        return;
    else if (fake_json(f, r) == NULL)
        fake_say(f, out, 400, "text/plain", "not a JSON object");
    else if (fake_keep(f, id, STR("hook"), STR_NONE, r->body) == NULL)
        fake_say(f, out, 500, "text/plain", "full");
    else
        fake_say(f, out, 200, "application/json", "{\"taken\": true}");
}

const struct fake_vendor fake_webhook = {
    .name = "webhook",
    .title = "Webhook",
    .endpoint = "{\"url\": \"http://127.0.0.1:{port}/hook\", \"allow_private\": true}",
    .recipient = "{}",
    .machine = true,
    .answer = webhook_answer,
    .show = show_body,
};
