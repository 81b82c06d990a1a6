/* apprise_file.h -- a list of Apprise's addresses becomes endpoints and recipients:
 * the text form (one a line, "tags=" before it or not) and the YAML form ("urls:").
 * Pure. The format: https://github.com/caronc/apprise/wiki/config. */
#ifndef CONFIG_APPRISE_FILE_H
#define CONFIG_APPRISE_FILE_H

#include "config/import.h"

#define APPRISE_ADDRESSES_MAX 1000

/* `text` is the file; `out` has begun. The report speaks of lines, never of the
 * addresses, which hold secrets. False: nothing in it looks like an address. */
bool apprise_file_read(struct str text, struct import *out,
                       struct error *err) must_check;

#endif
