/* commands.h -- the subcommands, one function each; listed in cli.c. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/client.h"

typedef int command_fn(struct cli *c);

command_fn command_endpoint, command_recipient, command_pool, command_settings;
command_fn command_alerts, command_explain, command_delivery, command_status;
command_fn command_configuration, command_replay, command_silence, command_store;
command_fn command_send, command_apply, command_check_config, command_import;

/* "@file", "-" (standard input) or the text itself; false: said why not. */
bool value_of(struct cli *c, const char *text, struct str *out);

void decisions_print(struct cli *c, const struct json *list);
/* A file of expectations: what the exit status says, for CI. */
int explain_verify(struct cli *c, const char *path);
int recipient_preview(struct cli *c, const char *name);
/* tocsin endpoint types [NAME]: all of them, or one with its parameters. */
int endpoint_types_show(struct cli *c, const char *name);

/* tocsin alerts count, histogram, top FIELD, and the verbs that mark; the options
 * that filter a list. */
int alerts_count(struct cli *c);
int alerts_histogram(struct cli *c);
int alerts_top(struct cli *c);
int alerts_mark(struct cli *c, const char *verb);
void alert_filters(struct cli *c, struct buf *path);

/* Prints the object of {"data": …} or the list in it, by -o; `table` for people. */
typedef void rows_fn(struct cli *c, const struct json *list);
int show_list(struct cli *c, const char *path, const char *id_member, rows_fn *table);
int show_answer(struct cli *c, const struct json *answer, const char *id_member,
                rows_fn *table);

#endif
