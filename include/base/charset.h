/* charset.h -- the bytes of a file as UTF-8 text.  A byte order mark decides by itself; without one, bytes that are no
 * UTF-8 are read as the caller says, and never guessed: the same bytes are text in many charsets. */
#ifndef CHARSET_H
#define CHARSET_H

#include <stddef.h>

#include "base/problem.h"

/* The names of all charsets, in lower case; ends with NULL. */
extern const char *const charset_names[];

/* The name of a charset in lower case, from that name in any case or another usual one ("latin1", "cp1252").  NULL for
 * a charset that is not read here. */
const char *charset_called(const char *name);

struct charset_text {
	const char *text;    /* UTF-8 without a byte order mark, with a NUL behind it */
	size_t length;
	const char *charset; /* the name of what was read */
};

/* Read length bytes; the byte behind them is a NUL.  charset is one of charset_names, or NULL where none is said.  The
 * text is in a, or bytes itself; it has three times their length at most.  PROBLEM_INVALID names "charset" and the
 * line: bytes that are no text in that charset, or no UTF-8 where none is said; UTF-16 without a mark whose order of
 * bytes cannot be seen. */
struct problem *charset_read(struct arena *a, const char *bytes, size_t length, const char *charset,
    struct charset_text *text) MUST_CHECK;

#endif
