/* totp.c -- RFC 6238 and RFC 4226, by libcrypto's HMAC. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "people/totp.h"

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#define CODE_DIGITS 6
#define SHA1_BYTES 20

static_assert(TOTP_SECRET_BYTES % 5 == 0, "no padding is needed");

void totp_secret(char out[TOTP_TEXT_MAX])
{
    for (size_t i = 0; i < TOTP_TEXT_MAX - 1; i++)
        out[i] = base32[randombytes_uniform(32)];
    out[TOTP_TEXT_MAX - 1] = '\0';
}

static bool secret_bytes(struct str text, unsigned char out[TOTP_SECRET_BYTES])
{
    uint64_t bits = 0;
    size_t n = 0;

    if (text.n != TOTP_TEXT_MAX - 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        const char *at = text.p[i] != '\0' ? strchr(base32, text.p[i]) : NULL;

        if (at == NULL)
            return false;
        bits = bits << 5 | (uint64_t)(at - base32);
        if (i % 8 == 7) /* eight characters are five bytes */
            for (int shift = 32; shift >= 0; shift -= 8)
                out[n++] = (unsigned char)(bits >> shift);
    }
    return true;
}

/* RFC 4226, 5.3: the dynamic truncation. */
static uint32_t truncated(const unsigned char mac[SHA1_BYTES])
{
    size_t at = mac[SHA1_BYTES - 1] & 0x0f;

    return ((uint32_t)mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
           (uint32_t)mac[at + 2] << 8 | mac[at + 3];
}

bool totp_code(struct str secret, int64_t step, char out[7])
{
    unsigned char key[TOTP_SECRET_BYTES], counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (!secret_bytes(secret, key))
        return false;
    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (HMAC(EVP_sha1(), key, sizeof key, counter, sizeof counter, mac, &n) ==
            NULL || n != SHA1_BYTES)
        bug("libcrypto has no HMAC-SHA-1");
    sodium_memzero(key, sizeof key);
    snprintf(out, 7, "%06u", truncated(mac) % 1000000);
    return true;
}

bool totp_check(struct str secret, struct str code, int64_t now_ms,
                int64_t *last_step)
{
    int64_t now = now_ms / TOTP_STEP_MS;
    char want[CODE_DIGITS + 1];

    if (code.n != CODE_DIGITS)
        return false;
    for (int64_t step = now - TOTP_SKEW_STEPS; step <= now + TOTP_SKEW_STEPS;
         step++) {
        if (step <= *last_step || !totp_code(secret, step, want) ||
            sodium_memcmp(want, code.p, CODE_DIGITS) != 0)
            continue;
        *last_step = step;
        return true;
    }
    return false;
}

static void percent(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || strchr("-._~", (char)c);

        if (plain && c != '\0')
            buf_char(to, (char)c);
        else
            buf_printf(to, "%%%02X", c);
    }
}

struct str totp_uri(struct str secret, struct str issuer, struct str name,
                    struct arena *a)
{
    struct buf text freed_by(buf_release) = BUF(4096);

    buf_text(&text, "otpauth://totp/");
    percent(&text, issuer);
    buf_char(&text, ':');
    percent(&text, name);
    buf_text(&text, "?secret=");
    percent(&text, secret);
    buf_text(&text, "&issuer=");
    percent(&text, issuer);
    buf_text(&text, "&algorithm=SHA1&digits=6&period=30");
    return arena_str(a, buf_view(&text));
}
