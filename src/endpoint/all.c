/* all.c -- every endpoint type, by name: a new one is one line here. */
#include "endpoint/endpoint.h"

#define EACH_TYPE(TYPE)                                                        \
    TYPE(alert_store_db)                                                       \
    TYPE(discord)                                                              \
    TYPE(elasticsearch)                                                        \
    TYPE(email)                                                                \
    TYPE(fail2ban)                                                             \
    TYPE(mattermost)                                                           \
    TYPE(pagerduty)                                                            \
    TYPE(shell)                                                                \
    TYPE(slack)                                                                \
    TYPE(syslog)                                                               \
    TYPE(teams)                                                                \
    TYPE(telegram)                                                             \
    TYPE(thehive)                                                              \
    TYPE(webhook)                                                              \
    TYPE(wechat)

#define DECLARE(name) extern const struct endpoint_type endpoint_##name;
#define REFER(name) &endpoint_##name,

EACH_TYPE(DECLARE)

const struct endpoint_type *const endpoint_types[] = {EACH_TYPE(REFER) NULL};

const struct endpoint_type *endpoint_type_find(struct str name)
{
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        if (str_is(name, endpoint_types[i]->name))
            return endpoint_types[i];
    }
    return NULL;
}
