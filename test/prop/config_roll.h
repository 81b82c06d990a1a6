/* config_roll.h -- a random configuration for a week of alerts that begins then. */
#ifndef TEST_CONFIG_ROLL_H
#define TEST_CONFIG_ROLL_H

#include "config/config.h"
#include "dice.h"

#define MINUTE_MS 60000
#define START_MS 1700438400000 /* a Monday, 00:00 UTC */
#define MINUTES (7 * 24 * 60)
#define ROLLED_RECIPIENTS 6

/* Ends the program if it cannot be. The caller closes it. */
struct config *config_roll(struct dice *d, struct arena *a);

#endif
