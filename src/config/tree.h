/* tree.h -- small changes to JSON objects, as new objects in an arena. */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include "base/json.h"

const struct json *tree_get(const struct json *object, struct str name);

/* `object` with the member set to `value`; NULL takes it away. */
const struct json *tree_put(const struct json *object, struct str name,
                            const struct json *value, struct arena *a);

/* Whether two values are the same, whatever the order of their members. */
bool tree_same(const struct json *x, const struct json *y);

#endif
