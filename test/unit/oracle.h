/* oracle.h -- jansson as a second opinion on JSON. Its names clash with ours, so
 * it is kept in a translation unit of its own. */
#ifndef UNIT_ORACLE_H
#define UNIT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes what jansson understands in a form that test_json.c also makes of our
 * own tree; false when it refuses the text. Members keep their order. */
bool oracle_canonical(const char *text, size_t n, FILE *to);

/* Parses, counts the members of the object, frees: for bench_json.c. */
size_t oracle_members(const char *text, size_t n);

#endif
