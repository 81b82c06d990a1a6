/* access.c -- who sends a request: somebody's session, an API token, or the admin
 * token. That is in a file for the command line, and in memory is only its
 * hash. */
#include "admin/admin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "alert/ip.h"
#include "base/log.h"
#include "people/session.h"

#define PATH_BYTES 4096
#define FILE_MAX_BYTES 128 /* of the token's file: it and a newline */

struct access_keeper {
    unsigned char hash[crypto_generichash_BYTES];
    struct people *people; /* NULL: only the admin token is known */
    struct config *config;
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

static void session_is(struct access_keeper *keeper, struct str text,
                       struct str csrf, struct caller *out)
{
    const struct session *s = session_find(keeper->people, text);
    const struct user *u;
    char want[SESSION_TEXT_BYTES];

    if (s == NULL)
        return;
    u = user_of_id(keeper->people, s->user_id);
    session_csrf(text, want);
    out->kind = CALLER_SESSION;
    out->scopes = role_scopes(u->role);
    out->user_id = u->id;
    out->session_id = s->id;
    out->csrf = csrf.n == SESSION_TEXT_BYTES - 1 &&
                sodium_memcmp(csrf.p, want, csrf.n) == 0;
    snprintf(out->name, sizeof out->name, "user %s", u->name);
}

static void token_is(struct access_keeper *keeper,
                     const struct credential *given, struct caller *out)
{
    const struct api_token *t = api_token_find(keeper->people, given->token);

    if (t == NULL)
        return;
    out->kind = CALLER_TOKEN;
    out->token_id = t->id;
    out->scopes = api_token_scopes(keeper->people, t, given->source);
    snprintf(out->name, sizeof out->name, "token %s", t->name);
}

/* A token that is sent is the one that counts, also when it is wrong. */
static void access_who(void *arg, const struct credential *given,
                       struct caller *out)
{
    struct access_keeper *keeper = arg;

    if (token_is_ours(keeper, given->token)) {
        out->kind = CALLER_TOKEN;
        out->scopes = SCOPE_ALL;
        snprintf(out->name, sizeof out->name, "admin token");
    } else if (keeper->people != NULL && given->token.n > 0) {
        token_is(keeper, given, out);
    } else if (keeper->people != NULL) {
        session_is(keeper, given->session, given->csrf, out);
    }
}

static bool access_proxy(void *arg, struct str address)
{
    const struct access_keeper *keeper = arg;
    const struct str_list *list;
    struct prefix prefix;
    struct ip ip;
    bool rest;

    if (keeper->config == NULL || !ip_parse(address, &ip))
        return false;
    list = &config_now(keeper->config)->settings.trusted_proxies;
    for (size_t i = 0; i < list->n; i++)
        if (prefix_parse(list->v[i], &prefix, &rest) &&
            prefix_holds(&prefix, &ip))
            return true;
    return false;
}

void access_people(struct httpd_options *http, struct people *people,
                   struct config *config)
{
    struct access_keeper *keeper = http->people;

    keeper->people = people;
    keeper->config = config;
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
    http->who = access_who;
    http->proxy = access_proxy;
    http->people = keeper;
    return true;
}

void access_close(struct httpd_options *http)
{
    if (http->who != access_who)
        return;
    free(http->people);
    http->who = NULL;
    http->proxy = NULL;
    http->people = NULL;
}
