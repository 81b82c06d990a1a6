/* commands.h -- the subcommands, one function each; listed in cli.c. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/client.h"

typedef int command_fn(struct cli *c);

command_fn command_endpoint, command_recipient, command_pool, command_settings;
command_fn command_alerts, command_explain, command_delivery, command_status;
command_fn command_send, command_apply, command_check_config, command_import;

/* Prints the object of {"data": …} or the list in it, by -o; `table` for people. */
typedef void rows_fn(struct cli *c, const struct json *list);
int show_list(struct cli *c, const char *path, const char *id_member, rows_fn *table);
int show_answer(struct cli *c, const struct json *answer, const char *id_member,
                rows_fn *table);

#endif
