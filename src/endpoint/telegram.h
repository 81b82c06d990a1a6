/* telegram.h -- what telegram.c, its judge and its questions share; private. */
#ifndef ENDPOINT_TELEGRAM_H
#define ENDPOINT_TELEGRAM_H

#include "endpoint/chat_steps.h"

struct telegram {
    struct str token, api_url;
    bool allow_private;
    struct str ca_file;
};

struct telegram_recipient {
    struct str chat_id; /* "-1001234567890" or "@channel" */
    int64_t topic_id;   /* 0: none */
    int quiet_below;    /* enum severity */
};

/* chat_deed(), of handles as "-100123:77". `carry` is the chat to write to instead
 * of the recipient's, once a group has moved. */
enum chat_deed telegram_deed(const struct render_input *in,
                             struct chat_place *began);

/* A request for a method of the API, without a body yet. */
void telegram_call(const struct telegram *t, const char *method, struct arena *a,
                   struct request *out);
/* "chat_id", as a number where it is one. */
void telegram_chat(struct json_out *o, struct str chat);

void telegram_judge(const struct render_input *in, const struct request *sent,
                    const struct response *r, struct arena *a,
                    struct verdict *v);

/* What a question was answered, with v DELIVERED; or NULL and v says why not. */
const struct json *telegram_result(const struct response *r, struct arena *a,
                                   struct verdict *v);

bool telegram_probe(const struct render_input *in, size_t nth, struct arena *a,
                    struct probe *out, struct error *err);
void telegram_judge_probe(const struct render_input *in, size_t nth,
                          const struct response *r, struct arena *a,
                          struct verdict *v);
bool telegram_choices(const void *endpoint, struct arena *a, struct request *out,
                      struct error *err);
bool telegram_choices_read(const struct response *r, struct arena *a,
                           struct choice_list *out, struct error *err);

#endif
