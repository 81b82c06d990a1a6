/* chat.h -- an alert as text for people, in the markup of a channel. A channel's
 * markup is a table of small encoders; what goes where, what is left out when
 * there is no room, and the digest of many are here, the same for all. Pure;
 * private to endpoint/. */
#ifndef ENDPOINT_CHAT_H
#define ENDPOINT_CHAT_H

#include "endpoint/make.h"
#include "message/escape.h"

enum unit { UNIT_BYTES, UNIT_POINTS, UNIT_UTF16 }; /* what a vendor's limit counts */

struct markup {
    enum unit unit;
    void (*escape)(struct buf *to, struct str cleaned); /* makes it literal */
    void (*code)(struct buf *to, struct str cleaned);   /* fixed-width, literal */
    /* `url` is ours, not an alert's. NULL: links are written as they are. */
    void (*link)(struct buf *to, struct str url, const char *label);
    const char *bold, *bold_end; /* around what is escaped; "" : none */
    const char *line;            /* between two lines: "\n", "<br>" */
};

/* Length of a text in a vendor's unit. */
size_t text_length(struct str s, enum unit u);
/* The longest beginning of `raw` that takes at most `max` once it is escaped, cut
 * between characters, with "…" when cut. `escape` as in struct markup. */
void escape_fit(struct buf *to, struct str raw, size_t max, enum unit u,
                void (*escape)(struct buf *to, struct str cleaned));

/* The same as a member of a JSON object. */
void chat_out(struct json_out *o, const char *name, struct str raw, size_t max,
              enum unit u, void (*escape)(struct buf *to, struct str cleaned));

/* "⚠️ Warning: TCP SYN Scan, 64.13.134.52", "✅ Released after 8 min: ...", "🧪 TEST"
 * before both: the first line of every message, not escaped. */
struct str chat_title(const struct message *m, enum phase phase, bool test,
                      struct arena *a);

/* The same for what shows the severity by itself, and no emoji: "TEST TCP SYN Scan,
 * 64.13.134.52", late with "(Fired 15:01:06, cleared 15:09:09 CET)". */
struct str chat_plain_title(const struct message *m, enum phase phase, bool test,
                            struct arena *a);

/* The whole of one alert: title in bold, sentence, facts a line each, when,
 * footer with the link. At most `max` long: the last facts are left out first
 * ("… 3 more"), then the sentence is cut. */
void chat_alert(const struct markup *k, const struct message *m,
                const struct render_item *item, bool test, size_t max,
                struct arena *a, struct buf *to);

/* For channels whose facts are fields of their own: how many of the first take at
 * most `max` together, labels and all; and one's value, at most `max` long. What
 * the channel would change (one of `odd` is in it) is shown fixed-width. */
size_t chat_facts_fit(const struct markup *k, const struct message *m, size_t max);
void chat_value(const struct markup *k, const struct message_fact *f,
                const char *odd, size_t max, struct buf *to);
/* Own words may be of many lines; each is one of the channel's. */
void chat_lines(const struct markup *k, struct str text, struct buf *to);

/* Where nothing can be changed or answered a release is a short message of its own:
 * takes the facts away, and names the alert it ends; unless its recipient has own
 * words. */
void chat_follow_up(struct message *m, const struct alert *alert,
                    struct arena *a);

/* One line for the thread of a message that was sent for the engage:
 * "✅ Released after 8 min 3 s". */
void chat_reply(const struct markup *k, const struct message *m, struct buf *to);

/* chat_alert() of one, chat_digest() of many. `messages` are chat_messages(). */
void chat_text(const struct markup *k, const struct message *messages,
               const struct render_input *in, size_t max, struct arena *a,
               struct buf *to);

/* Many alerts in one message: "12 alerts, worst: Warning", then a line for each
 * while there is room, then "… 9 more". n > 1. */
void chat_digest(const struct markup *k, const struct message *messages,
                 const struct render_input *in, size_t max, struct arena *a,
                 struct buf *to);
/* The digest's first line, not escaped; its colour is that of the worst. */
struct str chat_digest_title(const struct render_input *in, struct arena *a);
const struct message *chat_worst(const struct message *messages,
                                 const struct render_input *in);
/* The worst severity in it; false: all of it has ended. */
bool chat_is_on(const struct render_input *in, enum severity *worst);

/* The messages of all items of `in`, built. */
struct message *chat_messages(const struct render_input *in, struct arena *a);

/* Whether there is a beginning in it, at least so severe: a reason to call somebody. */
bool chat_calls(const struct render_input *in, int least);
/* Whether all of `in` is less severe than `below`: then it makes no sound. The
 * row of such an option has severity_names for its choices. */
bool chat_quiet(const struct render_input *in, int below);

/* What the other side calls something, cleaned; its beginning. */
struct str chat_name(struct str said, struct arena *a);

/* What there is to choose from: `add` looks at each of `list`, and adds by
 * chat_choice(), which takes no empty ones and none twice. `v` says why there is
 * no list; `what` it would be of: "channels". */
typedef void chat_choice_fn(struct choice_list *l, const struct json *one,
                            struct arena *a);
bool chat_choices(const struct json *list, const char *what, chat_choice_fn *add,
                  const struct verdict *v, struct arena *a,
                  struct choice_list *out, struct error *err);
void chat_choice(struct choice_list *l, struct str value, struct str label);

/* A handle that also says the message is a digest, shared with other alerts: a
 * release must answer it, not change it. chat_handle: "1234" or "+1234";
 * chat_handle_id: the id again; *shared whether it was one. */
struct str chat_handle(const struct render_input *in, struct str id,
                       struct arena *a);
struct str chat_handle_id(struct str handle, bool *shared);

#endif
