/* mime.c -- what mail needs: RFC 2047 headers, quoted-printable, base64. */
#include "message/escape.h"

#include <sodium.h>

#define COLUMNS 76
#define WORD_START "=?utf-8?q?"
#define WORD_END "?="
#define WORD_AROUND (sizeof(WORD_START) + sizeof(WORD_END) - 2)
#define WORD_MAX 75
#define FOLD "\r\n "

static const char hex[] = "0123456789ABCDEF";

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* Also right inside a phrase: RFC 2047, 5 (3). */
static bool is_q_safe(char c)
{
    return is_alnum(c) || (c != '\0' && strchr("!*+-/", c) != NULL);
}

static void put_hex(struct buf *to, unsigned char c)
{
    buf_add(to, (const char[]){'=', hex[c >> 4], hex[c & 15]}, 3);
}

static void put_q(struct buf *to, struct str character)
{
    for (size_t i = 0; i < character.n; i++) {
        if (is_q_safe(character.p[i]))
            buf_char(to, character.p[i]);
        else if (character.p[i] == ' ')
            buf_char(to, '_');
        else
            put_hex(to, (unsigned char)character.p[i]);
    }
}

/* Columns a whole character takes; it is never split between two words. */
static size_t q_width(struct str character)
{
    return character.n == 1 && (is_q_safe(character.p[0]) ||
                                character.p[0] == ' ')
               ? 1
               : 3 * character.n;
}

static struct str first_character(struct str s)
{
    return str_first(s, MAX(utf8_first(s, NULL), 1));
}

void mime_phrase(struct buf *to, struct str s, size_t column)
{
    size_t room = 0;
    bool open = false;

    while (s.n > 0) {
        struct str character = first_character(s);
        size_t width = q_width(character);

        if (!open || width > room) {
            if (open || column + WORD_AROUND + width > COLUMNS) {
                buf_text(to, open ? WORD_END FOLD : FOLD);
                column = 1;
            }
            buf_text(to, WORD_START);
            room = MIN(WORD_MAX, COLUMNS - column) - WORD_AROUND;
            open = true;
        }
        put_q(to, character);
        room -= width;
        s = str_from(s, character.n);
    }
    if (open)
        buf_text(to, WORD_END);
}

/* Nothing that a reader would decode, fold or trim. */
static bool is_plain(struct str s, size_t column)
{
    if (s.n == 0)
        return true;
    if (column + s.n > COLUMNS || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
        if (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?')
            return false;
    }
    return true;
}

void mime_header(struct buf *to, struct str s, size_t column)
{
    if (is_plain(s, column))
        buf_str(to, s);
    else
        mime_phrase(to, s, column);
}

/* Blanks at the end of a line would be lost on the way. */
static bool is_qp_plain(struct str rest)
{
    char c = rest.p[0];

    if (c == ' ' || c == '\t')
        return rest.n > 1 && rest.p[1] != '\n';
    return c > ' ' && c <= '~' && c != '=';
}

void quoted_printable(struct buf *to, struct str s)
{
    size_t column = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool plain = is_qp_plain(str_from(s, i));
        size_t width = plain ? 1 : 3;

        if (s.p[i] == '\n') {
            buf_text(to, "\r\n");
            column = 0;
            continue;
        }
        /* One column is kept for the '=' of a soft line break. */
        if (column + width > COLUMNS - 1) {
            buf_text(to, "=\r\n");
            column = 0;
        }
        if (plain)
            buf_char(to, s.p[i]);
        else
            put_hex(to, (unsigned char)s.p[i]);
        column += width;
    }
}

void base64(struct buf *to, struct str bytes)
{
    size_t room = sodium_base64_encoded_len(bytes.n,
                                            sodium_base64_VARIANT_ORIGINAL);
    char *at = buf_room(to, room);

    if (at == NULL)
        return;
    sodium_bin2base64(at, room, (const unsigned char *)bytes.p, bytes.n,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_used(to, room - 1); /* without its NUL */
}

bool base64_decode(struct str s, struct buf *to)
{
    char *at = buf_room(to, s.n);
    size_t n;

    if (at == NULL ||
        sodium_base642bin((unsigned char *)at, s.n, s.p, s.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    buf_used(to, n);
    return true;
}
