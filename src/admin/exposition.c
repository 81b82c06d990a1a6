/* exposition.c -- metrics as text, as promtool wants them. */
#include "admin/exposition.h"

static const char *const type_names[] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
};

void expose(struct exposition *e, const char *family, enum metric type,
            const char *help)
{
    e->family = family;
    buf_printf(&e->text, "# HELP %s %s\n# TYPE %s %s\n", family, help, family,
               type_names[type]);
}

static void label_value(struct buf *to, struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\n') {
            buf_text(to, "\\n");
            continue;
        }
        if (value.p[i] == '"' || value.p[i] == '\\')
            buf_char(to, '\\');
        buf_char(to, value.p[i]);
    }
}

static void label(struct buf *to, const struct label *l, const char *before)
{
    if (l->name == NULL)
        return;
    buf_printf(to, "%s%s=\"", before, l->name);
    label_value(to, l->value);
    buf_char(to, '"');
}

static void sample(struct exposition *e, const char *suffix,
                   const struct label *one, const struct label *two)
{
    buf_printf(&e->text, "%s%s", e->family, suffix);
    if (one->name != NULL) {
        label(&e->text, one, "{");
        label(&e->text, two, ",");
        buf_char(&e->text, '}');
    }
    buf_char(&e->text, ' ');
}

void expose_i64(struct exposition *e, struct label one, struct label two,
                int64_t value)
{
    sample(e, "", &one, &two);
    buf_int(&e->text, value);
    buf_char(&e->text, '\n');
}

void expose_double(struct exposition *e, struct label one, struct label two,
                   double value)
{
    sample(e, "", &one, &two);
    buf_printf(&e->text, "%.3f\n", value);
}

void expose_seconds(struct exposition *e, const struct distribution *d)
{
    uint64_t below = 0;

    for (size_t i = 0; i < d->n; i++) {
        below += d->counts[i];
        buf_printf(&e->text, "%s_bucket{le=\"%g\"} %llu\n", e->family,
                   (double)d->bounds_ms[i] / 1000, (unsigned long long)below);
    }
    below += d->counts[d->n];
    buf_printf(&e->text, "%s_bucket{le=\"+Inf\"} %llu\n", e->family,
               (unsigned long long)below);
    buf_printf(&e->text, "%s_sum %.3f\n%s_count %llu\n", e->family,
               (double)d->sum_ms / 1000, e->family, (unsigned long long)below);
}
