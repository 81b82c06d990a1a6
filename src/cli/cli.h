/* cli.h -- the command line: one file a subcommand, listed in one array
 * (cli.c). Talks to a running Tocsin over its API; see spec of exit codes. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,      /* it ran, and (some of it) failed */
    EXIT_USAGE = 2,
    EXIT_NOTHING = 3,     /* nothing matched */
    EXIT_NOT_ALLOWED = 4,
    EXIT_UNREACHABLE = 5, /* no server there */
    EXIT_INVALID = 6,     /* configuration or object refused */
};

typedef int serve_fn(int argc, char **argv);

/* Runs the subcommand in argv[1]; "serve" goes to `serve`, which is above us. */
int cli_main(int argc, char **argv, serve_fn *serve);

#endif
