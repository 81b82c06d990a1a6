/* mattermost_ask.c -- questions before a test message: whose is the token, does it
 * see the channel, and which channels is it in.
 * Source: Mattermost's API reference, "Get a user", "Get a channel", "Get channels
 * for a user". */
#include "endpoint/mattermost.h"

#include "base/limits.h"

#define LIST_BYTES_MAX (2u << 20) /* a channel takes about a kilobyte */
static_assert(LIST_BYTES_MAX <= RESPONSE_LARGE_MAX, "what a transport keeps");

/* A webhook can be asked nothing: all it does is post. */
bool mattermost_probe(const struct render_input *in, size_t nth, struct arena *a,
                      struct probe *out, struct error *err)
{
    const struct mattermost *m = in->endpoint;
    const struct mattermost_recipient *r = in->recipient;
    struct str path = STR("users/me");

    *err = (struct error){0};
    if (nth > 1 || (nth == 1 && r == NULL) || m->token.n == 0)
        return false;
    if (nth == 1)
        path = arena_printf(a, "channels/%.*s", STR_ARG(r->channel_id));
    out->name = nth == 0 ? "GET users/me" : "GET channels/{id}";
    mattermost_call(m, "GET", path, a, &out->request);
    return true;
}

/* "Network team", "Staff (private)"; what has no name, as a direct message, "". */
static struct str channel_label(const struct json *channel, struct arena *a)
{
    bool secret = str_is(json_text(json_get(channel, "type")), "P");
    struct str name = chat_name(json_text(json_get(channel, "display_name")), a);

    if (name.n == 0)
        return STR_NONE;
    return arena_printf(a, "%.*s%s", STR_ARG(name), secret ? " (private)" : "");
}

static struct str found(const struct json *j, size_t nth, struct arena *a)
{
    bool bot = json_bool_or(json_get(j, "is_bot"), false);
    struct str name = json_text(json_get(j, "username"));

    if (nth == 0)
        return arena_printf(a, "%s @%.*s", bot ? "bot" : "user", STR_ARG(name));
    return arena_printf(a, "channel %.*s", STR_ARG(channel_label(j, a)));
}

void mattermost_judge_probe(const struct render_input *in unused, size_t nth,
                            const struct response *r, struct arena *a,
                            struct verdict *v)
{
    const struct json *j = mattermost_result(r, a, v);

    if (j != NULL)
        v->reason = judge_reason(0, found(j, nth, a), a);
}

bool mattermost_choices(const void *endpoint, struct arena *a, struct request *out,
                        struct error *err)
{
    const struct mattermost *m = endpoint;

    if (m->token.n == 0)
        return error_set(err, "a webhook cannot be asked for channels");
    mattermost_call(m, "GET", STR("users/me/channels"), a, out);
    out->answer_max = LIST_BYTES_MAX;
    return true;
}

static void choice_add(struct choice_list *l, const struct json *channel,
                       struct arena *a)
{
    if (json_i64_or(json_get(channel, "delete_at"), 0) == 0)
        chat_choice(l, json_text(json_get(channel, "id")),
                    channel_label(channel, a));
}

bool mattermost_choices_read(const struct response *r, struct arena *a,
                             struct choice_list *out, struct error *err)
{
    struct verdict v;
    const struct json *j = mattermost_result(r, a, &v);

    return chat_choices(j, "channels", choice_add, &v, a, out, err);
}
