/* fuzz_import.c -- whatever a foreign file says, the readers end, and what they
 * make are edits with names of ours. The first byte chooses the reader. */
#include "config/alertmanager_file.h"
#include "config/apprise_file.h"
#include "config/ntopng_backup.h"
#include "config/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool read_one(uint8_t which, struct str text, struct import *i,
                     struct error *err)
{
    const struct json *file;

    switch (which % 3) {
    case 0:
        return alertmanager_file_read(text, i, err);
    case 1:
        return apprise_file_read(text, i, err);
    default:
        file = json_parse(i->a, text, err);
        return file != NULL && ntopng_backup_read(file, which & 4, i, err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct import i;
    struct error err = {0};
    bool ok;

    if (n == 0)
        return 0;
    import_begin(&i, NULL, false, &a);
    ok = read_one(bytes[0], (struct str){(const char *)bytes + 1, n - 1}, &i,
                  &err);
    assert(ok || err.text[0] != '\0');
    for (size_t k = 0; k < i.n; k++) {
        bool named = object_check_name(i.edits[k].name, &err);

        assert(named);
        assert(json_is(i.edits[k].object, JSON_OBJECT));
        for (size_t other = 0; other < k; other++)
            assert(i.edits[k].kind != i.edits[other].kind ||
                   !str_eq(i.edits[k].name, i.edits[other].name));
    }
    assert(i.line_count <= IMPORT_LINES_MAX);
    return 0;
}
