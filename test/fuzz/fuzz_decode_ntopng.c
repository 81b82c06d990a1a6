/* fuzz_decode_ntopng.c -- any body at all for decode_ntopng(). */
#include "decoded.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return decode_any(decode_ntopng, bytes, n);
}
