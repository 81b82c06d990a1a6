/* patience.h -- slows those who try passwords: after some failures the next try
 * of a name, or from an address, is not looked at for a while that grows. Pure;
 * its time is the caller's. Nothing is kept over a restart. */
#ifndef PEOPLE_PATIENCE_H
#define PEOPLE_PATIENCE_H

#include "base/str.h"

#define PATIENCE_PLACES 4096 /* names and addresses remembered */
#define PATIENCE_FREE 5      /* failures that cost nothing */
#define PATIENCE_FORGET_MS (30 * 60 * 1000) /* after the last failure */
/* A name waits little, or anybody could lock somebody out; an address, long. */
#define PATIENCE_NAME_MS (30 * 1000)
#define PATIENCE_ADDRESS_MS (15 * 60 * 1000)

struct patience; /* 4096 places; the one untouched the longest gives way */
struct patience *patience_new(void);
void patience_free(struct patience *p);

enum patience_kind { PATIENCE_NAME, PATIENCE_ADDRESS };
/* How long until a try is looked at; 0: now. */
int64_t patience_wait_ms(const struct patience *p, enum patience_kind kind,
                         struct str who, int64_t now_ms);
void patience_failed(struct patience *p, enum patience_kind kind,
                     struct str who, int64_t now_ms);
/* The last failure was none. */
void patience_take_back(struct patience *p, enum patience_kind kind,
                        struct str who);
void patience_forget(struct patience *p, enum patience_kind kind,
                     struct str who);

#endif
