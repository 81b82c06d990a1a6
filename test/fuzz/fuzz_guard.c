/* fuzz_guard.c -- any bytes as a parsed head: what the guard lets through has
 * the one shape it is meant to have. */
#include "web/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* After the version: no line feed anywhere, and two line ends at the end. */
static void check_shape(const char *p, size_t n)
{
    size_t version_n = strnlen(p, n); /* libmicrohttpd's to check */

    assert(n >= version_n + 4);
    for (size_t i = n - 4; i < n; i++)
        assert(p[i] == '\0');
    for (size_t i = version_n; i < n; i++)
        assert(p[i] != '\n' && p[i] != '\r');
}

/* The input: two bytes for where the version starts, then the head. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct head_bytes head = {0};
    struct error err;
    size_t version;
    char *copy;

    if (n < 3)
        return 0;
    n -= 2;
    version = (size_t)(bytes[0] | bytes[1] << 8) % n;
    copy = mem_dup((const char *)bytes + 2, n);
    head.method = copy;
    head.version = copy + version;
    head.n = n;
    if (version >= strlen(copy) + 2)
        head.target_n = version - strlen(copy) - 2;
    if (version > 0 && guard_bytes(&head, &err))
        check_shape(head.version, n - version);
    free(copy);
    return 0;
}
