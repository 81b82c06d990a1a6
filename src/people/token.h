/* token.h -- a token as text. */
#ifndef PEOPLE_TOKEN_H
#define PEOPLE_TOKEN_H

#include "base/str.h"

#define TOKEN_PREFIX "tcn_"
#define TOKEN_RANDOM 30 /* base62: 178 bits */
#define TOKEN_CHECK 6   /* base62 of the CRC-32 of these */
#define TOKEN_BYTES (sizeof(TOKEN_PREFIX) - 1 + TOKEN_RANDOM + TOKEN_CHECK)

void token_make(char out[TOKEN_BYTES]); /* no NUL follows */
bool token_check(struct str s) must_check;

/* The six characters that belong to these bytes. */
void token_sum(struct str random, char out[TOKEN_CHECK]);

#endif
