/* object.h -- what an object of each kind may be called and may say, and how an
 * error speaks of it. */
#ifndef CONFIG_OBJECT_H
#define CONFIG_OBJECT_H

#include "config/config.h"

#define OBJECT_KINDS (OBJECT_SETTINGS + 1)
#define OBJECT_JSON_MAX (4u << 20) /* bytes of one object, as it is kept */
#define SETTINGS_NAME "settings"

bool object_kind_find(struct str name, enum object_kind *out) must_check;

/* 1..NAME_MAX_BYTES of [A-Za-z0-9._-], a letter or digit first. */
bool object_check_name(struct str name, struct error *err);

/* Whether a member may be written. The read-only ones ("id", "revision" ...) an
 * API client may send back as it got them; they are not looked at. */
bool object_knows_member(enum object_kind kind, struct str member);
bool object_member_is_read_only(struct str member);

/* `unknown key "minimum_severty" in recipient "soc-mail"; did you mean ...?`,
 * with the member as the place. `param`: it is one of the parameters. Both
 * return false. */
bool object_unknown_member(enum object_kind kind, struct str name,
                           struct str member, struct error *err);
bool object_unknown_param(const struct field *rows, enum object_kind kind,
                          struct str name, struct str param, struct error *err);

/* Puts `recipient "soc-mail", smtp_port` in front of the text. */
bool object_blame(struct error *err, enum object_kind kind, struct str name);

/* What an export writes in place of a secret's value:
 * "env:TOCSIN_ENDPOINT_SOC_MAIL_PASSWORD"; in the arena. */
struct str object_placeholder(enum object_kind kind, struct str name,
                              struct str field, struct arena *a);

/* `recipient "soc-mail"`, for texts; in the arena. */
struct str object_title(enum object_kind kind, struct str name,
                        struct arena *a);

#endif
