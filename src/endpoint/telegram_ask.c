/* telegram_ask.c -- questions before a test message: which bot is it, is it in
 * the chat, and which chats has it seen.
 * Source: core.telegram.org/bots/api, getMe, getChat, getUpdates. */
#include "endpoint/telegram.h"

#include "base/limits.h"

#define UPDATES_MAX 50 /* so that their text fits into RESPONSE_MAX, mostly */

bool telegram_probe(const struct render_input *in, size_t nth, struct arena *a,
                    struct probe *out, struct error *err)
{
    const struct telegram_recipient *r = in->recipient;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);

    *err = (struct error){0};
    if (nth > 1 || (nth == 1 && r == NULL))
        return false;
    out->name = nth == 0 ? "getMe" : "getChat";
    telegram_call(in->endpoint, out->name, a, &out->request);
    out_object(&o, NULL);
    if (nth == 1)
        telegram_chat(&o, r->chat_id);
    out_object_end(&o);
    return render_kept(&b, a, &out->request.http.body, err);
}

/* "Network team (supergroup)", "Ada Lovelace (private)" */
static struct str chat_label(const struct json *chat, struct arena *a)
{
    struct str title = json_text(json_get(chat, "title"));
    struct str first = json_text(json_get(chat, "first_name"));
    struct str last = json_text(json_get(chat, "last_name"));
    struct str type = json_text(json_get(chat, "type"));

    if (title.n == 0)
        title = arena_printf(a, "%.*s%s%.*s", STR_ARG(first),
                             first.n > 0 && last.n > 0 ? " " : "",
                             STR_ARG(last));
    return chat_name(arena_printf(a, "%.*s (%.*s)", STR_ARG(title),
                                  STR_ARG(type)), a);
}

void telegram_judge_probe(const struct render_input *in unused, size_t nth,
                          const struct response *r, struct arena *a,
                          struct verdict *v)
{
    const struct json *result = telegram_result(r, a, v);
    struct str bot = json_text(json_get(result, "username"));

    if (result == NULL)
        return;
    v->reason = judge_reason(0, nth == 0 ? arena_printf(a, "bot @%.*s",
                                                        STR_ARG(bot))
                                         : chat_label(result, a), a);
}

/* --- the chats a bot has seen --------------------------------------------- */

/* Asks without an offset: the updates stay for whoever else reads them. */
bool telegram_choices(const void *endpoint, struct arena *a, struct request *out,
                      struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);

    telegram_call(endpoint, "getUpdates", a, out);
    out_object(&o, NULL);
    out_i64(&o, "limit", UPDATES_MAX);
    out_object_end(&o);
    return render_kept(&b, a, &out->http.body, err);
}

static void choice_add(struct choice_list *l, const struct json *chat,
                       struct arena *a)
{
    int64_t id;

    if (json_i64(json_get(chat, "id"), &id))
        chat_choice(l, arena_printf(a, "%lld", (long long)id),
                    chat_label(chat, a));
}

/* A message, a channel's post, the bot made a member: each tells its chat. */
static void update_read(struct choice_list *l, const struct json *update,
                        struct arena *a)
{
    if (!json_is(update, JSON_OBJECT))
        return;
    for (const struct json *j = update->first; j != NULL; j = j->next)
        choice_add(l, json_get(j, "chat"), a);
}

bool telegram_choices_read(const struct response *r, struct arena *a,
                           struct choice_list *out, struct error *err)
{
    struct verdict v;
    const struct json *result = telegram_result(r, a, &v);

    *out = (struct choice_list){0};
    if (r->outcome == OUTCOME_ANSWERED && r->status == 409)
        return error_set(err, "the bot's updates go to another program (a "
                              "webhook is set, or something polls); look the "
                              "chat's id up there");
    if (r->outcome == OUTCOME_ANSWERED && r->body.n >= RESPONSE_MAX)
        return error_set(err, "the bot was told more than %u bytes; look the "
                              "chat's id up elsewhere, as with @getidsbot",
                         RESPONSE_MAX);
    if (!chat_choices(result, "updates", update_read, &v, a, out, err))
        return false;
    if (out->n == 0)
        return error_set(err, "the bot has heard of no chat of late: write to "
                              "it, or add it to the group and write /start "
                              "there; then ask again");
    return true;
}
