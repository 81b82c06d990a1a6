/* fuzz_filter.c -- whatever is taken for a filter is asked without harm, and
 * reads back from its own text as a filter that answers the same. */
#include "routing/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char alert_text[] =
    "{\"type\":\"low_goodput\",\"entity\":\"flow\",\"category\":\"network\","
    "\"severity\":\"warning\",\"score\":60,\"cli_ip\":\"192.168.1.29\","
    "\"srv_ip\":\"2001:db8::1\",\"cli_port\":60952,\"srv_port\":80,\"vlan_id\":7,"
    "\"labels\":{\"env\":\"lab\"},\"tags\":[\"web\",\"slow\"],\"name\":\"cam-12\","
    "\"message\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}";

static enum filter_answer ask(const struct filter *f, const struct alert *alert)
{
    struct filter_subject s;
    enum filter_answer answer;

    filter_subject_init(&s, alert, NULL);
    answer = filter_ask(f, &s);
    filter_subject_release(&s);
    return answer;
}

static void explain(const struct filter *f, const struct alert *alert, struct arena *a)
{
    struct filter_subject s;
    struct reason *r;
    size_t count;

    filter_subject_init(&s, alert, NULL);
    count = filter_explain(f, &s, a, &r);
    for (size_t i = 0; i < count; i++)
        assert(r[i].name[0] != '\0' && r[i].want.n > 0 && utf8_valid(r[i].have));
    filter_subject_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct str text = arena_str(&a, (struct str){(const char *)bytes, n});
    struct error err = {0};
    size_t column = 0;
    const struct filter *f = filter_parse(text, &a, &column, &err);
    const struct filter *again;
    struct alert alert;
    struct str written;

    if (f == NULL) {
        assert(err.text[0] != '\0' && column >= 1 && column <= n + 1);
        return 0;
    }
    if (!alert_read(&a, json_parse(&a, STR(alert_text), NULL), 1, &alert, NULL))
        abort();
    written = filter_text(f, &a);
    explain(f, &alert, &a);
    if (written.n > FILTER_BYTES_MAX)
        return 0;
    again = filter_parse(written, &a, &column, &err);
    assert(again != NULL && str_eq(written, filter_text(again, &a)));
    assert(ask(f, &alert) == ask(again, &alert));
    return 0;
}
