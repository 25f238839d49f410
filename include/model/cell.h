/* cell.h -- reads what people write in the cells of a table as the value of a field.  Many forms are accepted
 * ("1/5/2016 17:31", "Yes", "12,5" between semicolons), but a cell that can be read in two ways is refused, not
 * guessed. */
#ifndef CELL_H
#define CELL_H

#include "model/collection.h"

/* The order of a date's parts; DATES_UNSAID when the query does not give it. */
enum date_order {
	DATES_UNSAID,
	DATES_MDY,
	DATES_DMY,
	DATES_YMD,
	DATES_COUNT
};

extern const char *const date_order_names[DATES_COUNT]; /* "", "mdy", "dmy", "ymd" */

struct cell_rules {
	enum date_order dates;  /* the order of day, month and year in dates such as 1/5/2016 */
	const char *zone;       /* of times without an offset, or NULL */
	bool decimal_comma;     /* 12,5 means twelve and a half */
};

/* What reading a cell tells besides its value. */
struct cell_notes {
	bool rounded;           /* it had more digits than the field keeps */
	bool ambiguous;         /* the date can be read two ways; the problem says so */
	bool short_year;        /* a year of two digits was taken as 20yy */
	bool shown_twice;       /* the local time occurs twice, as the clocks are put back; the first one was taken */
};

/* text reduced to its letters and digits, with ASCII letters in lower case; non-ASCII characters stay.  Two names with
 * the same loose text are taken for the same. */
char *text_loose(struct arena *a, const char *text);

/* The one of texts that matches text: the equal one, else the only one with an equal loose text.  NULL when there is
 * none, or more than one. */
const char *texts_meant(struct arena *a, const struct texts *texts, const char *text);

/* text, cut to a length that fits into a sentence. */
char *text_short(struct arena *a, const char *text);

/* text without the blanks around it. */
char *text_trimmed(struct arena *a, const char *text);

/* Read a cell into *canonical, in a; empty text gives NULL.  Amounts of money are in units ("12.50"), not in cents.
 * The field's own checks apply too.  Problems name f->name, or "zone" when rules->zone is unknown. */
struct problem *cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* The same for a JSON value: a string is read as a cell, a number is rounded, everything else is read as field_read
 * reads it.  Amounts of money are in cents. */
struct problem *cell_read_json(struct arena *a, const struct field *f, const struct cell_rules *rules,
    struct json_object *value, struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* A canonical value as the text of a cell, which cell_read reads back.  NULL gives "". */
const char *cell_text(struct arena *a, const struct field *f, const char *value);

#endif
