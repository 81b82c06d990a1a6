/* seal.h -- secrets at rest: XChaCha20-Poly1305 under the key in DATA/secret.key,
 * bound to the place they belong to. */
#ifndef CONFIG_SEAL_H
#define CONFIG_SEAL_H

#include "base/json.h"

struct seal; /* the key, in guarded memory */

/* The key file, made with mode 0600 when `may_make` and there is none. Refused
 * unless it is a regular file of ours that nobody else can read. */
struct seal *seal_open(const char *path, bool may_make, struct error *err);
struct seal *seal_new(void); /* a key that was never on disk */
void seal_free(struct seal *s);

/* Which key this is, without saying anything about it: 32 hex digits. */
#define SEAL_ID_MAX 33
void seal_id(const struct seal *s, char out[SEAL_ID_MAX]);

/* An HMAC under a key of its own, made from this one. */
#define SEAL_SIGNATURE_BYTES 32
void seal_sign(const struct seal *s, struct str text,
               unsigned char out[SEAL_SIGNATURE_BYTES]);

/* `place` ("endpoint/slack-ops/webhook") has to be the same on both ways: a
 * sealed value moved to another row does not open. Text in the arena. */
struct str seal_close_text(const struct seal *s, struct str place,
                           struct str secret, struct arena *a);
bool seal_open_text(const struct seal *s, struct str place, struct str sealed,
                    struct arena *a, struct str *out,
                    struct error *err) must_check;

/* A sealed value in a JSON tree: {"sealed":"..."}. The text, or STR_NONE. */
struct str sealed_text(const struct json *value);
const struct json *sealed_json(struct str sealed, struct arena *a);

#endif
