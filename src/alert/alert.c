/* alert.c -- what can be said of an alert: its title, subject, key and roles. */
#include "alert/alert.h"

#include "alert/ip.h"
#include "base/limits.h"

#include <sodium.h>

static const char *const action_names[] = {
    [ACTION_ENGAGE] = "engage",
    [ACTION_RELEASE] = "release",
    [ACTION_STORE] = "store",
};

const char *action_name(enum action a)
{
    assert(a < COUNT_OF(action_names));
    return action_names[a];
}

bool action_parse(struct str s, enum action *out)
{
    for (size_t i = 0; i < COUNT_OF(action_names); i++) {
        if (str_is(s, action_names[i])) {
            *out = (enum action)i;
            return true;
        }
    }
    return false;
}

const struct json *alert_fact(const struct alert *a, const char *name)
{
    return json_get(a->facts, name);
}

struct str alert_fact_text(const struct alert *a, const char *name)
{
    const struct json *fact = alert_fact(a, name);

    return json_is(fact, JSON_NUMBER) ? fact->text : json_text(fact);
}

int64_t alert_fact_i64(const struct alert *a, const char *name, int64_t fallback)
{
    return json_i64_or(alert_fact(a, name), fallback);
}

/* "my_type" and "my-type" become "My Type"; what somebody wrote with capitals
 * or spaces of his own is left as it is. */
static struct str made_readable(struct str type, struct arena *arena)
{
    char *out = arena_new(arena, type.n + 1);
    bool starts = true;

    for (size_t i = 0; i < type.n; i++) {
        char c = type.p[i];

        if ((c >= 'A' && c <= 'Z') || c == ' ')
            return type;
        if (c == '_' || c == '-')
            c = ' ';
        else if (starts && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        out[i] = c;
        starts = c == ' ';
    }
    return (struct str){out, type.n};
}

struct str alert_title(const struct alert *a, struct arena *arena)
{
    const struct alert_type *t = catalogue_like(a->entity, a->type);

    return t != NULL ? str_of(t->title) : made_readable(a->type, arena);
}

static bool is_v6_text(struct str ip)
{
    return str_find(ip, ':') < ip.n;
}

/* "1.2.3.4:80", "[2001:db8::1]:80"; what has no port has no ":0" either. */
static void add_flow_end(struct buf *b, struct str ip, int64_t port)
{
    bool brackets = port > 0 && is_v6_text(ip);

    if (brackets)
        buf_char(b, '[');
    buf_str(b, ip);
    if (brackets)
        buf_char(b, ']');
    if (port > 0) {
        buf_char(b, ':');
        buf_int(b, port);
    }
}

static void add_flow(struct buf *b, const struct alert *a, const char *arrow)
{
    add_flow_end(b, alert_fact_text(a, "cli_ip"),
                 alert_fact_i64(a, "cli_port", 0));
    buf_text(b, arrow);
    add_flow_end(b, alert_fact_text(a, "srv_ip"),
                 alert_fact_i64(a, "srv_port", 0));
}

static bool has_flow_facts(const struct alert *a)
{
    return alert_fact_text(a, "cli_ip").n > 0 &&
           alert_fact_text(a, "srv_ip").n > 0;
}

struct str alert_flow_value(const struct alert *a, struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(ALERT_ENTITY_VALUE_MAX);
    struct str proto = alert_fact_text(a, "proto");
    const char *name = proto_name(alert_fact_i64(a, "proto", -1));

    if (!has_flow_facts(a))
        return STR("flow");
    add_flow(&b, a, "->");
    if (proto.n > 0) {
        buf_char(&b, '/');
        buf_str(&b, name != NULL ? str_of(name) : proto);
    }
    return arena_str(arena, buf_view(&b));
}

static struct str flow_subject(const struct alert *a, struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(2 * ALERT_ENTITY_VALUE_MAX);

    if (!has_flow_facts(a))
        return a->entity_value;
    add_flow(&b, a, " -> ");
    return arena_str(arena, buf_view(&b));
}

/* "icmp@ntop.org" is icmp://ntop.org; what was measured may be a URL already. */
static struct str am_subject(const struct alert *a, struct arena *arena)
{
    struct str host = a->entity_value;
    struct str measurement = str_until(&host, '@');

    if (host.n == 0)
        return a->entity_value;
    if (memmem(host.p, host.n, "://", 3) != NULL)
        return host;
    return arena_printf(arena, "%.*s://%.*s", STR_ARG(measurement),
                        STR_ARG(host));
}

/* ntopng writes host@vlan; VLAN 0 is none. */
static struct str without_vlan_0(struct str host)
{
    return str_ends(host, "@0") ? str_first(host, host.n - 2) : host;
}

struct str alert_subject(const struct alert *a, struct arena *arena)
{
    struct str name;

    switch (a->entity) {
    case ENTITY_FLOW:
        return flow_subject(a, arena);
    case ENTITY_AM_HOST:
        return am_subject(a, arena);
    case ENTITY_HOST:
        return without_vlan_0(a->entity_value);
    case ENTITY_INTERFACE: /* the value may be but ntopng's number for it */
        name = alert_fact_text(a, "name");
        return name.n > 0 ? name : a->entity_value;
    case ENTITY_NETWORK:
    case ENTITY_SNMP_DEVICE:
    case ENTITY_MAC:
    case ENTITY_HOST_POOL:
    case ENTITY_USER:
    case ENTITY_SYSTEM:
    case ENTITY_DOMAIN:
    case ENTITY_OTHER:
        return a->entity_value;
    }
    bug("an alert without an entity");
}

#define KEY_HASH_BYTES 16

/* Keys pair things up, so two long ones must not become the same by being cut. */
static struct str key_shortened(struct arena *arena, struct str key)
{
    unsigned char hash[KEY_HASH_BYTES];
    char hex[2 * KEY_HASH_BYTES + 1];
    size_t kept = utf8_cut(key, ALERT_KEY_MAX - sizeof(hex));

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)key.p, key.n,
                       NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return arena_printf(arena, "%.*s#%s", (int)kept, key.p, hex);
}

struct str alert_key_join(struct arena *arena, const struct str *parts, size_t n)
{
    size_t length = 0, at = 0;
    char *p;

    for (size_t i = 0; i < n; i++)
        length += parts[i].n + 1;
    p = arena_new(arena, length);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            p[at++] = ':';
        if (parts[i].n > 0)
            memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return at <= ALERT_KEY_MAX
               ? (struct str){p, at}
               : key_shortened(arena, (struct str){p, at});
}

static struct str flow_key(const struct alert *a, struct arena *arena)
{
    struct str parts[] = {
        str_of(entity_name(a->entity)), alert_fact_text(a, "cli_ip"),
        alert_fact_text(a, "srv_ip"),   alert_fact_text(a, "srv_port"),
        alert_fact_text(a, "proto"),    a->type,
    };

    return alert_key_join(arena, parts, COUNT_OF(parts));
}

uint64_t alert_key_hash(struct str key)
{
    static const unsigned char fixed[crypto_shorthash_KEYBYTES] = {0};
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t hash;

    crypto_shorthash(out, (const unsigned char *)key.p, key.n, fixed);
    memcpy(&hash, out, sizeof hash);
    return hash;
}

struct str alert_key(const struct alert *a, struct arena *arena)
{
    struct str parts[] = {
        str_of(entity_name(a->entity)),
        a->entity_value,
        a->type,
        alert_fact_text(a, "subtype"),
        alert_fact_text(a, "granularity"),
    };
    size_t n = COUNT_OF(parts);

    if (a->entity == ENTITY_FLOW && has_flow_facts(a))
        return flow_key(a, arena);
    while (n > 3 && parts[n - 1].n == 0)
        n--;
    return alert_key_join(arena, parts, n);
}

static bool fact_is_true(const struct alert *a, const char *name)
{
    return json_bool_or(alert_fact(a, name), false);
}

static struct str host_address(const struct alert *a)
{
    struct str ip = alert_fact_text(a, "ip");
    struct str rest = a->entity_value;

    return ip.n > 0 ? ip : str_until(&rest, '@');
}

/* A fact that names the address, else ntopng's flags on the two ends of a flow
 * or on the host. */
static struct str in_role(const struct alert *a, const char *named,
                          const char *cli, const char *srv, const char *host)
{
    struct str address = alert_fact_text(a, named);

    if (address.n > 0)
        return address;
    if (fact_is_true(a, cli))
        return alert_fact_text(a, "cli_ip");
    if (fact_is_true(a, srv))
        return alert_fact_text(a, "srv_ip");
    if (a->entity == ENTITY_HOST && fact_is_true(a, host))
        return host_address(a);
    return STR_NONE;
}

struct str alert_attacker(const struct alert *a)
{
    return in_role(a, "attacker", "is_cli_attacker", "is_srv_attacker",
                   "is_attacker");
}

struct str alert_victim(const struct alert *a)
{
    return in_role(a, "victim", "is_cli_victim", "is_srv_victim", "is_victim");
}
