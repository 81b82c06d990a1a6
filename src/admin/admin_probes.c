/* admin_probes.c -- /healthz: the process answers; /readyz: it takes alerts. */
#include "admin/gauges.h"
#include "admin/reply.h"

static void healthz(void *admin, struct exchange *x)
{
    (void)admin;
    exchange_answer(x, 200, "text/plain; charset=utf-8", STR("ok\n"));
}

static void readyz(void *admin, struct exchange *x)
{
    struct reply reply freed_by(reply_release);
    struct error why = {0};
    bool ready = is_ready(admin, &why);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_bool(&reply.out, "ready", ready);
    out_array(&reply.out, "reasons");
    if (!ready)
        out_text(&reply.out, NULL, why.text);
    out_array_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, ready ? 200 : 503);
}

static const struct route routes[] = {
    {"GET", "/healthz", ACCESS_ANYONE, 0, healthz},
    {"GET", "/readyz", ACCESS_ANYONE, 0, readyz},
    {.method = NULL},
};

void admin_probes(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
