/* config_empty.h -- a configuration with nothing in it and nowhere to be kept: what
 * files are checked against when no daemon is asked. */
#ifndef CONFIG_CONFIG_EMPTY_H
#define CONFIG_CONFIG_EMPTY_H

#include "config/config.h"

/* References to secrets are not followed: this is not the daemon's own place. */
struct config *config_open_empty(struct error *err);

#endif
