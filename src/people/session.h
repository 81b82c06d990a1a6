/* session.h -- what proves who somebody is from request to request: a session
 * after a login, or an API token. Both are random texts of which only a hash is
 * kept; sessions have no other content, so there is nothing to forge. */
#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H

#include "people/people.h"
#include "people/token.h"

#define SESSIONS_MAX 2000
#define SESSIONS_OF_USER_MAX 20 /* then the oldest ends */
#define SESSION_IDLE_MS (12 * 3600 * 1000LL)
#define SESSION_LIFE_MS (7 * 24 * 3600 * 1000LL)
#define SESSION_TEXT_BYTES 44 /* 256 bits in base64url, with its NUL */
#define SESSION_AGENT_MAX 200
#define ADDRESS_TEXT_MAX 64
#define API_TOKENS_MAX 1000
#define API_TOKEN_SHOWN 12 /* first characters that tell tokens apart */
#define SEEN_EVERY_MS 60000 /* how exact "last seen" and "last used" are */

struct session {
    int64_t id, user_id;
    unsigned char hash[32];
    int64_t created_ms, seen_ms;
    char address[ADDRESS_TEXT_MAX], agent[SESSION_AGENT_MAX + 1];
};

/* `text` is what the cookie holds. A login: written to the log as one. */
bool session_begin(struct people *p, int64_t user_id, struct str address,
                   struct str agent, char text[SESSION_TEXT_BYTES],
                   struct error *err) must_check;
/* NULL: unknown, ended, idle for too long, too old, or its user may not. */
const struct session *session_find(struct people *p, struct str text);
/* Whether this one is not over yet; says nothing of being seen. */
bool session_is_on(const struct people *p, int64_t id);
size_t session_count(const struct people *p);
const struct session *session_at(const struct people *p, size_t i);
enum people_result session_end(struct people *p, int64_t id,
                               const struct actor *by,
                               struct error *err) must_check;
/* All of a user's but one; `ended` is how many those were. */
enum people_result session_end_others(struct people *p, int64_t user_id,
                                      int64_t but, const struct actor *by,
                                      size_t *ended, struct error *err) must_check;

/* What a page has to send with each change, so that no other site's page can:
 * it follows from the session's text, which no script can read. */
void session_csrf(struct str text, char out[SESSION_TEXT_BYTES]);

struct api_token {
    int64_t id;
    int64_t user_id; /* whose: it may what they may, and ends with them; 0: nobody's */
    unsigned char hash[32];
    char name[NAME_MAX_BYTES + 1], author[NAME_MAX_BYTES + 16];
    char shown[API_TOKEN_SHOWN + 1];
    struct scopes scopes;
    int64_t created_ms, expires_ms, used_ms; /* 0: never */
};

struct token_wish {
    struct str name;
    struct scopes scopes;
    int64_t user_id, expires_ms; /* 0: nobody's; never */
};
enum people_result api_token_add(struct people *p, const struct token_wish *w,
                                 const struct actor *by,
                                 char text[TOKEN_BYTES + 1],
                                 struct error *err) must_check;
/* NULL: unknown, expired, or its user may not. */
const struct api_token *api_token_find(struct people *p, struct str text);
size_t api_token_count(const struct people *p);
const struct api_token *api_token_at(const struct people *p, size_t i);
const struct api_token *api_token_of_id(const struct people *p, int64_t id);
/* What it may do: never more than its user. `source` as in scopes_for(). */
unsigned api_token_scopes(const struct people *p, const struct api_token *t,
                          const char *source);
enum people_result api_token_revoke(struct people *p, int64_t id,
                                    const struct actor *by,
                                    struct error *err) must_check;

#endif
