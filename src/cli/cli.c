/* cli.c -- finds the subcommand and says what there is. */
#include "cli/cli.h"

#include <unistd.h>

#include <curl/curl.h>
#include <sodium.h>

#include "cli/commands.h"

struct command {
    const char *name;
    command_fn *run;
    const char *verbs; /* "list | show NAME | ..." */
    const char *help;
};

static const struct command commands[] = {
    {"send", command_send, "- | -t TYPE -b TEXT [-s SEVERITY] [--entity E] [--value V]",
     "send alerts: from standard input, or one made of the words"},
    {"alerts", command_alerts, "list | show ID | release ID", "what came in, and what is engaged"},
    {"explain", command_explain, "ID | -", "who gets an alert and why, criterion by criterion"},
    {"delivery", command_delivery, "list | show ID | retry [ID ...]",
     "what is on its way, delivered or dead"},
    {"endpoint", command_endpoint, "list | show | add | set | rm | test | choices | types",
     "the servers and services messages go through"},
    {"recipient", command_recipient, "list | show | add | set | rm | test",
     "who is told, and by which criteria"},
    {"pool", command_pool, "list | show | add | set | rm", "host pools"},
    {"settings", command_settings, "show | set", "what holds for the whole of Tocsin"},
    {"apply", command_apply, "-f FILE [-f FILE] [--prune]", "make it as the YAML files say"},
    {"check-config", command_check_config, "FILE|DIR ...", "find the mistakes in YAML files"},
    {"status", command_status, "", "one screen: queues, endpoints, sources"},
};

static void usage(FILE *to)
{
    fputs("tocsin " TOCSIN_VERSION ": takes alerts and delivers each to everyone "
          "who should have it\n\n"
          "  tocsin serve                       run it (./data, 127.0.0.1:8627)\n"
          "  dmesg | tail -1 | tocsin send -t kernel -b -\n"
          "  tocsin explain 42                  why did, or did not, somebody get it\n\n",
          to);
    fprintf(to, "  %-13s %s\n", "serve", "[--data DIR] [--listen ADDR:PORT] [--config DIR]");
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(to, "  %-13s %s\n  %13s   %s\n", commands[i].name, commands[i].verbs, "",
                commands[i].help);
    fputs("\nEverywhere: --server URL, --token-file FILE, --data DIR, -o table|json|id, -q\n"
          "Exit: 0 ok, 1 failed, 2 usage, 3 nothing matched, 4 not allowed, "
          "5 no server, 6 refused\n",
          to);
}

static int unknown(const char *name)
{
    const char *names[COUNT_OF(commands) + 2];
    const char *near;

    for (size_t i = 0; i < COUNT_OF(commands); i++)
        names[i] = commands[i].name;
    names[COUNT_OF(commands)] = "serve";
    names[COUNT_OF(commands) + 1] = NULL;
    near = str_nearest(str_of(name), names);
    fprintf(stderr, "tocsin: there is no command \"%s\"", name);
    fprintf(stderr, near ? "; did you mean \"%s\"?\n" : "; see tocsin help%s\n",
            near ? near : "");
    return EXIT_USAGE;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli c = {.argc = argc, .argv = argv};
    struct error err;
    int status;

    if (!cli_options(&c, &err)) {
        fprintf(stderr, "tocsin %s: %s\n", command->name, err.text);
        return EXIT_USAGE;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    status = command->run(&c);
    if (status == EXIT_USAGE)
        fprintf(stderr, "usage: tocsin %s %s\n", command->name, command->verbs);
    arena_release(&c.arena);
    curl_global_cleanup();
    return status;
}

int cli_main(int argc, char **argv, serve_fn *serve)
{
    const char *name = argc > 1 ? argv[1] : "help";

    if (sodium_init() < 0)
        bug("libsodium does not start");
    if (strcmp(name, "serve") == 0)
        return serve(argc - 1, argv + 1);
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        puts("tocsin " TOCSIN_VERSION);
        return EXIT_OK;
    }
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return run(&commands[i], argc - 1, argv + 1);
    if (strcmp(name, "help") != 0 && strcmp(name, "--help") != 0)
        return unknown(name);
    usage(argc > 1 ? stdout : stderr);
    return argc > 1 ? EXIT_OK : EXIT_USAGE;
}
