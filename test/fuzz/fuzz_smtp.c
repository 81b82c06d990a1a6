/* fuzz_smtp.c -- any bytes as what a mail server answers, in pieces of any size:
 * the dialogue ends or waits, says nothing but what it should, and keeps to its
 * limits. */
#include "transport/smtp.h"

#include "base/limits.h"

#define OUT_MAX (64u << 10)
#define ANSWER_MAX (8u << 10) /* of one answer; what is kept of it */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const struct str to[] = {{"a@x", 3}, {"b@x", 3}, {"c@x", 3}};
static const struct mail_request mail = {
    .from = {"f@x", 3}, .to = to, .to_count = COUNT_OF(to),
    .body = {".line\r\n", 7}};

static void said_soundly(const struct buf *out)
{
    static const char *const words[] = {
        "RCPT TO:<a@x>\r\n", "RCPT TO:<b@x>\r\n", "RCPT TO:<c@x>\r\n",
        "DATA\r\n", "..line\r\n.\r\n"};
    bool known = out->n == 0;

    for (size_t i = 0; i < COUNT_OF(words); i++)
        known = known || strcmp(buf_c(out), words[i]) == 0;
    assert(known); /* one command at a time */
}

static void ended_soundly(const struct smtp *m)
{
    assert(m->asked <= mail.to_count && m->accepted <= m->asked);
    assert(m->said.n <= ANSWER_MAX && m->heard.n <= ANSWER_MAX);
    if (m->step == SMTP_ACCEPTED)
        assert(m->given && m->accepted > 0 && m->status / 100 == 2);
    if (m->step == SMTP_REFUSED)
        assert(m->status >= 200 && m->status <= 599 && m->said.n >= 3);
}

/* The first byte says how large the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct buf out freed_by(buf_release) = BUF(OUT_MAX);
    struct smtp m freed_by(smtp_release);
    size_t piece = n > 0 ? 1 + bytes[0] : 1;

    smtp_begin(&m, &mail, n % 2 == 0, &out);
    for (size_t at = 1; at < n && !smtp_over(&m); at += piece) {
        buf_reset(&out);
        smtp_hear(&m, (struct str){(const char *)bytes + at,
                                   MIN(piece, n - at)},
                  &out);
        said_soundly(&out);
    }
    ended_soundly(&m);
    return 0;
}
