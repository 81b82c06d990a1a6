/* courier.c -- the lanes: which recipient may send now, and which waits. */
#include "courier/lane.h"

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

static void lane_free(struct lane *lane)
{
    loop_timer_clear(lane->courier->loop, &lane->due);
    free(lane->health.error);
    free(lane);
}

/* A lane is gone once nothing of it is in flight: what is in flight ends first. */
static void lane_drop(struct courier *c, size_t at)
{
    struct lane *lane = c->lanes[at];

    lane_unready(lane);
    memmove(&c->lanes[at], &c->lanes[at + 1],
            (c->lane_count - at - 1) * sizeof *c->lanes);
    c->lane_count--;
    lane_free(lane);
}

static void lane_remove(struct courier *c, struct lane *lane)
{
    outbox_abandon(c->with.outbox, lane->recipient_id,
                   STR("the recipient was deleted"));
    lane_drop(c, lane_place(c, lane->recipient_id));
}

/* --- sending ------------------------------------------------------------ */

/* Whether this lane may send now; else it comes back then. */
static bool lane_may_send(struct lane *lane, const struct endpoint_type *type)
{
    struct courier *c = lane->courier;
    struct circuit *circuit = &lane->health.circuit;
    int64_t now_ms = clock_wall_ms(c->clock);
    int64_t wait_ms;

    if (outbox_paused(c->with.outbox, PAUSE_RECIPIENT, lane->recipient_id) != NULL)
        return false; /* courier_paused() comes when it goes on */
    if (circuit_allows(circuit, 0, now_ms))
        wait_ms = bucket_wait_ms(&lane->bucket, type->recipient_rate_per_s,
                                 type->recipient_rate_burst, now_ms);
    else
        wait_ms = circuit->not_before_ms - now_ms;
    if (wait_ms > 0)
        loop_timer_set(c->loop, &lane->due, wait_ms, lane_due, lane);
    return wait_ms <= 0;
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

        if (r == NULL || !r->enabled || !lane_may_send(lane, r->endpoint->type)) {
            ready_pop(post);
            continue;
        }
        if (!post_may_send(post, r->endpoint->type))
            return;
        ready_pop(post);
        if (!parcel_send(lane, now, &next_ms))
            lane_come_back(lane, next_ms);
        else if (lane->in_flight == NULL)
            lane_ready(lane); /* settled without a request: there may be more */
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
        lane_free(c->lanes[i]);
    }
    for (size_t i = 0; i < c->post_count; i++)
        post_free(c->posts[i]);
    shares_free(c);
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

/* The lanes of an endpoint wait at it, and are looked at in every turn. */
void courier_paused(void *courier, const struct pause *p)
{
    struct courier *c = courier;
    struct lane *lane = p->of == PAUSE_RECIPIENT ? lane_find(c, p->id) : NULL;

    if (lane != NULL)
        lane_ready(lane);
    loop_again(c->loop);
}

/* A recipient that was edited, or whose endpoint was, deserves a fresh try. */
static void lane_refresh(struct lane *lane, const struct recipient *r)
{
    if (lane->revision != r->revision ||
        lane->endpoint_revision != r->endpoint->revision)
        circuit_ok(&lane->health.circuit);
    lane->revision = r->revision;
    lane->endpoint_revision = r->endpoint->revision;
}

/* Puts the lane where its recipient's endpoint is. A lane with something in
 * flight moves when that has ended (lane_idle). */
static void lane_move(struct lane *lane, const struct recipient *r)
{
    struct post *post = post_find(lane->courier, r->endpoint->id);

    assert(post != NULL);
    lane_refresh(lane, r);
    if (lane->post != post && lane->in_flight == NULL) {
        lane_unready(lane);
        lane->post = post;
        lane->bucket = (struct bucket){0};
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

static void post_gone(struct post *post)
{
    outbox_pause_forget(post->courier->with.outbox, PAUSE_ENDPOINT, post->endpoint_id);
    post_free(post);
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
            post_gone(c->posts[i]);
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
    for (size_t i = 0; i < c->post_count; i++)
        post_view(c->posts[i], &w->views[i]);
    *out = c->views;
    return c->post_count;
}

void courier_recipient(const struct courier *c, int64_t recipient_id,
                       struct courier_recipient *out)
{
    const struct lane *lane = lane_find(c, recipient_id);

    *out = (struct courier_recipient){.last_error = STR_NONE};
    if (lane == NULL)
        return;
    out->paused = lane->health.circuit.paused;
    out->opens_at_ms = lane->health.circuit.not_before_ms;
    out->in_flight = lane->in_flight != NULL;
    out->last_error = str_of(lane->health.error);
    out->last_error_ms = lane->health.last_error_ms;
    out->last_ok_ms = lane->health.last_ok_ms;
}

void courier_latency(const struct courier *c, struct latency *out)
{
    *out = c->latency;
}
