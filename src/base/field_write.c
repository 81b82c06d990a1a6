/* field_write.c -- parameters read back, changed in part, kept out of sight. */
#include "base/field.h"

static const void *member_of(const struct field *f, const void *from)
{
    return (const char *)from + f->offset;
}

/* Zero or empty, which for an optional parameter means: not given. */
static bool is_empty(const struct field *f, const void *from)
{
    const void *member = member_of(f, from);

    switch (f->type) {
    case FIELD_TEXT:
        return ((const struct str *)member)->n == 0;
    case FIELD_LIST:
        return ((const struct str_list *)member)->n == 0;
    case FIELD_NUMBER:
    case FIELD_DURATION:
        return *(const int64_t *)member == 0;
    case FIELD_BOOL:
    case FIELD_CHOICE:
        return false;
    }
    return false;
}

static void write_list(const struct field *f, const struct str_list *list,
                       struct json_out *o)
{
    out_array(o, f->name);
    for (size_t i = 0; i < list->n; i++)
        out_str(o, NULL, list->v[i]);
    out_array_end(o);
}

static void write_value(const struct field *f, const void *from,
                        struct json_out *o)
{
    const void *member = member_of(f, from);
    char duration[DURATION_TEXT_MAX];

    switch (f->type) {
    case FIELD_TEXT:
        out_str(o, f->name, *(const struct str *)member);
        return;
    case FIELD_NUMBER:
        out_i64(o, f->name, *(const int64_t *)member);
        return;
    case FIELD_BOOL:
        out_bool(o, f->name, *(const bool *)member);
        return;
    case FIELD_CHOICE:
        out_text(o, f->name, f->choices[*(const int *)member]);
        return;
    case FIELD_LIST:
        write_list(f, member, o);
        return;
    case FIELD_DURATION:
        duration_text(*(const int64_t *)member, duration);
        out_text(o, f->name, duration);
        return;
    }
}

static void write_secret(const struct field *f, const void *from,
                         struct json_out *o)
{
    out_object(o, f->name);
    out_bool(o, "set", !is_empty(f, from));
    out_object_end(o);
}

void fields_write(const struct field *rows, const void *from,
                  struct json_out *o)
{
    for (const struct field *f = rows; f->name != NULL; f++) {
        if (f->secret)
            write_secret(f, from, o);
        else if (!f->optional || !is_empty(f, from))
            write_value(f, from, o);
    }
}

static const struct json *member_find(const struct json *object,
                                      struct str name)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    for (const struct json *m = object->first; m != NULL; m = m->next) {
        if (str_eq(m->name, name))
            return m;
    }
    return NULL;
}

/* What the member has after the change; NULL: it is taken away. */
static const struct json *merged(const struct field *f, const struct json *old,
                                 const struct json *new)
{
    const struct json *set = json_get(new, "set");

    if (new == NULL)
        return old;
    if (json_is(new, JSON_NULL))
        return NULL;
    if (f != NULL && f->secret && json_is(set, JSON_BOOL) && new->count == 1)
        return !set->truth ? NULL : old != NULL ? old : new;
    return new;
}

const struct json *fields_merge(const struct field *rows,
                                const struct json *stored,
                                const struct json *change, struct arena *a)
{
    bool any = json_is(stored, JSON_OBJECT);
    const struct json *first = any ? stored->first : NULL;
    struct json_list result = {0};

    if (change != NULL && change->type != JSON_OBJECT)
        return change; /* fields_read() says what is wrong with it */
    for (const struct json *m = first; m != NULL; m = m->next) {
        const struct json *value = merged(field_find(rows, m->name), m,
                                          member_find(change, m->name));

        if (value != NULL)
            json_list_add(&result, a, m->name, value);
    }
    first = change == NULL ? NULL : change->first;
    for (const struct json *m = first; m != NULL; m = m->next) {
        const struct json *value = merged(field_find(rows, m->name), NULL, m);

        if (value != NULL && member_find(stored, m->name) == NULL)
            json_list_add(&result, a, m->name, value);
    }
    return json_new_object(a, &result);
}

static size_t secrets_of(const struct field *f, const void *from,
                         const struct str **values)
{
    const void *member = member_of(f, from);
    const struct str_list *list = member;

    *values = f->type == FIELD_LIST ? list->v : member;
    return f->type == FIELD_LIST ? list->n : 1;
}

static struct str user_of(const struct field *rows, const struct field *f,
                          const void *from)
{
    const struct field *user = NULL;

    if (f->user != NULL)
        user = field_find(rows, str_of(f->user));
    assert(f->user == NULL || (user != NULL && user->type == FIELD_TEXT));
    return user != NULL ? *(const struct str *)member_of(user, from) : STR_NONE;
}

size_t fields_secrets(const struct field *rows, const void *from,
                      struct secret *out, size_t max)
{
    size_t count = 0;

    for (const struct field *f = rows; f->name != NULL; f++) {
        const struct str *values = NULL;
        size_t n = f->secret ? secrets_of(f, from, &values) : 0;

        for (size_t i = 0; i < n; i++) {
            if (values[i].n == 0 || (out != NULL && count == max))
                continue;
            if (out != NULL)
                out[count] = (struct secret){values[i],
                                             user_of(rows, f, from)};
            count++;
        }
    }
    return count;
}
