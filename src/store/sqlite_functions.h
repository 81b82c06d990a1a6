/* sqlite_functions.h -- what SQL asks us about a value, and what we ask ourselves. */
#ifndef STORE_SQLITE_FUNCTIONS_H
#define STORE_SQLITE_FUNCTIONS_H

#include "store/sqlite.h"

/* Functions that SQL calls for us: patterns and prefixes. */
bool sqlite_functions(struct sqlite *e, struct error *err) must_check;
/* The same asked by us: is it an address in a prefix, does it hold the words? */
bool text_in_prefix(const struct condition *c, struct str text);
bool text_holds(struct str where, struct str what);
struct words { /* ready to be looked for */
    struct str what;
    size_t rare;       /* where its rarest letter is, which is ... */
    char lower, upper; /* ... either of these */
};
struct words words_of(struct str what);
/* Where they are next; where.n: nowhere. */
size_t words_find(const struct words *w, struct str where, size_t from);

#endif
