/* json_plain.h -- bytes that stand in a JSON string as they are, eight at a time;
 * for the reader and the writer. */
#ifndef BASE_JSON_PLAIN_H
#define BASE_JSON_PLAIN_H

#include "base/base.h"

#include <endian.h>

/* Not plain: control characters, '"', '\\', and what is not ASCII. */
static inline bool json_is_plain(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/* Non-zero in the high bit of each byte that is not plain; of those bits only
 * the lowest is to be trusted, as a borrow may run into the bytes above it. */
static inline uint64_t json_special_bytes(uint64_t v)
{
    const uint64_t ones = 0x0101010101010101u, high = ones << 7;
    uint64_t quote = v ^ (ones * '"'), slash = v ^ (ones * '\\');

    return ((((v - ones * 0x20) | (quote - ones) | (slash - ones)) & ~v) | v) &
           high;
}

/* The first byte from p on that is not plain, or end. */
static inline const char *json_skip_plain(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t eight;

        memcpy(&eight, p, sizeof(eight));
        eight = json_special_bytes(le64toh(eight));
        if (eight != 0)
            return p + (__builtin_ctzll(eight) >> 3);
        p += 8;
    }
    while (p < end && json_is_plain(*p))
        p++;
    return p;
}

#endif
