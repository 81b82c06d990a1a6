/* fuzz_hide.c -- any text with a secret in any of its forms, anywhere in it: what
 * people are shown holds none of them, is clean, and no longer than allowed. */
#include "config/hide.h"

#define MAX_SHOWN 300

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* 0xf8, which is never UTF-8, and a number stand for a form of the secret. */
static void text_make(const struct forms *f, struct str noise, struct buf *to)
{
    for (size_t i = 0; i < noise.n; i++)
        if ((uint8_t)noise.p[i] == 0xf8 && i + 1 < noise.n && f->n > 0)
            buf_str(to, f->v[(uint8_t)noise.p[++i] % f->n]);
        else
            buf_char(to, noise.p[i]);
}

static void check_clean(struct str shown)
{
    assert(shown.n <= MAX_SHOWN && utf8_valid(shown));
    for (size_t i = 0; i < shown.n; i++)
        assert((unsigned char)shown.p[i] >= ' ' || shown.p[i] == '\n' || shown.p[i] == '\t');
}

static void check_hidden(const struct forms *f, struct str shown)
{
    for (size_t i = 0; i < f->n; i++)
        assert(shown.n < f->v[i].n ||
               memmem(shown.p, shown.n, f->v[i].p, f->v[i].n) == NULL);
}

/* The input: how long the secret is and its user, these, then the noise. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct str rest = {(const char *)bytes, n};
    struct forms forms = {.arena = &a};
    struct redactor redactor;
    struct secret secret;
    struct hide hide = {.own = &redactor, .arena = &a};
    struct str shown;

    if (n < 2)
        return 0;
    secret.value = str_first(str_from(rest, 2), bytes[0]);
    rest = str_from(rest, 2 + secret.value.n);
    secret.user = str_first(rest, bytes[1]);
    rest = str_from(rest, secret.user.n);
    if (!utf8_valid(secret.value) || !utf8_valid(secret.user))
        return 0; /* nothing in the configuration is that */
    if (secret.value.n > 0 && memmem(secret.value.p, secret.value.n, "•", 3) != NULL)
        return 0; /* what stands for it would be it */
    forms_add(&forms, &secret);
    redactor_init(&redactor, &secret, 1, &a);
    text_make(&forms, rest, &text);
    shown = hide_text(&hide, buf_view(&text), MAX_SHOWN);
    check_clean(shown);
    check_hidden(&forms, shown);
    return 0;
}
