/* filter_leaf.c -- one comparison of a filter: its values, its answer, its words. */
#include "routing/filter_tree.h"

#define HAVE_MAX 200 /* bytes of a value in an explanation */

/* --- values ------------------------------------------------------------------ */

static bool severity_value(struct str text, struct filter_value *out,
                           struct error *err)
{
    enum severity severity = SEVERITY_NONE;
    const char *near;
    int64_t number;

    if (!severity_parse(text, &severity) &&
        (!str_to_i64(text, &number) ||
         !severity_from_number(number, &severity))) {
        near = str_nearest(text, severity_names);
        return error_set(err, "\"%.*s\" is not a severity; %s%s", STR_ARG(text),
                         near ? "did you mean "
                              : "there are info, notice, warning, error, "
                                "critical, emergency",
                         near ? near : "");
    }
    out->text = str_of(severity_name(severity));
    out->number = (double)severity;
    return true;
}

static bool entity_value(struct str text, struct filter_value *out,
                         struct error *err)
{
    enum entity entity;
    const char *near;
    int64_t number;

    if (entity_parse(text, &entity) ||
        (str_to_i64(text, &number) && entity_from_number(number, &entity))) {
        out->text = str_of(entity_name(entity));
        return true;
    }
    near = str_nearest(text, entity_names);
    return error_set(err, "\"%.*s\" is not an entity; %s%s", STR_ARG(text),
                     near ? "did you mean "
                          : "there are host, flow, interface, am_host ...",
                     near ? near : "");
}

static bool action_value(struct str text, struct filter_value *out,
                         struct error *err)
{
    enum action action;

    if (!action_parse(text, &action))
        return error_set(err,
                         "\"%.*s\" is not an action; there are engage, "
                         "release and store",
                         STR_ARG(text));
    out->text = str_of(action_name(action));
    return true;
}

static bool address_value(struct str text, struct arena *a,
                          struct filter_value *out, struct error *err)
{
    char plain[IP_TEXT_MAX];
    bool host_bits = false;

    if (!prefix_parse(text, &out->prefix, &host_bits))
        return error_set(err,
                         "\"%.*s\" is not an address like 192.168.1.7 or a "
                         "prefix like 10.0.0.0/8",
                         STR_ARG(text));
    ip_text(&out->prefix.ip, plain);
    if (host_bits)
        return error_set(err,
                         "\"%.*s\" has bits set behind its prefix; did you "
                         "mean %s/%u?",
                         STR_ARG(text), plain, out->prefix.bits);
    out->text = out->prefix.bits == (out->prefix.ip.v4 ? 32u : 128u)
                    ? arena_str(a, str_of(plain))
                    : arena_printf(a, "%s/%u", plain, out->prefix.bits);
    return true;
}

static bool mac_value(struct str text, struct arena *a,
                      struct filter_value *out, struct error *err)
{
    struct mac mac;
    char plain[MAC_TEXT_MAX];

    if (!mac_parse(text, &mac))
        return error_set(err,
                         "\"%.*s\" is not a MAC address like "
                         "AA:BB:CC:DD:EE:FF",
                         STR_ARG(text));
    mac_text(&mac, plain);
    out->text = arena_str(a, str_of(plain));
    return true;
}

static bool number_value(struct str text, struct filter_value *out,
                         struct error *err)
{
    return str_to_double(text, &out->number) ||
           error_set(err, "\"%.*s\" is not a number", STR_ARG(text));
}

bool filter_value_read(const struct filter_field *field, enum comparison how,
                       struct str text, struct arena *a,
                       struct filter_value *out, struct error *err)
{
    bool ordered = how >= BELOW && how <= AT_LEAST;

    out->text = arena_str(a, text);
    if (how == MATCHES || how == MATCHES_WHOLE)
        return true;
    switch (field->kind) {
    case KIND_SEVERITY:
        return severity_value(text, out, err);
    case KIND_NUMBER:
        return number_value(out->text, out, err);
    case KIND_ENTITY:
        return entity_value(text, out, err);
    case KIND_ACTION:
        return action_value(text, out, err);
    case KIND_ADDRESS:
        return address_value(text, a, out, err);
    case KIND_MAC:
        return mac_value(text, a, out, err);
    case KIND_LABEL:
    case KIND_FACT:
        return !ordered || number_value(out->text, out, err);
    case KIND_TEXT:
    case KIND_WORDS:
        return true;
    }
    bug("a kind of field nobody thought of");
}

/* --- the answer -------------------------------------------------------------- */

static bool holds_words(struct str where, struct str what)
{
    for (size_t at = 0; at + what.n <= where.n; at++)
        if (strncasecmp(where.p + at, what.p, what.n) == 0)
            return true;
    return false;
}

static bool mac_is(struct str text, struct str wanted)
{
    char plain[MAC_TEXT_MAX];
    struct mac mac;

    if (!mac_parse(text, &mac))
        return false;
    mac_text(&mac, plain);
    return str_is(wanted, plain);
}

static bool number_of(const struct filter_leaf *l, const struct found *f,
                      double *out)
{
    *out = f->number;
    return f->is_number || l->field->kind == KIND_SEVERITY ||
           str_to_double(f->text, out);
}

static bool number_passes(const struct filter_leaf *l, const struct found *f,
                          const struct filter_value *v)
{
    double have;

    if (!number_of(l, f, &have))
        return false;
    switch (l->how) {
    case IS:
        return have >= v->number && have <= v->number;
    case BELOW:
        return have < v->number;
    case AT_MOST:
        return have <= v->number;
    case ABOVE:
        return have > v->number;
    case AT_LEAST:
        return have >= v->number;
    case MATCHES:
    case MATCHES_WHOLE:
        break;
    }
    bug("a pattern is no number");
}

static bool value_passes(const struct filter_leaf *l, const struct found *f,
                         const struct filter_value *v)
{
    switch (l->field->kind) {
    case KIND_SEVERITY:
    case KIND_NUMBER:
        return number_passes(l, f, v);
    case KIND_ADDRESS:
        break; /* addresses_ask() */
    case KIND_MAC:
        return mac_is(f->text, v->text);
    case KIND_WORDS:
        return holds_words(f->text, v->text);
    case KIND_LABEL:
    case KIND_FACT:
        if (l->how != IS)
            return number_passes(l, f, v);
        return str_eq(f->text, v->text);
    case KIND_TEXT:
    case KIND_ENTITY:
    case KIND_ACTION:
        return str_eq(f->text, v->text);
    }
    bug("a kind of field nobody thought of");
}

static enum filter_answer found_ask(const struct filter_leaf *l,
                                    const struct found *f,
                                    struct filter_subject *s)
{
    if (l->pattern != NULL)
        return filter_pattern_ask(l->pattern, f->text, s);
    for (size_t i = 0; i < l->count; i++)
        if (value_passes(l, f, &l->values[i]))
            return FILTER_YES;
    return FILTER_NO;
}

static enum filter_answer addresses_ask(const struct filter_leaf *l,
                                        struct filter_subject *s)
{
    const struct filter_addresses *have = filter_addresses_of(l->field, s);

    for (size_t i = 0; i < have->n; i++)
        for (size_t k = 0; k < l->count; k++)
            if (prefix_holds(&l->values[k].prefix, &have->v[i]))
                return FILTER_YES;
    return FILTER_NO;
}

static enum filter_answer found_any(const struct filter_leaf *l,
                                    struct filter_subject *s)
{
    struct findings have;
    enum filter_answer answer;

    filter_leaf_find(l, s, &have);
    /* What an alert does not have is an empty text, as with Prometheus. */
    if (have.n == 0)
        have.v[have.n++] = (struct found){.text = STR("")};
    answer = have.more ? FILTER_UNSURE : FILTER_NO;
    for (size_t i = 0; answer != FILTER_YES && i < have.n; i++)
        answer = MAX(answer, found_ask(l, &have.v[i], s));
    return answer;
}

enum filter_answer filter_leaf_ask(const struct filter_leaf *l,
                                   struct filter_subject *s)
{
    bool parsed = l->field->kind == KIND_ADDRESS && l->pattern == NULL;
    enum filter_answer answer = parsed ? addresses_ask(l, s) : found_any(l, s);

    return l->negated ? (enum filter_answer)(FILTER_YES - answer) : answer;
}

/* --- words ------------------------------------------------------------------- */

static bool is_plain(struct str text)
{
    static const char *const keywords[] = {"and", "or", "not", "in"};

    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (str_is_nocase(text, keywords[i]))
            return false;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f ||
            strchr("\"'\\(),;{}=!<>~&|", text.p[i]) != NULL)
            return false;
    return text.n > 0;
}

/* A backslash is doubled only where it would be read as an escape. */
static void text_write(struct str text, struct buf *to)
{
    if (is_plain(text)) {
        buf_str(to, text);
        return;
    }
    buf_char(to, '"');
    for (size_t i = 0; i < text.n; i++) {
        bool last = i + 1 == text.n;

        if (text.p[i] == '"' ||
            (text.p[i] == '\\' &&
             (last || text.p[i + 1] == '\\' || text.p[i + 1] == '"')))
            buf_char(to, '\\');
        buf_char(to, text.p[i]);
    }
    buf_char(to, '"');
}

void filter_leaf_want(const struct filter_leaf *l, struct buf *to)
{
    static const char *const signs[] = {
        [IS] = "=",
        [BELOW] = "<",
        [AT_MOST] = "<=",
        [ABOVE] = ">",
        [AT_LEAST] = ">=",
        [MATCHES] = "~",
        [MATCHES_WHOLE] = "=~",
    };

    if (l->count == 1) {
        if (l->negated && (l->how == IS || l->how == MATCHES))
            buf_char(to, '!');
        buf_text(to, signs[l->how]);
        text_write(l->values[0].text, to);
        return;
    }
    buf_text(to, l->negated ? " not in (" : " in (");
    for (size_t i = 0; i < l->count; i++) {
        buf_text(to, i > 0 ? ", " : "");
        text_write(l->values[i].text, to);
    }
    buf_char(to, ')');
}

void filter_leaf_write(const struct filter_leaf *l, struct buf *to)
{
    bool sign = l->count > 1 || l->how == IS || l->how == MATCHES;

    if (l->negated && (l->field->kind == KIND_WORDS || !sign))
        buf_text(to, "not ");
    if (l->field->kind == KIND_WORDS) {
        text_write(l->values[0].text, to);
        return;
    }
    if (l->field->kind == KIND_LABEL || l->field->kind == KIND_FACT)
        buf_printf(to, "%s.", l->field->name);
    buf_text(to, l->name);
    filter_leaf_want(l, to);
}

static void have_write(const struct found *f, struct buf *to)
{
    if (f->is_number)
        buf_printf(to, "%.15g", f->number);
    else
        buf_str(to, str_first(f->text, utf8_cut(f->text, HAVE_MAX)));
}

static struct str have_words(const struct filter_leaf *l,
                             struct filter_subject *s, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(FOUND_MAX * (HAVE_MAX + 2));
    struct findings have;

    filter_leaf_find(l, s, &have);
    for (size_t i = 0; i < have.n; i++) {
        buf_text(&b, i > 0 ? ", " : "");
        have_write(&have.v[i], &b);
    }
    return have.n == 0 ? STR("nothing") : arena_str(a, buf_view(&b));
}

static struct str want_words(const struct filter_leaf *l, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(2 * FILTER_BYTES_MAX + 64);

    if (l->field->kind == KIND_WORDS)
        filter_leaf_write(l, &b);
    else {
        if (l->negated && l->count == 1 && l->how != IS && l->how != MATCHES)
            buf_text(&b, "not ");
        filter_leaf_want(l, &b);
    }
    return arena_str(a, str_trim(buf_view(&b)));
}

static size_t explain(const struct filter_node *n, struct filter_subject *s,
                      struct arena *a, struct reason *out)
{
    size_t count = 0;

    if (n->kind == NODE_LEAF) {
        enum filter_answer answer = filter_leaf_ask(&n->leaf, s);

        *out = (struct reason){.name = n->leaf.name,
                               .pass = answer != FILTER_NO,
                               .have = have_words(&n->leaf, s, a),
                               .want = want_words(&n->leaf, a)};
        if (answer == FILTER_UNSURE)
            out->have = arena_printf(a, "%.*s (too long to be sure)",
                                     STR_ARG(out->have));
        return 1;
    }
    for (const struct filter_node *c = n->first; c != NULL; c = c->next)
        count += explain(c, s, a, out + count);
    return count;
}

size_t filter_explain(const struct filter *f, struct filter_subject *s,
                      struct arena *a, struct reason **out)
{
    *out = arena_array(a, f->leaves, sizeof **out);
    return explain(f->root, s, a, *out);
}
