/* totp.h -- one-time passwords as authenticator apps show them: RFC 6238 with
 * HMAC-SHA-1, six digits, thirty seconds. Pure but for totp_secret(). */
#ifndef PEOPLE_TOTP_H
#define PEOPLE_TOTP_H

#include "base/arena.h"

#define TOTP_SECRET_BYTES 20 /* RFC 4226, 4: 160 bits */
#define TOTP_TEXT_MAX 33     /* of it in base32, with its NUL */
#define TOTP_STEP_MS 30000
#define TOTP_SKEW_STEPS 1    /* a clock may be off by one step */

void totp_secret(char out[TOTP_TEXT_MAX]); /* base32, RFC 4648, no padding */

/* The six digits of one step (wall_ms / TOTP_STEP_MS). False: `secret` is not
 * what totp_secret() makes. */
bool totp_code(struct str secret, int64_t step, char out[7]) must_check;

/* Whether `code` is that of a step near now, and later than *last_step, which
 * then becomes that step: a code is good for once. */
bool totp_check(struct str secret, struct str code, int64_t now_ms,
                int64_t *last_step) must_check;

/* otpauth://totp/Tocsin%20(HOST):NAME?secret=...&issuer=..., for a QR code. */
struct str totp_uri(struct str secret, struct str issuer, struct str name,
                    struct arena *a);

#endif
