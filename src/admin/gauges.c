/* gauges.c -- the few things that are measured when somebody asks. */
#include "admin/gauges.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#define PATH_BYTES 4096

int64_t uptime_ms(const struct admin *a)
{
    return clock_tick_ms(a->with.clock) - a->started_tick_ms;
}

int64_t disk_free_bytes(const struct admin *a)
{
    struct statvfs st;

    if (statvfs(a->with.data_dir, &st) < 0)
        return -1;
    return (int64_t)st.f_bavail * (int64_t)st.f_frsize;
}

static int64_t file_bytes(const struct admin *a, const char *name,
                          const char *end)
{
    char path[PATH_BYTES];
    struct stat st;

    if (snprintf(path, sizeof path, "%s/%s%s", a->with.data_dir, name, end) >=
            (int)sizeof path ||
        stat(path, &st) < 0)
        return 0;
    return st.st_size;
}

int64_t database_bytes(const struct admin *a, const char *name)
{
    return file_bytes(a, name, "") + file_bytes(a, name, "-wal");
}

bool is_ready(const struct admin *a, struct error *why)
{
    int64_t free_bytes = disk_free_bytes(a);

    if (a->stopping)
        return error_set(why, "stopping");
    if (outbox_has_room(a->with.outbox, 1, ALERT_JSON_MAX))
        return true;
    if (free_bytes >= 0 && free_bytes < (int64_t)DISK_FREE_MIN)
        return error_set(why, "the disk is nearly full: %lld bytes are free, "
                              "%u are needed",
                         (long long)free_bytes, DISK_FREE_MIN);
    return error_set(why, "more alerts wait for the disk than fit in memory");
}
