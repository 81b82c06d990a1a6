/* fuzz_template.c -- any bytes as a template and, behind a NUL, any JSON as the
 * alert: parsed or refused with a place, rendered within its limits. */
#include "base/limits.h"
#include "message/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define ARENA_MAX (64u << 20)

static void check_text(struct str text)
{
    assert(text.n > 0 && text.n <= TEMPLATE_OUTPUT_MAX && utf8_valid(text));
    assert(str_trim(text).n == text.n);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        assert((c >= ' ' || c == '\n') && c != 0x7f);
    }
}

static bool alert_of(struct str json, struct arena *a, struct alert *out)
{
    struct error err;
    const struct json *j = json_parse(a, json, &err);

    if (j != NULL && alert_read(a, j, 1606141256000, out, &err) &&
        alert_check(out, &err))
        return true;
    j = json_parse(a, STR("{\"type\":\"t\",\"labels\":{\"a\":[1,\"b\"]}}"), &err);
    return alert_read(a, j, 1606141256000, out, &err);
}

static void check_message(const struct alert *alert, const struct template *t,
                          struct arena *a)
{
    struct message_words own = {.title = t, .text = t};
    struct message_place place = {.instance = STR("gw"), .own = &own};
    struct message m;

    message_build(alert, PHASE_NEW, &place, a, &m);
    assert(str_find(m.title, '\n') == m.title.n);
    assert(m.own_text == (m.failed.n == 0));
    assert(m.own_text == (m.fact_count == 0) || m.failed.n > 0);
    if (m.own_text)
        check_text(m.sentence);
    else
        assert(strcmp(m.facts[0].label, "Template") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct str all = {(const char *)bytes, n};
    struct str text = str_first(all, str_find(all, '\0'));
    struct error err = {0};
    const struct template *t = template_parse(text, &a, &err);
    struct alert alert;

    if (t == NULL) {
        assert(err.text[0] != '\0' && utf8_valid(str_of(err.text)));
        return 0;
    }
    if (!alert_of(str_from(all, text.n + 1), &a, &alert))
        bug("an alert of our own");
    check_message(&alert, t, &a);
    assert(a.used < ARENA_MAX);
    return 0;
}
