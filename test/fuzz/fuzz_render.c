/* fuzz_render.c -- any alert through every endpoint type: what comes out is well
 * formed, and nothing of the alert gets where it must not be. */
#include "alert/ip.h"
#include "base/limits.h"
#include "bodies.h"
#include "decode.h"
#include "endpoint/chat.h"
#include "message/template.h"
#include "modes.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);


static bool is_one_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return false;
    }
    return true;
}

/* Of an alert only an address comes through, as we write it. */
static void check_ban(const char *const *argv)
{
    struct ip ip;
    char text[IP_TEXT_MAX];

    assert(strcmp(argv[3], "set") == 0 && strcmp(argv[4], "j") == 0);
    assert(strcmp(argv[5], "banip") == 0 || strcmp(argv[5], "unbanip") == 0);
    assert(ip_parse(str_of(argv[6]), &ip) && argv[7] == NULL);
    ip_text(&ip, text);
    assert(strcmp(argv[6], text) == 0 && !ip_is_loopback(&ip));
}

static void check_log(const struct file_request *f)
{
    struct str rest = f->lines;

    while (rest.n > 0) {
        struct str line = str_until(&rest, '\n');
        struct ip ip;

        assert(is_one_line(line) && str_ends(line, " (alert 4711.3)"));
        while (!str_starts(line, "ban "))
            str_until(&line, ' ');
        str_until(&line, ' ');
        assert(ip_parse(str_until(&line, ' '), &ip) && !ip_is_loopback(&ip));
    }
}

static void check_exec(const struct exec_request *e)
{
    size_t n = 0;

    if (e->program) {
        check_ban(e->argv);
        return;
    }
    assert(strcmp(e->argv[0], "a.sh") == 0 && strcmp(e->argv[1], "-v") == 0);
    assert(strcmp(e->argv[2], "a b") == 0 && e->argv[3] == NULL);
    while (e->envp[n] != NULL)
        n++;
    assert(n == 5 && str_ends(e->input, "\n"));
    assert(is_json(str_first(e->input, e->input.n - 1)));
}

static struct str without_words(struct str s, size_t n)
{
    while (n-- > 0)
        str_until(&s, ' ');
    return s;
}

static void check_frame(const char *endpoint, size_t max, struct str frame)
{
    struct buf old freed_by(buf_release) = BUF(1u << 20);
    struct buf new freed_by(buf_release) = BUF(1u << 20);
    struct str body = without_words(frame, 6), again = body;

    assert(is_one_line(frame) && utf8_valid(frame) && frame.n <= max);
    assert(str_starts(frame, "<"));
    if (strstr(endpoint, "json") != NULL || strstr(endpoint, "ecs") != NULL)
        assert(str_starts(body, "- ") && is_json(str_from(body, 2)));
    if (strstr(endpoint, "checkmk") != NULL) {
        assert(decode_checkmk(&body, &old) && decode_element(&again, &new));
        assert(str_starts(body, " ") && str_eq(body, again));
        assert(str_eq(buf_view(&old), buf_view(&new)));
    }
}

static void check_syslog(const char *endpoint, const struct syslog_request *s)
{
    size_t max = strstr(endpoint, "480") ? 480
                 : s->transport == SYSLOG_UDP ? 2048 : 8192;

    for (size_t i = 0; i < s->frame_count; i++)
        check_frame(endpoint, max, s->frames[i]);
}

/* Names we write, and nothing else before the blank line. */
static void check_headers(struct str head)
{
    static const char *const names[] = {
        "From: ", "To: ", "Cc: ", "Subject: ", "Date: ", "Message-ID: ",
        "In-Reply-To: ", "References: ", "Auto-Submitted: ",
        "X-Auto-Response-Suppress: ", "List-Id: ", "Importance: ",
        "X-Tocsin-Severity: ", "X-Tocsin-Alert: ", "X-Tocsin-Alerts: ",
        "X-Tocsin-Type: ", "X-Tocsin-State: ", "MIME-Version: ",
        "Content-Type: ",
    };
    bool seen[COUNT_OF(names)] = {false};

    while (head.n > 0) {
        struct str line = str_until(&head, '\n');
        size_t i = 0;

        assert(str_ends(line, "\r") && line.n <= 998);
        line.n--;
        assert(is_one_line(line));
        if (str_starts(line, " "))
            continue;
        while (i < COUNT_OF(names) && !str_starts(line, names[i]))
            i++;
        assert(i < COUNT_OF(names) && !seen[i]);
        seen[i] = true;
    }
}

/* Our own tags with our own attributes, and links to ourselves only. */
static void check_tag(struct str tag)
{
    static const char *const tags[] = {
        "!doctype", "html", "head", "meta", "title", "style", "body", "div",
        "table", "tr", "td", "span", "h1", "br", "b", "a",
    };
    struct str name = str_until(&tag, ' ');
    size_t i = 0;

    if (str_starts(name, "/"))
        name = str_from(name, 1);
    while (i < COUNT_OF(tags) && !str_is(name, tags[i]))
        i++;
    assert(i < COUNT_OF(tags));
    while (tag.n > 0 && !str_is(name, "!doctype")) {
        struct str attribute = str_until(&tag, '"');
        struct str value = str_until(&tag, '"');

        assert(str_ends(attribute, "=") && str_find(attribute, '<') == attribute.n);
        assert(!str_starts(str_trim(attribute), "on"));
        assert(!str_starts(str_trim(attribute), "src"));
        if (str_is(str_trim(attribute), "href="))
            assert(str_starts(value, LINK));
    }
}

static void check_html(struct str html)
{
    while (html.n > 0) {
        struct str text = str_until(&html, '<');
        struct str tag = str_until(&html, '>');

        assert(str_find(text, '"') == text.n || strchr(text.p, '{') != NULL);
        if (tag.n > 0)
            check_tag(tag);
    }
}

static void check_mail(const struct mail_request *m)
{
    struct buf text freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf html freed_by(buf_release) = BUF(REQUEST_MAX);
    const char *end = memmem(m->body.p, m->body.n, "\r\n\r\n", 4);

    assert(end != NULL && m->to_count == 2);
    check_headers(str_first(m->body, (size_t)(end - m->body.p) + 2));
    assert(decode_part(m->body, "=_tocsin", 0, &text));
    assert(decode_part(m->body, "=_tocsin", 1, &html));
    assert(!decode_part(m->body, "=_tocsin", 2, &text));
    assert(utf8_valid(buf_view(&text)) && utf8_valid(buf_view(&html)));
    check_html(buf_view(&html));
}

static void check_http(const char *type, const struct http_request *h)
{
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        if (strcmp(bodies[i].type, type) == 0)
            bodies[i].check(h->body);
    assert(strcmp(type, "elasticsearch") == 0 || is_json(h->body));
    for (size_t i = 0; i < h->header_count; i++)
        assert(is_one_line(h->headers[i].value));
}

static void check_request(const struct mode *m, const struct request *r)
{
    switch (r->via) {
    case VIA_HTTP:
        check_http(m->type, &r->http);
        return;
    case VIA_MAIL:
        check_mail(&r->mail);
        return;
    case VIA_SYSLOG:
        check_syslog(m->endpoint, &r->syslog);
        return;
    case VIA_EXEC:
        check_exec(&r->exec);
        return;
    case VIA_FILE:
        check_log(&r->file);
        return;
    case VIA_STORE:
        return;
    }
}

/* As the mode's own judge gave it, of a digest, or anything. */
static struct str handle_of(const struct mode *m, struct arena *a, uint8_t pick,
                            struct str s)
{
    if ((pick & 4) != 0)
        return s;
    return m->handle == NULL ? STR_NONE
                             : arena_printf(a, "%s%s", (pick & 8) != 0 ? "+" : "",
                                            m->handle);
}

static const struct template *parsed(struct arena *a, const char *text)
{
    struct error err;
    const struct template *t = template_parse(str_of(text), a, &err);

    if (t == NULL)
        bug(err.text);
    return t;
}

static void render(const struct mode *m, const struct alert *alert, uint8_t pick,
                   struct str s)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct endpoint_type *t = mode_type(m);
    struct render_item item = {
        .alert = alert, .id = STR("4711.3"),
        .handle = handle_of(m, &arena, pick, s),
        .phase = alert->action != ACTION_RELEASE ? PHASE_NEW
                 : (pick & 1) != 0               ? PHASE_RELEASE
                                                 : PHASE_LATE};
    const struct render_item items[2] = {item, item};
    struct render_input in = {
        .items = items,
        .recipient_name = STR("ops"),
        .place = {.instance = STR("gw"), .now_ms = 1606141257000,
                  .base_url = STR("https://alerts.example.net")},
    };
    struct message_words own = {0};
    struct request r;
    struct error err;

    if (t->own_words && items[0].alert->id % 2 == 1) {
        own.title = parsed(&arena, "{{title}} {{info}}");
        own.text = parsed(&arena, "{{message}}\n{{#facts}}\n- {{label}}: {{value}}\n"
                                  "{{/facts}}\n{{category}}");
        in.place.own = &own;
    }
    if (!mode_params(m, &arena, &in.endpoint, &in.recipient, &err))
        bug(err.text);
    in.step = t->edits ? pick % STEPS_MAX : 0;
    in.count = MIN(1u + (pick >> 7), t->batch_limit ? t->batch_limit(in.endpoint)
                                                    : t->batch_max);
    /* Only what is too large for a syslog message may be refused, and an attacker
     * that is none. */
    if (t->render(&in, &arena, &r, &err))
        check_request(m, &r);
    else if (t->via == VIA_SYSLOG)
        assert(strstr(err.text, "max_size") != NULL);
    else
        assert(strcmp(t->name, "fail2ban") == 0 && utf8_valid(str_of(err.text)));
}

/* The bytes themselves in every text of an alert. */
static void alert_of_bytes(struct arena *a, struct str s, uint8_t pick,
                           struct alert *out)
{
    static const char *const names[] = {"cli_ip", "srv_ip", "cli_name", "info",
                                        "proto.ndpi", "name", "ifname", "ip",
                                        "attacker"};
    struct json_list facts = {0};
    struct str part = str_first(s, utf8_cut(s, ALERT_ENTITY_VALUE_MAX));

    bool taken = false; /* what is read never has a name twice */

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        json_list_add(&facts, a, str_of(names[i]), json_new_string(a, s));
        taken = taken || str_is(s, names[i]);
    }
    if (!taken && !alert_is_member(s))
        json_list_add(&facts, a, s, json_new_string(a, s));
    *out = (struct alert){
        .id = pick, .type = part, .type_id = -1, .category = part,
        .entity_value = part, .message = s, .source = part, .key = part,
        .severity = (enum severity)(pick % SEVERITY_COUNT),
        .action = (enum action)(pick % 3), .began_id = pick / 3,
        .tstamp_ms = 1606141256000, .tstamp_end_ms = 1606141256000 + pick * 999,
        .facts = json_new_object(a, &facts)};
    if (!entity_from_number(pick % ENTITY_COUNT, &out->entity))
        out->entity = ENTITY_FLOW;
}

int LLVMFuzzerInitialize(int *argc unused, char ***argv unused)
{
    struct error err;

    if (!modes_complete(&err))
        bug(err.text);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena freed_by(arena_release) = {0};
    struct str s = {(const char *)bytes + 1, n - 1};
    struct alert alert;
    struct error err;

    if (n < 1 || n > ALERT_JSON_MAX / 8)
        return 0;
    if (!alert_read(&arena, json_parse(&arena, s, &err), 1606141256000, &alert,
                    &err) || !alert_check(&alert, &err))
        alert_of_bytes(&arena, s, bytes[0], &alert);
    for (const struct mode *m = mode_built(modes); m; m = mode_built(m + 1))
        render(m, &alert, bytes[0], s);
    return 0;
}
