/* oracle.c -- jansson as a second opinion on JSON. */
#include "oracle.h"

#include <jansson.h>

static void write_string(const char *p, size_t n, FILE *to)
{
    fprintf(to, "%zu:", n);
    fwrite(p, 1, n, to);
}

static void write_value(json_t *j, FILE *to);

static void write_object(json_t *j, FILE *to)
{
    const char *name;
    size_t n;
    json_t *value;

    fprintf(to, "o%zu", json_object_size(j));
    json_object_keylen_foreach(j, name, n, value)
    {
        write_string(name, n, to);
        write_value(value, to);
    }
}

static void write_array(json_t *j, FILE *to)
{
    fprintf(to, "a%zu", json_array_size(j));
    for (size_t i = 0; i < json_array_size(j); i++)
        write_value(json_array_get(j, i), to);
}

static void write_value(json_t *j, FILE *to)
{
    switch (json_typeof(j)) {
    case JSON_OBJECT:
        write_object(j, to);
        return;
    case JSON_ARRAY:
        write_array(j, to);
        return;
    case JSON_STRING:
        fputc('s', to);
        write_string(json_string_value(j), json_string_length(j), to);
        return;
    case JSON_INTEGER:
        fprintf(to, "i%lld", (long long)json_integer_value(j));
        return;
    case JSON_REAL:
        fprintf(to, "d%a", json_real_value(j));
        return;
    case JSON_TRUE:
        fputc('t', to);
        return;
    case JSON_FALSE:
        fputc('f', to);
        return;
    case JSON_NULL:
        fputc('n', to);
        return;
    }
}

#define FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)

bool oracle_canonical(const char *text, size_t n, FILE *to)
{
    json_t *j = json_loadb(text, n, FLAGS, NULL);

    if (j == NULL)
        return false;
    write_value(j, to);
    json_decref(j);
    return true;
}

size_t oracle_members(const char *text, size_t n)
{
    json_t *j = json_loadb(text, n, FLAGS, NULL);
    size_t count = json_object_size(j);

    json_decref(j);
    return count;
}
