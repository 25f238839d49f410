/* log.h -- lines for the operator, on standard error: key=value, one line for each event.  log_quote escapes control
 * bytes and quotes in values.  Bodies, tokens, e-mails and passwords are never logged. */
#ifndef LOG_H
#define LOG_H

#include "base/arena.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* From now on drop lines that are less urgent than level.  At the start the level is INFO. */
void log_set_level(enum log_level level);

/* True, and *level is set, when name is error, warn, info or debug. */
int log_level_named(const char *name, enum log_level *level);

/* Write one line: at=<UTC> level=<level> event=<event> <formatted>.  The caller formats key=value pairs; a value that
 * may hold text from outside goes through log_quote first. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* text in double quotes, in a, cut after 500 bytes.  Quotes and backslashes get a backslash; every byte that is not
 * printable ASCII becomes \xNN, so that no line can move a terminal's cursor or reverse its text.  NULL gives "". */
char *log_quote(struct arena *a, const char *text);

#endif
