/* thehive.h -- what thehive.c, its alerts and its judge share; private. */
#ifndef ENDPOINT_THEHIVE_H
#define ENDPOINT_THEHIVE_H

#include "endpoint/chat.h"

enum thehive_version { THEHIVE_5, THEHIVE_4 };

struct thehive {
    struct str url, api_key;
    int version; /* enum thehive_version */
    struct str observable_url, observable_email;
    struct str ca_file;
};

struct thehive_recipient {
    struct str organisation;
    int tlp, pap; /* in the order of their choices */
};

enum thehive_tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_STRICT, TLP_RED };

/* A step that follows says what is left to do; NOTE and TAG carry the alert's id. */
enum thehive_step {
    THEHIVE_FIRST,
    THEHIVE_BARE, /* create, without the observables that were refused */
    THEHIVE_FIND, /* the alert there is for the engage */
    THEHIVE_NOTE, /* that it is over, worse, or acknowledged */
    THEHIVE_TAG,  /* the same as a tag, or its severity */
};

enum thehive_deed { HIVE_CREATE, HIVE_FIND, HIVE_NOTE, HIVE_TAG };
enum thehive_deed thehive_deed(const struct render_input *in);
/* Whether it is an id of TheHive's, and fit for a path. */
bool thehive_is_id(struct str id);
/* Of the alert the deed is about: carried, or the handle; "" when unknown. */
struct str thehive_id(const struct render_input *in);

/* "gw-pisa:4719": unique for each alert that begins. */
struct str thehive_reference(const struct render_input *in, struct arena *a);
struct str thehive_source(const struct render_input *in, struct arena *a);

void thehive_alert(const struct render_input *in, struct arena *a,
                   struct json_out *o);
/* What a release or an update changes: a comment, or with version 4 the description. */
void thehive_note(const struct render_input *in, struct arena *a,
                  struct json_out *o);
int thehive_severity(const struct alert *a);
void thehive_observables(const struct render_input *in, struct arena *a,
                         struct json_out *o);

void thehive_judge(const struct render_input *in, const struct request *sent,
                   const struct response *r, struct arena *a, struct verdict *v);
void thehive_judge_probe(const struct render_input *in, size_t nth,
                         const struct response *r, struct arena *a,
                         struct verdict *v);

#endif
