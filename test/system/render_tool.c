/* render_tool.c -- hostile alerts through every way of every endpoint type, as
 * NDJSON for the vendors' own parsers (test/vendor) to read back.
 *
 *   render_tool
 *
 * First where we speak from, then a line for each mode with its parameters; then,
 * of each case, its alerts and how they read before they are escaped, and a line
 * for each request that a mode makes of it. What the door refuses does not come
 * here; a text that is not UTF-8 does, for not every source is JSON. */
#include "base/limits.h"
#include "corpus.h"
#include "fake/fake.h"
#include "modes.h"
#include "post.h"
#include "scene.h"

#define LINE_MAX_BYTES (64u << 20) /* a bulk of long alerts, escaped again */
#define REQUESTS_MAX (STEPS_MAX * LUCKS * KEPT_COUNT)

static const struct message_place place = {
    .instance = STR("gw-pisa"),
    .base_url = STR("https://alerts.example.net"),
    .now_ms = NOW_MS,
};

static _Noreturn void fail(const char *words)
{
    fprintf(stderr, "render_tool: %s\n", words);
    exit(2);
}

/* --- lines ------------------------------------------------------------------- */

static void line_end(struct buf *line)
{
    if (line->over)
        fail("a line is too long");
    buf_char(line, '\n');
    if (fwrite(line->p, 1, line->n, stdout) != line->n)
        fail("cannot write");
    buf_reset(line);
}

/* What is not UTF-8 cannot be said in JSON: so it is an object instead. */
static void out_bytes(struct json_out *o, const char *name, struct str s)
{
    if (utf8_valid(s)) {
        out_str(o, name, s);
        return;
    }
    out_object(o, name);
    out_str(o, "not_utf8", s);
    out_object_end(o);
}

static void out_words(struct json_out *o, const char *name, const char *const *words)
{
    out_array(o, name);
    for (size_t i = 0; words[i] != NULL; i++)
        out_bytes(o, NULL, str_of(words[i]));
    out_array_end(o);
}

static void out_strs(struct json_out *o, const char *name, const struct str *v,
                     size_t n)
{
    out_array(o, name);
    for (size_t i = 0; i < n; i++)
        out_bytes(o, NULL, v[i]);
    out_array_end(o);
}

static void out_http(struct json_out *o, const struct http_request *h)
{
    out_text(o, "method", h->method);
    out_bytes(o, "url", h->url);
    out_object(o, "headers");
    for (size_t i = 0; i < h->header_count; i++)
        out_bytes(o, h->headers[i].name, h->headers[i].value);
    out_object_end(o);
    out_bytes(o, "body", h->body);
}

static void out_mail(struct json_out *o, const struct mail_request *m)
{
    out_object(o, "mail");
    out_bytes(o, "from", m->from);
    out_strs(o, "to", m->to, m->to_count);
    out_bytes(o, "body", m->body);
    out_object_end(o);
}

static void out_exec(struct json_out *o, const struct exec_request *e)
{
    out_words(o, "argv", e->argv);
    out_words(o, "env", e->envp);
    out_bytes(o, "input", e->input);
}

static void out_request(struct json_out *o, const struct request *r)
{
    switch (r->via) {
    case VIA_HTTP:
        out_http(o, &r->http);
        return;
    case VIA_MAIL:
        out_mail(o, &r->mail);
        return;
    case VIA_SYSLOG:
        out_strs(o, "frames", r->syslog.frames, r->syslog.frame_count);
        return;
    case VIA_EXEC:
        out_exec(o, &r->exec);
        return;
    case VIA_FILE:
        out_bytes(o, "lines", r->file.lines);
        return;
    case VIA_STORE:
        out_i64(o, "stored", (int64_t)r->store.count);
        return;
    }
}

static void out_facts(struct json_out *o, const struct message *m)
{
    out_array(o, "facts");
    for (size_t i = 0; i < m->fact_count; i++) {
        out_object(o, NULL);
        out_text(o, "label", m->facts[i].label);
        out_str(o, "value", m->facts[i].value);
        out_object_end(o);
    }
    out_array_end(o);
}

/* How it reads, before any channel escapes it. */
static void out_message(struct json_out *o, const struct scene *s,
                        const struct alert *a)
{
    struct message m;

    message_build(a, s->of.phase, &place, s->arena, &m);
    out_object(o, NULL);
    out_str(o, "title", m.title);
    out_str(o, "state", m.state);
    out_str(o, "sentence", m.sentence);
    out_str(o, "brief", m.brief);
    out_str(o, "severity", m.severity);
    out_str(o, "footer", m.footer);
    out_str(o, "link", m.link);
    out_facts(o, &m);
    out_object_end(o);
}

static const char *const phase_names[] = {"new", "release", "late"};

static void print_scene(const struct scene *s, struct buf *line)
{
    struct json_out o = JSON_OUT(line);

    out_object(&o, NULL);
    out_text(&o, "phase", phase_names[s->of.phase]);
    out_i64(&o, "corpus", (int64_t)s->of.at);
    out_bool(&o, "over_long", s->of.over_long);
    out_i64(&o, "shape", s->of.shape);
    out_array(&o, "alerts");
    for (size_t i = 0; i < s->count; i++) {
        out_object(&o, NULL);
        alert_write(&s->alerts[i], &o);
        out_object_end(&o);
    }
    out_array_end(&o);
    out_array(&o, "messages");
    for (size_t i = 0; i < s->count; i++)
        out_message(&o, s, &s->alerts[i]);
    out_array_end(&o);
    out_object_end(&o);
    line_end(line);
}

static void print_place(struct buf *line)
{
    struct json_out o = JSON_OUT(line);

    out_object(&o, NULL);
    out_str(&o, "instance", place.instance);
    out_str(&o, "base_url", place.base_url);
    out_i64(&o, "now_ms", place.now_ms);
    out_object_end(&o);
    line_end(line);
}

static void print_mode(const struct mode *m, struct buf *line)
{
    struct json_out o = JSON_OUT(line);

    out_object(&o, NULL);
    out_text(&o, "mode", m->name);
    out_text(&o, "type", m->type);
    out_raw(&o, "endpoint", str_of(m->endpoint));
    out_raw(&o, "recipient", str_of(m->recipient));
    out_object_end(&o);
    line_end(line);
}

/* --- requests ------------------------------------------------------------------ */

/* What befalls a delivery: then its types send the same with less, or anew. */
enum luck { SMOOTH, REFUSED, DELETED, LUCKS };
/* What a release finds kept: nothing, its engage's handle, that of a digest. */
enum kept { KEPT_NONE, KEPT_OWN, KEPT_SHARED, KEPT_COUNT };

struct telling { /* a scene by a mode */
    const struct scene *scene;
    const struct mode *mode;
    const struct endpoint_type *type;
    struct fake *fake; /* NULL: there is none of this type */
    struct render_item items[SCENE_MAX];
    struct render_input in;
    struct str printed[REQUESTS_MAX]; /* so that no request comes twice */
    size_t printed_count;
};

static bool is_new(struct telling *t, const struct buf *line)
{
    for (size_t i = 0; i < t->printed_count; i++) {
        if (str_eq(t->printed[i], buf_view(line)))
            return false;
    }
    assert(t->printed_count < REQUESTS_MAX);
    t->printed[t->printed_count++] = arena_str(t->scene->arena, buf_view(line));
    return true;
}

/* `r` is NULL when the type refused, and why. */
static void print_request(struct telling *t, const struct request *r,
                          const char *why, struct buf *line)
{
    struct json_out o = JSON_OUT(line);

    out_object(&o, NULL);
    out_text(&o, "of", t->mode->name);
    out_array(&o, "at"); /* which of the scene's alerts */
    for (size_t i = 0; i < t->in.count; i++)
        out_i64(&o, NULL, t->items[i].alert - t->scene->alerts);
    out_array_end(&o);
    out_str(&o, "handle", t->in.items[0].handle);
    if (r != NULL)
        out_request(&o, r);
    else
        out_text(&o, "refused", why);
    if (is_new(t, line)) {
        out_i64(&o, "step", t->in.step);
        out_object_end(&o);
        line_end(line);
    }
    buf_reset(line);
}

/* Of those without a fake: it went well. */
static void answer(struct telling *t, const struct request *sent, struct response *r)
{
    if (sent->via == VIA_HTTP && t->fake != NULL) {
        post_to_fake(t->fake, &sent->http, NOW_MS, t->scene->arena, r);
        return;
    }
    *r = (struct response){.outcome = OUTCOME_ANSWERED, .body = STR("1\n")};
    if (sent->via == VIA_HTTP)
        r->status = 200;
    else if (sent->via == VIA_MAIL)
        r->status = 250;
    else if (sent->via == VIA_SYSLOG)
        r->written = sent->syslog.frame_count;
}

/* Goes on with those that want it, if any. */
static bool again(struct telling *t, const struct verdict *v)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->in.count; i++) {
        if (v[i].kind != VERDICT_AGAIN)
            continue;
        t->in.step = v[i].step;
        t->in.carry = v[i].carry;
        t->items[kept++] = t->items[i];
    }
    t->in.count = kept;
    return kept > 0;
}

/* To its end; `line` NULL: not to be read by anybody. Gives the first's handle. */
static struct str deliver(struct telling *t, struct buf *line)
{
    struct verdict v[SCENE_MAX] = {{0}};

    t->in.step = 0;
    t->in.carry = STR_NONE;
    for (int requests = 0; requests < STEPS_MAX; requests++) {
        struct request r = {0};
        struct response said;
        struct error err = {0};
        bool rendered = t->type->render(&t->in, t->scene->arena, &r, &err);

        if (line != NULL)
            print_request(t, rendered ? &r : NULL, err.text, line);
        if (!rendered || r.via == VIA_STORE)
            return STR_NONE;
        answer(t, &r, &said);
        t->type->judge(&t->in, &r, &said, t->scene->arena, v);
        if (!again(t, v))
            return v[0].handle;
    }
    return STR_NONE;
}

static bool all_wanted(const struct telling *t)
{
    struct error why_not;

    for (size_t i = 0; i < t->in.count && t->type->wants != NULL; i++) {
        if (!t->type->wants(t->in.endpoint, t->in.recipient, &t->items[i], &why_not))
            return false;
    }
    return true;
}

static void items_make(struct telling *t, const struct alert *alerts, size_t count,
                       enum phase phase, struct str handle)
{
    t->in.count = count;
    for (size_t i = 0; i < count; i++)
        t->items[i] = (struct render_item){
            .alert = &alerts[i],
            .phase = phase,
            .handle = handle,
            .id = arena_printf(t->scene->arena, "%lld.3", (long long)alerts[i].id),
        };
}

/* The handle of an engage that was told before, alone or with another. */
static struct str engaged(struct telling *t, enum kept kept)
{
    struct scene *s = arena_new(t->scene->arena, sizeof(*s));
    struct material plain = {.at = 1, .shape = TEXTS, .phase = PHASE_NEW};

    s->arena = t->scene->arena;
    for (int i = 0; i < (kept == KEPT_SHARED ? 2 : 1); i++) {
        if (!scene_add(s, plain))
            fail("the plain alert is refused");
    }
    items_make(t, s->alerts, s->count, PHASE_NEW, STR_NONE);
    return deliver(t, NULL);
}

static size_t limit_of(const struct telling *t)
{
    return t->type->batch_limit ? t->type->batch_limit(t->in.endpoint)
                                : t->type->batch_max;
}

static void tell_as(struct telling *t, enum kept kept, enum luck luck,
                    struct buf *line)
{
    const struct scene *s = t->scene;
    const struct fake_vendor *vendor = fake_vendor_find(str_of(t->mode->type));
    struct str handle = STR_NONE;
    const struct fake_post *posts;

    if (vendor == NULL && luck != SMOOTH)
        return;
    t->fake = vendor != NULL ? fake_new(vendor) : NULL;
    if (kept != KEPT_NONE)
        handle = engaged(t, kept);
    if (luck == REFUSED)
        fake_fail(t->fake, FAULT_REFUSED, STEPS_MAX);
    for (size_t i = 0; luck == DELETED && i < fake_posts(t->fake, &posts); i++)
        fake_delete(t->fake, i);
    items_make(t, s->alerts, MIN(s->count, limit_of(t)), s->of.phase, handle);
    if (all_wanted(t))
        deliver(t, line);
    if (t->fake != NULL)
        fake_free(t->fake);
}

static bool is_possible(const struct telling *t, enum kept kept, enum luck luck)
{
    bool release = t->scene->of.phase == PHASE_RELEASE;

    if (t->scene->count > 1 &&
        (limit_of(t) == 1 || (release && t->type->edits)))
        return false; /* a release that edits is always alone */
    if (kept == KEPT_SHARED && limit_of(t) == 1)
        return false;
    return kept == KEPT_NONE ? luck != DELETED : release;
}

static void tell(const struct scene *s, const struct mode *m, struct buf *line)
{
    struct telling t = {.scene = s, .mode = m, .type = mode_type(m)};
    struct error err;

    t.in = (struct render_input){.items = t.items, .recipient_name = STR("netops"),
                                 .scripts_dir = STR("/scripts"), .place = place};
    if (!mode_params(m, s->arena, &t.in.endpoint, &t.in.recipient, &err))
        fail(err.text);
    for (int kept = KEPT_NONE; kept < KEPT_COUNT; kept++)
        for (int luck = SMOOTH; luck < LUCKS; luck++)
            if (is_possible(&t, (enum kept)kept, (enum luck)luck))
                tell_as(&t, (enum kept)kept, (enum luck)luck, line);
}

static void show(const struct scene *s, struct buf *line)
{
    print_scene(s, line);
    for (const struct mode *m = mode_built(modes); m; m = mode_built(m + 1))
        tell(s, m, line);
}

/* --- all of it ------------------------------------------------------------------ */

static void one_alert(struct material of, struct buf *line)
{
    struct arena arena freed_by(arena_release) = {0};
    struct scene s = {.arena = &arena, .of = of};

    if (scene_add(&s, of))
        show(&s, line);
}

/* Texts that stand next to each other in the corpus, in turn in each shape. */
static void many_alerts(struct material of, struct buf *line)
{
    struct arena arena freed_by(arena_release) = {0};
    struct scene s = {.arena = &arena, .of = of};
    size_t count = of.over_long ? SCENE_MAX : 3;

    for (size_t i = 0; i < count; i++) {
        /* Of many, names and titles take the room. */
        of.shape = of.over_long && i > 0 ? NAMES
                                         : (enum shape)((s.of.at + i) % SHAPES);
        of.at = (s.of.at + i) % COUNT_OF(corpus);
        (void)scene_add(&s, of);
    }
    if (s.count > 1)
        show(&s, line);
}

static void everything_of(size_t at, bool over_long, struct buf *line)
{
    for (int phase = PHASE_NEW; phase <= PHASE_LATE; phase++) {
        struct material of = {at, over_long, TEXTS, (enum phase)phase};

        for (int shape = TEXTS; shape < SHAPES; shape++) {
            /* Long ones take long: their ends are tried in one shape each. */
            if (over_long && phase != PHASE_NEW && at % SHAPES != (size_t)shape)
                continue;
            of.shape = (enum shape)shape;
            one_alert(of, line);
        }
        if (!over_long || phase == PHASE_NEW)
            many_alerts(of, line);
    }
}

int main(void)
{
    struct buf line freed_by(buf_release) = BUF(LINE_MAX_BYTES);
    struct error err;

    if (!modes_complete(&err))
        fail(err.text);
    print_place(&line);
    for (const struct mode *m = mode_built(modes); m; m = mode_built(m + 1))
        print_mode(m, &line);
    for (size_t at = 0; at < COUNT_OF(corpus); at++) {
        everything_of(at, false, &line);
        everything_of(at, true, &line);
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
