/* checks.h -- rows of parameters, each taken by its type or refused at a place. */
#ifndef UNIT_CHECKS_H
#define UNIT_CHECKS_H

#include "endpoint/endpoint.h"

struct check_row {
    const char *type, *endpoint, *recipient; /* recipient NULL: not given */
    const char *place, *text;                /* text NULL: taken */
};

/* Fails the test at the first row that is judged otherwise. */
void checks_run(const struct check_row *rows, size_t n);

/* A struct of parameters from JSON, in the arena. */
bool checks_params(struct arena *arena, const struct field *rows, size_t size,
                   const char *json, const void **out, struct error *err);

#endif
