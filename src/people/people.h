/* people.h -- who may look in: users, their sessions, API tokens, and the log of
 * who did what. In DATA/people.db, apart from the configuration: people change
 * for other reasons, and neither exports nor revisions should hold them. All of
 * it but the log is in memory too. Secrets are hashed, or sealed where they are
 * needed again. Loop thread only; a write waits for the disk.
 *
 * Every change names its actor and is written in one commit with its line in the
 * log. Pointers to users, sessions and tokens live until the next change. */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include "base/clock.h"
#include "base/limits.h"
#include "people/password.h"
#include "people/scope.h"

#define USERS_MAX 1000
#define RECOVERY_CODES 10
#define RECOVERY_BYTES 20 /* "abcd-efgh-ijkl-mnop" and a NUL: 80 bits */
#define USER_SEALED_MAX 256

struct people;

struct people_options {
    const char *path;     /* NULL: in memory only */
    const char *key_path; /* DATA/secret.key, which is there; NULL: a new one */
    const struct clock *clock;
};
struct people *people_open(const struct people_options *o, struct error *err);
void people_close(struct people *p);

struct actor {
    struct str who;  /* "user luca", "token ci", "admin token", "" */
    struct str from; /* an address */
};

enum people_result {
    PEOPLE_OK,
    PEOPLE_INVALID,
    PEOPLE_NOT_FOUND,
    PEOPLE_EXISTS,
    PEOPLE_LAST_ADMIN, /* there would be no admin who can log in */
    PEOPLE_FAILED,     /* the disk */
};

/* --- users ---------------------------------------------------------------- */

struct user {
    int64_t id; /* never used again */
    char name[NAME_MAX_BYTES + 1];
    enum role role;
    bool enabled;
    char hash[PASSWORD_HASH_MAX];
    int64_t created_ms, login_ms; /* login_ms 0: never */
    bool totp;                    /* in force */
    char totp_sealed[USER_SEALED_MAX];
    int64_t totp_step; /* of the last code that was used */
    unsigned char recovery[RECOVERY_CODES][32]; /* hashes */
    size_t recovery_n;
};

size_t user_count(const struct people *p);
const struct user *user_at(const struct people *p, size_t i); /* by id */
const struct user *user_find(const struct people *p, struct str name);
const struct user *user_of_id(const struct people *p, int64_t id);

struct user_change { /* what is not said stays as it is */
    const enum role *role;
    const bool *enabled;
    const char *hash;      /* NULL: stays */
    bool totp_off;
    int64_t keep_session;  /* the one that is not ended; 0: none */
};
enum people_result user_add(struct people *p, struct str name, enum role role,
                            const char *hash, const struct actor *by,
                            struct error *err) must_check;
/* Ends the user's sessions, which were begun as somebody else, so to say. */
enum people_result user_change(struct people *p, struct str name,
                               const struct user_change *c,
                               const struct actor *by,
                               struct error *err) must_check;
enum people_result user_delete(struct people *p, struct str name,
                               const struct actor *by,
                               struct error *err) must_check;

/* --- one-time passwords ------------------------------------------------------ */

/* A new secret, not in force before a code of it was seen. */
bool user_totp_begin(struct people *p, int64_t id, char secret[33],
                     struct error *err) must_check;
/* False: the code is wrong (err). Recovery codes are shown once. */
bool user_totp_confirm(struct people *p, int64_t id, struct str code,
                       char codes[RECOVERY_CODES][RECOVERY_BYTES],
                       const struct actor *by, struct error *err) must_check;
/* New recovery codes; those there were are good no more. False: one-time passwords
 * are off. */
bool user_recovery_renew(struct people *p, int64_t id,
                         char codes[RECOVERY_CODES][RECOVERY_BYTES],
                         const struct actor *by, struct error *err) must_check;
/* A code of now, or a recovery code; either is good for once. */
bool user_totp_right(struct people *p, int64_t id, struct str code,
                     const struct actor *by) must_check;

#endif
