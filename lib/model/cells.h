/* cells.h -- what the readers of cells share.  cell.c chooses the reader by the field's type; the others read numbers
 * (cell_number.c), quantities with units (cell_unit.c, cell_duration.c), and days and times (cell_moment.c). */
#ifndef CELLS_H
#define CELLS_H

#include "model/cell.h"

/* PROBLEM_INVALID "<field> <what>." */
struct problem *cell_bad(struct arena *a, const struct field *f, const char *what);

/* text as it is compared: every kind of blank is a space, every kind of minus and apostrophe is the one of ASCII,
 * characters that nobody sees are gone, and so are the blanks around it. */
char *cell_plain(struct arena *a, const char *text);

/* ---- cell_number.c ---- */

/* The number in plain text as JSON writes it.  PROBLEM_INVALID names f, with notes->asks when it can be read in two
 * ways. */
struct problem *number_find(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **number) MUST_CHECK;

/* Read plain text as the value of a field of type integer, decimal or money. */
struct problem *number_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* Read a number as JSON writes it, rounded to what the field keeps; what is counted, and not measured in a unit, is not
 * rounded to a whole.  Money is in units. */
struct problem *number_keep(struct arena *a, const struct field *f, const char *number, struct cell_notes *notes,
    const char **canonical) MUST_CHECK;

/* ---- cell_unit.c ---- */

enum {
	QUANTITY_PARTS_MAX = 4,
	QUANTITY_SCALE = 6   /* of the number of a part */
};

/* "8h 30m" has two parts: 8 h and 30 m. */
struct quantity_part {
	const char *number;  /* as it is written */
	const char *word;    /* in lower case; "" where no unit follows */
};

/* Split plain text into numbers and the words behind them.  False when it is anything else, or has too many parts. */
bool quantity_split(struct arena *a, const char *plain, struct quantity_part parts[QUANTITY_PARTS_MAX], size_t *count);

/* True for a field that is read with quantity_read: a duration, kilograms, miles. */
bool field_has_units(const struct field *f);

/* The unit that was said or found out for the field. */
enum cell_unit unit_of(const struct field *f, const struct cell_rules *rules);

/* Read numbers with units, or a bare number in the unit of the rules. */
struct problem *quantity_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* ---- cell_duration.c ---- */

bool field_is_duration(const struct field *f);

/* Read a duration with colons (8:30, 08:30:00, 18:25 min), of ISO 8601 (PT8H30M), or as on a clock (8.30 where the unit
 * is clock).  *found is false for any other text. */
struct problem *duration_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical, bool *found) MUST_CHECK;

/* ---- cell_moment.c ---- */

struct problem *moment_cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules,
    const char *text, struct cell_notes *notes, const char **canonical) MUST_CHECK;

#endif
