/* ban_address.c -- which addresses may be banned, and which never. */
#include "endpoint/ban_address.h"

#define SHOWN_MAX 60 /* bytes of what is no address */

static bool is_reserved(const struct ip *ip) /* 240.0.0.0/4: broadcast, too */
{
    return ip->v4 && ip->b[12] >= 240;
}

/* ::1.2.3.4, an old way to write a v4 address that nobody sends from. */
static bool is_compatible(const struct ip *ip)
{
    static const uint8_t zeros[12];

    return !ip->v4 && memcmp(ip->b, zeros, sizeof(zeros)) == 0;
}

/* What it is that must not be banned; NULL: a host's address. */
static const char *kind_of(const struct ip *ip)
{
    if (ip_is_loopback(ip))
        return "this machine itself";
    if (ip_is_unspecified(ip) || is_compatible(ip))
        return "no address of a host";
    if (ip_is_multicast(ip))
        return "a multicast address";
    if (ip_is_link_local(ip))
        return "a link-local address";
    if (ip_is_metadata(ip))
        return "a cloud's metadata service";
    return is_reserved(ip) ? "a broadcast or reserved address" : NULL;
}

bool ban_address(struct str said, struct ip *out, struct arena *a,
                 struct error *err)
{
    const char *kind;
    char text[IP_TEXT_MAX];
    struct str shown;
    struct ip inner;

    if (!ip_parse(said, out)) {
        shown = judge_reason(0, said, a);
        return error_set(err, "the attacker \"%.*s\" is no IP address",
                         STR_ARG(str_first(shown, utf8_cut(shown, SHOWN_MAX))));
    }
    kind = kind_of(out);
    if (kind == NULL && ip_embedded_v4(out, &inner))
        kind = kind_of(&inner);
    ip_text(out, text);
    return kind == NULL ||
           error_set(err, "%s must not be banned: it is %s", text, kind);
}

static struct str prefix_of(const struct str_list *prefixes, const struct ip *ip)
{
    for (size_t i = 0; i < prefixes->n; i++) {
        struct prefix p;
        bool had_host_bits;

        if (prefix_parse(prefixes->v[i], &p, &had_host_bits) &&
            prefix_holds(&p, ip))
            return prefixes->v[i];
    }
    return STR_NONE;
}

bool ban_spared(const struct str_list *prefixes, const struct ip *ip,
                struct error *why)
{
    struct str prefix = prefix_of(prefixes, ip);
    char text[IP_TEXT_MAX];
    struct ip inner;

    if (prefix.n == 0 && ip_embedded_v4(ip, &inner))
        prefix = prefix_of(prefixes, &inner);
    if (prefix.n == 0)
        return false;
    ip_text(ip, text);
    error_set(why, "%s is never banned (never_ban: %.*s)", text,
              STR_ARG(prefix));
    return true;
}

bool ban_check_prefixes(const struct str_list *prefixes, struct error *err)
{
    for (size_t i = 0; i < prefixes->n; i++) {
        struct prefix p;
        bool had_host_bits = false;

        if (prefix_parse(prefixes->v[i], &p, &had_host_bits) && !had_host_bits)
            continue;
        error_set(err, "\"%.*s\" is %s; as in 10.0.0.0/8 or 2001:db8::1",
                  STR_ARG(prefixes->v[i]),
                  had_host_bits ? "an address inside of a prefix: write the "
                                  "prefix's first one"
                                : "no address or prefix");
        error_at_index(err, i);
        return error_at(err, "never_ban");
    }
    return true;
}
