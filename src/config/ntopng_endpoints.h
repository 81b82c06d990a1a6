/* ntopng_endpoints.h -- inside the room: an endpoint of ntopng's, and the part of a
 * recipient that depends on its type, in our words. */
#ifndef CONFIG_NTOPNG_ENDPOINTS_H
#define CONFIG_NTOPNG_ENDPOINTS_H

#include "config/import.h"

/* The parameters of both sides, as ours; `name` is the endpoint's there. False:
 * it is of a type that is not taken, which was said. `*works`: not when it
 * cannot work as it is. */
bool ntopng_endpoint_params(struct import *i, struct str key, struct str name,
                            const struct json *conf, const char **type,
                            struct json_list *params, bool *works);
void ntopng_recipient_params(struct import *i, struct str key,
                             const struct json *theirs,
                             struct json_list *params);

#endif
