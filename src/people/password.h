/* password.h -- argon2id on a thread of its own: a hash takes some 100 ms and 64
 * MiB, and must not stop the loop. One at a time, a few waiting. */
#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H

#include "loop/loop.h"

#define PASSWORD_MIN 12 /* characters; no rules of composition */
#define PASSWORD_MAX 256 /* bytes */
#define PASSWORD_HASH_MAX 128 /* bytes of a hash as text, with its NUL */
#define PASSWORDS_WAITING_MAX 16

struct passwords;

struct passwords_options {
    bool inline_thread; /* at once, answered in the next turn: for tests */
    /* libsodium's limits; 0: OPSLIMIT_INTERACTIVE (2), MEMLIMIT_INTERACTIVE. */
    unsigned long long ops;
    size_t memory;
};

struct passwords *passwords_start(struct loop *l,
                                  const struct passwords_options *o,
                                  struct error *err);
/* What is waiting is answered: no. */
void passwords_stop(struct passwords *p);

/* Whether it may be anybody's: long enough, not the name, not one of those that
 * everybody tries first. */
bool password_fit(struct str password, struct str name,
                  struct error *err) must_check;

/* `hash` lives during the call; "" when it did not work. */
typedef void password_fn(void *arg, bool right, const char *hash);

/* A hash of it, or whether it is that of `hash`; "" is nobody's, and takes as
 * long. `done` once, later, on the loop. False: too many are waiting. */
bool password_make(struct passwords *p, struct str password, password_fn *done,
                   void *arg) must_check;
bool password_verify(struct passwords *p, struct str password, const char *hash,
                     password_fn *done, void *arg) must_check;

#endif
