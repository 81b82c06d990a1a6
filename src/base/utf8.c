/* utf8.c -- UTF-8, by the letter of RFC 3629: checking and cutting. */
#include "base/str.h"

/* The second byte's range is narrower after some first ones: that is what shuts
 * out overlong forms, surrogates, and everything above U+10FFFF. */
struct lead {
    unsigned char length, second_min, second_max;
};

static struct lead lead_of(unsigned char c)
{
    if (c < 0x80)
        return (struct lead){1, 0, 0};
    if (c < 0xc2 || c > 0xf4)
        return (struct lead){0, 0, 0};
    if (c < 0xe0)
        return (struct lead){2, 0x80, 0xbf};
    if (c < 0xf0)
        return (struct lead){3, c == 0xe0 ? 0xa0 : 0x80,
                             c == 0xed ? 0x9f : 0xbf};
    return (struct lead){4, c == 0xf0 ? 0x90 : 0x80,
                         c == 0xf4 ? 0x8f : 0xbf};
}

size_t utf8_first(struct str s, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)s.p;
    struct lead lead;
    uint32_t value;

    if (s.n == 0)
        return 0;
    lead = lead_of(p[0]);
    if (lead.length == 0 || lead.length > s.n)
        return 0;
    value = lead.length == 1 ? p[0] : p[0] & (0x7fu >> lead.length);
    for (size_t i = 1; i < lead.length; i++) {
        if (p[i] < (i == 1 ? lead.second_min : 0x80) ||
            p[i] > (i == 1 ? lead.second_max : 0xbf))
            return 0;
        value = value << 6 | (p[i] & 0x3fu);
    }
    if (code != NULL)
        *code = value;
    return lead.length;
}

static size_t ascii_run(struct str s)
{
    size_t n = 0;
    uint64_t eight;

    while (s.n - n >= sizeof(eight)) {
        memcpy(&eight, s.p + n, sizeof(eight));
        if ((eight & 0x8080808080808080u) != 0)
            break;
        n += sizeof(eight);
    }
    while (n < s.n && (unsigned char)s.p[n] < 0x80)
        n++;
    return n;
}

bool utf8_valid(struct str s)
{
    for (;;) {
        size_t length;

        s = str_from(s, ascii_run(s));
        if (s.n == 0)
            return true;
        length = utf8_first(s, NULL);
        if (length == 0)
            return false;
        s = str_from(s, length);
    }
}

size_t utf8_cut(struct str s, size_t max)
{
    size_t n = max;

    if (max >= s.n)
        return s.n;
    /* At most three bytes follow a first one; more are not UTF-8 anyway. */
    while (n > 0 && max - n < 3 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return ((unsigned char)s.p[n] & 0xc0) == 0x80 ? max : n;
}
