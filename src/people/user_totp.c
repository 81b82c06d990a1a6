/* user_totp.c -- a user's second factor: enrolled, confirmed, asked for. */
#include <sodium.h>

#include "people/room.h"
#include "people/totp.h"

static const char code_letters[] = "abcdefghijkmnpqrstuvwxyz23456789";

static struct str seal_place(const struct user *u, char out[64])
{
    snprintf(out, 64, "user/%lld/totp", (long long)u->id);
    return str_of(out);
}

/* Writes `after` with its line in the log; in memory once it is on disk. */
static bool user_store(struct people *p, const struct user *after,
                       const struct actor *by, const char *what,
                       struct error *err)
{
    struct user *before = user_mutable(p, after->id);

    if (db_begin(p, true, err) && user_write(p, after, err) &&
        (what == NULL || user_logged(p, by, what, before, after, err)) &&
        db_commit(p, err)) {
        *before = *after;
        return true;
    }
    db_rollback(p);
    return false;
}

bool user_totp_begin(struct people *p, int64_t id, char secret[33],
                     struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct user *now = user_of_id(p, id);
    struct user u;
    struct str sealed;
    char place[64];

    if (now == NULL || now->totp)
        return error_set(err, "one-time passwords are on already; turn them off "
                              "first");
    u = *now;
    totp_secret(secret);
    sealed = seal_close_text(p->seal, seal_place(&u, place), str_of(secret),
                             &arena);
    assert(sealed.n < sizeof u.totp_sealed);
    memcpy(u.totp_sealed, sealed.p, sealed.n);
    u.totp_sealed[sealed.n] = '\0';
    u.totp_step = 0;
    return user_store(p, &u, NULL, NULL, err);
}

static bool code_is_right(const struct people *p, struct user *u,
                          struct str code)
{
    struct arena arena freed_by(arena_release) = {0};
    struct str secret;
    struct error err;
    char place[64];
    bool right;

    if (u->totp_sealed[0] == '\0' ||
        !seal_open_text(p->seal, seal_place(u, place), str_of(u->totp_sealed),
                        &arena, &secret, &err))
        return false;
    right = totp_check(secret, code, clock_wall_ms(p->clock), &u->totp_step);
    sodium_memzero((char *)(uintptr_t)secret.p, secret.n);
    return right;
}

static void recovery_make(struct user *u,
                          char codes[RECOVERY_CODES][RECOVERY_BYTES])
{
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        for (size_t j = 0; j < RECOVERY_BYTES - 1; j++)
            codes[i][j] = j % 5 == 4 ? '-'
                                     : code_letters[randombytes_uniform(32)];
        codes[i][RECOVERY_BYTES - 1] = '\0';
        secret_hash(str_of(codes[i]), u->recovery[i]);
    }
    u->recovery_n = RECOVERY_CODES;
}

bool user_totp_confirm(struct people *p, int64_t id, struct str code,
                       char codes[RECOVERY_CODES][RECOVERY_BYTES],
                       const struct actor *by, struct error *err)
{
    const struct user *now = user_of_id(p, id);
    struct user u;

    if (now == NULL || now->totp || now->totp_sealed[0] == '\0')
        return error_set(err, "there is nothing to confirm");
    u = *now;
    if (!code_is_right(p, &u, code))
        return error_set(err, "this is not the code of now; look at the clocks "
                              "of both sides");
    recovery_make(&u, codes);
    u.totp = true;
    return user_store(p, &u, by, "user.totp-on", err);
}

bool user_recovery_renew(struct people *p, int64_t id,
                         char codes[RECOVERY_CODES][RECOVERY_BYTES],
                         const struct actor *by, struct error *err)
{
    const struct user *now = user_of_id(p, id);
    struct user u;

    if (now == NULL || !now->totp)
        return error_set(err, "one-time passwords are off; turn them on first");
    u = *now;
    recovery_make(&u, codes);
    return user_store(p, &u, by, "user.recovery-new", err);
}

static bool recovery_take(struct user *u, struct str code)
{
    unsigned char hash[32];

    secret_hash(code, hash);
    for (size_t i = 0; i < u->recovery_n; i++) {
        if (sodium_memcmp(u->recovery[i], hash, sizeof hash) != 0)
            continue;
        u->recovery_n--;
        memcpy(u->recovery[i], u->recovery[u->recovery_n], sizeof hash);
        return true;
    }
    return false;
}

bool user_totp_right(struct people *p, int64_t id, struct str code,
                     const struct actor *by)
{
    const struct user *now = user_of_id(p, id);
    struct error err;
    struct user u;

    if (now == NULL || !now->totp)
        return false;
    u = *now;
    if (code_is_right(p, &u, code)) /* and never again */
        return user_store(p, &u, by, NULL, &err);
    return recovery_take(&u, code) &&
           user_store(p, &u, by, "user.recovery-code", &err);
}
