/* filter_parser.h -- inside the room: the parser of filters and its tokens. */
#ifndef ROUTING_FILTER_PARSER_H
#define ROUTING_FILTER_PARSER_H

#include "routing/filter_tree.h"

enum token_kind { T_END, T_WORD, T_QUOTED, T_SIGN };

struct token {
    enum token_kind kind;
    struct str text; /* a quoted one without its quotes */
    size_t at;       /* offset of its first byte */
};

struct parser {
    struct str text;
    size_t next; /* offset behind `now` */
    struct token now;
    struct arena *a;
    struct error *err;
    size_t *column;
    size_t depth, nodes, values, leaves;
};

/* The next token into `now`. False: failed. */
bool parser_next(struct parser *p);
bool parser_at_sign(const struct parser *p, const char *text);
bool parser_at_word(const struct parser *p, const char *text); /* any case */

size_t parser_column(const struct parser *p, size_t at);
/* Say what is wrong, with the column of the byte `at`; columns are characters
 * from 1. Always NULL, so that it can be returned for false too. */
void *parser_fail(struct parser *p, size_t at, const char *format, ...)
    printf_like(3, 4);
void *parser_expected(struct parser *p, const char *what); /* "here WHAT is expected" */

#endif
