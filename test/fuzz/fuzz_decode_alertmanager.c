/* fuzz_decode_alertmanager.c -- any body at all for decode_alertmanager(). */
#include "decoded.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return decode_any(decode_alertmanager, bytes, n);
}
