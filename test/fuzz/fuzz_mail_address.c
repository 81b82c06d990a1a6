/* fuzz_mail_address.c -- what is taken for an address fits between "<" and ">",
 * and is taken for the same one again. */
#include "endpoint/mail_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_address(const struct mail_address *m, struct arena *a)
{
    struct mail_address again;
    struct error err;
    size_t ats = 0;

    assert(m->addr.n >= 3 && m->addr.n <= 64 + 1 + 255);
    for (size_t i = 0; i < m->addr.n; i++) {
        assert(m->addr.p[i] > ' ' && m->addr.p[i] <= '~');
        assert(strchr("<>()[],;:\\\"", m->addr.p[i]) == NULL);
        ats += m->addr.p[i] == '@';
    }
    assert(ats == 1);
    assert(utf8_valid(m->name));
    for (size_t i = 0; i < m->name.n; i++)
        assert((unsigned char)m->name.p[i] >= ' ');
    assert(mail_address_parse(m->addr, a, &again, &err));
    assert(str_eq(again.addr, m->addr) && again.name.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena freed_by(arena_release) = {0};
    struct str s = {(const char *)bytes, n};
    struct mail_address all[5];
    struct error err;
    size_t count = 0;

    if (mail_address_parse(s, &arena, &all[0], &err))
        check_address(&all[0], &arena);
    else
        assert(err.text[0] != '\0');
    if (mail_address_list(s, &arena, all, COUNT_OF(all), &count, &err)) {
        for (size_t i = 0; i < count; i++)
            check_address(&all[i], &arena);
    }
    return 0;
}
