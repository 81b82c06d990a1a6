/* token.c -- tokens made and checked, in the shape that GitHub made common. */
#include "people/token.h"

#include <sodium.h>

static const char base62[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* CRC-32 as in ISO 3309, gzip and Ethernet: reflected, polynomial 0x04c11db7. */
static uint32_t crc32_of(struct str s)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }
    return ~crc;
}

void token_sum(struct str random, char out[TOKEN_CHECK])
{
    uint32_t rest = crc32_of(random);

    for (size_t i = TOKEN_CHECK; i > 0; i--) {
        out[i - 1] = base62[rest % 62];
        rest /= 62;
    }
}

void token_make(char out[TOKEN_BYTES])
{
    char *random = out + strlen(TOKEN_PREFIX);

    memcpy(out, TOKEN_PREFIX, strlen(TOKEN_PREFIX));
    for (size_t i = 0; i < TOKEN_RANDOM; i++)
        random[i] = base62[randombytes_uniform(62)];
    token_sum((struct str){random, TOKEN_RANDOM}, random + TOKEN_RANDOM);
}

bool token_check(struct str s)
{
    struct str random = str_first(str_from(s, strlen(TOKEN_PREFIX)),
                                  TOKEN_RANDOM);
    char sum[TOKEN_CHECK];

    if (s.n != TOKEN_BYTES || !str_starts(s, TOKEN_PREFIX))
        return false;
    for (size_t i = 0; i < random.n; i++)
        if (random.p[i] == '\0' || strchr(base62, random.p[i]) == NULL)
            return false;
    token_sum(random, sum);
    return memcmp(sum, random.p + TOKEN_RANDOM, TOKEN_CHECK) == 0;
}
