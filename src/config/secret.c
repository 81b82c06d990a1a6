/* secret.c -- where a secret's value comes from. */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/tree.h"

#define PATH_TEXT_MAX 4096

static void fd_closed(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool text_is_secret(struct str ref, struct str text, struct str *out,
                           struct error *err)
{
    if (str_ends(text, "\n"))
        text.n--;
    if (str_ends(text, "\r"))
        text.n--;
    if (text.n == 0)
        return error_set(err, "\"%.*s\" is empty", STR_ARG(ref));
    if (text.n > PARAM_TEXT_MAX)
        return error_set(err, "\"%.*s\" has more than %d bytes", STR_ARG(ref),
                         PARAM_TEXT_MAX);
    *out = text;
    return true;
}

static bool file_is_private(int fd, struct str ref, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return error_set(err, "\"%.*s\": %s", STR_ARG(ref), strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "\"%.*s\" is not a regular file", STR_ARG(ref));
    if ((st.st_mode & 077) != 0)
        return error_set(err,
                         "\"%.*s\" has mode %04o, so that others can read "
                         "it: chmod 600 it",
                         STR_ARG(ref), (unsigned)st.st_mode & 07777);
    return true;
}

static bool file_read(const char *path, bool must_be_private, struct str ref,
                      struct arena *a, struct str *out, struct error *err)
{
    int fd freed_by(fd_closed) = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    size_t size = PARAM_TEXT_MAX + 3; /* one too many, and a line's end */
    char *text = arena_new(a, size);
    ssize_t n;

    if (fd < 0)
        return error_set(err, "\"%.*s\" cannot be read: %s", STR_ARG(ref),
                         strerror(errno));
    if (must_be_private && !file_is_private(fd, ref, err))
        return false;
    n = read(fd, text, size);
    if (n < 0)
        return error_set(err, "\"%.*s\" cannot be read: %s", STR_ARG(ref),
                         strerror(errno));
    return text_is_secret(ref, (struct str){text, (size_t)n}, out, err);
}

static bool from_file(struct str path, struct str ref, struct arena *a,
                      struct str *out, struct error *err)
{
    if (!str_starts(path, "/") || path.n >= PATH_TEXT_MAX)
        return error_set(err, "\"%.*s\": the path must be absolute",
                         STR_ARG(str_first(ref, 200)));
    return file_read(arena_c(a, path), true, ref, a, out, err);
}

static bool from_env(struct str name, struct str ref, struct arena *a,
                     struct str *out, struct error *err)
{
    const char *value = getenv(arena_c(a, name));

    if (value == NULL)
        return error_set(err, "\"%.*s\": there is no such environment variable",
                         STR_ARG(str_first(ref, 200)));
    return text_is_secret(ref, arena_str(a, str_of(value)), out, err);
}

/* systemd made the directory for this service alone; what the files' modes say
 * there depends on whether it used ACLs, so they are not looked at. */
static bool from_cred(struct str name, struct str ref, struct arena *a,
                      struct str *out, struct error *err)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    struct str path;

    if (name.n == 0 || name.n > 255 || str_find(name, '/') < name.n ||
        str_is(name, ".") || str_is(name, ".."))
        return error_set(err,
                         "\"%.*s\": the name of a credential is one word "
                         "without /",
                         STR_ARG(str_first(ref, 200)));
    if (directory == NULL)
        return error_set(err,
                         "\"%.*s\": systemd gave no credentials; add "
                         "LoadCredential=%.*s:PATH to the unit",
                         STR_ARG(ref), STR_ARG(name));
    path = arena_printf(a, "%s/%.*s", directory, STR_ARG(name));
    return file_read(path.p, false, ref, a, out, err);
}

static const struct {
    const char *prefix;
    bool (*read)(struct str rest, struct str ref, struct arena *a,
                 struct str *out, struct error *err);
} sources[] = {
    {"file:", from_file},
    {"env:", from_env},
    {"cred:", from_cred},
};

bool secret_is_reference(struct str value)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (str_starts(value, sources[i].prefix))
            return true;
    return false;
}

bool secret_read(struct str value, struct arena *a, struct str *out,
                 struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (str_starts(value, sources[i].prefix))
            return sources[i].read(str_from(value, strlen(sources[i].prefix)),
                                   value, a, out, err);
    *out = value;
    return true;
}

/* A copy of the rows, as wide as the original, in which one may be absent. */
static const struct field *row_optional(const struct field *rows, size_t at,
                                        struct arena *a)
{
    size_t n = 0;
    struct field *copy;

    while (rows[n].name != NULL)
        n++;
    copy = arena_array(a, n + 1, sizeof(*copy));
    memcpy(copy, rows, (n + 1) * sizeof(*copy));
    copy[at].optional = true;
    copy[at].fallback = NULL;
    return copy;
}

const struct json *secrets_read(const struct field **rows,
                                const struct json *params, struct arena *a,
                                struct error *missing)
{
    const struct json *out = params;

    missing->text[0] = '\0';
    missing->place[0] = '\0';
    for (size_t i = 0; (*rows)[i].name != NULL; i++) {
        const struct field *row = &(*rows)[i];
        struct str name = str_of(row->name);
        struct str value = json_text(json_get(params, row->name));
        struct error err = {0};
        struct str secret;

        if (!row->secret || !secret_is_reference(value))
            continue;
        if (secret_read(value, a, &secret, &err)) {
            out = tree_put(out, name, json_new_string(a, secret), a);
            continue;
        }
        error_at(&err, row->name);
        if (missing->text[0] == '\0')
            *missing = err;
        out = tree_put(out, name, NULL, a);
        *rows = row_optional(*rows, i, a);
    }
    return out;
}

const struct json *secrets_shown(const struct field *rows,
                                 const struct json *stored,
                                 const struct json *given, struct arena *a)
{
    struct json_list shown = {0};

    for (; rows->name != NULL; rows++) {
        const struct json *kept = json_get(stored, rows->name);

        if (rows->secret && kept != NULL &&
            json_get(json_get(given, rows->name), "set") != NULL)
            json_list_add(&shown, a, str_of(rows->name), kept);
    }
    return json_new_object(a, &shown);
}
