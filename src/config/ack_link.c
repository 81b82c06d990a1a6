/* ack_link.c -- links to acknowledge by: written, signed, and read back. */
#include "config/ack_link.h"

#include <sodium.h>

#include "config/redact.h"

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define SIGNATURE_MAX sodium_base64_ENCODED_LEN(CONFIG_SIGNATURE_BYTES, BASE64)
#define NUMBERS_MAX 64 /* bytes of three numbers and their dots */

/* "4711.3.1764100000000" */
static struct str numbers_of(const struct ack_link *l, char out[NUMBERS_MAX])
{
    int n = snprintf(out, NUMBERS_MAX, "%lld.%lld.%lld", (long long)l->alert_id,
                     (long long)l->recipient_id, (long long)l->until_ms);

    return (struct str){out, (size_t)n};
}

struct str ack_link_url(const struct config *c, const struct ack_link *l,
                        struct arena *a)
{
    struct str base = config_now(c)->settings.base_url;
    unsigned char signature[CONFIG_SIGNATURE_BYTES];
    char text[SIGNATURE_MAX], room[NUMBERS_MAX];
    struct str numbers = numbers_of(l, room);

    if (base.n == 0)
        return STR_NONE;
    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    config_sign(c, numbers, signature);
    sodium_bin2base64(text, sizeof text, signature, sizeof signature, BASE64);
    return arena_printf(a, "%.*s/l/%.*s.%s", STR_ARG(base), STR_ARG(numbers), text);
}

struct str ack_link_signature(struct str url)
{
    size_t at = url.n;

    while (at > 0 && url.p[at - 1] != '.')
        at--;
    return str_from(url, at);
}

struct str ack_link_unsigned(struct str url, struct arena *a)
{
    struct str front = str_first(url, url.n - ack_link_signature(url).n);

    return url.n == 0 ? STR_NONE : arena_printf(a, "%.*s" REDACTED, STR_ARG(front));
}

static bool number_read(struct str *rest, int64_t *out)
{
    size_t dot = str_find(*rest, '.');
    struct str number = str_first(*rest, dot);

    *rest = str_from(*rest, dot + 1);
    return str_to_i64(number, out);
}

bool ack_link_read(const struct config *c, struct str text, struct ack_link *out)
{
    unsigned char wanted[CONFIG_SIGNATURE_BYTES], given[CONFIG_SIGNATURE_BYTES];
    struct str rest = text;
    char room[NUMBERS_MAX];
    size_t n;

    if (!number_read(&rest, &out->alert_id) || !number_read(&rest, &out->recipient_id) ||
        !number_read(&rest, &out->until_ms))
        return false;
    if (sodium_base642bin(given, sizeof given, rest.p, rest.n, NULL, &n, NULL, BASE64) != 0 ||
        n != sizeof given)
        return false;
    config_sign(c, numbers_of(out, room), wanted);
    return sodium_memcmp(wanted, given, sizeof wanted) == 0;
}
