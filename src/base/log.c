/* log.c -- lines for the operator on stderr; one write a line, whole or cut. */
#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

/* Set once by log_init(), before there are threads; atomic all the same. */
static atomic_int log_least = LOG_LEVEL_INFO;
static atomic_int log_form = LOG_FORMAT_TEXT;

static const struct {
    const char *name;
    int priority; /* syslog's, which journald reads from "<3>" */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3},
    [LOG_LEVEL_WARN] = {"warn", 4},
    [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_DEBUG] = {"debug", 7},
};

void log_init(enum log_level least, enum log_format format)
{
    atomic_store(&log_least, (int)least);
    atomic_store(&log_form, (int)format);
}

/* What could end a line or reorder one on a terminal: C0, DEL, C1, the two
 * Unicode line ends, and the bidirectional controls. */
static bool forges(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||
           (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

static void add_escaped(struct buf *line, struct str text)
{
    while (text.n > 0) {
        uint32_t code = 0;
        size_t n = utf8_first(text, &code);
        bool plain = n > 0 && !forges(code);

        n = MAX(n, 1);
        if (plain)
            buf_str(line, str_first(text, n));
        for (size_t i = 0; !plain && i < n; i++)
            buf_printf(line, "\\x%02x", (unsigned char)text.p[i]);
        text = str_from(text, n);
    }
}

static void add_json(struct buf *line, enum log_level level, const char *room,
                     struct str text)
{
    char now[TIME_TEXT_MAX];
    struct json_out o = JSON_OUT(line);

    time_text(clock_wall_ms(&clock_real), true, now);
    out_object(&o, NULL);
    out_text(&o, "time", now);
    out_text(&o, "level", levels[level].name);
    out_text(&o, "room", room);
    out_str(&o, "text", text);
    out_object_end(&o);
}

static void add_line(struct buf *line, enum log_level level, const char *room,
                     struct str text)
{
    char now[TIME_TEXT_MAX];

    switch ((enum log_format)atomic_load(&log_form)) {
    case LOG_FORMAT_JSON:
        add_json(line, level, room, text);
        break;
    case LOG_FORMAT_JOURNAL:
        buf_printf(line, "<%d>%s: ", levels[level].priority, room);
        buf_str(line, text);
        break;
    case LOG_FORMAT_TEXT:
        time_text(clock_wall_ms(&clock_real), true, now);
        buf_printf(line, "%s %-5s %s: ", now, levels[level].name, room);
        buf_str(line, text);
        break;
    }
}

static void write_all(struct str s)
{
    while (s.n > 0) {
        ssize_t n = write(STDERR_FILENO, s.p, s.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* stderr is gone: there is nowhere to say so */
        s = str_from(s, (size_t)n);
    }
}

#define CUT "..."

/* How much of the text to keep so that `spare` bytes of the line go: in JSON,
 * after add_escaped(), only quotes and backslashes take two bytes. */
static size_t text_kept(struct str text, size_t spare)
{
    bool doubled = atomic_load(&log_form) == LOG_FORMAT_JSON;
    size_t n = text.n;

    while (n > 0 && spare > 0) {
        char c = text.p[--n];

        spare -= doubled && spare > 1 && (c == '"' || c == '\\') ? 2 : 1;
    }
    return utf8_cut(text, n);
}

static void add_fitting(struct buf *line, enum log_level level,
                        const char *room, struct buf *text, bool cut)
{
    size_t most = LOG_LINE_MAX - strlen("\n"), wanted;

    add_line(line, level, room, buf_view(text));
    if (!cut && line->n <= most)
        return;
    wanted = line->n + strlen(CUT);
    text->n = text_kept(buf_view(text), wanted > most ? wanted - most : 0);
    buf_text(text, CUT);
    buf_reset(line);
    add_line(line, level, room, buf_view(text));
}

static void log_say(enum log_level level, const char *room, const char *format,
                    va_list args) printf_like(3, 0);
static void log_say(enum log_level level, const char *room, const char *format,
                    va_list args)
{
    /* Bounds that are never reached: one byte becomes "\xNN", then "\\xNN". */
    struct buf text freed_by(buf_release) = BUF((size_t)LOG_LINE_MAX * 5);
    struct buf line freed_by(buf_release) = BUF((size_t)LOG_LINE_MAX * 8);
    char raw[LOG_LINE_MAX];
    int kept_errno = errno, n;

    if ((int)level > atomic_load(&log_least))
        return;
    n = vsnprintf(raw, sizeof(raw), format, args);
    add_escaped(&text, str_of(n < 0 ? format : raw));
    add_fitting(&line, level, room, &text, n >= (int)sizeof(raw));
    buf_char(&line, '\n');
    write_all(buf_view(&line));
    errno = kept_errno;
}

void log_error(const char *room, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_say(LOG_LEVEL_ERROR, room, format, args);
    va_end(args);
}

void log_warn(const char *room, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_say(LOG_LEVEL_WARN, room, format, args);
    va_end(args);
}

void log_info(const char *room, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_say(LOG_LEVEL_INFO, room, format, args);
    va_end(args);
}

void log_debug(const char *room, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_say(LOG_LEVEL_DEBUG, room, format, args);
    va_end(args);
}
