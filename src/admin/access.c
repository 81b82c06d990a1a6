/* access.c -- who may use the API: the admin token, "tcn_", thirty random
 * characters and six that check them, so that a secret scanner knows it and a
 * file that was cut short is seen. In memory there is only its hash. */
#include "admin/admin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "people/token.h"
#include "base/log.h"

#define PATH_BYTES 4096
#define FILE_MAX_BYTES 128 /* of the token's file: it and a newline */

struct access_keeper {
    unsigned char hash[crypto_generichash_BYTES];
};

static void token_hash(struct str token,
                       unsigned char out[crypto_generichash_BYTES])
{
    int failed = crypto_generichash(out, crypto_generichash_BYTES,
                                    (const unsigned char *)token.p, token.n,
                                    NULL, 0);

    assert(!failed);
}

static bool token_is_ours(const struct access_keeper *keeper, struct str token)
{
    unsigned char hash[crypto_generichash_BYTES];

    if (token.n != TOKEN_BYTES)
        return false;
    token_hash(token, hash);
    return sodium_memcmp(hash, keeper->hash, sizeof hash) == 0;
}

static bool access_allow(void *keeper, enum access need, struct str token,
                         bool loopback)
{
    switch (need) {
    case ACCESS_NONE:
        return false;
    case ACCESS_ANYONE:
        return true;
    case ACCESS_INTAKE:
    case ACCESS_LOCAL:
        return loopback || token_is_ours(keeper, token);
    case ACCESS_READ:
    case ACCESS_WRITE:
        return token_is_ours(keeper, token);
    }
    bug("an access nobody thought of");
}

/* --- the file ------------------------------------------------------------- */

static bool file_check(int fd, const char *path, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return error_set(err, "cannot look at %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "%s is not a file", path);
    if (st.st_uid != geteuid())
        return error_set(err, "%s belongs to user %u, not to %u who runs this",
                         path, (unsigned)st.st_uid, (unsigned)geteuid());
    if ((st.st_mode & 077) != 0)
        return error_set(err, "%s can be read by others; chmod 600 %s", path,
                         path);
    return true;
}

static bool file_read(int fd, const char *path, struct access_keeper *keeper,
                      struct error *err)
{
    char text[FILE_MAX_BYTES];
    struct str token;
    ssize_t n;
    bool ok;

    if (!file_check(fd, path, err))
        return false;
    n = read(fd, text, sizeof text);
    if (n < 0)
        return error_set(err, "cannot read %s: %s", path, strerror(errno));
    token = str_trim((struct str){text, (size_t)n});
    ok = token_check(token);
    if (ok)
        token_hash(token, keeper->hash);
    sodium_memzero(text, sizeof text);
    return ok || error_set(err, "%s does not hold a whole token; delete it, and "
                                "a new one is made",
                           path);
}

static bool write_all(int fd, struct str text)
{
    return write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
}

/* Whole or not at all: written beside, then renamed. */
static bool file_write(const char *path, struct str line, struct error *err)
{
    char beside[PATH_BYTES + 8];
    bool ok;
    int fd;

    snprintf(beside, sizeof beside, "%s.new", path);
    unlink(beside); /* from a start that was cut short */
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
              0600);
    if (fd < 0)
        return error_set(err, "cannot make %s: %s", beside, strerror(errno));
    ok = write_all(fd, line) && rename(beside, path) == 0;
    if (!ok)
        error_set(err, "cannot write %s: %s", path, strerror(errno));
    close(fd);
    return ok;
}

static bool file_make(const char *path, struct access_keeper *keeper,
                      char made[ACCESS_TOKEN_BYTES], struct error *err)
{
    char line[TOKEN_BYTES + 1];
    bool ok;

    token_make(line);
    token_hash((struct str){line, TOKEN_BYTES}, keeper->hash);
    line[TOKEN_BYTES] = '\n';
    ok = file_write(path, (struct str){line, sizeof line}, err);
    if (ok) {
        memcpy(made, line, TOKEN_BYTES);
        made[TOKEN_BYTES] = '\0';
    }
    sodium_memzero(line, sizeof line);
    if (!ok)
        return false;
    log_info("admin", "made %s: who can read it can change everything", path);
    return true;
}

static bool token_open(const char *path, struct access_keeper *keeper,
                       char made[ACCESS_TOKEN_BYTES], struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool ok;

    if (fd < 0 && errno == ENOENT)
        return file_make(path, keeper, made, err);
    if (fd < 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    ok = file_read(fd, path, keeper, err);
    close(fd);
    return ok;
}

bool access_open(const char *data_dir, struct httpd_options *http,
                 char made[ACCESS_TOKEN_BYTES], struct error *err)
{
    struct access_keeper *keeper = mem_new(sizeof *keeper);
    char path[PATH_BYTES];

    static_assert(ACCESS_TOKEN_BYTES == TOKEN_BYTES + 1, "as admin.h says");
    made[0] = '\0';
    if (sodium_init() < 0)
        bug("libsodium does not start");
    if (snprintf(path, sizeof path, "%s/admin.token", data_dir) >=
        (int)sizeof path) {
        free(keeper);
        return error_set(err, "the name of the data directory is too long");
    }
    if (!token_open(path, keeper, made, err)) {
        free(keeper);
        return false;
    }
    http->allow = access_allow;
    http->allow_arg = keeper;
    return true;
}

void access_close(struct httpd_options *http)
{
    if (http->allow != access_allow)
        return;
    free(http->allow_arg);
    http->allow = NULL;
    http->allow_arg = NULL;
}
