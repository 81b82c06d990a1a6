/* clickhouse_row.h -- the columns of table alert: these, then one or two for each of
 * column.h ("cli_ip" and "cli_ip_key"). */
#ifndef STORE_CLICKHOUSE_ROW_H
#define STORE_CLICKHOUSE_ROW_H

#include "store/clickhouse_sql.h"

#define ROW_COLUMNS 17 /* those that are not column.h's */
struct row_column {
    const char *name, *type;
};
extern const struct row_column row_columns[ROW_COLUMNS];

/* Those that are: each with a comma before it. */
void say_alert_names(struct buf *b);
const char *column_clickhouse_type(size_t at);

struct row_extra { /* what a version has beside the alert */
    int64_t version, stored_ms;
    int64_t acked_ms, acked_until_ms, deletion, final_ms;
    struct str acked_by, acked_note;
};
void say_names(struct buf *b); /* all columns, with commas */
/* One line of JSONEachRow; a NULL occurrence: gone. */
void row_write(struct buf *to, const struct place *at,
               const struct occurrence *o, const struct row_extra *x);
/* INSERT INTO alert (...) FORMAT JSONEachRow */
void say_insert(struct buf *b, const struct clickhouse *e);
const char *address_key(struct str address, char out[40]); /* "", "4...", "6..." */

#endif
