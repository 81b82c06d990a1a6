/* fuzz_retry_after.c -- any bytes as a Retry-After header: never past the cap, and
 * never before now. */
#include "transport/own.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const int64_t nows_ms[] = {0, 1606141256000, 253402300799999};

    for (size_t i = 0; i < COUNT_OF(nows_ms); i++) {
        int64_t ms = retry_after_ms((struct str){(const char *)bytes, n},
                                    nows_ms[i]);

        assert(ms >= 0 && ms <= RETRY_AFTER_CAP_MS);
    }
    return 0;
}
