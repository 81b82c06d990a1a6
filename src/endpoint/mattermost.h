/* mattermost.h -- what mattermost.c, its messages, judge and questions share;
 * private. */
#ifndef ENDPOINT_MATTERMOST_H
#define ENDPOINT_MATTERMOST_H

#include "endpoint/chat_steps.h"

struct mattermost {
    struct str url;   /* the server's, that of its posts, or a webhook's */
    struct str token; /* "" : url is an incoming webhook's */
    struct str ca_file;
};

struct mattermost_recipient {
    struct str channel_id; /* a bot's; "" for a webhook */
    struct str channel;    /* a webhook's other channel; "" for its own */
};

/* chat_deed(), which of a webhook's is always to post. */
enum chat_deed mattermost_deed(const struct render_input *in,
                               struct chat_place *began);

/* Members of an object that is begun: text and attachments, each where a bot's
 * post or a webhook's has it. */
void mattermost_message(const struct render_input *in, enum chat_deed deed,
                        struct arena *a, struct json_out *o);

/* A request to a path of the API, without a body yet. */
void mattermost_call(const struct mattermost *m, const char *method,
                     struct str path, struct arena *a, struct request *out);

void mattermost_judge(const struct render_input *in, const struct request *sent,
                      const struct response *r, struct arena *a,
                      struct verdict *v);
/* What a question was answered, with v DELIVERED; or NULL and v says why not. */
const struct json *mattermost_result(const struct response *r, struct arena *a,
                                     struct verdict *v);

bool mattermost_probe(const struct render_input *in, size_t nth, struct arena *a,
                      struct probe *out, struct error *err);
void mattermost_judge_probe(const struct render_input *in, size_t nth,
                            const struct response *r, struct arena *a,
                            struct verdict *v);
bool mattermost_choices(const void *endpoint, struct arena *a,
                        struct request *out, struct error *err);
bool mattermost_choices_read(const struct response *r, struct arena *a,
                             struct choice_list *out, struct error *err);

#endif
