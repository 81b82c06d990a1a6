/* shell.c -- runs a script for each alert, with the alert as JSON on its input. */
#include "endpoint/make.h"
#include "endpoint/shell_words.h"

#include "base/limits.h"

#define SCRIPTS_DIR "/usr/share/tocsin/scripts/shell"
#define EXIT_TEMPFAIL 75 /* sysexits.h: try again later */
#define EXIT_NOT_RUN 126 /* as a shell says it; 127: not found */

struct shell {
    struct str script;
};

enum execution { EXECUTION_ALWAYS, EXECUTION_ENGAGE, EXECUTION_RELEASE };
static const char *const executions[] = {"always", "engage", "release", NULL};

struct shell_to {
    struct str options;
    int execution;
};

static const struct field shell_fields[] = {
    {TEXT(struct shell, script),
     .label = "Script", .min = 4, .max = 200, .format = "script",
     .help = "Name of an executable file, ending in .sh, in the directory for "
             "scripts (" SCRIPTS_DIR " unless the settings name another)."},
    FIELDS_END,
};

static const struct field shell_to_fields[] = {
    {TEXT(struct shell_to, options),
     .label = "Options", .optional = true, .max = 1000,
     .help = "Arguments for the script. Quotes keep blanks together; nothing is "
             "expanded, for no shell reads them."},
    {CHOICE(struct shell_to, execution),
     .label = "Execute when", .fallback = "always", .choices = executions,
     .words = true,
     .help = "always; engage: when an alert begins, or is one that does not "
             "last; release: when one has ended."},
    FIELDS_END,
};

static bool script_check(struct str script, struct error *err)
{
    bool blank = str_find(script, '\n') < script.n ||
                 str_find(script, '\t') < script.n;

    if (str_ends(script, ".sh") && str_find(script, '/') == script.n &&
        script.p[0] != '.' && script.p[0] != '-' && !blank)
        return true;
    error_set(err, "\"%.*s\" is not the plain name of a file ending in .sh",
              STR_ARG(script));
    return error_at(err, "script");
}

static bool options_check(struct str options, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    const char *words[SHELL_WORDS_MAX];
    size_t count;

    return shell_words(options, &arena, words, &count, err) ||
           error_at(err, "options");
}

/* Without a script it is a draft, and the script still to be chosen. */
static bool shell_check(const void *endpoint, const void *recipient,
                        struct error *err)
{
    const struct shell *s = endpoint;
    const struct shell_to *to = recipient;

    return (s == NULL || s->script.n == 0 || script_check(s->script, err)) &&
           (to == NULL || options_check(to->options, err));
}

static bool shell_wants(const void *endpoint unused, const void *recipient,
                        const struct render_item *item, struct error *why_not)
{
    const struct shell_to *to = recipient;
    bool ends = item->alert->action == ACTION_RELEASE;

    switch ((enum execution)to->execution) {
    case EXECUTION_ALWAYS:
        return true;
    case EXECUTION_ENGAGE:
        return !ends || error_set(why_not, "not executed on release");
    case EXECUTION_RELEASE:
        return ends || error_set(why_not, "executed on release only");
    }
    bug("a choice that is none");
}

/* Nothing of an alert but its number and two words of ours gets into argv or the
 * environment: the rest is on standard input. */
static const char *const *environment(const struct alert *alert, struct arena *a)
{
    const char **env = arena_array(a, 6, sizeof(*env));

    env[0] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    env[1] = "LANG=C.UTF-8";
    env[2] = arena_printf(a, "TOCSIN_ALERT_ID=%lld", (long long)alert->id).p;
    env[3] = arena_printf(a, "TOCSIN_ACTION=%s", action_name(alert->action)).p;
    env[4] = arena_printf(a, "TOCSIN_SEVERITY=%s",
                          severity_name(alert->severity)).p;
    return env;
}

static bool shell_render(const struct render_input *in, struct arena *a,
                         struct request *out, struct error *err)
{
    const struct shell *s = in->endpoint;
    const struct shell_to *to = in->recipient;
    const struct alert *alert = in->items[0].alert;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    const char **argv = arena_array(a, SHELL_WORDS_MAX + 2, sizeof(*argv));
    size_t count;

    *out = (struct request){.via = VIA_EXEC};
    argv[0] = arena_c(a, s->script);
    if (!shell_words(to->options, a, argv + 1, &count, err))
        return false;
    alert_write_line(alert, &b);
    buf_char(&b, '\n');
    out->exec = (struct exec_request){
        .directory = in->scripts_dir.n > 0 ? in->scripts_dir : STR(SCRIPTS_DIR),
        .script = s->script,
        .argv = argv,
        .envp = environment(alert, a),
    };
    return render_kept(&b, a, &out->exec.input, err);
}

/* The shell's words for a program that is not there, or is none: the script, or
 * what the recipient's options had it run. */
static void judge_not_run(const struct shell_to *to, struct verdict *v)
{
    v->kind = VERDICT_DEFERRED;
    v->recipient_fault = to != NULL && to->options.n > 0;
    v->endpoint_fault = !v->recipient_fault;
}

static void judge_exit(const struct shell_to *to, const struct response *r,
                       struct arena *a, struct verdict *v)
{
    bool mute = r->body.n == 0 || r->status < 0;
    struct str said = mute ? r->error : r->body; /* a signal says no more */
    struct str reason = judge_reason(0, said, a);

    *v = (struct verdict){.kind = VERDICT_REFUSED};
    if (r->status == 0)
        v->kind = VERDICT_DELIVERED;
    else if (r->status < 0 || r->status == EXIT_TEMPFAIL)
        v->kind = VERDICT_DEFERRED;
    if (r->status == EXIT_NOT_RUN || r->status == EXIT_NOT_RUN + 1)
        judge_not_run(to, v);
    v->doubtful = r->status < 0; /* nobody knows how far it came */
    if (r->status < 0)
        v->reason = reason.n > 0 ? reason : STR("ended by a signal");
    else
        v->reason = judge_reason(
            0, arena_printf(a, "exit status %d%s%.*s", r->status,
                            reason.n > 0 ? ": " : "", STR_ARG(reason)), a);
}

static void shell_judge(const struct render_input *in, const struct request *sent,
                        const struct response *r, struct arena *a,
                        struct verdict *v)
{
    struct verdict verdict;

    assert(sent->via == VIA_EXEC);
    if (judge_answered(r, a, &verdict))
        judge_exit(in->recipient, r, a, &verdict);
    judge_all(verdict, v, in->count);
}

const struct endpoint_type endpoint_shell = {
    .name = "shell",
    .title = "Shell Script",
    .help = "Runs a script on this machine for each alert.",
    .via = VIA_EXEC,
    .batch_max = 1,
    .repeats_show = true,
    .endpoint_size = sizeof(struct shell),
    .recipient_size = sizeof(struct shell_to),
    .endpoint_fields = shell_fields,
    .recipient_fields = shell_to_fields,
    .check = shell_check,
    .wants = shell_wants,
    .render = shell_render,
    .judge = shell_judge,
};
