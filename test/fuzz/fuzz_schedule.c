/* fuzz_schedule.c -- whatever is taken for a schedule has ends and beginnings that
 * agree with what is inside, also where clocks jump. */
#include "base/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void windows_agree(const struct schedule *s, const struct zone *z, int64_t now_ms)
{
    int64_t end_ms = schedule_end_ms(s, z, now_ms);
    int64_t next_ms = schedule_next_ms(s, z, now_ms);
    bool ends = end_ms - now_ms < SCHEDULE_AHEAD_S * 1000LL;

    assert(schedule_inside(s, z, now_ms) == (end_ms > now_ms));
    assert(!schedule_inside(s, z, end_ms) || !ends);
    assert(end_ms == now_ms || schedule_inside(s, z, end_ms - 1000));
    if (next_ms == INT64_MAX)
        return;
    assert(next_ms > end_ms || (next_ms > now_ms && end_ms == now_ms));
    assert(schedule_inside(s, z, next_ms) && !schedule_inside(s, z, next_ms - 1000));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    /* An hour around each jump of 2026, and far ahead. */
    static const int64_t nows_ms[] = {1774744200000, 1774746000000, 1792888200000,
                                      1792890000000, 1795607000000, 2900000000000};
    static struct zone *zone;
    struct str text = {(const char *)bytes, n};
    struct schedule s;
    struct error err = {0};
    size_t column = 0;

    if (zone == NULL && (zone = zone_new(STR("Europe/Rome"), NULL)) == NULL)
        abort();
    if (!schedule_parse(text, SCHEDULE_WINDOWS, &s, &column, &err))
        assert(err.text[0] != '\0' && column >= 1 && column <= n + 1);
    else
        for (size_t i = 0; i < COUNT_OF(nows_ms); i++)
            windows_agree(&s, i % 2 ? zone : NULL, nows_ms[i]);
    if (schedule_parse(text, SCHEDULE_MOMENTS, &s, &column, &err))
        for (size_t i = 0; i < COUNT_OF(nows_ms); i++)
            assert(schedule_next_ms(&s, zone, nows_ms[i]) > nows_ms[i]);
    return 0;
}
