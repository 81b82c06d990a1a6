/* courier.c -- lanes and posts: which recipient may send now, and which waits. */
#include "courier/lane.h"

#include "base/log.h"

#define ROOM "courier"

const int64_t latency_bounds_ms[LATENCY_BUCKETS] = {
    1,   2,    5,    10,    25,    50,     100,
    250, 1000, 5000, 30000, 60000, 600000, 3600000,
};

void latency_add(struct latency *l, int64_t ms)
{
    size_t i = 0;

    while (i < LATENCY_BUCKETS && ms > latency_bounds_ms[i])
        i++;
    l->counts[i]++;
    l->sum_ms += ms;
    l->n++;
}

/* --- lanes ------------------------------------------------------------- */

static size_t lane_place(const struct courier *c, int64_t recipient_id)
{
    size_t from = 0;
    size_t to = c->lane_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (c->lanes[middle]->recipient_id < recipient_id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct lane *lane_find(const struct courier *c, int64_t recipient_id)
{
    size_t at = lane_place(c, recipient_id);

    if (at < c->lane_count && c->lanes[at]->recipient_id == recipient_id)
        return c->lanes[at];
    return NULL;
}

static struct lane *lane_add(struct courier *c, int64_t recipient_id)
{
    size_t at = lane_place(c, recipient_id);
    struct lane *lane = mem_new(sizeof *lane);

    lane->recipient_id = recipient_id;
    lane->courier = c;
    c->lanes = mem_grow(c->lanes, c->lane_count + 1, sizeof *c->lanes);
    memmove(&c->lanes[at + 1], &c->lanes[at],
            (c->lane_count - at) * sizeof *c->lanes);
    c->lanes[at] = lane;
    c->lane_count++;
    return lane;
}

static void lane_due(void *arg);

/* Lets the next request grow a little, when the last was large. */
static bool lane_lingers(struct lane *lane)
{
    int64_t left_ms =
        lane->linger_until_ms - clock_tick_ms(lane->courier->clock);

    if (left_ms <= 0)
        return false;
    loop_timer_set(lane->courier->loop, &lane->due, left_ms, lane_due, lane);
    return true;
}

static void lane_ready(struct lane *lane)
{
    struct post *post = lane->post;

    if (lane->ready || lane->in_flight != NULL || post == NULL ||
        lane_lingers(lane))
        return;
    lane->ready = true;
    lane->next_ready = NULL;
    if (post->ready_tail != NULL)
        post->ready_tail->next_ready = lane;
    else
        post->ready_head = lane;
    post->ready_tail = lane;
}

static struct lane *ready_pop(struct post *post)
{
    struct lane *lane = post->ready_head;

    post->ready_head = lane->next_ready;
    if (post->ready_head == NULL)
        post->ready_tail = NULL;
    lane->next_ready = NULL;
    lane->ready = false;
    return lane;
}

static void lane_unready(struct lane *lane)
{
    struct lane *before = NULL;

    if (!lane->ready)
        return;
    assert(lane->post != NULL);
    for (struct lane *l = lane->post->ready_head; l != lane; l = l->next_ready)
        before = l;
    if (before != NULL)
        before->next_ready = lane->next_ready;
    else
        lane->post->ready_head = lane->next_ready;
    if (lane->post->ready_tail == lane)
        lane->post->ready_tail = before;
    lane->next_ready = NULL;
    lane->ready = false;
}

static void lane_due(void *arg)
{
    lane_ready(arg);
}

/* A lane is gone once nothing of it is in flight: what is in flight ends first. */
static void lane_drop(struct courier *c, size_t at)
{
    struct lane *lane = c->lanes[at];

    lane_unready(lane);
    loop_timer_clear(c->loop, &lane->due);
    memmove(&c->lanes[at], &c->lanes[at + 1],
            (c->lane_count - at - 1) * sizeof *c->lanes);
    c->lane_count--;
    free(lane);
}

static void lane_remove(struct courier *c, struct lane *lane)
{
    outbox_abandon(c->with.outbox, lane->recipient_id,
                   STR("the recipient was deleted"));
    lane_drop(c, lane_place(c, lane->recipient_id));
}

/* --- posts ------------------------------------------------------------- */

static struct post *post_find(const struct courier *c, int64_t endpoint_id)
{
    for (size_t i = 0; i < c->post_count; i++)
        if (c->posts[i]->endpoint_id == endpoint_id)
            return c->posts[i];
    return NULL;
}

static struct post *post_get(struct courier *c, const struct endpoint *e)
{
    struct post *post = post_find(c, e->id);

    if (post == NULL) {
        post = mem_new(sizeof *post);
        post->endpoint_id = e->id;
        post->courier = c;
        c->posts = mem_grow(c->posts, c->post_count + 1, sizeof *c->posts);
        c->posts[c->post_count++] = post;
    }
    /* An endpoint that was edited deserves a fresh try at once. */
    if (post->revision != e->revision)
        circuit_ok(&post->circuit);
    post->revision = e->revision;
    post->enabled = e->enabled;
    free(post->name);
    post->name = mem_dup(e->name.p, e->name.n);
    return post;
}

static void post_free(struct courier *c, struct post *post)
{
    loop_timer_clear(c->loop, &post->gate);
    free(post->name);
    free(post->error);
    free(post);
}

static void post_gate_open(void *arg)
{
    (void)arg; /* the turn's end looks at every post */
}

static void post_gate(struct post *post, int64_t wait_ms)
{
    loop_timer_set(post->courier->loop, &post->gate, MAX(wait_ms, 1),
                   post_gate_open, post);
}

static void circuit_log(const struct post *post, const struct circuit *before,
                        struct str reason)
{
    const struct circuit *now = &post->circuit;

    if (now->paused && !before->paused)
        log_error(ROOM, "endpoint %s: paused, its credentials or address are "
                        "refused: %.*s",
                  post->name, STR_ARG(reason));
    else if (now->state == BREAKER_OPEN && before->state == BREAKER_CLOSED)
        log_warn(ROOM, "endpoint %s: circuit open: %.*s", post->name,
                 STR_ARG(reason));
    else if (now->state == BREAKER_CLOSED && before->state != BREAKER_CLOSED)
        log_info(ROOM, "endpoint %s: circuit closed, it answers again",
                 post->name);
}

static void post_note_error(struct post *post, struct str reason)
{
    struct courier *c = post->courier;
    struct buf b freed_by(buf_release) = BUF(REASON_MAX * 4);

    config_redact(c->with.config, &b, reason);
    free(post->error);
    post->error = mem_dup(buf_c(&b), b.n);
    post->view.last_error_ms = clock_wall_ms(c->clock);
}

void post_outcome(struct post *post, const struct verdict *v, size_t n,
                  bool answered)
{
    struct courier *c = post->courier;
    const struct circuit before = post->circuit;
    const struct verdict *bad = NULL;
    size_t decided = 0;

    for (size_t i = 0; i < n; i++) {
        post->view.delivered += v[i].kind == VERDICT_DELIVERED;
        post->view.deferred += v[i].kind == VERDICT_DEFERRED;
        post->view.refused += v[i].kind == VERDICT_REFUSED;
        decided += v[i].kind != VERDICT_DEFERRED;
        if (v[i].kind != VERDICT_DELIVERED)
            bad = &v[i];
    }
    if (bad != NULL)
        post_note_error(post, bad->reason);
    if (decided > 0)
        circuit_ok(&post->circuit);
    else
        circuit_failed(&post->circuit, bad, answered, clock_wall_ms(c->clock),
                       clock_dice(c->clock));
    if (bad == NULL) {
        free(post->error);
        post->error = NULL;
        post->view.last_ok_ms = clock_wall_ms(c->clock);
    }
    circuit_log(post, &before, bad != NULL ? bad->reason : STR_NONE);
}

/* Whether this post may send one more request now; else its gate is set. */
static bool post_may_send(struct post *post, const struct endpoint_type *type)
{
    struct courier *c = post->courier;
    int64_t now_ms = clock_wall_ms(c->clock);
    int64_t wait_ms;

    if (!post->enabled || post->view.in_flight >= ENDPOINT_CONCURRENCY_MAX)
        return false;
    if (!circuit_allows(&post->circuit, post->view.in_flight, now_ms)) {
        if (post->circuit.not_before_ms > now_ms)
            post_gate(post, post->circuit.not_before_ms - now_ms);
        return false;
    }
    wait_ms = bucket_take(&post->bucket, type->rate_per_s, type->rate_burst,
                          now_ms);
    if (wait_ms > 0)
        post_gate(post, wait_ms);
    return wait_ms == 0;
}

static void lane_come_back(struct lane *lane, int64_t next_ms)
{
    struct courier *c = lane->courier;

    if (next_ms > 0)
        loop_timer_set(c->loop, &lane->due,
                       MAX(next_ms - clock_wall_ms(c->clock), 1), lane_due, lane);
}

static void post_pump(struct post *post, const struct snapshot *now)
{
    while (post->ready_head != NULL) {
        struct lane *lane = post->ready_head;
        const struct recipient *r =
            snapshot_recipient_id(now, lane->recipient_id);
        int64_t next_ms = 0;

        if (r == NULL || !r->enabled) {
            ready_pop(post);
            continue;
        }
        if (!post_may_send(post, r->endpoint->type))
            return;
        ready_pop(post);
        if (!parcel_send(lane, now, &next_ms)) {
            bucket_return(&post->bucket);
            lane_come_back(lane, next_ms);
        } else if (lane->in_flight == NULL) {
            lane_ready(lane); /* settled without a request: there may be more */
        }
    }
}

static void courier_turn(void *arg)
{
    struct courier *c = arg;
    const struct snapshot *now = config_now(c->with.config);

    if (c->quiescing)
        return;
    for (size_t i = 0; i < c->post_count; i++)
        if (c->posts[i]->ready_head != NULL)
            post_pump(c->posts[i], now);
}

/* --- the room's face ---------------------------------------------------- */

struct courier *courier_new(struct loop *l, const struct courier_options *o)
{
    struct courier *c = mem_new(sizeof *c);

    c->loop = l;
    c->clock = loop_clock(l);
    c->with = *o;
    loop_at_turn_end(l, courier_turn, c);
    courier_changed(c, config_now(o->config));
    return c;
}

void courier_free(struct courier *c)
{
    if (c == NULL)
        return;
    inquiries_abandon(c);
    for (size_t i = 0; i < c->lane_count; i++) {
        parcel_abandon(c->lanes[i]->in_flight);
        loop_timer_clear(c->loop, &c->lanes[i]->due);
        free(c->lanes[i]);
    }
    for (size_t i = 0; i < c->post_count; i++)
        post_free(c, c->posts[i]);
    free(c->lanes);
    free(c->posts);
    free(c->views);
    free(c);
}

void courier_ready(void *courier, int64_t recipient_id)
{
    struct courier *c = courier;
    struct lane *lane = lane_find(c, recipient_id);

    if (lane != NULL)
        lane_ready(lane);
    else if (snapshot_recipient_id(config_now(c->with.config), recipient_id) == NULL)
        outbox_abandon(c->with.outbox, recipient_id,
                       STR("the recipient was deleted"));
}

/* Puts the lane where its recipient's endpoint is. A lane with something in
 * flight moves when that has ended (lane_idle). */
static void lane_move(struct lane *lane, const struct recipient *r)
{
    struct post *post = post_find(lane->courier, r->endpoint->id);

    assert(post != NULL);
    if (lane->post != post && lane->in_flight == NULL) {
        lane_unready(lane);
        lane->post = post;
    }
    lane_ready(lane);
}

void lane_idle(struct lane *lane)
{
    struct courier *c = lane->courier;
    const struct recipient *r =
        snapshot_recipient_id(config_now(c->with.config), lane->recipient_id);

    if (r != NULL)
        lane_move(lane, r);
    else
        lane_remove(c, lane);
}

static void lanes_update(struct courier *c, const struct snapshot *now)
{
    for (size_t i = 0; i < now->recipient_count; i++) {
        const struct recipient *r = &now->recipients[i];
        struct lane *lane = lane_find(c, r->id);

        lane_move(lane != NULL ? lane : lane_add(c, r->id), r);
    }
    for (size_t i = c->lane_count; i > 0; i--) {
        struct lane *lane = c->lanes[i - 1];

        if (lane->in_flight == NULL &&
            snapshot_recipient_id(now, lane->recipient_id) == NULL)
            lane_remove(c, lane);
    }
}

/* Endpoints that are no more, once nothing refers to them. */
static void posts_sweep(struct courier *c, const struct snapshot *now)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->post_count; i++)
        c->posts[i]->wanted = c->posts[i]->view.in_flight > 0;
    for (size_t i = 0; i < c->lane_count; i++)
        c->lanes[i]->post->wanted = true;
    for (size_t i = 0; i < now->endpoint_count; i++)
        post_get(c, &now->endpoints[i])->wanted = true;
    for (size_t i = 0; i < c->post_count; i++)
        if (c->posts[i]->wanted)
            c->posts[kept++] = c->posts[i];
        else
            post_free(c, c->posts[i]);
    c->post_count = kept;
}

void courier_changed(void *courier, const struct snapshot *now)
{
    struct courier *c = courier;

    for (size_t i = 0; i < now->endpoint_count; i++)
        post_get(c, &now->endpoints[i]);
    lanes_update(c, now);
    posts_sweep(c, now);
    loop_again(c->loop);
}

bool courier_quiesce(struct courier *c)
{
    c->quiescing = true;
    return c->in_flight == 0;
}

size_t courier_endpoints(const struct courier *c,
                         const struct courier_endpoint **out)
{
    struct courier *w = (struct courier *)(uintptr_t)c; /* its scratch only */

    w->views = mem_grow(w->views, MAX(c->post_count, 1u), sizeof *w->views);
    for (size_t i = 0; i < c->post_count; i++) {
        const struct post *post = c->posts[i];

        w->views[i] = post->view;
        w->views[i].name = str_of(post->name);
        w->views[i].last_error = str_of(post->error);
        w->views[i].breaker = post->circuit.state;
        w->views[i].paused = post->circuit.paused;
        w->views[i].opens_at_ms = post->circuit.not_before_ms;
    }
    *out = c->views;
    return c->post_count;
}

void courier_latency(const struct courier *c, struct latency *out)
{
    *out = c->latency;
}
