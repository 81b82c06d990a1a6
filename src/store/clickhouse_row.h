/* clickhouse_row.h -- the columns of table alert: these, then one or two for each of
 * column.h ("cli_ip" and "cli_ip_key"). */
#ifndef STORE_CLICKHOUSE_ROW_H
#define STORE_CLICKHOUSE_ROW_H

#include "store/clickhouse.h"

#define ROW_COLUMNS 17 /* those that are not column.h's */
struct row_column {
    const char *name, *type;
};
extern const struct row_column row_columns[ROW_COLUMNS];

/* Those that are: each with a comma before it. */
void say_alert_names(struct buf *b);
const char *column_clickhouse_type(size_t at);

#endif
