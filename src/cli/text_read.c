/* text_read.c -- what a command is given to read, whole. */
#include "cli/commands.h"

#include <errno.h>

#define READ_STEP 4096 /* what is nearer to its limit than this is too long */

void stream_read(FILE *from, struct buf *to)
{
    char *room;
    size_t n;

    while ((room = buf_room(to, READ_STEP)) != NULL &&
           (n = fread(room, 1, READ_STEP, from)) > 0)
        buf_used(to, n);
}

bool text_read(const char *command, const char *path, FILE *f, struct buf *to)
{
    bool ok;

    if (f != NULL)
        stream_read(f, to);
    ok = f != NULL && !ferror(f) && !to->over;
    if (!ok)
        fprintf(stderr, "tocsin %s: cannot read %s: %s\n", command, path,
                to->over ? "it is too long" : strerror(errno));
    if (f != NULL && f != stdin)
        fclose(f);
    return ok;
}
