/* show_test.c -- what a test did and found, for people. */
#include "cli/client.h"

#include "message/escape.h"

#define NAME_SHOWN 16    /* columns */
#define ANSWER_SHOWN 300 /* code points */

static double ms_of(const struct json *j)
{
    double ms;

    return json_double(json_get(j, "ms"), &ms) ? ms : 0;
}

static bool is_ok(const struct json *j)
{
    return json_bool_or(json_get(j, "ok"), false);
}

/* "resolve 2.1 ms, connect 9.0 ms, send 31.5 ms, 203.0.113.9:443" */
static void steps_print(struct cli *c, const struct json *request)
{
    const struct json *steps = json_get(request, "steps");
    struct str peer = json_text(json_get(request, "peer"));
    const char *between = "";

    if ((steps == NULL || steps->count == 0) && peer.n == 0)
        return;
    printf("%*s", NAME_SHOWN + 2, "");
    for (const struct json *s = steps ? steps->first : NULL; s; s = s->next) {
        printf("%s%.*s %.1f ms", between,
               STR_ARG(cell_text(c, json_get(s, "step"))), ms_of(s));
        between = ", ";
    }
    if (peer.n > 0)
        printf("%s%.*s", between, STR_ARG(cell_text(c, json_get(request, "peer"))));
    putchar('\n');
}

static void request_print(struct cli *c, const struct json *request)
{
    printf("%-*.*s  %s %9.1f ms  %.*s\n", NAME_SHOWN,
           STR_ARG(cell_text(c, json_get(request, "name"))),
           is_ok(request) ? "✓ ok    " : "✗ failed",
           ms_of(request), STR_ARG(cell_text(c, json_get(request, "reason"))));
    steps_print(c, request);
}

static void answer_print(struct cli *c, const struct json *transcript)
{
    struct buf cut freed_by(buf_release) = BUF(8 * ANSWER_SHOWN);

    if (json_text(json_get(transcript, "answer")).n == 0)
        return;
    cut_points(&cut, cell_text(c, json_get(transcript, "answer")), ANSWER_SHOWN);
    printf("%-*s  %s\n", NAME_SHOWN, "answer", buf_c(&cut));
}

void transcript_print(struct cli *c, const struct json *transcript)
{
    const struct json *requests = json_get(transcript, "requests");

    for (const struct json *r = requests ? requests->first : NULL; r; r = r->next)
        request_print(c, r);
    answer_print(c, transcript);
    printf("%s %.*s (%.1f ms)\n", is_ok(transcript) ? "✓" : "✗",
           STR_ARG(cell_text(c, json_get(transcript, "verdict"))),
           ms_of(transcript));
}
