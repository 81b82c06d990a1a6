/* session.c -- sessions: begun by a login, and ended by time or by somebody. */
#include "people/session.h"

#include <sodium.h>

#include "base/log.h"
#include "people/room.h"

#define SECRET_BYTES 32

static_assert(SESSION_TEXT_BYTES ==
                  sodium_base64_ENCODED_LEN(
                      SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
              "as session.h says");

static void base64_text(const unsigned char bytes[SECRET_BYTES],
                        char out[SESSION_TEXT_BYTES])
{
    sodium_bin2base64(out, SESSION_TEXT_BYTES, bytes, SECRET_BYTES,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void session_csrf(struct str text, char out[SESSION_TEXT_BYTES])
{
    unsigned char bytes[SECRET_BYTES];

    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)"csrf", 4,
                       (const unsigned char *)text.p,
                       MIN(text.n, (size_t)crypto_generichash_KEYBYTES_MAX));
    base64_text(bytes, out);
}

/* --- in memory ----------------------------------------------------------------- */

static struct session *session_room(struct people *p)
{
    if (p->session_n == p->session_room) {
        p->session_room = MAX(p->session_room * 2, (size_t)8);
        p->sessions =
            mem_grow(p->sessions, p->session_room, sizeof *p->sessions);
    }
    return &p->sessions[p->session_n];
}

static bool session_load(void *people, struct sqlite3_stmt *row,
                         struct error *err)
{
    struct people *p = people;
    struct session *s = session_room(p);
    struct str hash = row_text(row, 2);

    *s = (struct session){
        .id = row_number(row, 0),
        .user_id = row_number(row, 1),
        .created_ms = row_number(row, 3),
        .seen_ms = row_number(row, 4),
    };
    if (hash.n != sizeof s->hash ||
        !row_copy(row, 5, s->address, sizeof s->address) ||
        !row_copy(row, 6, s->agent, sizeof s->agent))
        return error_set(err, "people.db: session %lld cannot be read",
                         (long long)s->id);
    memcpy(s->hash, hash.p, hash.n);
    p->session_n++;
    return true;
}

bool sessions_load(struct people *p, struct error *err)
{
    return db_rows(p,
                   "SELECT id, user_id, hash, created_ms, seen_ms, address,"
                   " agent FROM session ORDER BY id",
                   NULL, 0, session_load, p, err);
}

size_t session_count(const struct people *p)
{
    return p->session_n;
}

const struct session *session_at(const struct people *p, size_t i)
{
    assert(i < p->session_n);
    return &p->sessions[i];
}

static void session_remove(struct people *p, size_t at)
{
    memmove(&p->sessions[at], &p->sessions[at + 1],
            (--p->session_n - at) * sizeof *p->sessions);
}

void sessions_drop(struct people *p, int64_t user_id, int64_t but)
{
    for (size_t i = p->session_n; i > 0; i--)
        if (p->sessions[i - 1].user_id == user_id &&
            p->sessions[i - 1].id != but)
            session_remove(p, i - 1);
}

bool sessions_delete(struct people *p, int64_t user_id, int64_t but,
                     struct error *err)
{
    return DB_RUN(p, err, "DELETE FROM session WHERE user_id = ?1 AND id <> ?2",
                  N(user_id), N(but));
}

/* --- beginning -------------------------------------------------------------------- */

static bool is_over(const struct session *s, int64_t now_ms)
{
    return now_ms >= s->created_ms + SESSION_LIFE_MS ||
           now_ms >= s->seen_ms + SESSION_IDLE_MS;
}

/* Those that are over, and the oldest of a user who has too many. */
static bool make_room(struct people *p, int64_t user_id, int64_t now_ms,
                      struct error *err)
{
    size_t of_user = 0;

    for (size_t i = p->session_n; i > 0; i--) { /* the newest is the last */
        const struct session *s = &p->sessions[i - 1];

        of_user += s->user_id == user_id;
        if (!is_over(s, now_ms) &&
            (s->user_id != user_id || of_user < SESSIONS_OF_USER_MAX))
            continue;
        if (!DB_RUN(p, err, "DELETE FROM session WHERE id = ?1", N(s->id)))
            return false;
        session_remove(p, i - 1);
    }
    return p->session_n < SESSIONS_MAX ||
           error_set(err, "there are %d sessions, which is the most",
                     SESSIONS_MAX);
}

static void text_copy(char *out, size_t room, struct str text)
{
    size_t n = utf8_cut(text, room - 1);

    if (n > 0)
        memcpy(out, text.p, n);
    out[n] = '\0';
}

static bool session_insert(struct people *p, struct session *s,
                           struct error *err)
{
    struct user u = *user_of_id(p, s->user_id);
    char who[NAME_MAX_BYTES + 8];
    struct actor by = {.who = STR_NONE, .from = str_of(s->address)};

    snprintf(who, sizeof who, "user %s", u.name);
    by.who = str_of(who);
    if (!db_begin(p, true, err) ||
        !DB_RUN(p, err,
                "INSERT INTO session(user_id, hash, created_ms, seen_ms,"
                " address, agent) VALUES(?1, ?2, ?3, ?3, ?4, ?5)",
                N(s->user_id), B(BYTES(s->hash)), N(s->created_ms),
                T(str_of(s->address)), T(str_of(s->agent))))
        return false;
    s->id = db_last_id(p);
    u.login_ms = s->created_ms;
    return user_write(p, &u, err) &&
           audit_write(p, &by, "login", str_of(u.name), STR_NONE, STR_NONE,
                       err) &&
           db_commit(p, err);
}

bool session_begin(struct people *p, int64_t user_id, struct str address,
                   struct str agent, char text[SESSION_TEXT_BYTES],
                   struct error *err)
{
    struct session s = {.user_id = user_id,
                        .created_ms = clock_wall_ms(p->clock)};
    unsigned char bytes[SECRET_BYTES];

    if (!make_room(p, user_id, s.created_ms, err))
        return false;
    s.seen_ms = s.created_ms;
    text_copy(s.address, sizeof s.address, address);
    text_copy(s.agent, sizeof s.agent, agent);
    randombytes_buf(bytes, sizeof bytes);
    base64_text(bytes, text);
    sodium_memzero(bytes, sizeof bytes);
    secret_hash(str_of(text), s.hash);
    if (!session_insert(p, &s, err)) {
        db_rollback(p);
        return false;
    }
    user_mutable(p, user_id)->login_ms = s.created_ms;
    *session_room(p) = s;
    p->session_n++;
    return true;
}

/* --- finding ------------------------------------------------------------------------ */

/* Not worth waiting for the disk: lost, somebody is idle a minute sooner. */
static void session_touch(struct people *p, struct session *s, int64_t now_ms)
{
    struct error err;

    if (now_ms < s->seen_ms + SEEN_EVERY_MS)
        return;
    s->seen_ms = now_ms;
    if (db_begin(p, false, &err) &&
        DB_RUN(p, &err, "UPDATE session SET seen_ms = ?2 WHERE id = ?1",
               N(s->id), N(now_ms)) &&
        db_commit(p, &err))
        return;
    db_rollback(p);
    log_warn("people", "when a session was seen is not kept: %s", err.text);
}

const struct session *session_find(struct people *p, struct str text)
{
    int64_t now_ms = clock_wall_ms(p->clock);
    unsigned char hash[32];

    if (text.n != SESSION_TEXT_BYTES - 1)
        return NULL;
    secret_hash(text, hash);
    for (size_t i = 0; i < p->session_n; i++) {
        struct session *s = &p->sessions[i];
        const struct user *u;

        if (sodium_memcmp(s->hash, hash, sizeof hash) != 0)
            continue;
        u = user_of_id(p, s->user_id);
        if (is_over(s, now_ms) || u == NULL || !u->enabled)
            return NULL;
        session_touch(p, s, now_ms);
        return s;
    }
    return NULL;
}

bool session_is_on(const struct people *p, int64_t id)
{
    int64_t now_ms = clock_wall_ms(p->clock);
    const struct user *u;

    for (size_t i = 0; i < p->session_n; i++) {
        if (p->sessions[i].id != id)
            continue;
        u = user_of_id(p, p->sessions[i].user_id);
        return !is_over(&p->sessions[i], now_ms) && u != NULL && u->enabled;
    }
    return false;
}

enum people_result session_end_others(struct people *p, int64_t user_id,
                                      int64_t but, const struct actor *by,
                                      size_t *ended, struct error *err)
{
    const struct user *u = user_of_id(p, user_id);
    size_t before = p->session_n;

    assert(u != NULL);
    *ended = 0;
    if (!db_begin(p, true, err) || !sessions_delete(p, user_id, but, err) ||
        !audit_write(p, by, "logout.others", str_of(u->name), STR_NONE,
                     STR_NONE, err) ||
        !db_commit(p, err)) {
        db_rollback(p);
        return PEOPLE_FAILED;
    }
    sessions_drop(p, user_id, but);
    *ended = before - p->session_n;
    return PEOPLE_OK;
}

enum people_result session_end(struct people *p, int64_t id,
                               const struct actor *by, struct error *err)
{
    const struct user *u;
    size_t at = 0;

    while (at < p->session_n && p->sessions[at].id != id)
        at++;
    if (at == p->session_n) {
        error_set(err, "there is no session %lld", (long long)id);
        return PEOPLE_NOT_FOUND;
    }
    u = user_of_id(p, p->sessions[at].user_id);
    if (!db_begin(p, true, err) ||
        !DB_RUN(p, err, "DELETE FROM session WHERE id = ?1", N(id)) ||
        !audit_write(p, by, "logout", str_of(u != NULL ? u->name : ""),
                     STR_NONE, STR_NONE, err) ||
        !db_commit(p, err)) {
        db_rollback(p);
        return PEOPLE_FAILED;
    }
    session_remove(p, at);
    return PEOPLE_OK;
}
