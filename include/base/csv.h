/* csv.h -- comma-separated values (RFC 4180), read row by row and written cell by cell.  Accepted: quoted cells with
 * doubled quotes and line breaks in them; lines that end in CRLF, LF or CR; a UTF-8 byte order mark; blanks around
 * quotes; comma, semicolon or tab as separator, whichever occurs most often in the first line outside quotes, or the
 * one that a first line "sep=;" names.  Refused, with the number of the
 * line: bytes that are not UTF-8 text, a quote that is never closed, text after a closing quote.  Empty lines are
 * skipped. */
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

/* What a file begins with, so that spreadsheets read it as UTF-8. */
#define CSV_MARK "\xEF\xBB\xBF"

/* A reader and its place in the text. */
struct csv {
	const char *at, *end; /* what is left to read */
	char delimiter;
	size_t line;          /* the line of the next byte; the first line is 1 */
};

struct csv_row {
	size_t line;          /* the line on which the row begins */
	size_t count;
	const char *cells[CSV_COLUMNS_MAX];
};

/* Begin before the first row of text, which must outlive csv.  PROBLEM_MALFORMED when the bytes are not text. */
struct problem *csv_open(struct arena *a, const char *text, size_t length, struct csv *csv) MUST_CHECK;

/* Read the next row, its cells in a; *found is false at the end.  PROBLEM_MALFORMED, or PROBLEM_TOO_LARGE for too many
 * columns or too large a cell; both name the line. */
struct problem *csv_next(struct csv *csv, struct arena *a, struct csv_row *row, bool *found) MUST_CHECK;

/* Append text as a cell, quoted where RFC 4180 asks for it. */
void csv_cell(struct buf *b, const char *text);

/* Put a ' in front of text that a spreadsheet would run as a formula, and of text that already begins with such a
 * guard.  csv_unguard removes exactly one such ' again.  Both return text itself if nothing needs to change. */
const char *csv_guard(struct arena *a, const char *text);
const char *csv_unguard(const char *text);

#endif
