/* alert.h -- the alert: something that happened to an entity. A value: made by
 * intake in an arena, kept as one line of JSON, read back for rendering. */
#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include "alert/entity.h"
#include "alert/update.h"
#include "base/json.h"

enum action {
    ACTION_ENGAGE,  /* began, still on */
    ACTION_RELEASE, /* ended */
    ACTION_STORE,   /* one-shot */
};

struct severity_since { /* of an engaged alert that got worse */
    int64_t id;       /* of what told of it; the first: of the alert itself */
    int64_t since_ms; /* wall clock: accepted then */
    enum severity severity;
};
struct severities { /* each more severe than the one before */
    size_t n;
    struct severity_since v[SEVERITY_COUNT];
};
struct severities *severities_copy(const struct severities *l); /* the caller's; NULL of NULL */

struct alert {
    int64_t id;       /* ours, in the order accepted; 0: not accepted yet */
    int64_t began_id; /* a release's: the id of the engage it ends; else 0 */
    enum action action;
    enum entity entity;
    struct str entity_value; /* "192.168.1.1", "eno1", "icmp@ntop.org" */
    struct str type;         /* "syn_scan", "InstanceDown": a short key */
    int32_t type_id;         /* ntopng's number within the entity, or -1 */
    struct str category;     /* "security", ...; any word is allowed */
    enum severity severity;
    int64_t score;           /* 0..; from severity when the source has none */
    struct str message;      /* what happened, one or more plain sentences */
    int64_t tstamp_ms;       /* when it began, wall clock */
    int64_t tstamp_end_ms;   /* when it ended; 0: still on, or one-shot */
    int64_t lease_ms;        /* engage: released at this wall time unless
                                repeated; 0: no lease */
    int64_t repeats;         /* engage: how often it was said again */
    struct str key;          /* pairs engage and release: see alert_key() */
    struct str source;       /* "ntopng", "alertmanager", "native", "tocsin" */
    struct str line;         /* the line it was read back from as kept, so that
                                it need not be written again; else empty */
    enum update update;      /* of an engaged alert, whose id is this one's too */
    const struct severities *severities; /* how severe it was; NULL: as it is, all the time.
                                    Said by us alone, and kept with it */
    const struct ack *ack;   /* who has acknowledged it so far; NULL: nobody */
    const struct json *facts; /* object of everything further, names as in
                                 spec/domain.md; NULL: none. Kept, not lost. */
};

const char *action_name(enum action a); /* "engage", "release", "store" */
bool action_parse(struct str s, enum action *out) must_check;

/* A fact by name; the JSON value, its text, or its number. */
const struct json *alert_fact(const struct alert *a, const char *name);
struct str alert_fact_text(const struct alert *a, const char *name);
int64_t alert_fact_i64(const struct alert *a, const char *name, int64_t fallback);

/* The title people read: the catalogue's ("TCP SYN Scan"), else the type made
 * readable ("InstanceDown", "My Type" from "my_type"). */
struct str alert_title(const struct alert *a, struct arena *arena);

/* What it is about, as people write it: "192.168.1.29:60952 -> 1.2.3.4:80" for a
 * flow, "host", "icmp://ntop.org" for an am_host, else the entity value. */
struct str alert_subject(const struct alert *a, struct arena *arena);

/* The default key: entity:entity_value:type[:subtype[:granularity]]; for a flow
 * entity:cli_ip:srv_ip:srv_port:proto:type (ntopng's own rule). */
struct str alert_key(const struct alert *a, struct arena *arena);
/* 64 bits that stand for a key, on disk too: the same in every process. Of two keys
 * with one hash, deliveries wait for each other, and repeats are counted as one's. */
uint64_t alert_key_hash(struct str key);
/* Parts joined by ':'; past ALERT_KEY_MAX the end is replaced by a hash of it all. */
struct str alert_key_join(struct arena *arena, const struct str *parts, size_t n);

/* A flow's entity value from its facts: "1.2.3.4:5->[2001:db8::1]:80/tcp", ports
 * of 0 left out; "flow" when the facts do not say. */
struct str alert_flow_value(const struct alert *a, struct arena *arena);

/* Attacker and victim addresses where the facts tell (is_cli_attacker ...). */
struct str alert_attacker(const struct alert *a);
struct str alert_victim(const struct alert *a);

/* One line of JSON in and out: facts and our own members side by side in one
 * flat object; facts never carry the name of one of our members. Times are RFC
 * 3339. alert_read() also is the native intake format: every member but one of
 * `message`/`type` has a default; epoch seconds (number) or RFC 3339 are taken;
 * severity from score and score from severity; action `store`; wrong types are
 * errors with a place; unknown members are facts. Strings live in the arena or
 * in the text j was parsed from. `now_ms` is the default tstamp. */
void alert_write(const struct alert *a, struct json_out *o); /* members only */
void alert_write_line(const struct alert *a, struct buf *to); /* {...} */
/* The member that a name, which is none, may have been meant for; or NULL. */
const char *alert_member_near(struct str name);
bool alert_is_member(struct str name); /* a name no fact may have */
bool alert_read_time(const struct json *j, int64_t *wall_ms) must_check;
bool alert_read(struct arena *arena, const struct json *j, int64_t now_ms,
                struct alert *out, struct error *err) must_check;

/* Lengths, non-empty type, valid score, no control characters; facts not too many
 * or too deep, all of it within ALERT_JSON_MAX: said as an error with a place. */
bool alert_check(const struct alert *a, struct error *err) must_check;

#endif
