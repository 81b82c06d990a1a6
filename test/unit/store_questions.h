/* store_questions.h -- what every engine is asked, on the alerts of store_oracle.h. */
#ifndef TEST_STORE_QUESTIONS_H
#define TEST_STORE_QUESTIONS_H

#include "store/store.h"

#define STORE_QUESTIONS 88
struct store_question {
    const char *filter; /* NULL: none */
    struct store_query query;
};
extern const struct store_question store_questions[STORE_QUESTIONS];

#endif
