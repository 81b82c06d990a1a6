/* log.h -- lines for the operator on stderr: journald priority, one line an event.
 * base, alert, message, endpoint and routing do not log; they return errors. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JOURNAL, LOG_FORMAT_JSON };

void log_init(enum log_level least, enum log_format format);

/* Control characters and invalid UTF-8 in the text come out as \xNN, so an
 * alert can never forge a line. Cut at LOG_LINE_MAX. Any thread may call. */
void log_error(const char *room, const char *format, ...) printf_like(2, 3);
void log_warn(const char *room, const char *format, ...) printf_like(2, 3);
void log_info(const char *room, const char *format, ...) printf_like(2, 3);
void log_debug(const char *room, const char *format, ...) printf_like(2, 3);

#endif
