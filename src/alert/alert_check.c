/* alert_check.c -- whether an alert is one we can keep: lengths, characters. */
#include "alert/alert.h"

#include "base/limits.h"

/* \u001f: no byte becomes longer than this in JSON. */
#define ESCAPED_MAX 6
/* Of one value: quotes, a colon, a comma. */
#define VALUE_AROUND 6
/* Names of all our own members, times and numbers. */
#define MEMBERS_AROUND 1024
/* A line must be readable again, with all our members and inside the documents
 * that endpoints wrap around it: JSON_MEMBERS_MAX and JSON_DEPTH_MAX are far. */
#define ALERT_FACTS_MAX 1000
#define ALERT_DEPTH_MAX 16
/* What is not known yet: the id, when and as what it began, its repeats, and how
 * severe it was when. */
#define SEVERITY_SINCE_BYTES 100
#define COMES_LATER (256 + SEVERITY_SINCE_BYTES * SEVERITY_COUNT)

static bool check_text(struct str s, const char *name, size_t max,
                       const char *allowed, struct error *err)
{
    if (s.n > max) {
        error_set(err, "%zu bytes are too long; at most %zu", s.n, max);
        return error_at(err, name);
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c >= ' ' && c != 0x7f) || (c != '\0' && strchr(allowed, c)))
            continue;
        error_set(err, "control character U+%04X; take it out", c);
        return error_at(err, name);
    }
    return true;
}

struct extent {
    size_t bytes; /* as JSON, never less than it takes */
    bool deep;
};

/* Trees come from the reader, which limits their depth; what is too deep for an
 * alert is not looked at further. */
static void measure(const struct json *j, unsigned depth, struct extent *e)
{
    size_t text = j->first == NULL ? j->text.n : 0; /* else its members' */

    e->bytes += VALUE_AROUND + ESCAPED_MAX * (j->name.n + text);
    e->deep = e->deep || depth > ALERT_DEPTH_MAX;
    for (const struct json *m = j->first; m != NULL && !e->deep; m = m->next)
        measure(m, depth + 1, e);
}

static bool check_facts(const struct json *facts, struct extent *e,
                        struct error *err)
{
    if (facts == NULL)
        return true;
    if (facts->count > ALERT_FACTS_MAX)
        return error_set(err, "%u facts are too many; at most %d",
                         facts->count, ALERT_FACTS_MAX);
    for (const struct json *f = facts->first; f != NULL; f = f->next) {
        measure(f, 1, e);
        if (e->deep)
            return error_set(err,
                             "\"%.*s\" is nested too deep; at most %d levels",
                             STR_ARG(str_first(f->name, utf8_cut(f->name, 40))),
                             ALERT_DEPTH_MAX);
    }
    return true;
}

/* The line is written to measure it only where a quick estimate may not fit. */
static bool check_size(const struct alert *a, struct error *err)
{
    struct buf line freed_by(buf_release) = BUF(ALERT_JSON_MAX - COMES_LATER);
    size_t texts = a->entity_value.n + a->type.n + a->category.n + a->key.n +
                   a->source.n + a->message.n;
    struct extent e = {.bytes = MEMBERS_AROUND + ESCAPED_MAX * texts};

    if (!check_facts(a->facts, &e, err))
        return false;
    if (e.bytes <= line.max)
        return true;
    alert_write_line(a, &line);
    if (line.over)
        return error_set(err, "takes more than %zu bytes; send less with it",
                         line.max);
    return true;
}

bool alert_check(const struct alert *a, struct error *err)
{
    if (str_trim(a->type).n == 0) {
        error_set(err, "must not be blank");
        return error_at(err, "type");
    }
    if (a->score < 0 || a->score > INT32_MAX) {
        error_set(err, "%lld is not between 0 and %d", (long long)a->score,
                  INT32_MAX);
        return error_at(err, "score");
    }
    return check_text(a->type, "type", ALERT_NAME_MAX, "", err) &&
           check_text(a->category, "category", ALERT_NAME_MAX, "", err) &&
           check_text(a->source, "source", ALERT_NAME_MAX, "", err) &&
           check_text(a->entity_value, "entity_value", ALERT_ENTITY_VALUE_MAX,
                      "", err) &&
           check_text(a->key, "key", ALERT_KEY_MAX, "", err) &&
           check_text(a->message, "message", ALERT_MESSAGE_MAX, "\n\t\r",
                      err) &&
           check_size(a, err);
}
