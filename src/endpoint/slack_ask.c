/* slack_ask.c -- questions before a test message: which bot is it, and which
 * channels are there.
 * Source: docs.slack.dev, auth.test, conversations.list. */
#include "endpoint/slack.h"

#include "base/limits.h"

#define LIST_BYTES_MAX (2u << 20) /* a channel takes about a kilobyte */
static_assert(LIST_BYTES_MAX <= RESPONSE_LARGE_MAX, "what a transport keeps");

/* A webhook can be asked nothing: all it does is post. */
bool slack_probe(const struct render_input *in, size_t nth, struct arena *a,
                 struct probe *out, struct error *err)
{
    const struct slack *s = in->endpoint;

    *err = (struct error){0};
    if (nth > 0 || s->bot_token.n == 0)
        return false;
    out->name = "auth.test";
    slack_call(s, out->name, a, &out->request);
    out->request.http.body = STR("{}");
    return true;
}

void slack_judge_probe(const struct render_input *in unused, size_t nth unused,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    const struct json *j = slack_result(r, a, v);
    struct str user = json_text(json_get(j, "user"));
    struct str team = json_text(json_get(j, "team"));

    if (j == NULL)
        return;
    v->reason = judge_reason(0, arena_printf(a, "bot %.*s in %.*s", STR_ARG(user),
                                             STR_ARG(team)), a);
}

bool slack_choices(const void *endpoint, struct arena *a, struct request *out,
                   struct error *err)
{
    const struct slack *s = endpoint;

    if (s->bot_token.n == 0)
        return error_set(err, "a webhook has one channel, the one it was made for");
    slack_call(s, "conversations.list?types=public_channel,private_channel"
                  "&exclude_archived=true&limit=1000", a, out);
    out->http.method = "GET";
    out->http.header_count = 1; /* no Content-Type: there is no content */
    out->answer_max = LIST_BYTES_MAX;
    return true;
}

/* "#alerts", "#noc (private)", "#sales (the bot is not in it)" */
static void choice_add(struct choice_list *l, const struct json *channel,
                       struct arena *a)
{
    bool secret = json_bool_or(json_get(channel, "is_private"), false);
    bool member = json_bool_or(json_get(channel, "is_member"), true);
    struct str name = chat_name(json_text(json_get(channel, "name")), a);

    chat_choice(l, json_text(json_get(channel, "id")),
                arena_printf(a, "#%.*s%s%s", STR_ARG(name),
                             secret ? " (private)" : "",
                             member ? "" : " (the bot is not in it)"));
}

bool slack_choices_read(const struct response *r, struct arena *a,
                        struct choice_list *out, struct error *err)
{
    struct verdict v;
    const struct json *j = slack_result(r, a, &v);

    return chat_choices(json_get(j, "channels"), "channels", choice_add, &v, a,
                        out, err);
}
