/* password.c -- the thread that hashes passwords, by libsodium. */
#include "people/password.h"

#include <pthread.h>
#include <signal.h>
#include <sodium.h>

#include "loop/mailbox.h"

struct job {
    bool verify;
    char password[PASSWORD_MAX + 1];
    size_t password_n;
    char hash[PASSWORD_HASH_MAX];
    bool right;
    password_fn *done;
    void *arg;
    struct job *next; /* among the answered, inline */
};

struct passwords {
    struct loop *loop;
    struct passwords_options with;
    char nobody[PASSWORD_HASH_MAX]; /* a hash that no password has */
    struct mailbox *in, *out;       /* ours; NULL: inline */
    pthread_t thread;
    size_t waiting;
    bool stopping;
    struct job *answered, **answered_end;
    struct timer answers;
};

static_assert(PASSWORD_HASH_MAX == crypto_pwhash_STRBYTES, "libsodium's");

/* --- on the thread ------------------------------------------------------------ */

static void job_run(const struct passwords *p, struct job *j)
{
    if (j->verify)
        j->right = crypto_pwhash_str_verify(j->hash, j->password,
                                            j->password_n) == 0;
    else
        j->right = crypto_pwhash_str_alg(j->hash, j->password, j->password_n,
                                         p->with.ops, p->with.memory,
                                         crypto_pwhash_ALG_ARGON2ID13) == 0;
    sodium_memzero(j->password, sizeof j->password);
}

static void *passwords_main(void *arg)
{
    struct passwords *p = arg;
    struct job *j;

    while ((j = mailbox_take(p->in, true)) != NULL) {
        bool posted;

        job_run(p, j);
        posted = mailbox_put(p->out, j);
        assert(posted); /* it has room for all that can wait */
    }
    return NULL;
}

/* --- on the loop ---------------------------------------------------------------- */

static void job_answer(struct passwords *p, struct job *j)
{
    p->waiting--;
    j->done(j->arg, j->right && !p->stopping, j->right ? j->hash : "");
    sodium_memzero(j, sizeof *j);
    free(j);
}

static void job_arrived(void *passwords, void *job)
{
    job_answer(passwords, job);
}

static void answers_due(void *passwords)
{
    struct passwords *p = passwords;
    struct job *now = p->answered;

    p->answered = NULL;
    p->answered_end = &p->answered;
    while (now != NULL) {
        struct job *next = now->next;

        job_answer(p, now);
        now = next;
    }
}

static bool post(struct passwords *p, struct job *j)
{
    bool room = !p->stopping && p->waiting < PASSWORDS_WAITING_MAX;

    if (room && p->in != NULL)
        room = mailbox_put(p->in, j);
    if (!room) {
        sodium_memzero(j, sizeof *j);
        free(j);
        return false;
    }
    p->waiting++;
    if (p->in == NULL) {
        job_run(p, j);
        *p->answered_end = j;
        p->answered_end = &j->next;
        loop_timer_set(p->loop, &p->answers, 0, answers_due, p);
    }
    return true;
}

static struct job *job_new(struct str password, password_fn *done, void *arg)
{
    struct job *j = mem_new(sizeof *j);

    assert(password.n <= PASSWORD_MAX);
    if (password.n > 0)
        memcpy(j->password, password.p, password.n);
    j->password_n = password.n;
    j->done = done;
    j->arg = arg;
    return j;
}

bool password_make(struct passwords *p, struct str password, password_fn *done,
                   void *arg)
{
    return post(p, job_new(password, done, arg));
}

bool password_verify(struct passwords *p, struct str password, const char *hash,
                     password_fn *done, void *arg)
{
    struct job *j = job_new(password, done, arg);

    j->verify = true;
    snprintf(j->hash, sizeof j->hash, "%s", hash[0] != '\0' ? hash : p->nobody);
    return post(p, j);
}

/* --- what is fit to be one -------------------------------------------------------- */

/* Of those with twelve characters and more, the ones on every list. */
static const char *const common[] = {
    "123456789012", "1234567890123", "12345678910", "1234567891011",
    "password1234", "password12345", "passwordpassword", "qwertyuiop12",
    "qwertyuiop123", "qwertyuiopas", "qwerty123456", "1q2w3e4r5t6y",
    "administrator", "administrator1", "letmeinletmein", "changemechangeme",
    "iloveyou1234", "welcome12345", "abcdefghijkl", "abc123abc123",
};

static bool is_one_character(struct str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0])
            return false;
    return true;
}

static size_t character_count(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

bool password_fit(struct str password, struct str name, struct error *err)
{
    if (!utf8_valid(password) || character_count(password) < PASSWORD_MIN)
        return error_set(err, "a password has %d characters or more",
                         PASSWORD_MIN);
    if (password.n > PASSWORD_MAX)
        return error_set(err, "a password has at most %d bytes", PASSWORD_MAX);
    if (is_one_character(password) ||
        (name.n > 0 && password.n == name.n &&
         strncasecmp(password.p, name.p, name.n) == 0))
        return error_set(err, "this password is the first one anybody tries");
    for (size_t i = 0; i < COUNT_OF(common); i++)
        if (str_is_nocase(password, common[i]))
            return error_set(err, "this password is on every list of passwords");
    return true;
}

/* --- opening and closing ------------------------------------------------------------ */

/* A salt and a hash by chance, so that a verification does all the work. */
static void nobody_make(struct passwords *p)
{
    unsigned char bytes[16 + 32];
    char salt[23], hash[44]; /* of 16 and 32 bytes in base64 */

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(salt, sizeof salt, bytes, 16,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(hash, sizeof hash, bytes + 16, 32,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    snprintf(p->nobody, sizeof p->nobody, "$argon2id$v=19$m=%zu,t=%llu,p=1$%s$%s",
             p->with.memory / 1024, p->with.ops, salt, hash);
}

static bool thread_start(struct passwords *p, struct error *err)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&p->thread, NULL, passwords_main, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 ||
           error_set(err, "cannot start a thread: %s", strerror(failed));
}

static bool boxes_open(struct passwords *p, struct error *err)
{
    p->in = mailbox_new(PASSWORDS_WAITING_MAX);
    p->out = mailbox_new(PASSWORDS_WAITING_MAX);
    if (mailbox_watch(p->out, p->loop, job_arrived, p, err)) {
        if (thread_start(p, err))
            return true;
        mailbox_unwatch(p->out, p->loop);
    }
    mailbox_free(p->in);
    mailbox_free(p->out);
    return false;
}

struct passwords *passwords_start(struct loop *l,
                                  const struct passwords_options *o,
                                  struct error *err)
{
    struct passwords *p = mem_new(sizeof *p);

    p->loop = l;
    p->with = *o;
    if (p->with.ops == 0)
        p->with.ops = crypto_pwhash_OPSLIMIT_INTERACTIVE;
    if (p->with.memory == 0)
        p->with.memory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
    p->answered_end = &p->answered;
    nobody_make(p);
    if (!o->inline_thread && !boxes_open(p, err)) {
        free(p);
        return NULL;
    }
    return p;
}

void passwords_stop(struct passwords *p)
{
    struct job *j;

    if (p == NULL)
        return;
    p->stopping = true;
    loop_timer_clear(p->loop, &p->answers);
    if (p->in != NULL) {
        mailbox_close(p->in);
        pthread_join(p->thread, NULL);
        while ((j = mailbox_take(p->out, false)) != NULL)
            job_answer(p, j);
        mailbox_unwatch(p->out, p->loop);
        mailbox_free(p->in);
        mailbox_free(p->out);
    }
    answers_due(p);
    free(p);
}
