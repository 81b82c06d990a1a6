/* settings.c -- what is set once for the whole program. */
#include <unistd.h>

#include "alert/ip.h"
#include "config/build.h"
#include "config/clickhouse_options.h"
#include "config/geo.h"
#include "config/keep.h"

static const char *const store_engines[] = {"sqlite", "clickhouse", NULL};

const struct field settings_fields[] = {
    {
        TEXT(struct settings, instance),
        .label = "Instance name",
        .optional = true,
        .max = 64,
        .format = "hostname",
        .help = "How this Tocsin calls itself in messages; the host's name "
                "unless set.",
    },
    {
        TEXT(struct settings, base_url),
        .label = "Address of the web interface",
        .optional = true,
        .max = 500,
        .format = "uri",
        .help = "Links in messages begin with it, for example "
                "https://alerts.example.net; without it messages have none.",
    },
    {
        TEXT(struct settings, ntopng_shared_secret),
        .label = "ntopng shared secret",
        .optional = true,
        .secret = true,
        .max = 500,
        .help = "What an ntopng webhook endpoint sends as its shared secret.",
    },
    {
        TEXT(struct settings, ntopng_username),
        .label = "ntopng user name",
        .optional = true,
        .max = 200,
        .help = "User name of the HTTP authentication an ntopng webhook "
                "endpoint uses.",
    },
    {
        TEXT(struct settings, ntopng_password),
        .label = "ntopng password",
        .optional = true,
        .secret = true,
        .user = "ntopng_username",
        .max = 500,
        .help = "Password that goes with the ntopng user name.",
    },
    {
        TEXT(struct settings, scripts_dir),
        .label = "Scripts directory",
        .fallback = "/usr/share/tocsin/scripts/shell",
        .max = 1000,
        .help = "Directory that shell endpoints take their scripts from; only "
                "root may write to it.",
    },
    {
        TEXT(struct settings, geo_city_file),
        .label = "Database of places",
        .optional = true,
        .max = 1000,
        .help = "MaxMind DB file (GeoLite2-City.mmdb or the like) that tells "
                "where addresses are, for documents in ECS; without it they "
                "hold what the source said.",
    },
    {
        TEXT(struct settings, geo_asn_file),
        .label = "Database of networks",
        .optional = true,
        .max = 1000,
        .help = "MaxMind DB file (GeoLite2-ASN.mmdb or the like) that tells "
                "whose network an address is in. Replace such files by "
                "renaming; they are opened at start and with each change of "
                "the configuration.",
    },
    {
        DURATION(struct settings, resolve_timeout),
        .label = "Resolve after",
        .fallback = "5m",
        .min = 1000,
        .help = "An Alertmanager alert without an end is released when it was "
                "not said again for this long.",
    },
    {
        DURATION(struct settings, delivery_ttl),
        .label = "Give up after",
        .fallback = "72h",
        .min = 1000,
        .help = "A delivery that did not succeed for this long is dead; it "
                "stays visible and can be retried.",
    },
    {
        CHOICE(struct settings, store_minimum_severity),
        .label = "Store from severity",
        .fallback = "none",
        .choices = severity_names,
        .format = "severity",
        .help = "Least severity the alert store keeps; none keeps every "
                "alert.",
    },
    {
        NUMBER(struct settings, history_days),
        .label = "Keep the history for",
        .fallback = "30",
        .unit = "days",
        .min = 1,
        .max = 36500,
        .help = "Older alerts are taken out of the alert store.",
    },
    {
        NUMBER(struct settings, audit_days),
        .label = "Keep the audit log for",
        .fallback = "365",
        .unit = "days",
        .min = 1,
        .max = 36500,
        .help = "Older lines are taken out of the log of who did what.",
    },
    {
        LIST(struct settings, trusted_proxies),
        .label = "Trusted proxies",
        .optional = true,
        .max = 64,
        .help = "Addresses or networks of reverse proxies, for example "
                "127.0.0.1 or 10.0.0.0/24, whose X-Forwarded-For and "
                "X-Forwarded-Proto are believed; with HTTPS at the proxy, logins "
                "need it.",
    },
    {
        NUMBER(struct settings, revisions_kept),
        .label = "Keep revisions",
        .fallback = "1000",
        .min = 1,
        .max = 100000,
        .help = "How many changes of the configuration are remembered, to be "
                "looked at, rolled back and explained from; at most 64 MB.",
    },
    {
        DURATION(struct settings, repeat_interval),
        .label = "Repeat at most every",
        .fallback = "1h",
        .min = 0,
        .max = REPEAT_INTERVAL_MAX_MS,
        .help = "The same alert (type and entity) is told a recipient at most "
                "once in this time, and counted meanwhile; 0 tells it every "
                "time. A recipient may have its own.",
    },
    {
        NUMBER(struct settings, flapping_count),
        .label = "Flapping from",
        .fallback = "5",
        .unit = "engages",
        .min = 0,
        .max = FLAPPING_COUNT_MAX,
        .help = "An alert that engages this often within the flapping window "
                "flaps, 3 to 10; 0: none ever does. A recipient may have its "
                "own.",
    },
    {
        DURATION(struct settings, flapping_window),
        .label = "Flapping window",
        .fallback = "30m",
        .min = 60 * 1000,
        .max = 24 * 3600 * 1000,
        .help = "The time over which engages are counted for flapping.",
    },
    {
        TEXT(struct settings, time_zone),
        .label = "Time zone",
        .fallback = "UTC",
        .max = ZONE_NAME_MAX,
        .help = "Whose clocks quiet hours, digests and recurring silences are "
                "meant by, like Europe/Rome. A recipient may have its own.",
    },
    {
        CHOICE(struct settings, store_engine),
        .label = "Alert store",
        .fallback = "sqlite",
        .choices = store_engines,
        .help = "Where the history is kept: a file on this machine, or "
                "ClickHouse. A change holds from the next start on; tocsin "
                "store migrate takes along what is there.",
    },
    {
        TEXT(struct settings, clickhouse_url),
        .label = "ClickHouse address",
        .optional = true,
        .max = 2000,
        .help = "Address of ClickHouse's HTTP interface, for example "
                "https://clickhouse.example.net:8443. Of several servers of a "
                "cluster, with commas between them, the one that answers.",
    },
    {
        TEXT(struct settings, clickhouse_database),
        .label = "ClickHouse database",
        .fallback = "tocsin",
        .max = 64,
        .help = "Database with the history's tables; it and they are made when "
                "they are not there.",
    },
    {
        TEXT(struct settings, clickhouse_user),
        .label = "ClickHouse user",
        .optional = true,
        .max = 200,
        .help = "User that may make, read and write the tables; the server's "
                "default user unless set.",
    },
    {
        TEXT(struct settings, clickhouse_password),
        .label = "ClickHouse password",
        .optional = true,
        .secret = true,
        .max = 500,
        .help = "Password of that user.",
    },
    {
        TEXT(struct settings, clickhouse_cluster),
        .label = "ClickHouse cluster",
        .optional = true,
        .max = 64,
        .help = "Name of a cluster in the server's configuration: tables are "
                "made on all of it, replicated and distributed.",
    },
    {
        TEXT(struct settings, clickhouse_ca_file),
        .label = "ClickHouse CA file",
        .optional = true,
        .max = 1000,
        .help = "PEM file with the authority that signed the certificate of "
                "ClickHouse, or that certificate itself; the system's "
                "authorities unless set.",
    },
    {
        TEXT(struct settings, clickhouse_cert_file),
        .label = "Own certificate for ClickHouse",
        .optional = true,
        .max = 1000,
        .help = "PEM file with a certificate that Tocsin shows to ClickHouse.",
    },
    {
        TEXT(struct settings, clickhouse_key_file),
        .label = "Key of that certificate",
        .optional = true,
        .max = 1000,
        .help = "PEM file with its key, without a password.",
    },
    {
        TEXT(struct settings, history_keep),
        .label = "Keep some of it otherwise",
        .optional = true,
        .max = 1000,
        .help = "Classes of alerts with their own age, size or both, the first "
                "that fits an alert holds: critical=365d, flow/info=3d/2GB.",
    },
    FIELDS_END,
};

static bool url_is_ours(struct settings *s, struct error *err)
{
    while (str_ends(s->base_url, "/"))
        s->base_url.n--;
    if (s->base_url.n == 0 || str_starts(s->base_url, "https://") ||
        str_starts(s->base_url, "http://"))
        return true;
    error_set(err, "must begin with https:// or http://, not \"%.*s\"",
              STR_ARG(s->base_url));
    return error_at(err, "base_url");
}

static bool proxies_are_addresses(const struct str_list *list,
                                  struct error *err)
{
    struct prefix prefix;
    bool rest;

    for (size_t i = 0; i < list->n; i++) {
        if (prefix_parse(list->v[i], &prefix, &rest) && !rest)
            continue;
        error_set(err, "\"%.*s\" is not an address or network",
                  STR_ARG(list->v[i]));
        error_at_index(err, i);
        return error_at(err, "trusted_proxies");
    }
    return true;
}

static bool zone_is_known(struct str name, struct error *err)
{
    struct zone *z = zone_new(name, err);

    zone_free(z);
    return z != NULL || error_at(err, "time_zone");
}

static bool clickhouse_check(const struct settings *s, struct error *err)
{
    const struct clickhouse_options o = clickhouse_options_of(s);

    if (s->store_engine != STORE_IN_CLICKHOUSE || o.url.n > 0)
        return clickhouse_options_check(&o, err);
    error_set(err, "is needed for the store_engine clickhouse, like "
                   "https://clickhouse.example.net:8443");
    return error_at(err, "clickhouse_url");
}

static bool settings_check(struct settings *s, struct error *err)
{
    struct keep_class classes[KEEP_CLASSES_MAX];
    size_t n;

    if (!keep_read(s->history_keep, classes, &n, err))
        return error_at(err, "history_keep");
    if (!url_is_ours(s, err) || !clickhouse_check(s, err) ||
        !proxies_are_addresses(&s->trusted_proxies, err))
        return false;
    if (!str_starts(s->scripts_dir, "/")) {
        error_set(err, "must be an absolute path, not \"%.*s\"",
                  STR_ARG(s->scripts_dir));
        return error_at(err, "scripts_dir");
    }
    if (s->flapping_count == 1 || s->flapping_count == 2) {
        error_set(err, "must be 3 to %d, or 0 for never, not %d",
                  FLAPPING_COUNT_MAX, (int)s->flapping_count);
        return error_at(err, "flapping_count");
    }
    return zone_is_known(s->time_zone, err);
}

static struct str host_name(struct arena *a)
{
    char name[256] = "";

    if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0')
        return STR("tocsin");
    return arena_str(a, str_of(name));
}

/* The databases belong to the snapshot. One that was there and is gone or broken
 * is a fault, and the documents go without it; so it is where a file is only
 * looked at, perhaps on another machine. */
static bool databases_open(struct build *b, struct params *p)
{
    const struct settings *s = &b->s->settings;

    if (geo_open(s->geo_city_file, s->geo_asn_file, &b->s->geo, b->err))
        return true;
    if (p->touched && b->strict)
        return false;
    p->fault = arena_printf(b->a, "%s: %s", b->err->place + 1, b->err->text);
    return true;
}

bool build_settings(struct build *b)
{
    const struct object *o =
        model_find(b->m, OBJECT_SETTINGS, STR(SETTINGS_NAME));
    struct settings *s = &b->s->settings;
    struct params p = {
        .rows = settings_fields,
        .given = o != NULL ? o->json : NULL,
        .size = sizeof(*s),
        .touched = o != NULL && o->edit != 0,
    };
    bool right = build_params(b, &p);

    if (right) {
        memcpy(s, p.out, sizeof(*s));
        right = settings_check(s, b->err) && databases_open(b, &p);
    }
    if (!right) {
        object_blame(b->err, OBJECT_SETTINGS, STR(SETTINGS_NAME));
        return build_failed(b, o != NULL ? o->edit : 0, CONFIG_INVALID);
    }
    if (s->instance.n == 0)
        s->instance = host_name(b->a);
    if (o != NULL)
        b->s->settings_origin = (struct origin){
            .managed_by = arena_str(b->a, o->managed_by),
            .revision = o->revision,
        };
    b->s->settings_origin.fault = p.fault;
    return true;
}
