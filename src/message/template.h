/* template.h -- a recipient's own words for its messages: a small part of
 * Mustache (https://mustache.github.io/mustache.5.html), parsed once.
 *
 *   {{name}}                 what the name stands for; nothing when there is none
 *   {{#name}} ... {{/name}}  if it is there; for a list, once for each element
 *   {{^name}} ... {{/name}}  if it is not there
 *   {{.}}                    the element, in a section
 *   {{! ... }}               nothing
 *
 * A tag of the last four kinds that is alone on its line takes the line with it.
 * A name is a part of the message ("title", "severity"), a member of the alert
 * ("entity_value", "score"), or one of its facts ("cli_ip"); "facts.cli_ip" is
 * always the fact, "labels.job" is a member of one. "facts" itself is the list
 * people see, of objects with "label" and "value". In a section about an object
 * its own members come first.
 *
 * There are no includes, no code, no loops over itself, no format strings and no
 * second look at what a value says. The text that comes out is no markup: each
 * channel escapes it, as it does our own words. Limits: base/limits.h. */
#ifndef MESSAGE_TEMPLATE_H
#define MESSAGE_TEMPLATE_H

#include "message/message.h"

struct template; /* immutable; lives in the arena it was parsed into */

/* NULL, and err says what is wrong at which "line 2, column 7": columns count
 * characters. A name that is next to a known one is taken for a typing error;
 * any other may be a fact of some source. */
const struct template *template_parse(struct str text, struct arena *a,
                                      struct error *err);

/* What it speaks of: the alert, and its message in our own words. */
struct template_view {
    const struct alert *alert;
    const struct message *message;
    struct str instance;
};

/* Text of one or more lines ended by \n, trimmed, free of control and bidi
 * characters. False: it gives nothing or passes a limit, and `why` says which:
 * "gives nothing for this alert". */
bool template_render(const struct template *t, const struct template_view *view,
                     struct arena *a, struct str *out, struct error *why) must_check;

/* What can be spoken of, for who writes one. */
#define TEMPLATE_NAMES_MAX 400
enum template_kind {
    TEMPLATE_PART,   /* of the message */
    TEMPLATE_MEMBER, /* of the alert */
    TEMPLATE_FACT,   /* of some source's alerts */
};
struct template_name {
    struct str name;
    enum template_kind kind;
    struct str value; /* what {{name}} gives for the view's alert; "": nothing */
};
/* All that are known, and, with a view, the alert's own facts, those within an
 * object too ("labels.job"); at most TEMPLATE_NAMES_MAX. In the arena. */
size_t template_names(const struct template_view *view, struct arena *a,
                      struct template_name **out);

#endif
