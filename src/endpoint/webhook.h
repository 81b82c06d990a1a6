/* webhook.h -- what webhook.c and its two body formats share; private to it. */
#ifndef ENDPOINT_WEBHOOK_H
#define ENDPOINT_WEBHOOK_H

#include "endpoint/make.h"

struct webhook {
    struct str url;
    int format;
    struct str shared_secret, username, password, signing_secret;
    bool allow_private;
    struct str ca_file;
};

/* The body ntopng's own webhook posts, so that what was written for it works. */
void webhook_ntopng(const struct render_input *in, const struct webhook *w,
                    struct json_out *o);

/* Standard Webhooks: "v1,<base64>" over "<id>.<seconds>.<body>". The secret is
 * "whsec_" and base64 of 24 to 64 bytes. */
bool webhook_secret_ok(struct str secret) must_check;
struct str webhook_signature(struct str secret, struct str id, int64_t seconds,
                             struct str body, struct arena *a);

#endif
