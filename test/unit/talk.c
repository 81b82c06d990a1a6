/* talk.c -- plays courier and transport between a type and a fake. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "post.h"
#include "talk.h"

#define TALK_MAX 32 /* alerts in one delivery */

static void *params(struct talk *t, const struct field *rows, size_t size,
                    const char *json)
{
    struct error err = {0};
    void *out = arena_new(&t->arena, MAX(size, 1u));
    const struct json *j = json_parse(&t->arena, str_of(json), &err);

    if (j == NULL || !fields_read(rows, j, out, &t->arena, &err))
        fail_msg("%s: %s: %s %s", t->type->name, json, err.place, err.text);
    return out;
}

void talk_open(struct talk *t, const char *type, const char *vendor,
               const char *endpoint, const char *recipient)
{
    struct error err = {0};

    *t = (struct talk){.type = endpoint_type_find(str_of(type)),
                       .now_ms = 1606141256000LL};
    if (t->type == NULL || fake_vendor_find(str_of(vendor)) == NULL)
        fail_msg("no type %s or no fake %s", type, vendor);
    t->fake = fake_new(fake_vendor_find(str_of(vendor)));
    t->endpoint = params(t, t->type->endpoint_fields, t->type->endpoint_size, endpoint);
    t->recipient =
        params(t, t->type->recipient_fields, t->type->recipient_size, recipient);
    if (t->type->check != NULL && !t->type->check(t->endpoint, t->recipient, &err))
        fail_msg("%s: %s %s", type, err.place, err.text);
}

void talk_close(struct talk *t)
{
    fake_free(t->fake);
    arena_release(&t->arena);
}

/* --- courier ---------------------------------------------------------------- */

static void items_make(struct talk *t, const struct said *items, size_t n,
                       struct render_item *out)
{
    for (size_t i = 0; i < n; i++) {
        struct alert *a = arena_new(&t->arena, sizeof *a);
        struct error err = {0};
        const struct json *j = json_parse(
            &t->arena, arena_str(&t->arena, str_of(items[i].alert)), &err);

        if (j == NULL || !alert_read(&t->arena, j, t->now_ms, a, &err) ||
            !alert_check(a, &err))
            fail_msg("%s: %s %s", items[i].alert, err.place, err.text);
        a->ack = items[i].ack;
        out[i] = (struct render_item){
            .alert = a,
            .phase = items[i].phase,
            .handle = arena_str(&t->arena, items[i].handle),
            .id = arena_printf(&t->arena, "%lld.3", (long long)a->id),
        };
    }
}

/* Keeps those that are not at an end; their places go to `at`. */
static size_t left_over(const struct verdict *v, size_t n, struct render_item *items,
                        size_t *at)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (v[i].kind != VERDICT_AGAIN)
            continue;
        items[kept] = items[i];
        at[kept++] = at[i];
    }
    return kept;
}

static void one_request(struct talk *t, const struct render_input *in,
                        struct verdict *v)
{
    struct request request = {0};
    struct response r;
    struct error err = {0};

    t->requests++;
    if (!t->type->render(in, &t->arena, &request, &err))
        fail_msg("%s step %d: %s", t->type->name, in->step, err.text);
    assert_int_equal(request.via, VIA_HTTP);
    post_to_fake(t->fake, &request.http, t->now_ms, &t->arena, &r);
    t->type->judge(in, &request, &r, &t->arena, v);
}

void talk_deliver(struct talk *t, const struct said *said, size_t n, struct verdict *v)
{
    struct render_item items[TALK_MAX];
    struct verdict now[TALK_MAX];
    size_t at[TALK_MAX];
    struct render_input in = {
        .endpoint = t->endpoint,
        .recipient = t->recipient,
        .items = items,
        .count = n,
        .recipient_name = STR("noc"),
        .place = {.instance = STR("gw-pisa"),
                  .base_url = STR("https://alerts.example.net"),
                  .now_ms = t->now_ms},
    };

    assert_true(n >= 1 && n <= TALK_MAX);
    items_make(t, said, n, items);
    for (size_t i = 0; i < n; i++)
        at[i] = i;
    for (t->requests = 0; in.count > 0;) {
        if (t->requests == STEPS_MAX)
            fail_msg("%s: no end after %d requests", t->type->name, STEPS_MAX);
        one_request(t, &in, now);
        for (size_t i = 0; i < in.count; i++)
            v[at[i]] = now[i];
        for (size_t i = in.count; i > 0; i--)
            if (now[i - 1].kind == VERDICT_AGAIN) {
                in.step = now[i - 1].step;
                in.carry = now[i - 1].carry;
            }
        in.count = left_over(now, in.count, items, at);
    }
}
