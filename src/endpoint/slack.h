/* slack.h -- what slack.c, its messages, judge and questions share; private. */
#ifndef ENDPOINT_SLACK_H
#define ENDPOINT_SLACK_H

#include "endpoint/chat_steps.h"

struct slack {
    struct str webhook; /* "" : as the bot of bot_token */
    struct str bot_token, api_url;
    bool allow_private;
    struct str ca_file;
};

struct slack_recipient {
    struct str channel; /* "C0123456789", "#alerts"; "": a webhook has its own */
    bool broadcast;     /* what goes into a thread is shown in the channel, too */
};

/* chat_deed(), which of a webhook's is always to post. */
enum chat_deed slack_deed(const struct render_input *in, struct chat_place *began);

/* text, blocks and attachments: members of an object that is begun. */
void slack_message(const struct render_input *in, enum chat_deed deed,
                   struct arena *a, struct json_out *o);

/* A request for a method of the API, without a body yet. */
void slack_call(const struct slack *s, const char *method, struct arena *a,
                struct request *out);

void slack_judge(const struct render_input *in, const struct request *sent,
                 const struct response *r, struct arena *a, struct verdict *v);
/* What a question was answered, with v DELIVERED; or NULL and v says why not. */
const struct json *slack_result(const struct response *r, struct arena *a,
                                struct verdict *v);

bool slack_probe(const struct render_input *in, size_t nth, struct arena *a,
                 struct probe *out, struct error *err);
void slack_judge_probe(const struct render_input *in, size_t nth,
                       const struct response *r, struct arena *a,
                       struct verdict *v);
bool slack_choices(const void *endpoint, struct arena *a, struct request *out,
                   struct error *err);
bool slack_choices_read(const struct response *r, struct arena *a,
                        struct choice_list *out, struct error *err);

#endif
