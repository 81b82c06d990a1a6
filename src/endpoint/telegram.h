/* telegram.h -- what telegram.c, its judge and its questions share; private. */
#ifndef ENDPOINT_TELEGRAM_H
#define ENDPOINT_TELEGRAM_H

#include "endpoint/chat.h"

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

/* Bits of what must not be done again; and one that stands alone. `carry` is the
 * chat to write to instead of the recipient's, once a group has moved. */
enum telegram_step {
    TELEGRAM_ANEW = 1,  /* send: the message to edit is gone */
    TELEGRAM_PLAIN = 2, /* without markup and button: they were refused */
    TELEGRAM_REPLY = 4, /* it is edited, which nobody hears: now say so */
};

/* A message where it is: "-100123:77" as a handle. */
struct telegram_place {
    int64_t chat, message;
};
bool telegram_place_read(struct str id, struct telegram_place *out) must_check;

/* What to do for `in`. The message of the engage is edited where it is, also when
 * the recipient has moved since; one that others share is answered. `began` is
 * that message, but for SEND. */
enum telegram_deed { TELEGRAM_SEND, TELEGRAM_ANSWER, TELEGRAM_EDIT };
enum telegram_deed telegram_deed(const struct render_input *in,
                                 struct telegram_place *began);

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
