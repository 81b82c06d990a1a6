/* fuzz_decode_native.c -- any body at all for decode_native(). */
#include "decoded.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return decode_any(decode_native, bytes, n);
}
