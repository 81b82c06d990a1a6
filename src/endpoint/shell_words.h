/* shell_words.h -- a line of options into an argument vector, without a shell. */
#ifndef ENDPOINT_SHELL_WORDS_H
#define ENDPOINT_SHELL_WORDS_H

#include "base/arena.h"
#include "base/error.h"

#define SHELL_WORDS_MAX 64

/* Blanks part the words; '...' holds anything, "..." too but for \" and \\; a
 * backslash elsewhere takes the next character as it is. Nothing is expanded: no
 * variable, no pattern, no command. `words` has room for SHELL_WORDS_MAX. */
bool shell_words(struct str line, struct arena *a, const char **words,
                 size_t *count, struct error *err) must_check;

#endif
