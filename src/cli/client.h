/* client.h -- the command line's connection to a running Tocsin. */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_IDS };

/* What every subcommand is given: the words left to it and how to talk. */
struct cli {
    int argc; /* argv[0] is the noun: "endpoint" */
    char **argv;
    const char *server;     /* "http://127.0.0.1:8627" */
    const char *data_dir;
    const char *token_file; /* NULL: data_dir/admin.token */
    enum output output;
    bool yes;
    struct arena arena; /* lives as long as the program */
};

struct answer {
    int status; /* HTTP; 0: no server (said already) */
    struct str text;
    const struct json *json; /* NULL: not JSON */
};

/* Takes --server, --token-file, --data, -o, -q and --yes out of argv, wherever
 * they stand. */
bool cli_options(struct cli *c, struct error *err) must_check;

/* The value of `--name VALUE`, taken out of argv; NULL: not given. Repeatable. */
const char *cli_take(struct cli *c, const char *name);
/* Takes the word `name` out; false: not there. */
bool cli_flag(struct cli *c, const char *name);
/* The next word that is no option, taken out; NULL: none left. */
const char *cli_word(struct cli *c);
/* The one word left, a name; NULL: said that there is none, or more. */
const char *cli_name(struct cli *c, const char *verb);
/* Complains about what is left in argv: false. */
bool cli_done(struct cli *c);

/* One request. `body` empty: none. An answer that is no 2xx is said on stderr. */
int client_call(struct cli *c, const char *method, const char *path,
                const char *content_type, struct str body, struct answer *out);
int client_get(struct cli *c, const char *path, struct answer *out);
int client_send(struct cli *c, const char *method, const char *path,
                struct str json, struct answer *out);

/* base, "/", the name percent-encoded, after. */
const char *client_path(struct cli *c, const char *base, const char *name,
                        const char *after);
/* The path of a change with why it is made, which lands in the revision; NULL: as it
 * is. In the arena. */
const char *client_signed(struct cli *c, const char *path, const char *comment);
/* Appends "?name=value" or "&name=value", encoded. */
void client_query(struct buf *path, const char *name, const char *value);

/* --- showing ------------------------------------------------------------- */

#define TABLE_COLUMNS_MAX 12
struct table {
    const char *titles[TABLE_COLUMNS_MAX]; /* NULL ends */
    struct str *cells;                     /* grows by whole rows */
    size_t columns, cell_count;
};
void table_cell(struct table *t, struct str text);
/* Aligned columns on stdout, cleaned of control characters; the last column is
 * not padded. "nothing" on stderr when there is no row. */
void table_print(struct table *t);
void print_json(struct cli *c, const struct json *j); /* indented */
struct str cell_text(struct cli *c, const struct json *j); /* any JSON value */
struct str cell_time(struct cli *c, const struct json *j); /* local time */
void transcript_print(struct cli *c, const struct json *transcript); /* a test's */
/* An answer's "warnings", on stderr. */
void warnings_print(struct cli *c, const struct json *answer);
void print_text(struct str s); /* to stdout, one line, safe for a terminal */

#endif
