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
    const char *usage; /* its lines, whole */
};

static const char send_usage[] =
    "  tocsin send -                      alerts from standard input: JSON, or one a line\n"
    "  tocsin send - --as ntopng          ... in ntopng's or alertmanager's own form\n"
    "  tocsin send -t TYPE -b TEXT [-s SEVERITY] [--entity E] [--value V]\n"
    "                                     one alert; -b - takes the text from standard input\n";
static const char alerts_usage[] =
    "  tocsin alerts list [--state any|ended|engaged] [--since T] [--until T]\n"
    "                     [--severity S] [--entity E] [--type T] [--category C]\n"
    "                     [--source S] [--entity_value V] [--ip A] [--text WORDS]\n"
    "                     [--filter 'severity>=error and ip=10.0.0.0/8']\n"
    "                     [--limit N] [--cursor C]\n"
    "                                     --since, --until: when it began, as its source\n"
    "                                     says; not when it was accepted\n"
    "  tocsin alerts show ID              all of it, where it went, and why\n"
    "  tocsin alerts release ID           ends an engaged alert by hand\n"
    "  tocsin alerts count                the history by entity and severity\n"
    "  tocsin alerts histogram [--bucket 10m]\n"
    "  tocsin alerts top FIELD [--limit N]\n"
    "                                     these three take the options of list\n"
    "  tocsin alerts ack ID ... [-m NOTE] [--for 8h | --until TIME] [--by WHO]\n"
    "  tocsin alerts unack | delete ID ...\n"
    "                                     or the options of list, for all it finds\n"
    "  tocsin alerts note ID ... --text TEXT\n"
    "  tocsin alerts undelete ID ... | --deletion NUMBER\n";
static const char store_usage[] =
    "  tocsin store stats                 how much there is, from when, how large\n"
    "  tocsin store verify [FILE]         reads all of it, or of a copy: is it sound?\n"
    "  tocsin store backup FILE           a copy of one moment, while it runs\n"
    "  tocsin store migrate --to clickhouse|sqlite\n"
    "                                     the history from one engine into the other, as\n"
    "                                     the settings describe them; goes on where it\n"
    "                                     was stopped, and counts at the end\n"
    "  tocsin store restore FILE          FILE becomes the history; Tocsin must be\n"
    "                                     stopped, and the old one is kept beside it\n"
    "They look into the directory of --data, not over the network.\n";
static const char explain_usage[] =
    "  tocsin explain ID [--now | --revision N]\n"
    "                                     who gets it, criterion by criterion,\n"
    "                                     as the configuration then was; --now: as it\n"
    "                                     is now; --revision N: as it was at N\n"
    "  tocsin explain - <alert.json       the same for an alert that was not sent\n"
    "  tocsin explain --verify FILE       a file of alerts and who must get them\n"
    "  tocsin explain ID --recipient NAME --verify deliver|not_matched|...\n"
    "                                     the exit status says whether it is so\n";
static const char replay_usage[] =
    "  tocsin replay [--recipient NAME] [--file DRAFT.yaml ...] [--since 7d] [--until T]\n"
    "                                     what would have been sent, and how that\n"
    "                                     differs from what was; Ctrl-C cancels it\n"
    "  tocsin replay --matcher FILTER | --silence NAME [--recipient NAME] [--since 7d]\n"
    "                                     what such a silence would have held back\n";
static const char delivery_usage[] =
    "  tocsin delivery list [--state pending|delivered|dead] [--recipient NAME]\n"
    "                       [--endpoint NAME] [--since 24h] [--until 1h]\n"
    "  tocsin delivery show ID            and its last failed tries, with what was\n"
    "                                     sent and answered, without secrets\n"
    "  tocsin delivery retry ID ...       send again what is dead\n"
    "  tocsin delivery retry --state dead [--recipient NAME | --endpoint NAME]\n"
    "  tocsin delivery cancel ID ...      what waits is not sent, but dead\n";
static const char queue_usage[] =
    "  tocsin queue list                  what waits for whom, since when and why\n"
    "  tocsin queue pause RECIPIENT --reason WHY [--for 2h]\n"
    "  tocsin queue pause --endpoint NAME --reason WHY [--for 2h]\n"
    "                                     nothing is sent, and nothing is lost; --for: it\n"
    "                                     goes on by itself then; a restart changes nothing\n"
    "  tocsin queue resume RECIPIENT | --endpoint NAME\n"
    "  tocsin queue drop RECIPIENT | --endpoint NAME --older-than 6h [--dry-run]\n"
    "                                     what has waited so long is not sent, but dead\n";
#define SIGNED \
    "--comment WHY, with what changes something, is kept with the revision.\n"
static const char endpoint_usage[] =
    "  tocsin endpoint types              what there is to choose from\n"
    "  tocsin endpoint types TYPE         its parameters and limits\n"
    "  tocsin endpoint add NAME --type TYPE --set PARAMETER=VALUE ...\n"
    "  tocsin endpoint set NAME --set PARAMETER=VALUE ...\n"
    "  tocsin endpoint choices NAME       the chats or channels its recipients can have\n"
    "  tocsin endpoint list | show NAME | test NAME | rm NAME [--yes]\n"
    "  tocsin endpoint enable NAME | disable NAME\n"
    "A secret is given as PARAMETER=@FILE or PARAMETER=- (standard input).\n" SIGNED;
static const char recipient_usage[] =
    "  tocsin recipient add NAME --endpoint NAME [--set PARAMETER=VALUE ...]\n"
    "                       [--minimum_severity S] [--categories A,B] [--entities A,B]\n"
    "                       [--types A,B] [--host_pools A,B] [--am_hosts A,B]\n"
    "                       [--title_template T|@FILE] [--text_template T|@FILE]\n"
    "                       [--filter 'severity>=error and ip=10.0.0.0/8']\n"
    "                       [--quiet_hours W] [--digest M] [--time_zone Z]\n"
    "                       [--escalate_to NAME [--escalate_after 15m]] ...\n"
    "  tocsin recipient set NAME ...      the same options; only what is given changes\n"
    "  tocsin recipient preview NAME [--alert ID] [--title_template T] ...\n"
    "                                     how an alert reads there, the newest unless\n"
    "                                     said; with templates, or options like --digest,\n"
    "                                     that are not saved yet; --holds: what would hold\n"
    "                                     it back, of then and of now\n"
    "  tocsin recipient list | show NAME | test NAME | rm NAME [--yes] [--force]\n"
    "                                     --force: also with deliveries pending\n"
    "  tocsin recipient enable NAME | disable NAME\n" SIGNED;
static const char pool_usage[] =
    "  tocsin pool add NAME --members 10.1.0.0/16,2001:db8::/32,AA:BB:CC:00:11:22\n"
    "  tocsin pool set NAME --members ...\n"
    "  tocsin pool list | show NAME | rm NAME [--yes]\n" SIGNED;
static const char silence_usage[] =
    "  tocsin silence add MATCHER --comment WHY [--author WHO] [--name NAME]\n"
    "                     [--starts TIME] [--ends TIME | --for 2h | --until_resolved]\n"
    "                     [--schedule 'sat 22:00-06:00' [--time_zone Europe/Rome]]\n"
    "                     [--recipients A,B]   only they are not told\n"
    "                                     MATCHER: a filter, like 'host=10.0.0.7'\n"
    "  tocsin silence preview MATCHER [--days 7]\n"
    "                                     which alerts it would hit, and would have hit\n"
    "  tocsin silence list | show NAME | expire NAME\n" SIGNED;
static const char inhibition_usage[] =
    "  tocsin inhibition add NAME --source FILTER --target FILTER [--comment WHY]\n"
    "                    --relation pool|interface|parent | --equal FIELD,FIELD | --equal none\n"
    "                                     while an alert that SOURCE takes is engaged, those\n"
    "                                     that TARGET takes and that belong to it are held\n"
    "  tocsin inhibition set NAME ...     the same options; only what is given changes\n"
    "  tocsin inhibition preview NAME ... what one like this would mute now\n"
    "  tocsin inhibition list | show NAME | rm NAME [--yes]\n" SIGNED;
static const char settings_usage[] = "  tocsin settings show\n"
                                     "  tocsin settings set NAME=VALUE ...\n" SIGNED;
static const char apply_usage[] =
    "  tocsin apply -f FILE [-f FILE] [--prune] [--dry-run] [--comment WHY]\n"
    "                                     all of it or none; --prune: what the files\n"
    "                                     once named and name no more is deleted;\n"
    "                                     --dry-run: says what would change, and keeps\n"
    "                                     nothing\n";
static const char config_usage[] =
    "  tocsin config revisions [--limit N]\n"
    "                                     who changed what, when and why\n"
    "  tocsin config show N               all of it as it was at revision N\n"
    "  tocsin config diff [FROM [TO]]     by object and member; the last change, or\n"
    "                                     from FROM until now\n"
    "  tocsin config rollback N [--comment WHY]\n"
    "                                     a new revision that is as N was\n"
    "  tocsin config export [--revision N]\n"
    "                                     YAML for apply; secrets are left out\n";
static const char import_usage[] =
    "  tocsin import KIND FILE|- [--dry-run] [--replace] [--keep-empty-pools]\n"
    "                [--comment WHY]\n"
    "                                     KIND: ntopng-backup, ntopng-pools,\n"
    "                                     alertmanager (its .yml) or apprise (its\n"
    "                                     addresses); --dry-run: only the report;\n"
    "                                     --replace: also what is there already;\n"
    "                                     --keep-empty-pools: \"none\" as in ntopng\n";
static const char check_config_usage[] =
    "  tocsin check-config FILE|DIR ... [--no-secrets]\n"
    "                                     every mistake with file, line and column;\n"
    "                                     --no-secrets: their files are not here\n";
static const char user_usage[] =
    "  tocsin user add NAME --role viewer|responder|editor|admin\n"
    "  tocsin user passwd NAME            a new password; ends the user's sessions\n"
    "  tocsin user list | disable NAME | enable NAME | rm NAME [--yes]\n"
    "A password is typed twice at a terminal, else it is the one line of standard input.\n";
static const char token_usage[] =
    "  tocsin token add NAME --scopes alerts:read,config:read [--for 90d]\n"
    "                                     for a program; shown this once\n"
    "  tocsin token list | revoke NAME\n"
    "Scopes: alerts:read, alerts:ack, alerts:write, config:read, config:write, ingest,\n"
    "ingest:SOURCE, admin; see docs/users.md.\n";
static const char status_usage[] = "  tocsin status\n";

static const struct command commands[] = {
    {"send", command_send, "- | -t TYPE -b TEXT [-s SEVERITY] [--entity E] [--value V]",
     "send alerts: from standard input, or one made of the words", send_usage},
    {"alerts", command_alerts, "list | show | release | count | histogram | top | ack ...",
     "what came in, and what is engaged", alerts_usage},
    {"explain", command_explain, "ID | -",
     "who gets an alert and why, criterion by criterion", explain_usage},
    {"replay", command_replay, "[--recipient NAME] [--file DRAFT.yaml] [--since 7d]",
     "what a configuration would have sent", replay_usage},
    {"delivery", command_delivery, "list | show ID | retry [ID ...] | cancel ID ...",
     "what is on its way, delivered or dead", delivery_usage},
    {"queue", command_queue, "list | pause | resume | drop",
     "what waits for whom; stop it, let it go on",
     queue_usage},
    {"endpoint", command_endpoint, "list | show | add | set | rm | enable | disable | test | ...",
     "the servers and services messages go through", endpoint_usage},
    {"recipient", command_recipient, "list | show | add | set | rm | enable | disable | test | ...",
     "who is told, and by which criteria", recipient_usage},
    {"pool", command_pool, "list | show | add | set | rm", "host pools", pool_usage},
    {"silence", command_silence, "list | show | add | expire | preview",
     "what is not to be told for now, by whom and why", silence_usage},
    {"inhibition", command_inhibition, "list | show | add | set | rm | preview",
     "which engaged alerts mute which others", inhibition_usage},
    {"settings", command_settings, "show | set", "what holds for the whole of Tocsin",
     settings_usage},
    {"apply", command_apply, "-f FILE [-f FILE] [--prune] [--dry-run]",
     "make it as the YAML files say", apply_usage},
    {"config", command_configuration, "revisions | show | diff | rollback | export",
     "what changed, and back again", config_usage},
    {"import", command_import, "KIND FILE [--dry-run] [--replace]",
     "take over what ntopng, Alertmanager or Apprise has", import_usage},
    {"check-config", command_check_config, "FILE|DIR ...", "find the mistakes in YAML files",
     check_config_usage},
    {"store", command_store, "stats | verify [FILE] | backup FILE | restore FILE | migrate",
     "the history's file: look, check, copy, bring back", store_usage},
    {"user", command_user, "list | add | passwd | disable | enable | rm",
     "who may log in, and in which role", user_usage},
    {"token", command_token, "list | add | revoke", "what lets a program in, and to what",
     token_usage},
    {"status", command_status, "", "one screen: queues, endpoints, sources", status_usage},
};

static void help_line(FILE *to, const char *name, const char *words, const char *help)
{
    fprintf(to, "  %-13s %s\n  %13s   %s\n", name, words, "", help);
}

static void usage(FILE *to, const struct cli_program *programs)
{
    fputs("tocsin " TOCSIN_VERSION ": takes alerts and delivers each to everyone "
          "who should have it\n\n"
          "  tocsin demo                        see every channel, without an account\n"
          "  tocsin serve                       run it (./data, 127.0.0.1:8627)\n"
          "  dmesg | tail -1 | tocsin send -t kernel -b -\n"
          "  tocsin explain 42                  why did, or did not, somebody get it\n\n",
          to);
    for (const struct cli_program *p = programs; p->name != NULL; p++)
        help_line(to, p->name, p->words, p->help);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        help_line(to, commands[i].name, commands[i].verbs, commands[i].help);
    fputs("\nEverywhere: --server URL, --token-file FILE, --data DIR, -o table|json|id, -q\n"
          "Exit: 0 ok, 1 failed, 2 usage, 3 nothing matched, 4 not allowed, "
          "5 no server, 6 refused\n",
          to);
}

#define PROGRAMS_MAX 8

static int unknown(const char *name, const struct cli_program *programs)
{
    const char *names[COUNT_OF(commands) + PROGRAMS_MAX + 1];
    const char *near;
    size_t n = 0;

    for (size_t i = 0; i < COUNT_OF(commands); i++)
        names[n++] = commands[i].name;
    for (size_t i = 0; programs[i].name != NULL && i < PROGRAMS_MAX; i++)
        names[n++] = programs[i].name;
    names[n] = NULL;
    near = str_nearest(str_of(name), names);
    fprintf(stderr, "tocsin: there is no command \"%s\"", name);
    fprintf(stderr, near ? "; did you mean \"%s\"?\n" : "; see tocsin help%s\n",
            near ? near : "");
    return EXIT_USAGE;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli c = {.argc = argc, .argv = argv};
    struct error err;
    int status;

    if (wants_help(argc, argv)) {
        printf("tocsin %s: %s\n\n%s\nAll of it: man tocsin\n", command->name,
               command->help, command->usage);
        return EXIT_OK;
    }
    if (!cli_options(&c, &err)) {
        fprintf(stderr, "tocsin %s: %s\n", command->name, err.text);
        return EXIT_USAGE;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    status = command->run(&c);
    if (status == EXIT_USAGE)
        fprintf(stderr, "%s", command->usage);
    arena_release(&c.arena);
    curl_global_cleanup();
    return status;
}

int cli_main(int argc, char **argv, const struct cli_program *programs)
{
    const char *name = argc > 1 ? argv[1] : "help";

    if (sodium_init() < 0)
        bug("libsodium does not start");
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        puts("tocsin " TOCSIN_VERSION);
        return EXIT_OK;
    }
    for (const struct cli_program *p = programs; p->name != NULL; p++)
        if (strcmp(p->name, name) == 0)
            return p->run(argc - 1, argv + 1);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return run(&commands[i], argc - 1, argv + 1);
    if (strcmp(name, "help") != 0 && strcmp(name, "--help") != 0)
        return unknown(name, programs);
    usage(argc > 1 ? stdout : stderr, programs);
    return argc > 1 ? EXIT_OK : EXIT_USAGE;
}
