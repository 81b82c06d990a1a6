/* commands.h -- the subcommands, one function each; listed in cli.c. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/client.h"

typedef int command_fn(struct cli *c);

command_fn command_endpoint, command_recipient, command_pool, command_settings;
command_fn command_inhibition;
command_fn command_alerts, command_explain, command_delivery, command_status;
command_fn command_configuration, command_replay, command_silence, command_store;
command_fn command_send, command_apply, command_check_config, command_import;
command_fn command_queue, command_token, command_user;

/* All there is to read; no more than fits, which to->over tells. */
void stream_read(FILE *from, struct buf *to);
/* All of a file, `f` being how `path` was opened; closed after, unless it is standard
 * input. False: "tocsin COMMAND: cannot read ..." was said. */
bool text_read(const char *command, const char *path, FILE *f, struct buf *to);

/* "@file", "-" (standard input) or the text itself; false: said why not. */
bool value_of(struct cli *c, const char *text, struct str *out);
/* "a, b" as a list of texts. */
void list_write(struct json_out *o, const char *name, struct str text);
/* --for 2h: `member` is the end, by the clock of whoever says so; without --for
 * nothing is written. False: said why not. */
bool end_write(struct cli *c, const char *member, struct json_out *o);
/* EXIT_OK: --yes, or whoever is at the terminal says so; else what to end with. */
int delete_confirm(struct cli *c, const char *noun, const char *name);

/* `name`'s new password: typed twice at a terminal, unseen; else the one line of
 * standard input. Lives in the arena. False: said why not. */
bool password_ask(struct cli *c, const char *name, struct str *out);

/* Of a delivery with its tries: what was sent, and what came back. */
void said_print(struct cli *c, const struct json *answer);
void decisions_print(struct cli *c, const struct json *list);
/* Of a decision or a preview: what would hold it, "" when nothing; and each kind of
 * hold with both values, of then and of now. */
struct str would_hold_words(struct cli *c, const struct json *hold);
void holds_print(struct cli *c, const struct json *of);
/* What differs between two configurations, by object and member. */
void differences_print(struct cli *c, const struct json *list);
/* A file of expectations: what the exit status says, for CI. */
int explain_verify(struct cli *c, const char *path);
int recipient_preview(struct cli *c, const char *name);
/* What an inhibition like this would mute of what is engaged now. */
int mutes_show(struct cli *c, struct str inhibition);
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
