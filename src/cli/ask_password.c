/* ask_password.c -- a new password, from where nobody else sees it. */
#include <errno.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "cli/commands.h"
#include "people/password.h"

#define LINE_BYTES (PASSWORD_MAX + 2) /* a line end, and one byte too many */

/* --- standard input ---------------------------------------------------------- */

/* The line without its end; false: said why it is none. */
static bool line_fit(char *line, size_t n, struct str *out)
{
    if (n > 0 && line[n - 1] == '\n')
        n--;
    if (n > 0 && line[n - 1] == '\r')
        n--;
    *out = (struct str){line, n};
    if (n == 0)
        fputs("tocsin user: no password was given\n", stderr);
    else if (memchr(line, '\n', n) != NULL)
        fputs("tocsin user: standard input has more than the one line with the password\n",
              stderr);
    else if (n > PASSWORD_MAX)
        fprintf(stderr, "tocsin user: a password has at most %d bytes\n", PASSWORD_MAX);
    else
        return true;
    return false;
}

/* All there is, for a second line must be seen. */
static bool input_read(char line[LINE_BYTES], struct str *out)
{
    size_t n = fread(line, 1, LINE_BYTES, stdin);

    if (ferror(stdin)) {
        fprintf(stderr, "tocsin user: cannot read standard input: %s\n", strerror(errno));
        return false;
    }
    return line_fit(line, n, out);
}

/* --- the terminal ------------------------------------------------------------ */

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

struct terminal {
    struct termios shown; /* as it was */
    struct sigaction before[COUNT_OF(stopping)];
};

/* Being there, it makes read() return with EINTR. */
static void interrupted(int number)
{
    (void)number;
}

/* A signal while the terminal is dark must not leave it so. */
static bool terminal_darken(struct terminal *t)
{
    struct sigaction quiet = {.sa_handler = interrupted};
    struct termios dark;

    if (tcgetattr(STDIN_FILENO, &t->shown) != 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(stopping); i++)
        sigaction(stopping[i], &quiet, &t->before[i]);
    dark = t->shown;
    dark.c_lflag &= ~(tcflag_t)ECHO;
    dark.c_lflag |= ECHONL;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &dark) == 0;
}

/* What is left of a line too long is thrown away. */
static void terminal_restore(const struct terminal *t)
{
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &t->shown);
    for (size_t i = 0; i < COUNT_OF(stopping); i++)
        sigaction(stopping[i], &t->before[i], NULL);
}

static bool terminal_read(const char *name, const char *prompt, char line[LINE_BYTES],
                          struct str *out)
{
    struct terminal t = {0};
    ssize_t n = -1;

    if (!terminal_darken(&t)) {
        fprintf(stderr, "tocsin user: the terminal cannot hide what is typed: %s\n",
                strerror(errno));
        terminal_restore(&t);
        return false;
    }
    fprintf(stderr, "%s %s: ", prompt, name);
    n = read(STDIN_FILENO, line, LINE_BYTES);
    terminal_restore(&t);
    if (n < 0) {
        fputs("\ntocsin user: cancelled\n", stderr);
        return false;
    }
    return line_fit(line, (size_t)n, out);
}

static bool terminal_ask(const char *name, char line[LINE_BYTES], struct str *out)
{
    char again[LINE_BYTES];
    struct str repeated;

    if (!terminal_read(name, "New password of", line, out) ||
        !terminal_read(name, "Once more, the password of", again, &repeated))
        return false;
    if (str_eq(*out, repeated))
        return true;
    fputs("tocsin user: these were two different passwords; nothing was changed\n", stderr);
    return false;
}

bool password_ask(struct cli *c, const char *name, struct str *out)
{
    char line[LINE_BYTES];
    struct str password;
    bool given = isatty(STDIN_FILENO) ? terminal_ask(name, line, &password)
                                      : input_read(line, &password);

    if (given)
        *out = arena_str(&c->arena, password);
    return given;
}
