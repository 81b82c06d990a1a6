/* preview.h -- inside the room: what a recipient would be sent, written down. */
#ifndef ADMIN_PREVIEW_H
#define ADMIN_PREVIEW_H

#include "config/proposal.h"
#include "endpoint/request.h"

/* The member "request": where it would go and what it would say. */
void preview_request_write(const struct request *r, const struct snapshot *s,
                           struct json_out *o);
/* A text as a member, without secrets; null when it is empty. */
void preview_text_write(const struct snapshot *s, struct json_out *o,
                        const char *name, struct str text);

#endif
