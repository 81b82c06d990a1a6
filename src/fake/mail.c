/* mail.c -- a mail as a reader shows it: a few headers decoded (RFC 2047), and of the
 * parts (RFC 2046) the one of plain text. */
#include "fake/mailhost.h"

#include "message/escape.h"

#define MAIL_TEXT_MAX (1u << 20)

/* --- headers ------------------------------------------------------------------------ */

/* Takes a line off the front, without its CRLF. */
static struct str line_take(struct str *rest)
{
    struct str line = str_until(rest, '\n');

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

static bool is_folded(struct str rest)
{
    return rest.n > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

/* The header's value in one line, as it stands there; "" : it is not there. */
static struct str header(struct str mail, const char *name, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(MAIL_TEXT_MAX);
    struct str line;

    while ((line = line_take(&mail)).n > 0) {
        struct str value = line;
        bool found = str_is_nocase(str_until(&value, ':'), name);

        if (found)
            buf_str(&b, str_trim(value));
        while (is_folded(mail)) {
            line = line_take(&mail);
            if (!found)
                continue;
            buf_text(&b, b.n > 0 ? " " : "");
            buf_str(&b, str_trim(line));
        }
        if (found)
            break;
    }
    return arena_str(a, buf_view(&b));
}

static struct str body_of(struct str mail)
{
    while (line_take(&mail).n > 0)
        continue;
    return mail;
}

/* --- encodings ------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "=E2": the byte, or -1. */
static int hex_byte(struct str s)
{
    int high = s.n >= 3 ? hex_digit(s.p[1]) : -1;
    int low = s.n >= 3 ? hex_digit(s.p[2]) : -1;

    return s.n >= 3 && s.p[0] == '=' && high >= 0 && low >= 0 ? high << 4 | low : -1;
}

static size_t soft_break(struct str s)
{
    if (str_starts(s, "=\r\n"))
        return 3;
    return str_starts(s, "=\n") ? 2 : 0;
}

/* `word`: as in a header, where '_' is a blank. */
static void quoted_decode(struct buf *to, struct str s, bool word)
{
    while (s.n > 0) {
        int byte = hex_byte(s);
        size_t n = soft_break(s);

        if (byte >= 0) {
            buf_char(to, (char)byte);
            n = 3;
        } else if (n == 0) {
            buf_char(to, word && s.p[0] == '_' ? ' ' : s.p[0]);
            n = 1;
        }
        s = str_from(s, n);
    }
}

/* As it was, when it is not base64. */
static void base64_shown(struct buf *to, struct str s)
{
    struct buf packed freed_by(buf_release) = BUF(MAIL_TEXT_MAX);

    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > ' ')
            buf_char(&packed, s.p[i]);
    if (!base64_decode(buf_view(&packed), to))
        buf_str(to, s);
}

/* "=?utf-8?q?a_b?=": shown, and its length; 0: it is no such word. */
static size_t word_take(struct buf *to, struct str s)
{
    struct str rest = str_from(s, 2), encoding, text;
    const char *end;

    if (!str_starts(s, "=?"))
        return 0;
    str_until(&rest, '?'); /* the charset: we are sent UTF-8 */
    encoding = str_until(&rest, '?');
    end = memmem(rest.p, rest.n, "?=", 2);
    if (encoding.n != 1 || strchr("qQbB", encoding.p[0]) == NULL || end == NULL)
        return 0;
    text = str_first(rest, (size_t)(end - rest.p));
    if ((encoding.p[0] | 0x20) == 'b')
        base64_shown(to, text);
    else
        quoted_decode(to, text, true);
    return (size_t)(end - s.p) + 2;
}

static void words_decode(struct buf *to, struct str s)
{
    bool after_word = false;

    while (s.n > 0) {
        size_t blanks = 0, n;

        while (blanks < s.n && s.p[blanks] == ' ')
            blanks++;
        /* Blanks between two encoded words are not part of the text. */
        if (!after_word || !str_starts(str_from(s, blanks), "=?"))
            buf_str(to, str_first(s, blanks));
        s = str_from(s, blanks);
        if (s.n == 0)
            return;
        n = word_take(to, s);
        after_word = n > 0;
        if (n == 0) {
            buf_char(to, s.p[0]);
            n = 1;
        }
        s = str_from(s, n);
    }
}

/* --- parts ------------------------------------------------------------------------------- */

static struct str boundary_of(struct str type)
{
    static const char mark[] = "boundary=";
    const char *at = memmem(type.p, type.n, mark, strlen(mark));
    struct str value;

    if (at == NULL)
        return STR_NONE;
    value = str_from(type, (size_t)(at - type.p) + strlen(mark));
    if (!str_starts(value, "\""))
        return str_until(&value, ';');
    value = str_from(value, 1);
    return str_until(&value, '"');
}

/* The next part, without the lines that part it; false: no more. */
static bool part_take(struct str *rest, struct str boundary, struct str *part)
{
    struct str line;
    const char *start = rest->p;

    while (rest->n > 0) {
        const char *end = rest->p;

        line = line_take(rest);
        if (str_starts(line, "--") &&
            line.n >= boundary.n + 2 &&
            memcmp(line.p + 2, boundary.p, boundary.n) == 0) {
            *part = (struct str){start, (size_t)(end - start)};
            return true;
        }
    }
    return false;
}

static bool is_plain_text(struct str part, struct arena *a)
{
    struct str type = header(part, "Content-Type", a);

    return type.n == 0 || (type.n >= 10 && strncasecmp(type.p, "text/plain", 10) == 0);
}

/* The part of plain text; of a mail without parts the mail itself. */
static struct str plain_part(struct str mail, struct arena *a)
{
    struct str boundary = boundary_of(header(mail, "Content-Type", a));
    struct str rest = body_of(mail), part;

    if (boundary.n == 0 || !part_take(&rest, boundary, &part))
        return mail;
    while (part_take(&rest, boundary, &part))
        if (is_plain_text(part, a))
            return part;
    return mail;
}

static void text_show(struct str part, struct arena *a, struct buf *to)
{
    struct str encoding = header(part, "Content-Transfer-Encoding", a);
    struct buf text freed_by(buf_release) = BUF(MAIL_TEXT_MAX);
    struct str shown;

    if (str_is_nocase(encoding, "quoted-printable"))
        quoted_decode(&text, body_of(part), false);
    else if (str_is_nocase(encoding, "base64"))
        base64_shown(&text, body_of(part));
    else
        buf_str(&text, body_of(part));
    shown = buf_view(&text);
    while (shown.n > 0) {
        buf_char(to, '\n');
        buf_str(to, line_take(&shown));
    }
}

static void email_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    static const char *const shown[] = {"From", "To", "Cc", "Subject"};

    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        struct buf value freed_by(buf_release) = BUF(MAIL_TEXT_MAX);

        words_decode(&value, header(p->body, shown[i], a));
        if (value.n > 0)
            show_line(to, arena_printf(a, "%-8s %s", shown[i], buf_c(&value)));
    }
    buf_char(to, '\n');
    text_show(plain_part(p->body, a), a, to);
}

/* --- a server ------------------------------------------------------------------------------- */

struct fake_post *fake_keep_mail(struct fake *f, struct str to, struct str text)
{
    struct str id = header(text, "Message-ID", &f->scratch);
    struct str answers = header(text, "In-Reply-To", &f->scratch);

    return fake_keep(f, id, to, answers, text);
}

const struct fake_vendor fake_email = {
    .name = "email",
    .title = "E-Mail",
    .face = FAKE_SMTP,
    .endpoint = "{\"smtp_server\": \"127.0.0.1\", \"smtp_port\": {port}, \"security\": "
                "\"none\", \"email_sender\": \"Tocsin <tocsin@demo.example>\"}",
    .recipient = "{\"email_recipient\": \"you@demo.example\"}",
    .show = email_show,
};
