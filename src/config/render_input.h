/* render_input.h -- what a render begins with, whoever renders: a delivery, a
 * test, a preview. */
#ifndef CONFIG_RENDER_INPUT_H
#define CONFIG_RENDER_INPUT_H

#include "config/config.h"

/* Everything but the items, borrowed from the snapshot. `r` may be NULL: its
 * parameters are then the caller's to give. */
void render_input_for(const struct snapshot *s, const struct endpoint *e,
                      const struct recipient *r, int64_t now_ms,
                      struct render_input *out);

#endif
