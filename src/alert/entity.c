/* entity.c -- names and numbers of entities, severities and categories. */
#include "alert/entity.h"

struct named {
    const char *name, *label;
};

static const struct named entities[ENTITY_COUNT] = {
    [ENTITY_INTERFACE] = {"interface", "Interface"},
    [ENTITY_HOST] = {"host", "Host"},
    [ENTITY_NETWORK] = {"network", "Network"},
    [ENTITY_SNMP_DEVICE] = {"snmp_device", "SNMP Device"},
    [ENTITY_FLOW] = {"flow", "Flow"},
    [ENTITY_MAC] = {"mac", "MAC Address"},
    [ENTITY_HOST_POOL] = {"host_pool", "Host Pool"},
    [ENTITY_USER] = {"user", "User"},
    [ENTITY_AM_HOST] = {"am_host", "Active Monitoring"},
    [ENTITY_SYSTEM] = {"system", "System"},
    [ENTITY_DOMAIN] = {"domain", "Domain"},
    [ENTITY_OTHER] = {"other", "Other"},
};

const char *const entity_names[] = {
    "interface", "host",      "network", "snmp_device", "flow",
    "mac",       "host_pool", "user",    "am_host",     "system",
    "domain",    "other",     NULL,
};

/* What older ntopngs called them; the system's parts were entities once. */
static const struct {
    const char *name;
    enum entity entity;
} old_entity_names[] = {
    {"device", ENTITY_MAC},           {"l7", ENTITY_DOMAIN},
    {"snmp", ENTITY_SNMP_DEVICE},     {"pinged_host", ENTITY_AM_HOST},
    {"process", ENTITY_SYSTEM},       {"influx_db", ENTITY_SYSTEM},
    {"category_lists", ENTITY_SYSTEM}, {"periodic_activity", ENTITY_SYSTEM},
};

static bool is_entity(int64_t number)
{
    return number >= 0 && number < ENTITY_COUNT &&
           entities[number].name != NULL;
}

const char *entity_name(enum entity e)
{
    assert(is_entity(e));
    return entities[e].name;
}

const char *entity_label(enum entity e)
{
    assert(is_entity(e));
    return entities[e].label;
}

bool entity_from_number(int64_t number, enum entity *out)
{
    if (!is_entity(number))
        return false;
    *out = (enum entity)number;
    return true;
}

bool entity_parse(struct str s, enum entity *out)
{
    for (int i = 0; i < ENTITY_COUNT; i++) {
        if (entities[i].name != NULL && (str_is_nocase(s, entities[i].name) ||
                                         str_is_nocase(s, entities[i].label)))
            return entity_from_number(i, out);
    }
    for (size_t i = 0; i < COUNT_OF(old_entity_names); i++) {
        if (str_is_nocase(s, old_entity_names[i].name)) {
            *out = old_entity_names[i].entity;
            return true;
        }
    }
    return false;
}

static const struct {
    const char *name, *label, *ecs;
    int syslog;
    int64_t score; /* the least that means it, where a score can */
} severities[SEVERITY_COUNT] = {
    [SEVERITY_NONE] = {"none", "None", "low", 6, 0},
    [SEVERITY_DEBUG] = {"debug", "Debug", "low", 7, 1},
    [SEVERITY_INFO] = {"info", "Info", "low", 6, 1},
    [SEVERITY_NOTICE] = {"notice", "Notice", "low", 5, 10},
    [SEVERITY_WARNING] = {"warning", "Warning", "medium", 4, 50},
    [SEVERITY_ERROR] = {"error", "Error", "high", 3, 100},
    [SEVERITY_CRITICAL] = {"critical", "Critical", "critical", 2, 200},
    [SEVERITY_ALERT] = {"alert", "Alert", "critical", 1, 225},
    [SEVERITY_EMERGENCY] = {"emergency", "Emergency", "critical", 0, 250},
};

const char *const severity_names[] = {
    "none",  "debug",    "info",  "notice",    "warning",
    "error", "critical", "alert", "emergency", NULL,
};

/* What other senders say. */
static const struct {
    const char *word;
    enum severity severity;
} severity_words[] = {
    {"informational", SEVERITY_INFO},  {"information", SEVERITY_INFO},
    {"low", SEVERITY_INFO},            {"warn", SEVERITY_WARNING},
    {"minor", SEVERITY_WARNING},       {"medium", SEVERITY_WARNING},
    {"moderate", SEVERITY_WARNING},    {"err", SEVERITY_ERROR},
    {"major", SEVERITY_ERROR},         {"high", SEVERITY_ERROR},
    {"severe", SEVERITY_ERROR},        {"crit", SEVERITY_CRITICAL},
    {"page", SEVERITY_CRITICAL},       {"fatal", SEVERITY_CRITICAL},
    {"emerg", SEVERITY_EMERGENCY},     {"panic", SEVERITY_EMERGENCY},
    {"disaster", SEVERITY_EMERGENCY},
};

const char *severity_name(enum severity s)
{
    assert(s < SEVERITY_COUNT);
    return severities[s].name;
}

const char *severity_label(enum severity s)
{
    assert(s < SEVERITY_COUNT);
    return severities[s].label;
}

bool severity_from_number(int64_t number, enum severity *out)
{
    if (number < 0 || number >= SEVERITY_COUNT)
        return false;
    *out = (enum severity)number;
    return true;
}

bool severity_parse(struct str s, enum severity *out)
{
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        if (str_is_nocase(s, severities[i].name))
            return severity_from_number(i, out);
    }
    for (size_t i = 0; i < COUNT_OF(severity_words); i++) {
        if (str_is_nocase(s, severity_words[i].word)) {
            *out = severity_words[i].severity;
            return true;
        }
    }
    return false;
}

/* ntopng's own mapping: it never gives debug or alert. */
enum severity severity_from_score(int64_t score)
{
    if (score >= 250)
        return SEVERITY_EMERGENCY;
    if (score >= 200)
        return SEVERITY_CRITICAL;
    if (score >= 100)
        return SEVERITY_ERROR;
    if (score >= 50)
        return SEVERITY_WARNING;
    if (score >= 10)
        return SEVERITY_NOTICE;
    return score >= 1 ? SEVERITY_INFO : SEVERITY_NONE;
}

int64_t severity_score(enum severity s)
{
    assert(s < SEVERITY_COUNT);
    return severities[s].score;
}

int severity_syslog(enum severity s)
{
    assert(s < SEVERITY_COUNT);
    return severities[s].syslog;
}

const char *severity_ecs(enum severity s)
{
    assert(s < SEVERITY_COUNT);
    return severities[s].ecs;
}

const char *const category_names[] = {
    "other",   "security",          "internals", "network", "system",
    "ids_ips", "active_monitoring", "snmp",      NULL,
};

static const char *const category_labels[CATEGORY_COUNT] = {
    "Other",   "Cybersecurity",     "Internals", "Network", "System",
    "IDS/IPS", "Active Monitoring", "SNMP",
};

int category_number(struct str name)
{
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        if (str_is(name, category_names[i]))
            return i;
    }
    return -1;
}

const char *category_label(struct str name)
{
    int number = category_number(name);

    return number < 0 ? NULL : category_labels[number];
}
