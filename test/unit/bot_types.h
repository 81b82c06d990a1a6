/* bot_types.h -- endpoint types for the test of what is asked: a bot with questions
 * and choices, and some with none. Defines the list that endpoint/all.c would. */
#ifndef UNIT_BOT_TYPES_H
#define UNIT_BOT_TYPES_H

#include "endpoint/make.h"

/* --- a bot, with questions and choices ------------------------------------- */

struct bot {
    struct str token, user, broken;
};
struct bot_to {
    struct str chat_id;
};

static const struct field bot_fields[] = {
    {TEXT(struct bot, token), .label = "Token", .secret = true, .min = 4,
     .max = 100, .help = "Secret.", .user = "user"},
    {TEXT(struct bot, user), .label = "User", .optional = true, .help = "User."},
    {TEXT(struct bot, broken), .label = "Broken", .optional = true, .max = 20,
     .help = "What cannot be rendered."},
    FIELDS_END,
};
static const struct field bot_to_fields[] = {
    {TEXT(struct bot_to, chat_id), .label = "Chat", .max = 100, .help = "Chat."},
    FIELDS_END,
};
static const struct field none[] = {FIELDS_END};

static void bot_request(const struct bot *bot, struct arena *a, const char *what,
                        struct request *out)
{
    *out = (struct request){.via = VIA_HTTP};
    out->http.method = "POST";
    out->http.url = arena_printf(a, "https://bot.example.net/%.*s/%s",
                                 STR_ARG(bot->token), what);
    if (bot->user.n > 0) {
        out->http.user = bot->user;
        out->http.password = bot->token;
    }
}

static bool bot_render(const struct render_input *in, struct arena *a,
                       struct request *out, struct error *err)
{
    const struct bot *bot = in->endpoint;
    struct str name = arena_printf(a, "send-%d-%.*s", in->step, STR_ARG(in->carry));

    assert_int_equal(in->count, 1);
    if (str_is(bot->broken, in->step > 0 ? "step" : "sample"))
        return error_set(err, "cannot render this");
    bot_request(bot, a, name.p, out);
    return true;
}

static void bot_judge(const struct render_input *in, const struct request *sent,
                      const struct response *r, struct arena *a,
                      struct verdict *v)
{
    judge_http(in, sent, r, a, v);
    if (!str_starts(r->body, "again"))
        return;
    v->kind = VERDICT_AGAIN;
    v->step = MIN(in->step + 1, STEPS_MAX - 1);
    v->carry = arena_str(a, STR("carried"));
}

static bool bot_probe(const struct render_input *in, size_t nth, struct arena *a,
                      struct probe *out, struct error *err)
{
    static const char *const names[] = {"getMe", "getChat"};
    const struct bot *bot = in->endpoint;

    assert_null(in->items);
    if (nth > (in->recipient != NULL ? 1 : 0))
        return false;
    if (str_is(bot->broken, names[nth]))
        return error_set(err, "cannot ask this");
    out->name = names[nth];
    bot_request(bot, a, names[nth], &out->request);
    return true;
}

static void bot_judge_probe(const struct render_input *in, size_t nth,
                            const struct response *r, struct arena *a,
                            struct verdict *v)
{
    (void)in;
    judge_answer(r, a, v);
    if (v->kind == VERDICT_DELIVERED)
        v->reason = nth == 0 ? STR("bot @tocsin") : STR("chat Ops");
}

static bool bot_choices(const void *endpoint, struct arena *a,
                        struct request *out, struct error *err)
{
    const struct bot *bot = endpoint;

    if (str_is(bot->broken, "choices"))
        return error_set(err, "cannot ask this");
    bot_request(bot, a, "getUpdates", out);
    return true;
}

/* "-100 Ops (group)", one a line; "many N" makes so many. */
static bool bot_choices_read(const struct response *r, struct arena *a,
                             struct choice_list *out, struct error *err)
{
    struct str rest = r->body;
    int64_t many = 0;

    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    if (r->status != 200)
        return error_set(err, "%d: %.*s", r->status, STR_ARG(r->body));
    if (str_starts(rest, "many ") && !str_to_i64(str_from(rest, 5), &many))
        fail_msg("%.*s", STR_ARG(rest));
    out->v = arena_array(a, (size_t)MAX(many, 16), sizeof(*out->v));
    out->n = (size_t)many;
    while (many == 0 && rest.n > 0) {
        struct str line = str_until(&rest, '\n');

        out->v[out->n].value = str_until(&line, ' ');
        out->v[out->n++].label = line;
    }
    return true;
}

#define SENT                                                                   \
    .help = "Sends.", .via = VIA_HTTP, .batch_max = 1,                         \
    .endpoint_size = sizeof(struct bot), .endpoint_fields = bot_fields,        \
    .recipient_size = sizeof(struct bot_to), .render = bot_render

static const struct endpoint_type bot = {
    SENT, .name = "bot", .title = "Bot", .recipient_fields = bot_to_fields,
    .judge = bot_judge, .probe = bot_probe, .judge_probe = bot_judge_probe,
    .choices_field = "chat_id", .choices = bot_choices,
    .choices_read = bot_choices_read};
/* These ask nothing and offer nothing. */
static const struct endpoint_type mute = {
    SENT, .name = "mute", .title = "Mute", .confirms_nothing = true,
    .recipient_fields = none, .judge = judge_http};
static const struct endpoint_type shy = {
    SENT, .name = "shy", .title = "Shy", .recipient_fields = bot_to_fields,
    .judge = judge_http};

/* Its recipient may be left empty as far as the table goes, but not in truth. */
static bool picky_check(const void *endpoint, const void *recipient,
                        struct error *err)
{
    (void)endpoint;
    return recipient == NULL || error_set(err, "is needed");
}

static const struct endpoint_type picky = {
    SENT, .name = "picky", .title = "Picky", .recipient_fields = none,
    .check = picky_check, .judge = judge_http};

extern const struct endpoint_type endpoint_alert_store_db;
const struct endpoint_type *const endpoint_types[] = {
    &endpoint_alert_store_db, &bot, &mute, &picky, &shy, NULL};

const struct endpoint_type *endpoint_type_find(struct str name)
{
    for (size_t i = 0; endpoint_types[i] != NULL; i++)
        if (str_is(name, endpoint_types[i]->name))
            return endpoint_types[i];
    return NULL;
}

#endif
