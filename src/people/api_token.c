/* api_token.c -- API tokens: a name, scopes, and an end. */
#include <sodium.h>

#include "base/log.h"
#include "people/room.h"

static struct api_token *token_room(struct people *p)
{
    if (p->token_n == p->token_room) {
        p->token_room = MAX(p->token_room * 2, (size_t)8);
        p->tokens = mem_grow(p->tokens, p->token_room, sizeof *p->tokens);
    }
    return &p->tokens[p->token_n];
}

static bool token_load(void *people, struct sqlite3_stmt *row, struct error *err)
{
    struct people *p = people;
    struct api_token *t = token_room(p);
    struct str hash = row_text(row, 2);

    *t = (struct api_token){
        .id = row_number(row, 0),
        .created_ms = row_number(row, 6),
        .expires_ms = row_number(row, 7),
        .used_ms = row_number(row, 8),
        .user_id = row_number(row, 9),
    };
    if (hash.n != sizeof t->hash ||
        !row_copy(row, 1, t->name, sizeof t->name) ||
        !row_copy(row, 3, t->shown, sizeof t->shown) ||
        !scopes_parse(row_text(row, 4), &t->scopes, err) ||
        !row_copy(row, 5, t->author, sizeof t->author))
        return error_set(err, "people.db: token %lld cannot be read",
                         (long long)t->id);
    memcpy(t->hash, hash.p, hash.n);
    p->token_n++;
    return true;
}

bool tokens_load(struct people *p, struct error *err)
{
    return db_rows(p,
                   "SELECT id, name, hash, shown, scopes, author, created_ms,"
                   " expires_ms, used_ms, user_id FROM token ORDER BY id",
                   NULL, 0, token_load, p, err);
}

size_t api_token_count(const struct people *p)
{
    return p->token_n;
}

const struct api_token *api_token_at(const struct people *p, size_t i)
{
    assert(i < p->token_n);
    return &p->tokens[i];
}

const struct api_token *api_token_of_id(const struct people *p, int64_t id)
{
    for (size_t i = 0; i < p->token_n; i++)
        if (p->tokens[i].id == id)
            return &p->tokens[i];
    return NULL;
}

/* --- adding ----------------------------------------------------------------- */

static bool name_is_taken(const struct people *p, struct str name)
{
    for (size_t i = 0; i < p->token_n; i++)
        if (str_is(name, p->tokens[i].name))
            return true;
    return false;
}

static enum people_result token_fit(const struct people *p, struct str name,
                                    struct error *err)
{
    bool printable = name.n > 0 && name.n <= NAME_MAX_BYTES && utf8_valid(name);

    for (size_t i = 0; i < name.n && printable; i++)
        printable = (unsigned char)name.p[i] >= ' ' && name.p[i] != 0x7f;
    if (!printable) {
        error_set(err, "a token's name has 1 to %d bytes", NAME_MAX_BYTES);
        return PEOPLE_INVALID;
    }
    if (name_is_taken(p, name)) {
        error_set(err, "there is a token \"%.*s\" already", STR_ARG(name));
        return PEOPLE_EXISTS;
    }
    if (p->token_n == API_TOKENS_MAX) {
        error_set(err, "there are %d tokens, which is the most", API_TOKENS_MAX);
        return PEOPLE_INVALID;
    }
    return PEOPLE_OK;
}

static bool token_insert(struct people *p, struct api_token *t,
                         const struct actor *by, struct error *err)
{
    struct buf after freed_by(buf_release) = BUF(1024);
    struct json_out o = JSON_OUT(&after);

    if (!db_begin(p, true, err) ||
        !DB_RUN(p, err,
                "INSERT INTO token(name, hash, shown, scopes, author,"
                " created_ms, expires_ms, used_ms, user_id)"
                " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
                T(str_of(t->name)), B(BYTES(t->hash)), T(str_of(t->shown)),
                T(str_of(t->scopes.text)), T(str_of(t->author)),
                N(t->created_ms), N(t->expires_ms), N(t->user_id)))
        return false;
    t->id = db_last_id(p);
    out_object(&o, NULL);
    out_text(&o, "scopes", t->scopes.text);
    out_i64(&o, "expires_ms", t->expires_ms);
    out_object_end(&o);
    return audit_write(p, by, "token.add", str_of(t->name), STR_NONE,
                       buf_view(&after), err) &&
           db_commit(p, err);
}

enum people_result api_token_add(struct people *p, const struct token_wish *w,
                                 const struct actor *by,
                                 char text[TOKEN_BYTES + 1], struct error *err)
{
    struct api_token t = {.user_id = w->user_id,
                          .scopes = w->scopes,
                          .created_ms = clock_wall_ms(p->clock),
                          .expires_ms = w->expires_ms};
    enum people_result fit = token_fit(p, w->name, err);

    if (fit != PEOPLE_OK)
        return fit;
    memcpy(t.name, w->name.p, w->name.n);
    snprintf(t.author, sizeof t.author, "%.*s", STR_ARG(by->who));
    token_make(text);
    text[TOKEN_BYTES] = '\0';
    secret_hash(str_of(text), t.hash);
    memcpy(t.shown, text, API_TOKEN_SHOWN);
    if (!token_insert(p, &t, by, err)) {
        db_rollback(p);
        sodium_memzero(text, TOKEN_BYTES + 1);
        return PEOPLE_FAILED;
    }
    *token_room(p) = t;
    p->token_n++;
    return PEOPLE_OK;
}

/* --- finding and revoking ------------------------------------------------------- */

static void token_touch(struct people *p, struct api_token *t, int64_t now_ms)
{
    struct error err;

    if (now_ms < t->used_ms + SEEN_EVERY_MS)
        return;
    t->used_ms = now_ms;
    if (db_begin(p, false, &err) &&
        DB_RUN(p, &err, "UPDATE token SET used_ms = ?2 WHERE id = ?1", N(t->id),
               N(now_ms)) &&
        db_commit(p, &err))
        return;
    db_rollback(p);
    log_warn("people", "when a token was used is not kept: %s", err.text);
}

/* Whether its user, if it has one, is there and may log in. */
static bool user_may(const struct people *p, const struct api_token *t)
{
    const struct user *u = user_of_id(p, t->user_id);

    return t->user_id == 0 || (u != NULL && u->enabled);
}

unsigned api_token_scopes(const struct people *p, const struct api_token *t,
                          const char *source)
{
    unsigned bits = scopes_for(&t->scopes, source);

    if (t->user_id == 0)
        return bits;
    return user_may(p, t) ? bits & role_scopes(user_of_id(p, t->user_id)->role)
                          : 0;
}

const struct api_token *api_token_find(struct people *p, struct str text)
{
    int64_t now_ms = clock_wall_ms(p->clock);
    unsigned char hash[32];

    if (text.n != TOKEN_BYTES || p->token_n == 0)
        return NULL;
    secret_hash(text, hash);
    for (size_t i = 0; i < p->token_n; i++) {
        struct api_token *t = &p->tokens[i];

        if (sodium_memcmp(t->hash, hash, sizeof hash) != 0)
            continue;
        if ((t->expires_ms != 0 && now_ms >= t->expires_ms) ||
            !user_may(p, t))
            return NULL;
        token_touch(p, t, now_ms);
        return t;
    }
    return NULL;
}

enum people_result api_token_revoke(struct people *p, int64_t id,
                                    const struct actor *by, struct error *err)
{
    const struct api_token *t = api_token_of_id(p, id);
    size_t at;

    if (t == NULL) {
        error_set(err, "there is no token %lld", (long long)id);
        return PEOPLE_NOT_FOUND;
    }
    if (!db_begin(p, true, err) ||
        !DB_RUN(p, err, "DELETE FROM token WHERE id = ?1", N(id)) ||
        !audit_write(p, by, "token.revoke", str_of(t->name),
                     str_of(t->scopes.text), STR_NONE, err) ||
        !db_commit(p, err)) {
        db_rollback(p);
        return PEOPLE_FAILED;
    }
    at = (size_t)(t - p->tokens);
    memmove(&p->tokens[at], &p->tokens[at + 1],
            (--p->token_n - at) * sizeof *p->tokens);
    return PEOPLE_OK;
}

bool tokens_delete(struct people *p, int64_t user_id, struct error *err)
{
    return DB_RUN(p, err, "DELETE FROM token WHERE user_id = ?1", N(user_id));
}

void tokens_drop(struct people *p, int64_t user_id)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->token_n; i++)
        if (p->tokens[i].user_id != user_id)
            p->tokens[kept++] = p->tokens[i];
    p->token_n = kept;
}
