/* log.c -- lines for the operator.  Each line is a single write to standard error, so that lines of several processes
 * do not mix in a pipe.  A line is composed on the stack, so that it can be written even when memory has run out. */
#include "base/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/instant.h"

enum {
	LINE_ROOM = 4000, /* bytes of a line, its end included; less than a pipe takes as a whole (PIPE_BUF) */
	QUOTE_MAX = 500   /* bytes of a quoted text */
};

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static enum log_level current_level = LOG_LEVEL_INFO;

static bool
printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* Replace control bytes in values that were not quoted: no value can start a new line. */
static void
flatten(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f')
			text[i] = '?';
}

static void
write_all(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t done = write(STDERR_FILENO, text, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		text += done;
		length -= (size_t)done;
	}
}

/* How many bytes snprintf has written into room, by its return value. */
static size_t
fitted(int length, size_t room)
{
	if (length < 0)
		return 0;
	return (size_t)length < room ? (size_t)length : room - 1;
}

void
log_set_level(enum log_level level)
{
	current_level = level;
}

int
log_level_named(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (strcmp(name, level_names[i]) != 0)
			continue;
		*level = (enum log_level)i;
		return 1;
	}
	return 0;
}

void
log_line(enum log_level level, const char *event, const char *format, ...)
{
	char line[LINE_ROOM], at[INSTANT_TEXT_SIZE];
	int error = errno;
	size_t length;
	va_list args;

	if (level > current_level)
		return;
	instant_format(instant_now(), at);
	length = fitted(snprintf(line, sizeof(line), "at=%s level=%s event=%s ", at, level_names[level], event),
	    sizeof(line));
	va_start(args, format);
	length += fitted(vsnprintf(line + length, sizeof(line) - length, format, args), sizeof(line) - length);
	va_end(args);
	flatten(line, length);
	line[length] = '\n'; /* in place of the NUL */
	write_all(line, length + 1);
	errno = error;
}

char *
log_quote(struct arena *a, const char *text)
{
	size_t length = text == NULL ? 0 : strnlen(text, QUOTE_MAX);
	struct buf b;

	buf_init(&b, a);
	buf_char(&b, '"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			buf_char(&b, '\\');
		if (printable(text[i]))
			buf_char(&b, text[i]);
		else
			buf_printf(&b, "\\x%02x", (unsigned char)text[i]);
	}
	buf_char(&b, '"');
	return b.text;
}
