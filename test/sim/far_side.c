/* far_side.c -- what the courier sends to: webhooks, chats and the alert store, with
 * their faults; and what they take note of. */
#include "sim.h"

static int64_t number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at != NULL ? strtoll(at + strlen(name), NULL, 10) : -1;
}

static int64_t recipient_of(const struct request *r)
{
    return r->http.url.p[r->http.url.n - 1] - '0';
}

static void takes(struct sim *sim, int64_t recipient, int64_t id, int key)
{
    CHECK(id > 0 && id < ALERTS_MAX, "an alert %lld that nobody sent", (long long)id);
    CHECK(sim->confirmed[recipient][id] <
              (recipient < WEBHOOKS && sim->worsened[id] ? 2 : 1),
          "alert %lld came to %lld after it was confirmed",
          (long long)id, (long long)recipient);
    CHECK(sim->arrived < SENT_MAX, "more arrivals than anybody sent");
    sim->arrivals[sim->arrived++] = (struct arrival){id, recipient, key};
}

/* What a webhook took, read from the request's own bytes. */
static void webhook_takes(struct sim *sim, const struct request *r, bool confirmed)
{
    char *body = mem_dup(r->http.body.p, r->http.body.n);
    int64_t recipient = recipient_of(r);
    const char *at = body;

    while ((at = strstr(at, "\"sim_key\":")) != NULL) {
        int64_t id = number_after(at, "\"sim_id\":");

        takes(sim, recipient, id, (int)number_after(at, "\"sim_key\":"));
        sim->confirmed[recipient][id] += confirmed;
        at += 10;
    }
    free(body);
}

/* --- a chat ------------------------------------------------------------------ */

static bool same_word(const char *a, const char *b)
{
    size_t n = strcspn(a, " ");

    return n == strcspn(b, " ") && memcmp(a, b, n) == 0;
}

static const char *next_word(const char *at)
{
    at += strcspn(at, " ");
    return at + (*at == ' ');
}

/* The word that the last answer had for this alert. */
static const char *word_for(const struct talk *t, const char *item)
{
    const char *word = t->words;

    for (const char *at = next_word(t->body); *at != '\0'; at = next_word(at)) {
        if (same_word(at, item))
            return word;
        word = next_word(word);
    }
    return "";
}

/* A further request comes at once, and is for those that asked for just that. */
static void chat_request(struct sim *sim, const struct request *r)
{
    struct talk *t = &sim->talks[recipient_of(r)];
    char *body = mem_dup(r->http.body.p, r->http.body.n);
    struct str want =
        arena_printf(&sim->arena, "again%.*s", (int)strcspn(body, " "), body);
    bool further = body[0] != '0';

    CHECK(further || strncmp(t->words, "again", 5) != 0, "%s: not what %s asked for", body,
          t->words);
    for (const char *at = next_word(body); further && *at != '\0'; at = next_word(at))
        CHECK(same_word(word_for(t, at), want.p), "%s, after %s was answered %s", body, t->body,
              t->words);
    sim->steps += further;
    snprintf(t->body, sizeof t->body, "%s", body);
    t->words[0] = '\0';
    free(body);
}

/* An edit is alone, and of the message that its engage was. */
static void edit_check(struct sim *sim, const char *item, int64_t id, bool alone)
{
    size_t n = strcspn(item, " ");
    const char *at = memchr(item, '@', n);
    int64_t engage;

    if (at == NULL)
        return;
    CHECK(at[1] == 'h' && alone, "an edit without a handle, or not alone: %s", item);
    engage = strtoll(at + 2, NULL, 10);
    if (at[-1] == 'u') /* its time was over: nobody here has asked for it */
        sim->keys[id] = sim->keys[engage];
    CHECK(engage > 0 && engage < id && sim->keys[engage] == sim->keys[id],
          "alert %lld edits %lld", (long long)id, (long long)engage);
    sim->edits++;
}

/* A word that is not "ok". */
static const char *ill_word(struct sim *sim, int step, char text[16])
{
    uint32_t dice = roll(sim, 12);

    if (dice > 8 || step + 1 == STEPS_MAX)
        return dice == 11 ? "no" : dice == 10 ? "wait2000" : "later";
    snprintf(text, 16, "again%d:%c", step + 1, roll(sim, 3) > 0 ? 'x' : 'y');
    return text;
}

/* The first few are taken, the others not: so what is in order stays in order. */
static void chat_takes_some(struct sim *sim, int64_t recipient, bool confirms)
{
    struct talk *t = &sim->talks[recipient];
    bool alone = *next_word(next_word(t->body)) == '\0';
    bool well = true;

    for (const char *at = next_word(t->body); *at != '\0'; at = next_word(at)) {
        int64_t id = strtoll(at, NULL, 10);
        size_t n = strlen(t->words);
        const char *word = "ok";
        char text[16];

        CHECK(id > 0 && id < ALERTS_MAX, "an alert that nobody sent: %s", t->body);
        edit_check(sim, at, id, alone);
        well = well && !(confirms && sim->faults && roll(sim, 4) == 0);
        if (well)
            takes(sim, recipient, id, sim->keys[id]);
        else
            word = ill_word(sim, t->body[0] - '0', text);
        sim->confirmed[recipient][id] |= well && confirms;
        sim->refused[recipient][id] |= strcmp(word, "no") == 0;
        snprintf(t->words + n, sizeof t->words - n, "%s%s", n ? " " : "", word);
    }
}

static void chat_takes(struct sim *sim, const struct request *r, struct response *answer)
{
    int64_t recipient = recipient_of(r);
    struct talk *t = &sim->talks[recipient];
    bool confirms = answer->outcome == OUTCOME_ANSWERED;
    bool gone = confirms && sim->faults && roll(sim, 6) == 0;

    sim->gone += gone;
    if (gone)
        snprintf(t->words, sizeof t->words, roll(sim, 2) ? "gone" : "flood3000");
    else
        chat_takes_some(sim, recipient, confirms);
    answer->body = str_of(confirms ? t->words : "");
    if (!confirms)
        t->words[0] = '\0';
}

/* Where a repeat shows, what was lost as often as that may be dead. */
static void chat_doubts(struct sim *sim, int64_t recipient)
{
    const char *body = sim->talks[recipient].body;

    for (const char *at = next_word(body); *at != '\0'; at = next_word(at)) {
        int64_t id = strtoll(at, NULL, 10);

        sim->doubts[recipient][id]++;
        sim->refused[recipient][id] |= sim->doubts[recipient][id] >= DELIVERY_DOUBTS_MAX;
    }
}

/* --- answers ------------------------------------------------------------------ */

static void answer_store(struct sim *sim, struct sending *s, struct response *r)
{
    if (sim->faults && roll(sim, 4) == 0) {
        r->outcome = OUTCOME_LOST;
        r->error = STR("the store is slow");
        return;
    }
    sim->stored += s->request->store.count;
}

static void answer_http(struct sim *sim, struct sending *s, struct response *r)
{
    static const struct {
        enum outcome outcome;
        int status;
        int64_t retry_after_ms;
    } ills[] = {
        {OUTCOME_UNREACHED, 0, 0},  {OUTCOME_TIMED_OUT, 0, 0}, {OUTCOME_LOST, 0, 0},
        {OUTCOME_ANSWERED, 500, 0}, {OUTCOME_ANSWERED, 503, 4000}, {OUTCOME_ANSWERED, 429, 9000},
        {OUTCOME_ANSWERED, 401, 0}, {OUTCOME_TLS, 0, 0},
    };
    bool chat = recipient_of(s->request) >= WEBHOOKS; /* it has ills of its own */
    size_t ill = roll(sim, COUNT_OF(ills) * (chat ? 6 : 2));

    r->status = 200;
    if (sim->faults && ill < COUNT_OF(ills)) {
        r->outcome = ills[ill].outcome;
        r->status = ills[ill].status;
        r->retry_after_ms = ills[ill].retry_after_ms;
        r->error = STR("a fault");
    }
    if (chat && (r->outcome == OUTCOME_LOST || r->outcome == OUTCOME_TIMED_OUT))
        chat_doubts(sim, recipient_of(s->request));
    /* LOST: the work was done all the same. */
    if (r->outcome != OUTCOME_LOST && r->status != 200)
        return;
    if (chat)
        chat_takes(sim, s->request, r);
    else
        webhook_takes(sim, s->request, r->outcome == OUTCOME_ANSWERED);
}

/* What was begun before goes on, request after request. */
static void not_paused(struct sim *sim, const struct request *r)
{
    int i = (int)recipient_of(r);
    const struct recipient *to = snapshot_recipient_id(config_now(sim->config), sim->ids[i]);

    if (i >= WEBHOOKS && r->http.body.p[0] != '0')
        return;
    CHECK(outbox_paused(sim->outbox, PAUSE_RECIPIENT, to->id) == NULL &&
              outbox_paused(sim->outbox, PAUSE_ENDPOINT, to->endpoint->id) == NULL,
          "r%d is paused, and was sent something", i);
}

struct sending *far_send(void *arg, const struct request *r, transport_fn *done, void *done_arg)
{
    struct sim *sim = arg;

    if (r->via == VIA_HTTP)
        not_paused(sim, r);
    if (r->via == VIA_HTTP && recipient_of(r) >= WEBHOOKS)
        chat_request(sim, r);
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        struct sending *s = &sim->flights[i];

        if (s->used)
            continue;
        *s = (struct sending){.request = r, .done = done, .arg = done_arg, .used = true,
                              .answer_at_ms = sim->now_ms + roll(sim, sim->faults ? 3000 : 20)};
        return s;
    }
    CHECK(false, "more than %d requests in flight", FLIGHTS_MAX);
    return NULL;
}

void far_cancel(void *arg, struct sending *s)
{
    (void)arg;
    s->used = false;
}

void far_answers(struct sim *sim)
{
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        struct sending s = sim->flights[i];
        struct response r = {.outcome = OUTCOME_ANSWERED, .status = 200};

        if (!s.used || s.answer_at_ms > sim->now_ms)
            continue;
        sim->flights[i].used = false;
        if (s.request->via == VIA_STORE)
            answer_store(sim, &s, &r);
        else
            answer_http(sim, &s, &r);
        s.done(s.arg, &r);
    }
}

void far_forgets(struct sim *sim)
{
    memset(sim->flights, 0, sizeof sim->flights);
    memset(sim->talks, 0, sizeof sim->talks); /* what was under way begins anew */
}
