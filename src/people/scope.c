/* scope.c -- the names of scopes and roles, and which role has which scopes. */
#include "people/scope.h"

const char *const role_names[] = {"viewer", "responder", "editor", "admin",
                                  NULL};

#define VIEWER (SCOPE_ALERTS_READ | SCOPE_CONFIG_READ)
#define RESPONDER (VIEWER | SCOPE_ALERTS_ACK | SCOPE_ALERTS_WRITE)
#define EDITOR (RESPONDER | SCOPE_CONFIG_WRITE | SCOPE_INGEST)

static const unsigned scopes_of_roles[ROLE_COUNT] = {
    [ROLE_VIEWER] = VIEWER,
    [ROLE_RESPONDER] = RESPONDER,
    [ROLE_EDITOR] = EDITOR,
    [ROLE_ADMIN] = SCOPE_ALL,
};

static const struct {
    const char *name;
    unsigned bits; /* of a token with it: who may write may read what it wrote */
} scopes[] = {
    {"alerts:read", SCOPE_ALERTS_READ},
    {"alerts:ack", SCOPE_ALERTS_ACK},
    {"alerts:write", SCOPE_ALERTS_WRITE | SCOPE_ALERTS_ACK | SCOPE_ALERTS_READ},
    {"config:read", SCOPE_CONFIG_READ},
    {"config:write", SCOPE_CONFIG_WRITE | SCOPE_CONFIG_READ},
    {"ingest", SCOPE_INGEST},
    {"admin", SCOPE_ALL},
};

#define INGEST_OF "ingest:"
#define SOURCE_NAME_MAX 64

bool role_parse(struct str name, enum role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (str_is(name, role_names[i])) {
            *out = (enum role)i;
            return true;
        }
    return false;
}

unsigned role_scopes(enum role r)
{
    assert(r < ROLE_COUNT);
    return scopes_of_roles[r];
}

static bool is_source_word(struct str word)
{
    struct str source = str_from(word, strlen(INGEST_OF));

    if (!str_starts(word, INGEST_OF) || source.n == 0 ||
        source.n > SOURCE_NAME_MAX)
        return false;
    for (size_t i = 0; i < source.n; i++)
        if (!(source.p[i] >= 'a' && source.p[i] <= 'z') &&
            !(source.p[i] >= '0' && source.p[i] <= '9') &&
            source.p[i] != '-' && source.p[i] != '_')
            return false;
    return true;
}

static bool word_bits(struct str word, unsigned *bits)
{
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (str_is(word, scopes[i].name)) {
            *bits = scopes[i].bits;
            return true;
        }
    *bits = 0;
    return is_source_word(word);
}

static const char *scope_near(struct str word)
{
    const char *names[COUNT_OF(scopes) + 1] = {NULL};

    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        names[i] = scopes[i].name;
    return str_nearest(word, names);
}

bool scopes_add(struct scopes *s, struct str word, struct error *err)
{
    size_t n = strlen(s->text);
    const char *near;
    unsigned bits;

    if (!word_bits(word, &bits)) {
        near = scope_near(word);
        return error_set(err, "there is no scope \"%.*s\"%s%s%s", STR_ARG(word),
                         near ? "; did you mean \"" : "", near ? near : "",
                         near ? "\"?" : "; see docs/users.md");
    }
    if (n + 1 + word.n >= sizeof s->text)
        return error_set(err, "the scopes are longer than %d bytes",
                         SCOPES_TEXT_MAX - 1);
    if (n > 0)
        s->text[n++] = ' ';
    memcpy(s->text + n, word.p, word.n);
    s->text[n + word.n] = '\0';
    s->bits |= bits;
    return true;
}

bool scopes_parse(struct str text, struct scopes *out, struct error *err)
{
    *out = (struct scopes){0};
    while (text.n > 0)
        if (!scopes_add(out, str_until(&text, ' '), err))
            return false;
    return out->text[0] != '\0' || error_set(err, "a token needs a scope");
}

unsigned scopes_for(const struct scopes *s, const char *source)
{
    struct str rest = str_of(s->text);

    if (source == NULL || (s->bits & SCOPE_INGEST) != 0)
        return s->bits;
    while (rest.n > 0) {
        struct str word = str_until(&rest, ' ');

        if (str_starts(word, INGEST_OF) &&
            str_is(str_from(word, strlen(INGEST_OF)), source))
            return s->bits | SCOPE_INGEST;
    }
    return s->bits;
}

unsigned scopes_most(const struct scopes *s)
{
    bool of_one = memmem(s->text, strlen(s->text), INGEST_OF,
                         strlen(INGEST_OF)) != NULL;

    return s->bits | (of_one ? SCOPE_INGEST : 0);
}

void scope_names(unsigned bits, void (*each)(void *arg, const char *name),
                 void *arg)
{
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if ((bits & scopes[i].bits) == scopes[i].bits)
            each(arg, scopes[i].name);
}
