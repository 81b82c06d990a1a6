/* webhook.c -- posts alerts as JSON: ntopng's body, or Standard Webhooks. */
#include "endpoint/webhook.h"

#include <sodium.h>

#include "base/clock.h"
#include "base/limits.h"
#include "message/escape.h"

enum webhook_format { FORMAT_NTOPNG, FORMAT_STANDARD };
static const char *const formats[] = {"ntopng", "standard", NULL};

#define SECRET_PREFIX "whsec_"
#define SECRET_MIN 24 /* bytes, decoded */
#define SECRET_MAX 64

static const struct field webhook_fields[] = {
    {TEXT(struct webhook, url),
     .label = "URL", .min = 8, .max = 2000, .format = "uri",
     .help = "Where each alert is posted, as https://example.com/hook."},
    {CHOICE(struct webhook, format),
     .label = "Format", .fallback = "ntopng", .choices = formats,
     .help = "ntopng: the body ntopng posts, up to ten alerts a request. "
             "standard: Standard Webhooks, signed, one alert a request."},
    {TEXT(struct webhook, shared_secret),
     .label = "Shared secret", .optional = true, .secret = true, .max = 256,
     .help = "Any text; it is in every body of the ntopng format as "
             "sharedsecret, so use https."},
    {TEXT(struct webhook, username),
     .label = "User name", .optional = true, .max = 256,
     .help = "For HTTP Basic authentication, if the receiver asks for it."},
    {TEXT(struct webhook, password),
     .label = "Password", .optional = true, .secret = true, .max = 256,
     .user = "username",
     .help = "For HTTP Basic authentication, if the receiver asks for it."},
    {TEXT(struct webhook, signing_secret),
     .label = "Signing secret", .optional = true, .secret = true, .max = 256,
     .help = "For the standard format: whsec_ and base64 of 24 to 64 random "
             "bytes, the same as at the receiver."},
    {FLAG(struct webhook, allow_private),
     .label = "Allow private addresses", .fallback = "false",
     .help = "Also post to addresses inside your own network and to this "
             "machine."},
    CA_FILE(struct webhook),
    FIELDS_END,
};

static bool secret_decode(struct str secret, struct buf *key)
{
    return str_starts(secret, SECRET_PREFIX) &&
           base64_decode(str_from(secret, strlen(SECRET_PREFIX)), key) &&
           key->n >= SECRET_MIN && key->n <= SECRET_MAX;
}

/* A secret's bytes do not stay behind in freed memory. */
static void key_release(struct buf *key)
{
    if (key->p != NULL)
        sodium_memzero(key->p, key->capacity);
    buf_release(key);
}

bool webhook_secret_ok(struct str secret)
{
    struct buf key freed_by(key_release) = BUF(PARAM_TEXT_MAX);

    return secret_decode(secret, &key);
}

struct str webhook_signature(struct str secret, struct str id, int64_t seconds,
                             struct str body, struct arena *a)
{
    struct buf key freed_by(key_release) = BUF(PARAM_TEXT_MAX);
    struct buf text freed_by(buf_release) = BUF(200);
    struct str head = arena_printf(a, "%.*s.%lld.", STR_ARG(id),
                                   (long long)seconds);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    if (!secret_decode(secret, &key))
        bug("a signing secret that check() let through");
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.n);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)head.p, head.n);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    buf_text(&text, "v1,");
    base64(&text, (struct str){(const char *)mac, sizeof(mac)});
    return arena_str(a, buf_view(&text));
}

static bool webhook_check(const void *endpoint, const void *recipient unused,
                          struct error *err)
{
    const struct webhook *w = endpoint;

    if (w == NULL)
        return true;
    if (!check_url(w->url, "url", err))
        return false;
    if (w->password.n > 0 && w->username.n == 0) {
        error_set(err, "is needed next to a password");
        return error_at(err, "username");
    }
    if (w->format != FORMAT_STANDARD || webhook_secret_ok(w->signing_secret))
        return true;
    error_set(err, "the standard format is signed: give %s and base64 of %d to "
                   "%d bytes, as from: echo %s$(openssl rand -base64 32)",
              SECRET_PREFIX, SECRET_MIN, SECRET_MAX, SECRET_PREFIX);
    return error_at(err, "signing_secret");
}

static size_t webhook_batch_limit(const void *endpoint)
{
    const struct webhook *w = endpoint;

    return w->format == FORMAT_STANDARD ? 1 : 10;
}

static const char *event_of(const struct render_item *item)
{
    const struct alert *a = item->alert;

    if (item->phase == PHASE_WORSENED)
        return "alert.worsened";
    switch (a->action) {
    case ACTION_ENGAGE:
        return "alert.engaged";
    case ACTION_RELEASE:
        return "alert.released";
    case ACTION_STORE:
        return "alert.stored";
    }
    bug("an alert without an action");
}

static void write_standard(const struct render_input *in, struct json_out *o)
{
    const struct alert *a = in->items[0].alert;
    char text[TIME_TEXT_MAX];

    time_text(event_ms(a), true, text);
    out_object(o, NULL);
    out_text(o, "type", event_of(&in->items[0]));
    out_text(o, "timestamp", text);
    if (in->test)
        out_bool(o, "test", true);
    out_object(o, "data");
    alert_write(a, o);
    out_object_end(o);
    out_object_end(o);
}

/* The id is what a receiver tells repeats by: so it names this Tocsin, too. */
static void sign(const struct render_input *in, const struct webhook *w,
                 struct arena *a, struct http_request *h)
{
    struct str place = render_token(a, in->place.instance, 64);
    struct str item = render_token(a, in->items[0].id, 64);
    struct str id = arena_printf(a, "msg_%.*s_%.*s", STR_ARG(place),
                                 STR_ARG(item));
    char *undotted = arena_new(a, id.n + 1);
    int64_t seconds = in->place.now_ms / 1000;

    for (size_t i = 0; i < id.n; i++)
        undotted[i] = id.p[i] == '.' ? '-' : id.p[i];
    id.p = undotted;
    render_header(h, "webhook-id", id);
    render_header(h, "webhook-timestamp",
                  arena_printf(a, "%lld", (long long)seconds));
    render_header(h, "webhook-signature",
                  webhook_signature(w->signing_secret, id, seconds, h->body, a));
}

static bool webhook_render(const struct render_input *in, struct arena *a,
                           struct request *out, struct error *err)
{
    const struct webhook *w = in->endpoint;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);
    struct http_request *h = &out->http;

    render_post(out, w->url, w->allow_private, w->ca_file);
    h->user = w->username;
    h->password = w->password;
    if (w->format == FORMAT_STANDARD)
        write_standard(in, &o);
    else
        webhook_ntopng(in, w, &o);
    if (!render_kept(&b, a, &h->body, err))
        return false;
    if (w->format == FORMAT_STANDARD)
        sign(in, w, a, h);
    return true;
}

const struct endpoint_type endpoint_webhook = {
    .name = "webhook",
    .title = "Webhook",
    .help = "Posts alerts as JSON to any web address.",
    .via = VIA_HTTP,
    .batch_max = 10,
    .batch_limit = webhook_batch_limit,
    .endpoint_size = sizeof(struct webhook),
    .endpoint_fields = webhook_fields,
    .recipient_fields = no_fields,
    .check = webhook_check,
    .render = webhook_render,
    .judge = judge_http,
};
