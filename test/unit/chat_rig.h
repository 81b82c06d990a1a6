/* chat_rig.h -- parameters of the chats that tests talk about. */
#ifndef TEST_CHAT_RIG_H
#define TEST_CHAT_RIG_H

#include "endpoint/endpoint.h"

#define DISCORD "{\"url\":\"https://discord.com/api/webhooks/11/abc\"}"
#define SLACK_BOT "{\"bot_token\":\"xoxb-1\"}"
#define SLACK_HOOK "{\"webhook\":\"https://hooks.slack.com/services/T0/B0/x\"}"
#define SLACK_TO "{\"channel\":\"C0123456789\"}"
#define CHANNEL "qmd5oqtwoibz8cuzxzg5ekshgr"
#define POST "7wq1bnfa4pgojm9x3ckzte5rid"
#define MATTER_BOT "{\"url\":\"https://mm.example.net\",\"token\":\"t\"}"
#define MATTER_HOOK "{\"url\":\"https://mm.example.net/hooks/abc\"}"
#define MATTER_TO "{\"channel_id\":\"" CHANNEL "\"}"
#define TOKEN "1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa-w"
#define TELEGRAM_BOT "{\"token\":\"" TOKEN "\"}"

static inline const void *params(struct arena *a, const struct field *rows, size_t size,
                          const char *json)
{
    void *made = arena_new(a, size + 1);
    struct error err;

    if (json == NULL)
        return NULL;
    if (!fields_read(rows, json_parse(a, str_of(json), &err), made, a, &err))
        fail_msg("%s", err.text);
    return made;
}

static inline const void *endpoint_of(const char *type, const char *json, struct arena *a)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(type));

    return params(a, t->endpoint_fields, t->endpoint_size, json);
}

static inline const void *recipient_of(const char *type, const char *json,
                                struct arena *a)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(type));

    return params(a, t->recipient_fields, t->recipient_size, json);
}

#endif
