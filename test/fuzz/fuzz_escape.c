/* fuzz_escape.c -- any bytes through every encoder: what a receiver decodes is
 * what went in, and nothing gets out of its place. */
#include "decode.h"
#include "message/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define ROOM(n) (16 * (n) + 1024)

static void check_clean(struct str s, bool lines, struct buf *clean)
{
    struct str rest;

    clean_text(clean, s, lines);
    assert(!clean->over && utf8_valid(buf_view(clean)));
    rest = buf_view(clean);
    while (rest.n > 0) {
        uint32_t code = 0;
        size_t size = utf8_first(rest, &code);
        bool line = lines && (code == '\n' || code == '\t');

        assert(code >= ' ' || line);
        assert(code < 0x7f || code > 0x9f);
        assert(code < 0x202a || code > 0x202e);
        rest = str_from(rest, size);
    }
}

static void check_html(struct str s)
{
    struct buf b freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf back freed_by(buf_release) = BUF(ROOM(s.n));

    escape_html(&b, s);
    assert(decode_html(buf_view(&b), &back));
    assert(str_eq(buf_view(&back), s));
}

static void check_element(struct str s)
{
    struct buf b freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf back freed_by(buf_release) = BUF(ROOM(s.n));
    struct str rest;

    buf_text(&b, "[x@1 a=\"");
    escape_sd_param(&b, s);
    buf_text(&b, "\"] msg");
    rest = buf_view(&b);
    assert(decode_element(&rest, &back) && str_is(rest, " msg"));
    assert(str_eq(str_first(buf_view(&back), s.n), s) && back.n == s.n + 1);
}

static void check_checkmk(struct str s)
{
    struct buf b freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf old freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf new freed_by(buf_release) = BUF(ROOM(s.n));
    struct str one, other;

    buf_text(&b, "[Checkmk@18662 a=\"");
    escape_checkmk(&b, s);
    buf_text(&b, "\" b=\"c\"] msg");
    one = other = buf_view(&b);
    assert(decode_checkmk(&one, &old) && str_is(one, " msg"));
    assert(decode_element(&other, &new) && str_is(other, " msg"));
    assert(str_eq(buf_view(&old), buf_view(&new)));
}

static void check_header(struct str s, size_t column)
{
    struct buf b freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf back freed_by(buf_release) = BUF(ROOM(s.n));

    mime_header(&b, s, column);
    assert(decode_words(buf_view(&b), &back));
    assert(str_eq(buf_view(&back), s));
}

static void check_bodies(struct str s)
{
    struct buf qp freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf back freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf coded freed_by(buf_release) = BUF(ROOM(s.n));
    struct buf again freed_by(buf_release) = BUF(ROOM(s.n));

    quoted_printable(&qp, s);
    assert(decode_qp(buf_view(&qp), &back));
    assert(str_eq(buf_view(&back), s));
    assert(qp.n < 2 || memmem(qp.p, qp.n, "=_", 2) == NULL);
    base64(&coded, s);
    assert(base64_decode(buf_view(&coded), &again));
    assert(str_eq(buf_view(&again), s));
}

static void check_cuts(struct str clean, size_t max)
{
    struct buf bytes freed_by(buf_release) = BUF(max);
    struct buf points freed_by(buf_release) = BUF(ROOM(clean.n));
    struct buf line freed_by(buf_release) = BUF(ROOM(clean.n));
    struct buf links freed_by(buf_release) = BUF(ROOM(clean.n));

    cut_bytes(&bytes, clean, max);
    assert(!bytes.over && utf8_valid(buf_view(&bytes)));
    cut_points(&points, clean, max);
    assert(!points.over && utf8_valid(buf_view(&points)));
    defang(&links, clean);
    assert(!links.over && utf8_valid(buf_view(&links)));
    assert(strcasestr(buf_c(&links), "http://") == NULL);
    assert(strcasestr(buf_c(&links), "https://") == NULL);
    escape_syslog(&line, clean);
    for (size_t i = 0; i < line.n; i++)
        assert((unsigned char)line.p[i] >= ' ' && line.p[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str s = {(const char *)bytes, n};
    struct buf one freed_by(buf_release) = BUF(ROOM(n));
    struct buf more freed_by(buf_release) = BUF(ROOM(n));

    check_clean(s, false, &one);
    check_clean(s, true, &more);
    check_html(s);
    check_element(s);
    check_checkmk(s);
    check_bodies(s);
    check_header(buf_view(&one), n % 80);
    check_header(buf_view(&more), n % 80);
    check_cuts(buf_view(&one), n / 2 % 100);
    return 0;
}
