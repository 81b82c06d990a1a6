/* note.c -- in place of the web interface, where it was built without npm. */
#include "web/asset.h"

#define NOTE                                                                   \
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"                \
    "<title>Tocsin</title><h1>Tocsin runs</h1>"                                \
    "<p>It was built without its web interface, because npm was missing. "     \
    "Install npm and build again; or use the command line: "                   \
    "<code>tocsin --help</code>.</p></html>\n"

static const unsigned char note[] = NOTE;

const struct web_asset web_assets[] = {
    {.path = "/index.html",
     .type = "text/html; charset=utf-8",
     .etag = "\"note-1\"",
     .body = note,
     .n = sizeof note - 1},
};
const size_t web_asset_count = sizeof web_assets / sizeof *web_assets;
