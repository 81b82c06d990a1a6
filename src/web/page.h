/* page.h -- the web interface's files, served from inside the program. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "web/asset.h"
#include "web/httpd.h"

/* Answers GET of every path that no route has: the asset of that path, and
 * /index.html for one that has no extension and is not the API's, because the
 * pages' own paths are like that. The table is borrowed. */
struct pages {
    const struct web_asset *v;
    size_t n;
};
void pages_serve(struct httpd *h, const struct pages *p);

#endif
