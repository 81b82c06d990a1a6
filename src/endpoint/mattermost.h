/* mattermost.h -- what mattermost.c, its messages, judge and questions share;
 * private. */
#ifndef ENDPOINT_MATTERMOST_H
#define ENDPOINT_MATTERMOST_H

#include "endpoint/chat.h"

struct mattermost {
    struct str url;   /* the server's, that of its posts, or a webhook's */
    struct str token; /* "" : url is an incoming webhook's */
    struct str ca_file;
};

struct mattermost_recipient {
    struct str channel_id; /* a bot's; "" for a webhook */
    struct str channel;    /* a webhook's other channel; "" for its own */
};

/* Bits of what must not be done again; and one that stands alone. `carry` is why
 * a message goes out as plain text. */
enum mattermost_step {
    MATTERMOST_ANEW = 1,  /* post: the one to edit or answer is out of reach */
    MATTERMOST_PLAIN = 2, /* text only: the attachment was refused */
    MATTERMOST_REPLY = 4, /* it is edited, which nobody hears: now say so */
};

/* A post where it is: "CHANNEL:POST" as a handle. */
struct mattermost_place {
    struct str channel, post;
};

/* What to do for `in`. The post of the engage is edited where it is, also when
 * the recipient has moved since; one that others share is answered. `began` is
 * that post, but for POST. */
enum mattermost_deed { MATTERMOST_POST, MATTERMOST_ANSWER, MATTERMOST_EDIT };
enum mattermost_deed mattermost_deed(const struct render_input *in,
                                     struct mattermost_place *began);

/* Members of an object that is begun: text and attachments, each where a bot's
 * post or a webhook's has it. */
void mattermost_message(const struct render_input *in, enum mattermost_deed deed,
                        struct arena *a, struct json_out *o);

/* "https://mattermost.example.com" of any of the forms url may have. */
struct str mattermost_base(const struct mattermost *m);
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
