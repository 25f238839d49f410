/* cell.h -- what people write in the cells of a table, read as a field's value.  Generous with form ("1/5/2016 17:31", "Yes",
 * "12,5" between semicolons), strict with meaning: where two readings are possible it asks instead of choosing. */
#ifndef CELL_H
#define CELL_H

#include "model/collection.h"

enum date_order {
	DATES_UNSAID,
	DATES_MDY,
	DATES_DMY,
	DATES_YMD,
	DATES_COUNT
};

extern const char *const date_order_names[DATES_COUNT]; /* "", "mdy", "dmy", "ymd" */

struct cell_rules {
	enum date_order dates;  /* how slashed, dotted and dashed dates are written */
	const char *zone;       /* of times without an offset, or NULL */
	bool decimal_comma;     /* 12,5 is twelve and a half */
};

/* What the reader of one cell has to say beside the value. */
struct cell_notes {
	bool rounded;           /* it had more digits than the field keeps */
	bool ambiguous;         /* a date that can be read two ways; the problem says so */
	bool short_year;        /* a year of two digits was taken as 20yy */
	bool shown_twice;       /* a local time in the hour that clocks show twice; the first was taken */
};

/* Letters and digits of text, ASCII letters small; everything else in ASCII is dropped.  For names that are meant to be the same. */
char *text_loose(struct arena *a, const char *text);

/* The one of them that is meant: this text, or else the only one that is the same loosely.  NULL when there is none, or more than one. */
const char *texts_meant(struct arena *a, const struct texts *texts, const char *text);

/* Text cut to what fits into a sentence. */
char *text_short(struct arena *a, const char *text);

/* Text without the blanks around it. */
char *text_trimmed(struct arena *a, const char *text);

/* One value; empty text is NULL.  Amounts of money are written in units ("12.50"), never in cents.  The field's own checks follow.
 * Problems name f->name. */
struct problem *cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* The same for a JSON value: texts as cells, numbers rounded, all else as the API takes it; amounts of money are cents. */
struct problem *cell_read_json(struct arena *a, const struct field *f, const struct cell_rules *rules, struct json_object *value,
    struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* A canonical value as a cell: what cell_read turns back into it.  NULL gives "". */
const char *cell_text(struct arena *a, const struct field *f, const char *value);

#endif
