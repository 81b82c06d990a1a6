/* people.c -- users: added, changed, deleted, and never without an admin. */
#include "people/people.h"

#include <sodium.h>

#include "people/room.h"

void secret_hash(struct str text, unsigned char out[32])
{
    crypto_generichash(out, 32,
                       (const unsigned char *)(text.n > 0 ? text.p : ""),
                       text.n, NULL, 0);
}

/* --- opening and closing ---------------------------------------------------- */

struct people *people_open(const struct people_options *o, struct error *err)
{
    struct people *p = mem_new(sizeof *p);

    p->clock = o->clock;
    p->seal = o->key_path != NULL ? seal_open(o->key_path, false, err)
                                  : seal_new();
    if (p->seal != NULL && db_open(p, o->path, err) && users_load(p, err) &&
        sessions_load(p, err) && tokens_load(p, err))
        return p;
    people_close(p);
    return NULL;
}

/* --- users in memory ----------------------------------------------------------- */

size_t user_count(const struct people *p)
{
    return p->user_n;
}

const struct user *user_at(const struct people *p, size_t i)
{
    assert(i < p->user_n);
    return &p->users[i];
}

const struct user *user_find(const struct people *p, struct str name)
{
    for (size_t i = 0; i < p->user_n; i++)
        if (str_is(name, p->users[i].name))
            return &p->users[i];
    return NULL;
}

struct user *user_mutable(struct people *p, int64_t id)
{
    for (size_t i = 0; i < p->user_n; i++)
        if (p->users[i].id == id)
            return &p->users[i];
    return NULL;
}

const struct user *user_of_id(const struct people *p, int64_t id)
{
    for (size_t i = 0; i < p->user_n; i++)
        if (p->users[i].id == id)
            return &p->users[i];
    return NULL;
}

static struct user *user_room(struct people *p)
{
    if (p->user_n == p->user_room) {
        p->user_room = MAX(p->user_room * 2, (size_t)8);
        p->users = mem_grow(p->users, p->user_room, sizeof *p->users);
    }
    return &p->users[p->user_n];
}

static bool user_load(void *people, struct sqlite3_stmt *row, struct error *err)
{
    struct people *p = people;
    struct user *u = user_room(p);
    struct str role = row_text(row, 2), recovery = row_text(row, 10);

    *u = (struct user){
        .id = row_number(row, 0),
        .enabled = row_number(row, 3) != 0,
        .created_ms = row_number(row, 5),
        .login_ms = row_number(row, 6),
        .totp = row_number(row, 7) != 0,
        .totp_step = row_number(row, 9),
        .recovery_n = recovery.n / 32,
    };
    if (!row_copy(row, 1, u->name, sizeof u->name) ||
        !role_parse(role, &u->role) ||
        !row_copy(row, 4, u->hash, sizeof u->hash) ||
        !row_copy(row, 8, u->totp_sealed, sizeof u->totp_sealed) ||
        u->recovery_n > RECOVERY_CODES)
        return error_set(err, "people.db: user %lld cannot be read",
                         (long long)u->id);
    if (recovery.n > 0)
        memcpy(u->recovery, recovery.p, u->recovery_n * 32);
    p->user_n++;
    return true;
}

bool users_load(struct people *p, struct error *err)
{
    return db_rows(p,
                   "SELECT id, name, role, enabled, hash, created_ms, login_ms,"
                   " totp, totp_sealed, totp_step, recovery FROM user"
                   " ORDER BY id",
                   NULL, 0, user_load, p, err);
}

void people_close(struct people *p)
{
    if (p == NULL)
        return;
    db_close(p);
    seal_free(p->seal);
    if (p->users != NULL)
        sodium_memzero(p->users, p->user_room * sizeof *p->users);
    free(p->users);
    free(p->sessions);
    free(p->tokens);
    free(p);
}

/* --- what the log says of a user -------------------------------------------------- */

static struct str user_json(const struct user *u, struct buf *to)
{
    struct json_out o = JSON_OUT(to);

    out_object(&o, NULL);
    out_text(&o, "role", role_names[u->role]);
    out_bool(&o, "enabled", u->enabled);
    out_bool(&o, "totp", u->totp);
    out_object_end(&o);
    return buf_view(to);
}

bool user_logged(struct people *p, const struct actor *by, const char *what,
                 const struct user *before, const struct user *after,
                 struct error *err)
{
    struct buf one freed_by(buf_release) = BUF(512);
    struct buf two freed_by(buf_release) = BUF(512);

    return audit_write(p, by, what,
                       str_of(before != NULL ? before->name : after->name),
                       before != NULL ? user_json(before, &one) : STR_NONE,
                       after != NULL ? user_json(after, &two) : STR_NONE, err);
}

/* --- changing ------------------------------------------------------------------------ */

/* As in a URL, a log line and a cookie of words: no white space, no slash. */
static bool name_fit(struct str name, struct error *err)
{
    bool fit = name.n > 0 && name.n <= NAME_MAX_BYTES;

    for (size_t i = 0; i < name.n && fit; i++)
        fit = (name.p[i] >= 'a' && name.p[i] <= 'z') ||
              (name.p[i] >= 'A' && name.p[i] <= 'Z') ||
              (name.p[i] >= '0' && name.p[i] <= '9') ||
              (i > 0 && name.p[i] != '\0' && strchr("._-@+", name.p[i]));
    return fit || error_set(err, "a name has 1 to %d of a-z A-Z 0-9 . _ - @ +, "
                                 "and begins with a letter or digit",
                            NAME_MAX_BYTES);
}

/* How many could still put things right if `without` could not. */
static size_t admins_but(const struct people *p, int64_t without)
{
    size_t n = 0;

    for (size_t i = 0; i < p->user_n; i++)
        n += p->users[i].id != without && p->users[i].enabled &&
             p->users[i].role == ROLE_ADMIN;
    return n;
}

bool user_write(struct people *p, const struct user *u, struct error *err)
{
    struct str recovery = {(const char *)u->recovery, u->recovery_n * 32};

    return DB_RUN(p, err,
                  "UPDATE user SET role = ?2, enabled = ?3, hash = ?4,"
                  " login_ms = ?5, totp = ?6, totp_sealed = ?7,"
                  " totp_step = ?8, recovery = ?9 WHERE id = ?1",
                  N(u->id), T(str_of(role_names[u->role])), N(u->enabled),
                  T(str_of(u->hash)), N(u->login_ms), N(u->totp),
                  T(str_of(u->totp_sealed)), N(u->totp_step), B(recovery));
}

static bool user_insert(struct people *p, struct user *u, const struct actor *by,
                        struct error *err)
{
    if (!db_begin(p, true, err) ||
        !DB_RUN(p, err,
                "INSERT INTO user(name, role, enabled, hash, created_ms,"
                " login_ms, totp, totp_sealed, totp_step, recovery)"
                " VALUES(?1, ?2, 1, ?3, ?4, 0, 0, '', 0, x'')",
                T(str_of(u->name)), T(str_of(role_names[u->role])),
                T(str_of(u->hash)), N(u->created_ms)))
        return false;
    u->id = db_last_id(p);
    return user_logged(p, by, "user.add", NULL, u, err) && db_commit(p, err);
}

enum people_result user_add(struct people *p, struct str name, enum role role,
                            const char *hash, const struct actor *by,
                            struct error *err)
{
    struct user u = {.role = role,
                     .enabled = true,
                     .created_ms = clock_wall_ms(p->clock)};

    if (!name_fit(name, err))
        return PEOPLE_INVALID;
    if (user_find(p, name) != NULL) {
        error_set(err, "there is a user \"%.*s\" already", STR_ARG(name));
        return PEOPLE_EXISTS;
    }
    if (p->user_n == USERS_MAX) {
        error_set(err, "there are %d users, which is the most", USERS_MAX);
        return PEOPLE_INVALID;
    }
    memcpy(u.name, name.p, name.n);
    snprintf(u.hash, sizeof u.hash, "%s", hash);
    if (!user_insert(p, &u, by, err)) {
        db_rollback(p);
        return PEOPLE_FAILED;
    }
    *user_room(p) = u;
    p->user_n++;
    return PEOPLE_OK;
}

static enum people_result user_missing(struct str name, struct error *err)
{
    error_set(err, "there is no user \"%.*s\"", STR_ARG(name));
    return PEOPLE_NOT_FOUND;
}

static enum people_result admin_is_last(const struct user *u, struct error *err)
{
    error_set(err, "\"%s\" is the last admin who can log in; make another one "
                   "first",
              u->name);
    return PEOPLE_LAST_ADMIN;
}

static void change_put(struct user *u, const struct user_change *c)
{
    if (c->role != NULL)
        u->role = *c->role;
    if (c->enabled != NULL)
        u->enabled = *c->enabled;
    if (c->hash != NULL)
        snprintf(u->hash, sizeof u->hash, "%s", c->hash);
    if (c->totp_off) {
        u->totp = false;
        u->totp_sealed[0] = '\0';
        u->recovery_n = 0;
    }
}

static const char *change_name(const struct user_change *c)
{
    if (c->hash != NULL)
        return "user.password";
    return c->totp_off ? "user.totp-off" : "user.change";
}

enum people_result user_change(struct people *p, struct str name,
                               const struct user_change *c,
                               const struct actor *by, struct error *err)
{
    const struct user *before = user_find(p, name);
    struct user after;

    if (before == NULL)
        return user_missing(name, err);
    after = *before;
    change_put(&after, c);
    if ((after.role != ROLE_ADMIN || !after.enabled) &&
        admins_but(p, after.id) == 0 && admins_but(p, 0) > 0)
        return admin_is_last(before, err);
    if (!db_begin(p, true, err) || !user_write(p, &after, err) ||
        !sessions_delete(p, after.id, c->keep_session, err) ||
        !user_logged(p, by, change_name(c), before, &after, err) ||
        !db_commit(p, err)) {
        db_rollback(p);
        return PEOPLE_FAILED;
    }
    *user_mutable(p, after.id) = after;
    sessions_drop(p, after.id, c->keep_session);
    return PEOPLE_OK;
}

enum people_result user_delete(struct people *p, struct str name,
                               const struct actor *by, struct error *err)
{
    const struct user *u = user_find(p, name);
    size_t at;

    if (u == NULL)
        return user_missing(name, err);
    if (admins_but(p, u->id) == 0 && admins_but(p, 0) > 0)
        return admin_is_last(u, err);
    if (!db_begin(p, true, err) || !sessions_delete(p, u->id, 0, err) ||
        !tokens_delete(p, u->id, err) ||
        !DB_RUN(p, err, "DELETE FROM user WHERE id = ?1", N(u->id)) ||
        !user_logged(p, by, "user.delete", u, NULL, err) ||
        !db_commit(p, err)) {
        db_rollback(p);
        return PEOPLE_FAILED;
    }
    sessions_drop(p, u->id, 0);
    tokens_drop(p, u->id);
    at = (size_t)(u - p->users);
    memmove(&p->users[at], &p->users[at + 1],
            (--p->user_n - at) * sizeof *p->users);
    return PEOPLE_OK;
}
