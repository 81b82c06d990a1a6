/* filter_field.c -- the fields a filter may name, and where an alert has them. */
#include "routing/filter_tree.h"

static void add_text(struct findings *to, struct str text)
{
    if (text.n == 0)
        return;
    if (to->n == FOUND_MAX)
        to->more = true;
    else
        to->v[to->n++] = (struct found){.text = text};
}

static void add_number(struct findings *to, double number)
{
    if (to->n == FOUND_MAX)
        to->more = true;
    else
        to->v[to->n++] = (struct found){.number = number, .is_number = true};
}

/* A list counts as each of its elements; a truth is "true" or "false". */
static void add_json(struct findings *to, const struct json *j)
{
    if (j == NULL)
        return;
    switch (j->type) {
    case JSON_STRING:
    case JSON_NUMBER:
        add_text(to, j->text);
        return;
    case JSON_BOOL:
        add_text(to, j->truth ? STR("true") : STR("false"));
        return;
    case JSON_ARRAY:
        for (const struct json *e = j->first; e != NULL; e = e->next)
            if (!json_is(e, JSON_ARRAY))
                add_json(to, e);
        return;
    case JSON_NULL:
    case JSON_OBJECT:
        return;
    }
}

static struct str host_address(const struct alert *a)
{
    struct str rest = a->entity_value;

    return a->entity == ENTITY_HOST ? str_until(&rest, '@') : STR_NONE;
}

static void find_severity(struct filter_subject *s, struct findings *to)
{
    add_text(to, str_of(severity_name(s->alert->severity)));
    to->v[0].number = (double)s->alert->severity;
}

static void find_score(struct filter_subject *s, struct findings *to)
{
    add_number(to, (double)s->alert->score);
}

static void find_type(struct filter_subject *s, struct findings *to)
{
    add_text(to, s->alert->type);
}

static void find_category(struct filter_subject *s, struct findings *to)
{
    add_text(to, s->alert->category);
}

static void find_entity(struct filter_subject *s, struct findings *to)
{
    add_text(to, str_of(entity_name(s->alert->entity)));
}

static void find_entity_value(struct filter_subject *s, struct findings *to)
{
    add_text(to, s->alert->entity_value);
}

static void find_source(struct filter_subject *s, struct findings *to)
{
    add_text(to, s->alert->source);
}

static void find_action(struct filter_subject *s, struct findings *to)
{
    add_text(to, str_of(action_name(s->alert->action)));
}

static void find_message(struct filter_subject *s, struct findings *to)
{
    add_text(to, s->alert->message);
}

static void find_words(struct filter_subject *s, struct findings *to)
{
    add_text(to, s->alert->message);
    add_text(to, s->alert->entity_value);
}

static void find_host(struct filter_subject *s, struct findings *to)
{
    add_text(to, host_address(s->alert));
}

/* The history has the same three addresses in its columns. */
static void find_ip(struct filter_subject *s, struct findings *to)
{
    struct str said = alert_fact_text(s->alert, "ip");

    add_text(to, said.n > 0 ? said : host_address(s->alert));
}

static void find_mac(struct filter_subject *s, struct findings *to)
{
    if (s->alert->entity == ENTITY_MAC)
        add_text(to, s->alert->entity_value);
}

static void find_interface(struct filter_subject *s, struct findings *to)
{
    if (s->alert->entity == ENTITY_INTERFACE)
        add_text(to, s->alert->entity_value);
}

static void find_pool(struct filter_subject *s, struct findings *to)
{
    const struct alert_pools *in = filter_pools(s);

    for (size_t i = 0; i < in->n; i++)
        add_text(to, in->names[i]);
}

/* 192.168.1.7@12 says it unless the source said it apart. */
static void find_vlan(struct filter_subject *s, struct findings *to)
{
    struct str rest = s->alert->entity_value;
    int64_t vlan;

    if (s->alert->entity != ENTITY_HOST || to->n > 0)
        return;
    str_until(&rest, '@');
    if (str_to_i64(rest, &vlan))
        add_number(to, (double)vlan);
}

static void find_alertname(struct filter_subject *s, struct findings *to)
{
    if (to->n == 0)
        add_text(to, s->alert->type);
}

/* In the order of docs/filters.md. */
static const struct filter_field fields[] = {
    {"severity", KIND_SEVERITY, {NULL}, find_severity},
    {"score", KIND_NUMBER, {NULL}, find_score},
    {"type", KIND_TEXT, {NULL}, find_type},
    {"category", KIND_TEXT, {NULL}, find_category},
    {"entity", KIND_ENTITY, {NULL}, find_entity},
    {"entity_value", KIND_TEXT, {NULL}, find_entity_value},
    {"source", KIND_TEXT, {NULL}, find_source},
    {"action", KIND_ACTION, {NULL}, find_action},
    {"message", KIND_TEXT, {NULL}, find_message},
    {"ip", KIND_ADDRESS, {"cli_ip", "srv_ip"}, find_ip},
    {"cli_ip", KIND_ADDRESS, {"cli_ip"}, NULL},
    {"srv_ip", KIND_ADDRESS, {"srv_ip"}, NULL},
    {"probe_ip", KIND_ADDRESS, {"probe_ip"}, NULL},
    {"host", KIND_TEXT, {"name", "cli_name", "srv_name"}, find_host},
    {"cli_name", KIND_TEXT, {"cli_name"}, NULL},
    {"srv_name", KIND_TEXT, {"srv_name"}, NULL},
    {"mac", KIND_MAC, {"mac", "cli_mac", "srv_mac"}, find_mac},
    {"pool", KIND_TEXT, {NULL}, find_pool},
    {"vlan", KIND_NUMBER, {"vlan_id"}, find_vlan},
    {"asn", KIND_NUMBER, {"cli_asn", "srv_asn", "asn"}, NULL},
    {"cli_asn", KIND_NUMBER, {"cli_asn"}, NULL},
    {"srv_asn", KIND_NUMBER, {"srv_asn"}, NULL},
    {"port", KIND_NUMBER, {"cli_port", "srv_port", "port"}, NULL},
    {"cli_port", KIND_NUMBER, {"cli_port"}, NULL},
    {"srv_port", KIND_NUMBER, {"srv_port"}, NULL},
    {"interface", KIND_TEXT, {"ifname", "ifid"}, find_interface},
    {"country",
     KIND_TEXT,
     {"cli_country_name", "srv_country_name", "country_name"},
     NULL},
    {"info", KIND_TEXT, {"info"}, NULL},
    {"alertname", KIND_TEXT, {NULL}, find_alertname},
};

static const struct filter_field label = {"label", KIND_LABEL, {NULL}, NULL};
static const struct filter_field fact = {"fact", KIND_FACT, {NULL}, NULL};
static const struct filter_field words = {
    "text", KIND_WORDS, {NULL}, find_words};

const struct filter_field *filter_field_label(void)
{
    return &label;
}

const struct filter_field *filter_field_words(void)
{
    return &words;
}

bool filter_field_at(size_t i, const char **name, const char **kind)
{
    static const char *const kinds[] = {
        [KIND_TEXT] = "text",       [KIND_NUMBER] = "number",
        [KIND_SEVERITY] = "severity", [KIND_ENTITY] = "entity",
        [KIND_ACTION] = "action",   [KIND_ADDRESS] = "address",
        [KIND_MAC] = "mac",
    };

    if (i >= COUNT_OF(fields))
        return false;
    *name = fields[i].name;
    *kind = kinds[fields[i].kind];
    return true;
}

/* What ntopng and our own recipients call them. */
static const struct {
    const char *name, *field;
} other_names[] = {
    {"vlan_id", "vlan"},
    {"host_pool", "pool"},
    {"ifname", "interface"},
};

static const struct filter_field *field_named(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(other_names); i++)
        if (str_is(name, other_names[i].name))
            name = str_of(other_names[i].field);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (str_is(name, fields[i].name))
            return &fields[i];
    return NULL;
}

const struct filter_field *filter_field_of(struct str name, struct str *rest)
{
    static const char *const short_labels[] = {"alertname", "instance", "job"};
    struct str after = name;
    struct str before = str_until(&after, '.');

    *rest = name;
    for (size_t i = 0; i < COUNT_OF(short_labels); i++)
        if (str_is(name, short_labels[i]))
            return &label;
    if (after.n == 0)
        return field_named(name);
    *rest = after;
    if (str_is(before, "label") || str_is(before, "tag"))
        return &label;
    return str_is(before, "fact") ? &fact : NULL;
}

const char *filter_field_near(struct str name)
{
    const char *names[COUNT_OF(fields) + 1] = {NULL};

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        names[i] = fields[i].name;
    return str_nearest(name, names);
}

static void field_find(const struct filter_field *f, struct filter_subject *s,
                       struct findings *to)
{
    for (size_t i = 0; i < COUNT_OF(f->facts) && f->facts[i] != NULL; i++)
        if (f->kind == KIND_ADDRESS) /* one each, as the history keeps it */
            add_text(to, alert_fact_text(s->alert, f->facts[i]));
        else
            add_json(to, alert_fact(s->alert, f->facts[i]));
    if (f->find != NULL)
        f->find(s, to);
}

static bool is_text(const struct filter_field *f)
{
    return f != NULL && f->kind != KIND_NUMBER;
}

/* A label by its name; else a fact of that name; else what we call so. */
static void label_find(const char *name, struct filter_subject *s,
                       struct findings *to)
{
    const struct filter_field *ours = field_named(str_of(name));

    add_json(to, json_get(alert_fact(s->alert, "labels"), name));
    if (to->n == 0)
        add_json(to, alert_fact(s->alert, name));
    if (to->n == 0 && is_text(ours))
        field_find(ours, s, to);
}

void filter_leaf_find(const struct filter_leaf *l, struct filter_subject *s,
                      struct findings *to)
{
    to->n = 0;
    to->more = false;
    if (l->field->kind == KIND_LABEL)
        label_find(l->name, s, to);
    else if (l->field->kind == KIND_FACT)
        add_json(to, alert_fact(s->alert, l->name));
    else
        field_find(l->field, s, to);
}

const struct filter_addresses *
filter_addresses_of(const struct filter_field *f, struct filter_subject *s)
{
    struct filter_addresses *to = s->addresses;
    struct findings have = {.n = 0};

    while (to->of != f && to->of != NULL)
        to++;
    assert(to < s->addresses + COUNT_OF(s->addresses));
    if (to->of == f)
        return to;
    to->of = f;
    to->n = 0;
    field_find(f, s, &have);
    assert(have.n <= FILTER_ADDRESSES_MAX);
    for (size_t i = 0; i < have.n; i++)
        to->n += ip_parse(have.v[i].text, &to->v[to->n]);
    return to;
}

void filter_subject_init(struct filter_subject *s, const struct alert *a,
                         const struct pools *pools)
{
    s->alert = a;
    s->pools = pools;
    s->in_known = false;
    s->scratch = NULL;
    for (size_t i = 0; i < COUNT_OF(s->addresses); i++)
        s->addresses[i].of = NULL;
}

void filter_subject_release(struct filter_subject *s)
{
    filter_scratch_free(s->scratch);
    s->scratch = NULL;
}

const struct alert_pools *filter_pools(struct filter_subject *s)
{
    if (!s->in_known) {
        s->in = (struct alert_pools){0};
        if (s->pools != NULL)
            pools_of_alert(s->pools, s->alert, &s->in);
        s->in_known = true;
    }
    return &s->in;
}
