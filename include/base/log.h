/* log.h -- lines for the operator, on standard error: key=value, one line an event.
 * Control bytes and quotes in values are escaped here.  Never bodies, tokens, e-mails or passwords. */
#ifndef LOG_H
#define LOG_H

#include "base/arena.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Lines less urgent than level are dropped from now on.  The level at start is INFO. */
void log_set_level(enum log_level level);

/* True and the level, when name is error, warn, info or debug. */
int log_level_named(const char *name, enum log_level *level);

/* One line: at=<UTC> level=<level> event=<event> <formatted>.  The formatted part is written by us as
 * key=value pairs; a value that may hold foreign text goes through log_quote first. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* text in double quotes, cut after 500 bytes; quotes and backslashes get a backslash, every byte that is not printable ASCII
 * becomes \xNN: nothing in a line can move a terminal's cursor or turn its text around.  NULL gives "\"\"". */
char *log_quote(struct arena *a, const char *text);

#endif
