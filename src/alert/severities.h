/* severities.h -- inside the room: how severe an engaged alert was, as JSON. */
#ifndef ALERT_SEVERITIES_H
#define ALERT_SEVERITIES_H

#include "alert/alert.h"

void severities_write(const struct severities *l, struct json_out *o, const char *name);
/* In the arena. False: not what severities_write() writes. */
bool severities_read(const struct json *j, struct arena *a, const struct severities **out,
                 struct error *err) must_check;

#endif
