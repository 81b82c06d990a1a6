/* slack.h -- what slack.c, its messages, judge and questions share; private. */
#ifndef ENDPOINT_SLACK_H
#define ENDPOINT_SLACK_H

#include "endpoint/chat.h"

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

/* Bits of what must not be done again; and one that stands alone. `carry` is why
 * a message goes out as plain text. */
enum slack_step {
    SLACK_ANEW = 1,  /* post: the message to edit or answer is out of reach */
    SLACK_PLAIN = 2, /* text only: the blocks were refused */
    SLACK_REPLY = 4, /* it is edited, which nobody hears: now say so */
};

/* A message where it is: "C0123456789:1606141257.000200" as a handle. */
struct slack_place {
    struct str channel, ts;
};

/* What to do for `in`. The message of the engage is edited where it is, also when
 * the recipient has moved since; one that others share is answered. `began` is
 * that message, but for POST. */
enum slack_deed { SLACK_POST, SLACK_ANSWER, SLACK_EDIT };
enum slack_deed slack_deed(const struct render_input *in,
                           struct slack_place *began);

/* text, blocks and attachments: members of an object that is begun. */
void slack_message(const struct render_input *in, enum slack_deed deed,
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
