/* csv.h -- comma-separated values after RFC 4180, read row by row and written cell by cell.
 * Read: quoted cells with doubled quotes and line breaks in them, lines ended by CRLF, LF or CR, a UTF-8 byte order mark, and
 * comma, semicolon or tab as the first line shows.  Refused, naming the line: bytes that are not UTF-8 text, a quote that is never
 * closed, text behind a closing quote.  Lines without any text are passed over. */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/problem.h"

enum {
	CSV_COLUMNS_MAX = 256,
	CSV_CELL_MAX = 1 << 20 /* bytes of one cell */
};

struct csv {
	const char *at, *end; /* what is left */
	char delimiter;
	size_t line;          /* of the next byte; the first line is 1 */
};

struct csv_row {
	size_t line;          /* on which it begins */
	size_t count;
	const char *cells[CSV_COLUMNS_MAX];
};

/* Stand before the first row of text.  PROBLEM_MALFORMED when the bytes are not text. */
struct problem *csv_open(struct arena *a, const char *text, size_t length, struct csv *csv) MUST_CHECK;

/* The next row, its cells in a; *found false at the end.  PROBLEM_MALFORMED with the line. */
struct problem *csv_next(struct csv *csv, struct arena *a, struct csv_row *row, bool *found) MUST_CHECK;

/* Append a cell, quoted where it must be. */
void csv_cell(struct buf *b, const char *text);

/* A text that a spreadsheet would take for a formula gets a ' in front, and so does one that begins with such a guard of its own;
 * csv_unguard takes exactly one off again.  Both give text itself where there is nothing to do. */
const char *csv_guard(struct arena *a, const char *text);
const char *csv_unguard(const char *text);

#endif
