/* thehive_observables.c -- the addresses and names an alert is about, as they are:
 * whoever reads these is a machine.
 * Source: docs.strangebee.com, "Observables": the data types there are at first. */
#include "endpoint/thehive.h"

#include "alert/ip.h"

#define OBSERVABLES_MAX 12
#define DATA_MAX 4096 /* bytes */
#define TAGS_MAX 3

struct observable {
    const char *type;
    struct str data;
    const char *tags[TAGS_MAX];
    size_t tag_count;
    bool ioc; /* an indicator of compromise: fit for searches and blocklists */
};

struct collection {
    const struct alert *alert;
    struct arena *a;
    struct observable v[OBSERVABLES_MAX];
    size_t n;
};

static void tag(struct observable *o, const char *word)
{
    if (o == NULL)
        return;
    for (size_t i = 0; i < o->tag_count; i++) {
        if (strcmp(o->tags[i], word) == 0)
            return;
    }
    if (o->tag_count < TAGS_MAX)
        o->tags[o->tag_count++] = word;
}

/* The same twice, and TheHive 4 refuses the whole alert. What cannot be one is
 * among the facts in the description all the same. */
static struct observable *add(struct collection *c, const char *type,
                              struct str data, const char *role)
{
    size_t i = 0;

    if (data.n == 0 || data.n > DATA_MAX)
        return NULL;
    while (i < c->n && (strcmp(c->v[i].type, type) != 0 ||
                        !str_eq(c->v[i].data, data)))
        i++;
    if (i == OBSERVABLES_MAX)
        return NULL;
    if (i == c->n)
        c->v[c->n++] = (struct observable){.type = type, .data = data};
    tag(&c->v[i], role);
    return &c->v[i];
}

/* --- addresses ------------------------------------------------------------ */

static bool is_public(const struct ip *ip)
{
    return !ip_is_private(ip) && !ip_is_loopback(ip) && !ip_is_link_local(ip) &&
           !ip_is_multicast(ip) && !ip_is_unspecified(ip);
}

static bool is_address(struct str s, const struct ip *ip)
{
    struct ip other;

    return ip_parse(s, &other) && ip_eq(&other, ip);
}

/* Only what is bad and not one's own is an indicator of anything. */
static void add_ip(struct collection *c, struct str text, const char *role,
                   bool blacklisted)
{
    char canonical[IP_TEXT_MAX];
    struct observable *o;
    struct ip ip;

    if (!ip_parse(text, &ip) || ip_is_unspecified(&ip))
        return;
    ip_text(&ip, canonical);
    o = add(c, "ip", arena_str(c->a, str_of(canonical)), role);
    if (is_address(alert_attacker(c->alert), &ip)) {
        tag(o, "role:attacker");
        blacklisted = true;
    }
    if (is_address(alert_victim(c->alert), &ip))
        tag(o, "role:victim");
    if (o != NULL && blacklisted && is_public(&ip))
        o->ioc = true;
}

static bool is_listed(const struct alert *a, const char *name, const char *old)
{
    return json_bool_or(alert_fact(a, name), false) ||
           json_bool_or(alert_fact(a, old), false);
}

/* --- names ---------------------------------------------------------------- */

/* "gw.example.org" and no address: a name of one label means nothing outside. */
static bool is_dotted_name(struct str s)
{
    struct ip ip;

    return check_host(s, "", NULL) && !ip_parse(s, &ip) &&
           str_find(s, '.') < s.n && !str_ends(s, ".");
}

static void add_name(struct collection *c, const char *type, struct str s,
                     const char *role)
{
    if (is_dotted_name(s))
        add(c, type, s, role);
}

static bool has_blanks(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] == 0x7f)
            return true;
    }
    return false;
}

/* What was asked for: "example.org", "example.org/path", or a whole URL. */
static void add_info(struct collection *c, struct str info)
{
    struct str rest = info, host = str_until(&rest, '/');

    if (info.n == 0 || has_blanks(info))
        return;
    if (check_url(info, "", NULL))
        add(c, "url", info, "role:requested");
    else if (host.n == info.n)
        add_name(c, "fqdn", info, "role:requested");
    else if (is_dotted_name(str_first(host, str_find(host, ':'))))
        add(c, "url", arena_printf(c->a, "http://%.*s", STR_ARG(info)),
            "role:requested");
}

/* --- by entity ------------------------------------------------------------ */

static void collect_flow(struct collection *c)
{
    const struct alert *a = c->alert;

    add_ip(c, alert_fact_text(a, "srv_ip"), "role:server",
           is_listed(a, "srv_blacklisted", "srv_is_blacklisted"));
    add_ip(c, alert_fact_text(a, "cli_ip"), "role:client",
           is_listed(a, "cli_blacklisted", "cli_is_blacklisted"));
    add_name(c, "fqdn", alert_fact_text(a, "srv_name"), "role:server");
    add_name(c, "fqdn", alert_fact_text(a, "cli_name"), "role:client");
    add_info(c, alert_fact_text(a, "info"));
}

static void collect_subject(struct collection *c)
{
    const struct alert *a = c->alert;
    const struct json *inner = alert_fact(a, "json");

    add_ip(c, a->entity_value, "role:subject",
           is_listed(a, "blacklisted", "is_blacklisted"));
    add_ip(c, alert_fact_text(a, "ip"), "role:subject",
           is_listed(a, "blacklisted", "is_blacklisted"));
    add_ip(c, json_text(json_get(inner, "ip")), "role:subject", false);
    add_name(c, a->entity == ENTITY_DOMAIN ? "domain" : "fqdn", a->entity_value,
             "role:subject");
    add_name(c, "fqdn", alert_fact_text(a, "name"), "role:subject");
    add_name(c, "fqdn", json_text(json_get(json_get(inner, "host"), "host")),
             "role:subject");
}

static void collect_mac(struct collection *c, struct str text)
{
    char canonical[MAC_TEXT_MAX];
    struct mac mac;

    if (!mac_parse(text, &mac))
        return;
    mac_text(&mac, canonical);
    add(c, "other", arena_str(c->a, str_of(canonical)), "type:mac-address");
}

static void collect(struct collection *c, const struct thehive *t)
{
    if (c->alert->entity == ENTITY_FLOW)
        collect_flow(c);
    else
        collect_subject(c);
    if (c->alert->entity == ENTITY_MAC)
        collect_mac(c, c->alert->entity_value);
    add(c, "url", t->observable_url, "role:configured");
    add(c, "mail", t->observable_email, "role:configured");
}

static void write_one(const struct observable *o, struct json_out *out)
{
    out_object(out, NULL);
    out_text(out, "dataType", o->type);
    out_str(out, "data", o->data);
    out_array(out, "tags");
    for (size_t i = 0; i < o->tag_count; i++)
        out_text(out, NULL, o->tags[i]);
    out_array_end(out);
    out_bool(out, "ioc", o->ioc);
    out_object_end(out);
}

void thehive_observables(const struct render_input *in, struct arena *a,
                         struct json_out *o)
{
    const struct thehive *t = in->endpoint;
    struct collection *c = arena_new(a, sizeof(*c));

    c->alert = in->items[0].alert;
    c->a = a;
    collect(c, t);
    out_array(o, t->version == THEHIVE_5 ? "observables" : "artifacts");
    for (size_t i = 0; i < c->n; i++)
        write_one(&c->v[i], o);
    out_array_end(o);
}
