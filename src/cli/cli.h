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

/* A subcommand that needs what is above us: it runs a whole Tocsin. */
struct cli_program {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the name; --help is its own */
    const char *words, *help;          /* as `tocsin help` lists it */
};

/* Runs the subcommand in argv[1]: one of ours, or of `programs` (name NULL ends). */
int cli_main(int argc, char **argv, const struct cli_program *programs);

#endif
