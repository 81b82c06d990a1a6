/* fake_types.c -- see fake_types.h. */
#include "fake_types.h"

#include "endpoint/make.h"

#define BODY_MAX 4096

struct fake_endpoint {
    struct str note; /* something to edit */
    struct str token;
};

struct fake_recipient {
    struct str room;
};

static const struct field endpoint_rows[] = {
    {TEXT(struct fake_endpoint, note), .label = "Note", .help = "Anything.", .optional = true},
    {TEXT(struct fake_endpoint, token), .label = "Token", .help = "Any.", .optional = true,
     .secret = true},
    FIELDS_END,
};

static const struct field recipient_rows[] = {
    {TEXT(struct fake_recipient, room), .label = "Room", .help = "Any.", .optional = true},
    FIELDS_END,
};

/* --- render ------------------------------------------------------------------ */

static struct str number_of(const struct render_item *i)
{
    struct str rest = i->id;

    return str_until(&rest, '.');
}

static void item_write(const struct render_item *i, struct buf *b)
{
    static const char phases[] = {[PHASE_NEW] = 'n',   [PHASE_RELEASE] = 'r',
                                  [PHASE_LATE] = 'l',  [PHASE_ACKED] = 'a',
                                  [PHASE_UNACKED] = 'u', [PHASE_WORSENED] = 'w'};

    buf_printf(b, " %.*s%c", STR_ARG(number_of(i)), phases[i->phase]);
    if (i->phase != PHASE_NEW && i->phase != PHASE_LATE)
        buf_printf(b, "@%.*s", STR_ARG(i->handle));
    if (i->shared_by > 0)
        buf_printf(b, "+%zu", i->shared_by);
}

static bool fake_render(const struct render_input *in, struct arena *a, struct request *out,
                        struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(BODY_MAX);
    bool right = !str_is(in->carry, "unrenderable");

    buf_printf(&b, "%d%s%.*s", in->step, in->step > 0 ? ":" : "", STR_ARG(in->carry));
    for (size_t i = 0; i < in->count; i++) {
        item_write(&in->items[i], &b);
        right = right && !str_is(in->items[i].alert->message, "unrenderable");
    }
    if (!right)
        return error_set(err, "cannot be rendered at step %d", in->step);
    out->via = VIA_HTTP;
    out->http.method = "POST";
    out->http.url = arena_printf(a, "http://far/%.*s", STR_ARG(in->recipient_name));
    return render_kept(&b, a, &out->http.body, err);
}

/* --- judge ------------------------------------------------------------------- */

static int64_t number_after(struct str word, const char *name)
{
    int64_t n = 0;

    return str_starts(word, name) && str_to_i64(str_from(word, strlen(name)), &n) ? n : 0;
}

static void again(struct str word, struct arena *a, struct verdict *v)
{
    struct str rest = str_from(word, strlen("again"));
    int64_t step = number_after(str_until(&rest, ':'), "");

    v->kind = VERDICT_AGAIN;
    v->step = (int)step;
    v->carry = arena_str(a, rest);
}

static void judge_word(struct str word, const struct render_item *i, struct arena *a,
                       struct verdict *v)
{
    *v = (struct verdict){.kind = VERDICT_DEFERRED,
                          .reason = arena_printf(a, "said %.*s", STR_ARG(word))};
    if (str_is(word, "ok")) {
        v->kind = VERDICT_DELIVERED;
        v->handle = arena_printf(a, "h%.*s", STR_ARG(number_of(i)));
    } else if (str_starts(word, "ok=")) {
        v->kind = VERDICT_DELIVERED;
        v->handle = arena_str(a, str_from(word, strlen("ok=")));
    } else if (str_is(word, "no")) {
        v->kind = VERDICT_REFUSED;
    } else if (str_is(word, "unsent")) {
        v->kind = VERDICT_UNSENT;
    } else if (str_starts(word, "again")) {
        again(word, a, v);
    }
    v->doubtful = str_is(word, "maybe");
    v->endpoint_fault = str_is(word, "dead");
    v->recipient_fault = str_is(word, "gone") || str_starts(word, "flood");
    v->retry_after_ms = number_after(word, v->recipient_fault ? "flood" : "wait");
}

static void fake_judge(const struct render_input *in, const struct request *sent unused,
                       const struct response *r, struct arena *a, struct verdict *v)
{
    struct str rest = r->body;
    struct str word = STR("ok");
    struct verdict all;

    judge_answer(r, a, &all);
    judge_all(all, v, in->count);
    for (size_t i = 0; all.kind == VERDICT_DELIVERED && i < in->count; i++) {
        if (rest.n > 0)
            word = str_until(&rest, ' ');
        judge_word(word, &in->items[i], a, &v[i]);
    }
}

/* Whatever began shares "x". */
static struct str fake_shared(const struct render_item *item, struct arena *a unused)
{
    return item->phase == PHASE_RELEASE ? item->handle : STR("x");
}

/* --- the tables -------------------------------------------------------------- */

#define FAKE                                                                                     \
    .help = "For tests.", .via = VIA_HTTP, .endpoint_size = sizeof(struct fake_endpoint),        \
    .recipient_size = sizeof(struct fake_recipient), .endpoint_fields = endpoint_rows,           \
    .recipient_fields = recipient_rows, .render = fake_render, .judge = fake_judge

static const struct endpoint_type chat = {
    .name = "chat", .title = "Chat", .batch_max = FAKE_BATCH, .edits = true,
    .repeats_show = true, .shows_ack = true, FAKE};
static const struct endpoint_type paced = {
    .name = "paced", .title = "Paced", .batch_max = 1, .rate_per_s = 1, .rate_burst = 2, FAKE};
static const struct endpoint_type plain = {
    .name = "plain", .title = "Plain", .batch_max = FAKE_BATCH, FAKE};
static const struct endpoint_type sharing = {
    .name = "sharing", .title = "Sharing", .batch_max = 1, .shared = fake_shared, FAKE};
static const struct endpoint_type rooms = {
    .name = "rooms", .title = "Rooms", .batch_max = 1, .recipient_rate_per_s = 1,
    .recipient_rate_burst = 2, FAKE};

extern const struct endpoint_type endpoint_alert_store_db, endpoint_webhook;

const struct endpoint_type *const endpoint_types[] = {
    &endpoint_alert_store_db, &chat, &paced, &plain, &rooms, &sharing, &endpoint_webhook, NULL,
};

const struct endpoint_type *endpoint_type_find(struct str name)
{
    for (size_t i = 0; endpoint_types[i] != NULL; i++)
        if (str_is(name, endpoint_types[i]->name))
            return endpoint_types[i];
    return NULL;
}
