/* admin_link.c -- /l/LINK: the page behind the link in a message. GET only shows it,
 * for programs that look at mail and chats follow links; POST acknowledges. */
#include "admin/done_by.h"
#include "admin/events.h"
#include "config/ack_link.h"
#include "config/engaged_set.h"
#include "message/escape.h"

#define PAGE_BYTES_MAX (64u << 10)
#define FORM_MAX (16u << 10)
#define CLICKS_MAX 60 /* acknowledgements by links within a minute; then 429 */

struct visit {
    struct admin *admin;
    struct exchange *x;
    struct str text; /* the link */
    struct ack_link link;
    const struct recipient *recipient;
    const struct engaged *engaged;
};

/* --- the page --------------------------------------------------------------------- */

static void escaped(struct buf *page, struct str text)
{
    struct buf clean freed_by(buf_release) = BUF(PAGE_BYTES_MAX);

    clean_text(&clean, text, false);
    escape_html(page, buf_view(&clean));
}

static void page_begin(struct buf *page, struct str title)
{
    buf_text(page, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width\">"
                   "<meta name=\"robots\" content=\"noindex\"><title>");
    escaped(page, title);
    buf_text(page, "</title></head><body><h1>");
    escaped(page, title);
    buf_text(page, "</h1>\n");
}

static void paragraph(struct buf *page, struct str text)
{
    buf_text(page, "<p>");
    escaped(page, text);
    buf_text(page, "</p>\n");
}

static void page_send(const struct visit *v, int status, struct buf *page)
{
    buf_text(page, "</body></html>\n");
    exchange_header_add(v->x, "X-Robots-Tag", STR("noindex, nofollow"));
    exchange_header_add(v->x, "Content-Security-Policy",
                        STR("default-src 'none'; form-action 'self'; base-uri 'none'; "
                            "frame-ancestors 'none'"));
    exchange_answer(v->x, status, "text/html; charset=utf-8", buf_view(page));
}

static void say(const struct visit *v, int status, const char *title, const char *text)
{
    struct buf page freed_by(buf_release) = BUF(PAGE_BYTES_MAX);

    page_begin(&page, str_of(title));
    paragraph(&page, str_of(text));
    page_send(v, status, &page);
}

static void acknowledged_by(const struct visit *v, struct buf *page)
{
    const struct ack *ack = v->engaged->ack;

    if (ack == NULL) {
        paragraph(page, STR("Engaged. Nobody has acknowledged it."));
        return;
    }
    paragraph(page, arena_printf(exchange_arena(v->x), "Acknowledged by %.*s, %.*s.",
                                 STR_ARG(ack->by),
                                 STR_ARG(message_moment(ack->at_ms,
                                                        exchange_arena(v->x)))));
    if (ack->note.n > 0)
        paragraph(page, ack->note);
}

/* It is posted to where it came from. */
static void form(struct buf *page)
{
    buf_text(page, "<form method=\"post\"><p><label>Note <input name=\"note\" "
                   "maxlength=\"500\" size=\"40\"></label> "
                   "<button type=\"submit\">Acknowledge</button></p></form>\n");
}

static void alert_page(const struct visit *v)
{
    struct buf page freed_by(buf_release) = BUF(PAGE_BYTES_MAX);
    struct arena *arena = exchange_arena(v->x);
    const struct message_place place = {.now_ms = clock_wall_ms(v->admin->with.clock)};
    struct message m;
    struct alert alert;
    struct error err;

    if (!alert_read(arena, json_parse(arena, v->engaged->json, &err), place.now_ms,
                    &alert, &err)) {
        say(v, 500, "Not to be read", "This alert cannot be shown.");
        return;
    }
    message_build(&alert, PHASE_NEW, &place, arena, &m);
    page_begin(&page, m.headline);
    paragraph(&page, m.sentence);
    paragraph(&page, m.when);
    acknowledged_by(v, &page);
    if (v->engaged->ack == NULL)
        form(&page);
    page_send(v, 200, &page);
}

/* --- who may ------------------------------------------------------------------------ */

/* False: answered, and nothing done. */
static bool visit_begin(struct visit *v, void *admin, struct exchange *x)
{
    struct admin *a = admin;

    *v = (struct visit){.admin = a, .x = x, .text = exchange_segment(x, "link")};
    if (!ack_link_read(a->with.config, v->text, &v->link)) {
        say(v, 403, "Not our link", "This link is cut short, changed, or made "
                                    "elsewhere. Nothing was done.");
        return false;
    }
    v->recipient = snapshot_recipient_id(config_now(a->with.config),
                                         v->link.recipient_id);
    v->engaged = registry_find_id(a->with.registry, v->link.alert_id);
    if (v->link.until_ms <= clock_wall_ms(a->with.clock) || v->recipient == NULL)
        say(v, 410, "Link expired", "This link is good no more. Nothing was done.");
    else if (v->engaged == NULL)
        say(v, 410, "Alert ended", "This alert has ended; there is nothing to "
                                   "acknowledge. Nothing was done.");
    return v->recipient != NULL && v->engaged != NULL &&
           v->link.until_ms > clock_wall_ms(a->with.clock);
}

static void link_get(void *admin, struct exchange *x)
{
    struct visit v;

    if (visit_begin(&v, admin, x))
        alert_page(&v);
}

/* --- acting ------------------------------------------------------------------------- */

static bool click_allowed(struct admin *a)
{
    int64_t now_ms = clock_tick_ms(a->with.clock);

    if (now_ms - a->clicks_since_ms > 60000) {
        a->clicks_since_ms = now_ms;
        a->clicks = 0;
    }
    return a->clicks++ < CLICKS_MAX;
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The form's only field: "note=on+my+way%21". Whatever it is, it is cleaned. */
static struct str note_of(struct exchange *x)
{
    struct str body = exchange_body(x);
    struct buf raw freed_by(buf_release) = BUF(FORM_MAX);
    struct buf clean freed_by(buf_release) = BUF(FORM_MAX);
    struct str note;

    if (!str_starts(body, "note="))
        return STR_NONE;
    for (size_t i = 5; i < body.n && body.p[i] != '&'; i++) {
        bool coded = body.p[i] == '%' && i + 2 < body.n && hex_of(body.p[i + 1]) >= 0 &&
                     hex_of(body.p[i + 2]) >= 0;

        if (coded) {
            buf_char(&raw, (char)(hex_of(body.p[i + 1]) * 16 + hex_of(body.p[i + 2])));
            i += 2;
        } else {
            buf_char(&raw, body.p[i] == '+' ? ' ' : body.p[i]);
        }
    }
    clean_text(&clean, buf_view(&raw), false);
    note = str_trim(buf_view(&clean));
    return arena_str(exchange_arena(x), str_first(note, utf8_cut(note, ACK_NOTE_MAX)));
}

struct click { /* in the exchange's arena: it is answered with the commit */
    struct visit visit;
    struct str for_whom; /* the recipient that the link was made for */
    struct ack ack;
};

/* Whoever has the link acts with it: it is said for whom it was made. */
static void click_log(const struct click *c)
{
    const struct visit *v = &c->visit;
    struct actor by = {.who = c->ack.by, .from = exchange_address(v->x)};
    struct buf after freed_by(buf_release) = BUF(PAGE_BYTES_MAX);
    struct json_out o = JSON_OUT(&after);
    struct audit_row row = {
        .what = STR("alert.ack"),
        .object = arena_printf(exchange_arena(v->x), "%lld", (long long)v->link.alert_id),
    };

    out_object(&o, NULL);
    out_str(&o, "recipient", c->for_whom);
    out_str(&o, "note", c->ack.note);
    out_object_end(&o);
    row.after = buf_view(&after);
    if (v->admin->with.people != NULL)
        audit_add(v->admin->with.people, &by, &row);
}

static void click_done(void *arg, bool committed)
{
    const struct click *c = arg;

    if (!committed) {
        say(&c->visit, 503, "Not now",
            "The disk is full. Nothing was done; try again.");
        return;
    }
    click_log(c);
    events_marked(c->visit.admin, "alert.ack", 1);
    say(&c->visit, 200, "Acknowledged",
        "Thank you. Who would have been told next is not.");
}

static void click(const struct visit *v)
{
    const struct admin_options *with = &v->admin->with;
    const struct engaged_set all =
        engaged_set_now(with->config, with->registry, with->outbox);
    struct arena *arena = exchange_arena(v->x);
    struct click *c = arena_new(arena, sizeof *c);
    size_t changed = 0;

    c->visit = *v;
    c->for_whom = arena_str(arena, v->recipient->name);
    c->ack = (struct ack){
        .at_ms = clock_wall_ms(with->clock),
        .by = arena_printf(arena, "link of %.*s", STR_ARG(v->recipient->name)),
        .note = note_of(v->x),
    };
    if (!acknowledge(&all, &v->link.alert_id, 1, &c->ack, &changed, click_done, c) ||
        changed == 0)
        say(v, 503, "Not now",
            "There is no room just now. Nothing was done; try again.");
}

static void link_post(void *admin, struct exchange *x)
{
    struct visit v;

    if (!visit_begin(&v, admin, x))
        return;
    if (v.engaged->ack != NULL)
        alert_page(&v); /* says by whom; the first one counts */
    else if (!click_allowed(admin))
        say(&v, 429, "Too many", "Too many links were followed within a minute. "
                                 "Nothing was done; try again.");
    else
        click(&v);
}

static const struct route routes[] = {
    {"GET", "/l/{link}", ACCESS_ANYONE, 0, link_get},
    {"POST", "/l/{link}", ACCESS_ANYONE, FORM_MAX, link_post},
    {.method = NULL},
};

void admin_link(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
