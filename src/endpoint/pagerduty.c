/* pagerduty.c -- opens incidents, and resolves them when the alert is over.
 * Source: developer.pagerduty.com, "Events API v2": "Send an Alert Event", "Send a
 * Change Event"; PagerDuty/api-schema, reference/events-v2. */
#include "endpoint/chat.h"

#include <sodium.h>

#include "base/clock.h"
#include "base/limits.h"

#define KEY_LENGTH 32        /* of an integration key */
#define SUMMARY_MAX 1024     /* characters */
#define TEXT_MAX 255         /* characters of what else it is called */
#define DEDUP_KEY_MAX 255    /* bytes */
#define DETAILS_MAX (2 * MESSAGE_FACTS_MAX + 10)
#define RATE_WAIT_MS 30000   /* 429 does not say how long */

enum region { REGION_US, REGION_EU };
static const char *const regions[] = {"us", "eu", NULL};
static const char *const hosts[] = {"events.pagerduty.com",
                                    "events.eu.pagerduty.com", NULL};

struct pagerduty {
    struct str integration_key;
    int region;
    struct str api_url;
    bool allow_private;
    struct str ca_file;
};

enum one_shot { ONE_SHOT_INCIDENT, ONE_SHOT_CHANGE, ONE_SHOT_SKIP };
static const char *const one_shots[] = {"incident", "change", "skip", NULL};

struct pagerduty_recipient {
    int one_shot;
};

/* What a request does; the first of a delivery is at step 0. */
enum step { STEP_FIRST, STEP_RESOLVE, STEP_CHANGE };
enum deed { DEED_TRIGGER, DEED_ACKNOWLEDGE, DEED_RESOLVE, DEED_CHANGE };

static const struct field pagerduty_fields[] = {
    {TEXT(struct pagerduty, integration_key),
     .label = "Integration key", .secret = true, .min = KEY_LENGTH,
     .max = KEY_LENGTH,
     .help = "In PagerDuty: the service's Integrations, Events API V2; also "
             "called routing key."},
    {CHOICE(struct pagerduty, region),
     .label = "Region", .fallback = "us", .choices = regions,
     .help = "eu when your PagerDuty is at eu.pagerduty.com."},
    {TEXT(struct pagerduty, api_url),
     .label = "API server", .optional = true, .min = 8, .max = 500,
     .format = "uri",
     .help = "The address of another server than the region's: a proxy, a test "
             "server."},
    {FLAG(struct pagerduty, allow_private),
     .label = "Allow other servers", .fallback = "false",
     .help = "Also use API servers that are not PagerDuty's, also in your own "
             "network."},
    CA_FILE(struct pagerduty),
    FIELDS_END,
};

static const struct field pagerduty_recipient_fields[] = {
    {CHOICE(struct pagerduty_recipient, one_shot),
     .label = "One-shot alerts", .fallback = "incident", .choices = one_shots,
     .words = true,
     .help = "Alerts that only happen, and have no end. incident: open one, "
             "which somebody has to resolve. change: show it beside the "
             "service's incidents, and call nobody. skip: leave it out."},
    FIELDS_END,
};

/* --- check ---------------------------------------------------------------- */

static bool pagerduty_check(const void *endpoint, const void *recipient unused,
                            struct error *err)
{
    const struct pagerduty *p = endpoint;

    if (p == NULL)
        return true;
    if (p->integration_key.n != KEY_LENGTH || !check_token(p->integration_key, ""))
        return check_refuse(err, "integration_key",
                            "must be the 32 letters and digits PagerDuty shows");
    if (p->api_url.n == 0)
        return true;
    return check_vendor_url(p->api_url, "api_url", hosts, p->allow_private, err) &&
           check_base_url(p->api_url, "api_url", err);
}

static bool pagerduty_wants(const void *endpoint unused, const void *recipient,
                            const struct render_item *item,
                            struct error *why_not)
{
    const struct pagerduty_recipient *r = recipient;

    if (item->phase == PHASE_UNACKED)
        return error_set(why_not, "PagerDuty lets nobody take it back; its own timeout "
                                  "may");
    if (item->phase == PHASE_ACKED && item->handle.n == 0)
        return error_set(why_not, "there is no incident of it");
    if (item->alert->action != ACTION_STORE || r->one_shot != ONE_SHOT_SKIP)
        return true;
    return error_set(why_not, "the recipient takes no one-shot alerts");
}

/* --- what is asked -------------------------------------------------------- */

/* Of a release that comes alone nobody is to be woken. Its incident may be open
 * all the same, when an answer was lost: so it is resolved first, which PagerDuty
 * ignores otherwise; then a change event tells both, beginning and end. */
static enum deed deed_of(const struct render_input *in)
{
    const struct pagerduty_recipient *r = in->recipient;
    const struct render_item *item = &in->items[0];

    if (in->step == STEP_RESOLVE)
        return DEED_RESOLVE;
    if (in->step == STEP_CHANGE)
        return DEED_CHANGE;
    if (item->phase == PHASE_ACKED)
        return DEED_ACKNOWLEDGE;
    if (item->alert->action == ACTION_RELEASE)
        return DEED_RESOLVE;
    return item->alert->action == ACTION_STORE && r != NULL &&
                   r->one_shot == ONE_SHOT_CHANGE
               ? DEED_CHANGE
               : DEED_TRIGGER;
}

/* With its length, so that two parts cannot be taken for two others. */
static void hash_part(crypto_hash_sha256_state *state, struct str s,
                      struct arena *a)
{
    struct str part = arena_printf(a, "%zu:%.*s", s.n, STR_ARG(s));

    crypto_hash_sha256_update(state, (const unsigned char *)part.p, part.n);
}

/* The same for a beginning, its repeats and its end. */
static struct str dedup_key_made(const struct render_input *in, struct arena *a)
{
    const struct alert *alert = in->items[0].alert;
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *hex = arena_new(a, 2 * sizeof(hash) + 1);

    crypto_hash_sha256_init(&state);
    hash_part(&state, in->place.instance, a);
    hash_part(&state, str_of(entity_name(alert->entity)), a);
    hash_part(&state, alert->entity_value, a);
    hash_part(&state, alert->type, a);
    hash_part(&state, alert->key, a);
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(hex, 2 * sizeof(hash) + 1, hash, sizeof(hash));
    return str_of(hex);
}

/* The handle of what was triggered: a release need not look the same in all. */
static struct str dedup_key(const struct render_input *in, struct arena *a)
{
    struct str kept = in->items[0].handle;
    bool right = kept.n <= DEDUP_KEY_MAX && check_token(kept, "");

    if (phase_follows(in->items[0].phase) && right)
        return kept;
    return dedup_key_made(in, a);
}

/* --- the event ------------------------------------------------------------ */

static const char *severity_of(const struct alert *a)
{
    if (a->severity >= SEVERITY_CRITICAL)
        return "critical";
    if (a->severity == SEVERITY_ERROR)
        return "error";
    return a->severity == SEVERITY_WARNING ? "warning" : "info";
}

/* Cleaned, and no longer than that. */
static struct str shown(struct str s, size_t max, struct arena *a)
{
    struct buf clean freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    clean_text(&clean, s, false);
    cut_points(&b, str_trim(buf_view(&clean)), max);
    return arena_str(a, buf_view(&b));
}

static void out_shown(struct json_out *o, const char *name, struct str s,
                      struct arena *a)
{
    struct str text = shown(s, TEXT_MAX, a);

    if (text.n > 0)
        out_str(o, name, text);
}

/* The name of what the alert is about: PagerDuty insists on one. */
static struct str source_of(const struct render_input *in, const struct message *m,
                            struct arena *a)
{
    const struct alert *alert = in->items[0].alert;
    const struct str names[] = {
        alert->entity == ENTITY_FLOW ? alert_fact_text(alert, "cli_ip") : STR_NONE,
        m->subject,
        in->place.instance,
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str name = shown(names[i], TEXT_MAX, a);

        if (name.n > 0)
            return name;
    }
    return STR("tocsin");
}

/* Read aloud, and on lock screens: what, on whom, and what happened. */
static struct str summary_of(const struct message *m,
                             const struct render_input *in, struct arena *a)
{
    struct message once = *m; /* its sentence mostly says on whom */
    struct str title;

    if (m->subject.n > 0 && memmem(m->sentence.p, m->sentence.n, m->subject.p,
                                   m->subject.n) != NULL)
        once.brief = STR_NONE;
    title = chat_plain_title(&once, in->items[0].phase, in->test, a);
    return m->sentence.n == 0
               ? title
               : arena_printf(a, "%.*s: %.*s", STR_ARG(title),
                              STR_ARG(m->sentence));
}

/* A name comes once in JSON, and a source may call a fact anything. */
struct details {
    struct json_out *o;
    struct str names[DETAILS_MAX];
    size_t n;
};

static void detail(struct details *d, struct str name, struct str value)
{
    for (size_t i = 0; i < d->n; i++) {
        if (str_eq(d->names[i], name))
            return;
    }
    assert(d->n < DETAILS_MAX);
    d->names[d->n++] = name;
    if (value.n > 0)
        out_name_str(d->o, name, value);
}

static void detail_facts(struct details *d, const struct message *m)
{
    for (size_t i = 0; i < m->fact_count; i++)
        detail(d, str_of(m->facts[i].label), m->facts[i].value);
}

/* A recipient's own text is read aloud; the details are data all the same. */
static void write_details(const struct render_input *in, const struct message *m,
                          struct arena *a, struct json_out *o)
{
    const struct alert *alert = in->items[0].alert;
    struct message_place place = in->place;
    struct details d = {.o = o};
    struct message ours;

    place.own = NULL;
    message_build(alert, in->items[0].phase, &place, a, &ours);
    out_object(o, "custom_details");
    detail(&d, STR("Severity"), m->severity);
    detail(&d, STR("Score"), STR_NONE);
    out_i64(o, "Score", alert->score);
    detail(&d, STR("Category"), shown(alert->category, TEXT_MAX, a));
    detail(&d, STR("Entity"), str_of(entity_label(alert->entity)));
    detail(&d, STR("Type"), shown(alert->type, TEXT_MAX, a));
    detail_facts(&d, m);
    detail_facts(&d, &ours);
    detail(&d, STR("When"), m->when);
    detail(&d, STR("From"), m->footer);
    out_object_end(o);
}

static void write_links(const struct message *m, const struct alert *alert,
                        struct arena *a, struct json_out *o)
{
    if (m->link.n == 0)
        return;
    out_array(o, "links");
    out_object(o, NULL);
    out_str(o, "href", m->link);
    out_str(o, "text", arena_printf(a, "Open alert #%lld",
                                    (long long)alert->id));
    out_object_end(o);
    if (m->ack_link.n > 0) {
        out_object(o, NULL);
        out_str(o, "href", m->ack_link);
        out_text(o, "text", "Acknowledge in Tocsin");
        out_object_end(o);
    }
    out_array_end(o);
}

static void write_payload(const struct render_input *in, bool change,
                          const struct message *m, struct arena *a,
                          struct json_out *o)
{
    const struct alert *alert = in->items[0].alert;
    char when[TIME_TEXT_MAX];

    time_text(change ? event_ms(alert) : alert->tstamp_ms, true, when);
    out_object(o, "payload");
    out_str(o, "summary", shown(summary_of(m, in, a), SUMMARY_MAX, a));
    out_str(o, "source", source_of(in, m, a));
    out_text(o, "timestamp", when);
    if (!change) {
        out_text(o, "severity", severity_of(alert));
        out_shown(o, "component", alert_fact_text(alert, "ifname"), a);
        out_shown(o, "group", in->place.instance, a);
        out_shown(o, "class", arena_printf(a, "%s/%.*s",
                                           entity_name(alert->entity),
                                           STR_ARG(alert->type)), a);
    }
    write_details(in, m, a, o);
    out_object_end(o);
}

static void write_told(const struct render_input *in, bool change,
                       struct arena *a, struct json_out *o)
{
    const struct message *m = chat_messages(in, a);

    if (!change) {
        out_text(o, "client", "Tocsin");
        if (m->link.n > 0)
            out_str(o, "client_url", m->link);
    }
    write_links(m, in->items[0].alert, a, o);
    write_payload(in, change, m, a, o);
}

static void write_event(const struct render_input *in, enum deed deed,
                        struct arena *a, struct json_out *o)
{
    static const char *const actions[] = {
        [DEED_TRIGGER] = "trigger",
        [DEED_ACKNOWLEDGE] = "acknowledge",
        [DEED_RESOLVE] = "resolve",
    };
    const struct pagerduty *p = in->endpoint;

    out_object(o, NULL);
    out_str(o, "routing_key", p->integration_key);
    if (deed != DEED_CHANGE) {
        out_text(o, "event_action", actions[deed]);
        out_str(o, "dedup_key", dedup_key(in, a));
    }
    if (deed == DEED_TRIGGER || deed == DEED_CHANGE)
        write_told(in, deed == DEED_CHANGE, a, o);
    out_object_end(o);
}

/* --- the request ---------------------------------------------------------- */

static struct str url_of(const struct pagerduty *p, enum deed deed,
                         struct arena *a)
{
    const char *path = deed == DEED_CHANGE ? "/v2/change/enqueue" : "/v2/enqueue";

    if (p->api_url.n == 0)
        return arena_printf(a, "https://%s%s", hosts[p->region], path);
    return arena_printf(a, "%.*s%s", STR_ARG(url_base(p->api_url)), path);
}

/* At most some 40 KB, however much the alert says: the limit is 512. */
static bool pagerduty_render(const struct render_input *in, struct arena *a,
                             struct request *out, struct error *err)
{
    const struct pagerduty *p = in->endpoint;
    enum deed deed = deed_of(in);
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);

    render_post(out, url_of(p, deed, a), p->allow_private, p->ca_file);
    write_event(in, deed, a, &o);
    return render_kept(&b, a, &out->http.body, err);
}

/* --- the answer ----------------------------------------------------------- */

/* "Event object is invalid: 'payload.source' is missing or blank" */
static struct str words_of(const struct response *r, struct arena *a)
{
    const struct json *j = json_parse(a, r->body, NULL);
    const struct json *errors = json_get(j, "errors");
    struct buf b freed_by(buf_release) = BUF(RESPONSE_MAX * 2);

    if (j == NULL)
        return r->body;
    buf_str(&b, json_text(json_get(j, "message")));
    if (json_is(errors, JSON_ARRAY)) {
        for (const struct json *e = errors->first; e != NULL; e = e->next) {
            buf_text(&b, b.n > 0 ? ": " : "");
            buf_str(&b, json_text(e));
        }
    }
    return arena_str(a, buf_view(&b));
}

/* A wrong key is a 400 like any other; only its words tell. */
static bool is_about_key(struct str said)
{
    return text_says(said, "routing_key") || text_says(said, "routing key") ||
           text_says(said, "integration key");
}

static void judge_refusal(const struct response *r, struct arena *a,
                          struct verdict *v)
{
    struct response plain = *r;

    plain.body = words_of(r, a);
    judge_answer(&plain, a, v);
    if (r->status == 429 && v->retry_after_ms == 0)
        v->retry_after_ms = RATE_WAIT_MS;
    if (r->status != 400 || !is_about_key(plain.body))
        return;
    v->kind = VERDICT_DEFERRED;
    v->endpoint_fault = true;
}

/* What comes next: a late end is told, a test's incident is not left open. */
static void judge_taken(const struct render_input *in, struct arena *a,
                        struct verdict *v)
{
    enum deed deed = deed_of(in);

    v->kind = VERDICT_DELIVERED;
    if (deed == DEED_TRIGGER)
        v->handle = dedup_key(in, a);
    if (in->step != STEP_FIRST)
        return;
    if (deed == DEED_RESOLVE && in->items[0].phase == PHASE_LATE) {
        v->kind = VERDICT_AGAIN;
        v->step = STEP_CHANGE;
    } else if (deed == DEED_TRIGGER && in->test) {
        v->kind = VERDICT_AGAIN;
        v->step = STEP_RESOLVE;
    }
}

static void pagerduty_judge(const struct render_input *in,
                            const struct request *sent, const struct response *r,
                            struct arena *a, struct verdict *v)
{
    assert(sent->via == VIA_HTTP && in->count == 1);
    *v = (struct verdict){0};
    if (r->outcome != OUTCOME_ANSWERED) {
        judge_no_answer(r, a, v);
    } else if (r->status == 202) {
        v->reason = judge_reason(r->status, STR_NONE, a);
        judge_taken(in, a, v);
    } else if (r->status / 100 == 2) {
        judge_foreign(r, "PagerDuty's", a, v);
    } else {
        judge_refusal(r, a, v);
    }
}

const struct endpoint_type endpoint_pagerduty = {
    .name = "pagerduty",
    .title = "PagerDuty",
    .help = "Opens incidents in PagerDuty, and resolves them when the alert is "
            "over.",
    .via = VIA_HTTP,
    .batch_max = 1,
    .own_words = true,
    .shows_ack = true,
    .rate_per_s = 1.8, /* 120 a minute an integration key, the burst included */
    .rate_burst = 10,
    .endpoint_size = sizeof(struct pagerduty),
    .recipient_size = sizeof(struct pagerduty_recipient),
    .endpoint_fields = pagerduty_fields,
    .recipient_fields = pagerduty_recipient_fields,
    .check = pagerduty_check,
    .wants = pagerduty_wants,
    .render = pagerduty_render,
    .judge = pagerduty_judge,
};
