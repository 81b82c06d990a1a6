/* seal.c -- secrets at rest: the key file, sealing and opening. */
#include "config/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES   crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY_HEX     (2 * KEY_BYTES) /* and a newline: how the file looks */
#define BASE64      sodium_base64_VARIANT_ORIGINAL_NO_PADDING

struct seal {
    unsigned char key[KEY_BYTES];
};

static void fd_closed(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Guarded memory: not swapped out, not in a core file, wiped when freed. */
static struct seal *seal_alloc(void)
{
    struct seal *s;

    if (sodium_init() < 0)
        abort();
    s = sodium_malloc(sizeof(*s));
    if (s == NULL)
        abort();
    return s;
}

struct seal *seal_new(void)
{
    struct seal *s = seal_alloc();

    randombytes_buf(s->key, sizeof(s->key));
    return s;
}

void seal_free(struct seal *s)
{
    sodium_free(s);
}

static bool key_is_ours(int fd, const char *path, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return error_set(err, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "%s is not a regular file", path);
    if (st.st_uid != geteuid())
        return error_set(err,
                         "%s belongs to user %u, not to us (%u): "
                         "chown it",
                         path, (unsigned)st.st_uid, (unsigned)geteuid());
    if ((st.st_mode & 0177) != 0)
        return error_set(err,
                         "%s has mode %04o, so that others can use the "
                         "key: chmod 600 it, and think of the secrets "
                         "it sealed as known",
                         path, (unsigned)st.st_mode & 07777);
    return true;
}

static bool key_read(int fd, struct seal *s, const char *path,
                     struct error *err)
{
    char hex[KEY_HEX + 2];
    ssize_t n = read(fd, hex, sizeof(hex));
    size_t binary = 0;
    bool right;

    if (n < 0)
        return error_set(err, "%s: %s", path, strerror(errno));
    right = n == KEY_HEX + 1 && hex[KEY_HEX] == '\n' &&
            sodium_hex2bin(s->key, sizeof(s->key), hex, KEY_HEX, NULL, &binary,
                           NULL) == 0 &&
            binary == sizeof(s->key);
    sodium_memzero(hex, sizeof(hex));
    if (!right)
        return error_set(err,
                         "%s is not a key: it must be %u hexadecimal "
                         "digits and a newline; restore it from a backup",
                         path, (unsigned)KEY_HEX);
    return true;
}

static bool key_write(int fd, const struct seal *s)
{
    char hex[KEY_HEX + 1];
    ssize_t n;

    sodium_bin2hex(hex, sizeof(hex), s->key, sizeof(s->key));
    hex[KEY_HEX] = '\n';
    n = write(fd, hex, sizeof(hex));
    sodium_memzero(hex, sizeof(hex));
    return n == sizeof(hex) && fsync(fd) == 0;
}

static bool directory_synced(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL ? mem_dup(".", 1)
                                    : mem_dup(path, (size_t)(slash - path) + 1);
    int fd freed_by(fd_closed) =
        open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    free(directory);
    return fd >= 0 && fsync(fd) == 0;
}

/* Under another name first: a crash half-way leaves no half a key, and link()
 * never replaces a key that is there. */
static bool key_make(const struct seal *s, const char *path, struct error *err)
{
    struct buf fresh freed_by(buf_release) = BUF(4096);
    int fd freed_by(fd_closed) = -1;
    bool made;

    buf_printf(&fresh, "%s.new", path);
    if (fresh.over)
        return error_set(err, "%.60s...: the path is too long", path);
    unlink(buf_c(&fresh));
    fd = open(buf_c(&fresh),
              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    made = fd >= 0 && fchmod(fd, 0600) == 0 && key_write(fd, s) &&
           link(buf_c(&fresh), path) == 0 && directory_synced(path);
    if (!made)
        error_set(err, "cannot make the key %s: %s", path, strerror(errno));
    unlink(buf_c(&fresh));
    return made;
}

struct seal *seal_open(const char *path, bool may_make, struct error *err)
{
    int fd freed_by(fd_closed) =
        open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct seal *s = NULL;
    bool right;

    if (fd < 0 && errno == ENOENT && may_make) {
        s = seal_new();
        right = key_make(s, path, err);
    } else if (fd < 0) {
        error_set(err, "cannot read the key %s: %s%s", path, strerror(errno),
                  errno == ENOENT ? "; the secrets in config.db were sealed "
                                    "with it: restore it from a backup"
                                  : "");
        return NULL;
    } else {
        s = seal_alloc();
        right = key_is_ours(fd, path, err) && key_read(fd, s, path, err);
    }
    if (!right) {
        seal_free(s);
        return NULL;
    }
    return s;
}

void seal_id(const struct seal *s, char out[SEAL_ID_MAX])
{
    static const char purpose[] = "tocsin config.db key id";
    unsigned char id[(SEAL_ID_MAX - 1) / 2];

    crypto_generichash(id, sizeof(id), (const unsigned char *)purpose,
                       sizeof(purpose) - 1, s->key, sizeof(s->key));
    sodium_bin2hex(out, SEAL_ID_MAX, id, sizeof(id));
}

void seal_sign(const struct seal *s, struct str text,
               unsigned char out[SEAL_SIGNATURE_BYTES])
{
    static const char purpose[crypto_kdf_CONTEXTBYTES + 1] = "sign/url";
    unsigned char key[crypto_auth_KEYBYTES];

    static_assert(KEY_BYTES == crypto_kdf_KEYBYTES, "a key to make keys from");
    static_assert(SEAL_SIGNATURE_BYTES == crypto_auth_BYTES, "room for it");
    crypto_kdf_derive_from_key(key, sizeof(key), 1, purpose, s->key);
    crypto_auth(out, (const unsigned char *)text.p, text.n, key);
    sodium_memzero(key, sizeof(key));
}

struct str seal_close_text(const struct seal *s, struct str place,
                           struct str secret, struct arena *a)
{
    size_t n = NONCE_BYTES + secret.n + TAG_BYTES;
    unsigned char *box = arena_new(a, n);
    size_t text_max = sodium_base64_encoded_len(n, BASE64);
    char *text = arena_new(a, text_max);

    randombytes_buf(box, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        box + NONCE_BYTES, NULL, (const unsigned char *)secret.p, secret.n,
        (const unsigned char *)place.p, place.n, NULL, box, s->key);
    sodium_bin2base64(text, text_max, box, n, BASE64);
    return str_of(text);
}

bool seal_open_text(const struct seal *s, struct str place, struct str sealed,
                    struct arena *a, struct str *out, struct error *err)
{
    unsigned char *box = arena_new(a, sealed.n + 1);
    char *text = arena_new(a, sealed.n + 1);
    unsigned long long text_n = 0;
    size_t n = 0;

    if (sodium_base642bin(box, sealed.n + 1, sealed.p, sealed.n, NULL, &n, NULL,
                          BASE64) != 0 ||
        n < NONCE_BYTES + TAG_BYTES ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            (unsigned char *)text, &text_n, NULL, box + NONCE_BYTES,
            n - NONCE_BYTES, (const unsigned char *)place.p, place.n, box,
            s->key) != 0)
        return error_set(err,
                         "the sealed secret of %.*s does not open: it was "
                         "changed, or sealed for another place",
                         STR_ARG(place));
    *out = (struct str){text, (size_t)text_n};
    return true;
}

struct str sealed_text(const struct json *value)
{
    return json_is(value, JSON_OBJECT) && value->count == 1
               ? json_text(json_get(value, "sealed"))
               : STR_NONE;
}

const struct json *sealed_json(struct str sealed, struct arena *a)
{
    struct json_list members = {0};

    json_list_add(&members, a, STR("sealed"), json_new_string(a, sealed));
    return json_new_object(a, &members);
}
