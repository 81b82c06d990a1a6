/* email_headers.c -- the headers of a mail: whose, what about, in which thread. */
#include "endpoint/email.h"

#include "base/clock.h"
#include "message/escape.h"

#include <sodium.h>

#define ENTRIES_SHOWN 50 /* a longer mail is cut by mail programs */
#define SUBJECT_POINTS 160
#define DOMAIN_MAX 63
#define LOCAL_MAX 64
#define KINDS_NAMED 3 /* in the subject of a digest */
#define FOLD ",\r\n "

static bool is_atom(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != ' ' && c != '-' && c != '_')
            return false;
    }
    return true;
}

static void put_address(struct buf *to, const struct mail_address *m,
                        size_t column)
{
    if (m->name.n == 0) {
        buf_str(to, m->addr);
        return;
    }
    if (is_atom(m->name) && column + m->name.n < 60)
        buf_str(to, m->name);
    else
        mime_phrase(to, m->name, column);
    buf_printf(to, "%s<%.*s>", m->name.n + m->addr.n > 60 ? "\r\n " : " ",
               STR_ARG(m->addr));
}

static void put_addresses(struct buf *to, const char *name,
                          const struct mail_address *m, size_t n)
{
    if (n == 0)
        return;
    buf_printf(to, "%s: ", name);
    for (size_t i = 0; i < n; i++) {
        put_address(to, &m[i], i == 0 ? strlen(name) + 2 : 1);
        buf_text(to, i + 1 < n ? FOLD : "\r\n");
    }
}

static void put_from(const struct letter *l, struct buf *to)
{
    struct mail_address from = l->from;

    if (from.name.n == 0)
        from.name = arena_printf(l->arena, "tocsin %.*s",
                                 STR_ARG(l->in->place.instance));
    put_addresses(to, "From", &from, 1);
}

static void put_date(const struct letter *l, struct buf *to)
{
    struct time_parts t;
    int offset_min;

    time_parts_local(l->in->place.now_ms, &t);
    offset_min = abs(t.offset_s) / 60;
    buf_printf(to, "Date: %s, %d %s %d %02d:%02d:%02d %c%02d%02d\r\n",
               time_weekday_names[t.weekday], t.day,
               time_month_names[t.month - 1], t.year, t.hour, t.minute,
               t.second, t.offset_s < 0 ? '-' : '+', offset_min / 60,
               offset_min % 60);
}

/* --- what about ---------------------------------------------------------- */

/* What has ended is no longer bad. */
static enum severity now_of(const struct alert *a)
{
    return a->action == ACTION_RELEASE ? SEVERITY_NONE : a->severity;
}

size_t email_worst(const struct letter *l)
{
    const struct render_item *items = l->in->items;
    size_t worst = 0;

    for (size_t i = 1; i < l->in->count; i++) {
        if (now_of(items[i].alert) > now_of(items[worst].alert))
            worst = i;
    }
    return worst;
}

static enum severity worst_now(const struct letter *l)
{
    return now_of(l->in->items[email_worst(l)].alert);
}

/* Alerts of one title in a digest. */
struct kind {
    struct str title;
    enum severity worst;
    size_t count;
};

static size_t kinds_of(const struct letter *l, struct kind *kinds)
{
    size_t n = 0;

    for (size_t i = 0; i < l->in->count; i++) {
        size_t k = 0;

        while (k < n && !str_eq(kinds[k].title, l->messages[i].kind))
            k++;
        if (k == n)
            kinds[n++] = (struct kind){.title = l->messages[i].kind};
        kinds[k].worst = MAX(kinds[k].worst, now_of(l->in->items[i].alert));
        kinds[k].count++;
    }
    return n;
}

static int compare_kinds(const void *a, const void *b)
{
    const struct kind *x = a, *y = b;

    if (x->worst != y->worst)
        return x->worst > y->worst ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return str_cmp(x->title, y->title);
}

size_t email_shown(const struct letter *l)
{
    return MIN(l->in->count, (size_t)ENTRIES_SHOWN);
}

struct str email_more(const struct letter *l)
{
    size_t more = l->in->count - email_shown(l);

    return more == 0 ? STR_NONE
                     : arena_printf(l->arena, "\xe2\x80\xa6 %zu more", more);
}

struct str email_digest_title(const struct letter *l)
{
    struct buf b freed_by(buf_release) = BUF(64u << 10);
    struct kind *kinds = arena_array(l->arena, l->in->count, sizeof(*kinds));
    size_t n = kinds_of(l, kinds);

    qsort(kinds, n, sizeof(*kinds), compare_kinds);
    if (l->in->occasion.n > 0)
        buf_printf(&b, "%.*s: ", STR_ARG(l->in->occasion));
    buf_printf(&b, "%zu alerts, ", l->in->count);
    if (worst_now(l) == SEVERITY_NONE)
        buf_text(&b, "all over: ");
    else
        buf_printf(&b, "worst %s: ", severity_label(worst_now(l)));
    for (size_t i = 0; i < n && i < KINDS_NAMED; i++)
        buf_printf(&b, "%s%.*s (%zu)", i > 0 ? ", " : "",
                   STR_ARG(kinds[i].title), kinds[i].count);
    if (n > KINDS_NAMED)
        buf_printf(&b, " and %zu more kinds", n - KINDS_NAMED);
    return arena_str(l->arena, buf_view(&b));
}

/* The same for an alert's whole life, for Gmail threads by it: no state in it. */
static void put_subject(const struct letter *l, struct buf *to)
{
    struct buf whole freed_by(buf_release) = BUF(64u << 10);
    struct buf cut freed_by(buf_release) = BUF(4 * SUBJECT_POINTS);
    const struct message *m = &l->messages[0];

    if (l->in->test)
        buf_text(&whole, "\xf0\x9f\xa7\xaa TEST ");
    if (l->in->count > 1)
        buf_str(&whole, email_digest_title(l));
    else
        buf_printf(&whole, "[%.*s] %.*s%s%.*s", STR_ARG(m->severity),
                   STR_ARG(m->title), m->brief.n > 0 ? ": " : "",
                   STR_ARG(m->brief));
    cut_points(&cut, buf_view(&whole), SUBJECT_POINTS);
    buf_text(to, "Subject: ");
    mime_header(to, buf_view(&cut), strlen("Subject: "));
    buf_text(to, "\r\n");
}

/* For the filters of people's mail programs. */
static void put_marks(const struct letter *l, struct buf *to)
{
    const struct alert *a = l->in->items[0].alert;

    if (worst_now(l) >= SEVERITY_ERROR)
        buf_text(to, "Importance: high\r\n");
    if (l->in->count > 1) {
        buf_printf(to, "X-Tocsin-Severity: %s\r\nX-Tocsin-Alerts: %zu\r\n",
                   severity_name(worst_now(l)), l->in->count);
        return;
    }
    buf_printf(to, "X-Tocsin-Severity: %s\r\n", severity_name(a->severity));
    buf_printf(to, "X-Tocsin-Alert: %lld\r\n", (long long)a->id);
    buf_printf(to, "X-Tocsin-Type: %s/%.*s\r\n", entity_name(a->entity),
               STR_ARG(render_token(l->arena, a->type, 100)));
    buf_printf(to, "X-Tocsin-State: %s\r\n", alert_state_word(a));
}

/* --- in which thread ----------------------------------------------------- */

/* Labels of letters and digits, "-" between; "" for nothing of the kind. */
static struct str domain_made(struct str s, struct arena *a)
{
    struct str token = render_token(a, s, DOMAIN_MAX);
    char *out = arena_new(a, token.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i] == '_' ? '-' : token.p[i];
        bool mark = c == '.' || c == '-';

        if (!mark || (n > 0 && out[n - 1] != '.' && out[n - 1] != '-'))
            out[n++] = c;
    }
    while (n > 0 && (out[n - 1] == '.' || out[n - 1] == '-'))
        n--;
    return (struct str){out, n};
}

/* Ours alone: this instance, in the sender's domain. */
static struct str id_domain(const struct letter *l)
{
    struct str instance = domain_made(l->in->place.instance, l->arena);
    struct str domain = l->from.addr;

    str_until(&domain, '@');
    if (instance.n == 0)
        instance = STR("tocsin");
    return str_find(instance, '.') < instance.n
               ? instance
               : arena_printf(l->arena, "%.*s.%.*s", STR_ARG(instance),
                              STR_ARG(domain));
}

static struct str id_made(const struct letter *l, struct str local)
{
    return arena_printf(l->arena, "<%.*s@%.*s>",
                        STR_ARG(render_token(l->arena, local, LOCAL_MAX)),
                        STR_ARG(id_domain(l)));
}

/* Sent again it must be the same, and with other alerts in it another one, or a
 * server that drops duplicates would drop those. */
static struct str digest_id(const struct letter *l)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char hex[2 * sizeof(hash) + 1];
    struct buf ids freed_by(buf_release) = BUF(64u << 10);

    for (size_t i = 0; i < l->in->count; i++) {
        buf_str(&ids, l->in->items[i].id);
        buf_char(&ids, ' ');
    }
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)ids.p, ids.n,
                       NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return id_made(l, arena_printf(l->arena, "digest.%s", hex));
}

static bool is_message_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    }
    return str_starts(s, "<") && str_ends(s, ">");
}

/* Kept from then; if it was lost, it can be made again from the numbers. */
static struct str root_of(const struct letter *l)
{
    const struct render_item *item = &l->in->items[0];
    int64_t began_id = item->phase == PHASE_WORSENED ? item->alert->id
                                                     : item->alert->began_id;
    struct str recipient = item->id;

    if (item->alert->action != ACTION_RELEASE && item->phase != PHASE_WORSENED)
        return STR_NONE;
    if (is_message_id(item->handle))
        return item->handle;
    if (began_id <= 0)
        return STR_NONE;
    str_until(&recipient, '.');
    return id_made(l, arena_printf(l->arena, "%lld.%.*s", (long long)began_id,
                                   STR_ARG(recipient)));
}

static void put_thread(const struct letter *l, struct buf *to)
{
    struct str id, root;

    if (l->in->count > 1) {
        id = digest_id(l);
        root = STR_NONE;
    } else {
        id = id_made(l, l->in->items[0].id);
        root = root_of(l);
    }
    buf_printf(to, "Message-ID: %.*s\r\n", STR_ARG(id));
    if (root.n > 0)
        buf_printf(to, "In-Reply-To: %.*s\r\nReferences: %.*s\r\n",
                   STR_ARG(root), STR_ARG(root));
}

static struct str header_value(struct str mail, const char *name)
{
    struct str found = STR_NONE;
    const char *end = memmem(mail.p, mail.n, "\r\n\r\n", 4);
    size_t n = strlen(name);

    if (end != NULL)
        mail = str_first(mail, (size_t)(end - mail.p) + 2);
    while (mail.n > 0 && found.n == 0) {
        struct str line = str_until(&mail, '\n');

        if (str_starts(line, name))
            found = str_trim(str_from(line, n));
    }
    return found;
}

struct str email_root(struct str mail)
{
    struct str root = header_value(mail, "References:");

    return root.n > 0 ? root : header_value(mail, "Message-ID:");
}

void email_headers(const struct letter *l, struct buf *to)
{
    struct str name = domain_made(l->in->recipient_name, l->arena);

    put_from(l, to);
    put_addresses(to, "To", l->to, l->to_count);
    put_addresses(to, "Cc", l->to + l->to_count, l->all_count - l->to_count);
    put_subject(l, to);
    put_date(l, to);
    put_thread(l, to);
    buf_text(to, "Auto-Submitted: auto-generated\r\n"
                 "X-Auto-Response-Suppress: All\r\n");
    if (name.n > 0)
        buf_printf(to, "List-Id: <%.*s.%.*s>\r\n", STR_ARG(name),
                   STR_ARG(id_domain(l)));
    put_marks(l, to);
}
