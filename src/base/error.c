/* error.c -- faults in words, with the place where they are. */
#include "base/error.h"

#include "base/str.h"

#include <stdarg.h>

#define ELLIPSIS "..."

/* `length` is what the text would need; if that is too much, it is cut between
 * two characters and ends with "...". */
static void text_end(char *text, size_t size, size_t length)
{
    struct str kept;

    if (length < size)
        return;
    kept = (struct str){text, size - 1};
    memcpy(text + utf8_cut(kept, size - sizeof(ELLIPSIS)), ELLIPSIS,
           sizeof(ELLIPSIS));
}

static void text_format(char *text, size_t size, const char *format,
                        va_list args) printf_like(3, 0);
static void text_format(char *text, size_t size, const char *format,
                        va_list args)
{
    int length = vsnprintf(text, size, format, args);

    assert(length >= 0);
    text_end(text, size, (size_t)length);
}

bool error_set(struct error *err, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    err->place[0] = '\0';
    va_start(args, format);
    text_format(err->text, sizeof(err->text), format, args);
    va_end(args);
    return false;
}

bool error_in(struct error *err, const char *format, ...)
{
    char said[ERROR_TEXT_MAX];
    va_list args;
    size_t n;
    int more;

    if (err == NULL)
        return false;
    memcpy(said, err->text, sizeof(said));
    va_start(args, format);
    text_format(err->text, sizeof(err->text), format, args);
    va_end(args);
    n = strlen(err->text);
    more = snprintf(err->text + n, sizeof(err->text) - n, ": %s", said);
    text_end(err->text, sizeof(err->text), n + (size_t)more);
    return false;
}

/* "/segment" with RFC 6901's escapes; gives its length, or `size` if cut. */
static size_t pointer_add(char *out, size_t size, const char *segment)
{
    size_t n = 0;

    for (out[n++] = '/'; *segment != '\0' && n + 2 < size; segment++) {
        if (*segment == '~' || *segment == '/') {
            out[n++] = '~';
            out[n++] = *segment == '~' ? '0' : '1';
        } else {
            out[n++] = *segment;
        }
    }
    out[n] = '\0';
    return *segment == '\0' ? n : size;
}

bool error_at(struct error *err, const char *segment)
{
    char inner[sizeof(err->place)];
    size_t n, size = sizeof(inner);

    if (err == NULL)
        return false;
    memcpy(inner, err->place, size);
    n = pointer_add(err->place, size, segment);
    if (n < size)
        n += (size_t)snprintf(err->place + n, size - n, "%s", inner);
    text_end(err->place, size, n);
    return false;
}

bool error_at_index(struct error *err, size_t index)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%zu", index);
    return error_at(err, digits);
}
