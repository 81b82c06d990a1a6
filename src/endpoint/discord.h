/* discord.h -- what discord.c, its messages and its judge share; private. */
#ifndef ENDPOINT_DISCORD_H
#define ENDPOINT_DISCORD_H

#include "endpoint/chat_steps.h"

struct discord {
    struct str url;
    bool allow_private;
    struct str ca_file;
};

struct discord_recipient {
    struct str username, thread_id, mention_role;
    int quiet_below; /* enum severity */
};

/* Whether Discord would take it for an id: "1100000000000000001". */
bool discord_is_id(struct str s);

/* The body of a new message or of an edit. */
void discord_message(const struct render_input *in, bool edit, struct arena *a,
                     struct json_out *o);

void discord_judge(const struct render_input *in, const struct request *sent,
                   const struct response *r, struct arena *a, struct verdict *v);
void discord_judge_probe(const struct render_input *in, size_t nth,
                         const struct response *r, struct arena *a,
                         struct verdict *v);

#endif
