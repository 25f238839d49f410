/* cell.h -- reads what people write in the cells of a table as the value of a field.  Many forms are accepted
 * ("1/5/2016 17:31", "7-Mar-26", "8h 30m", "182 lb", "1.234,50 €"), but a cell that can be read in two ways is never
 * guessed: its problem asks, and a parameter of the query answers for the whole file.
 *
 * An instant may stand in two cells, a day and a time, and in the hour that clocks show twice it has two readings.  So
 * whoever knows the rest of the row reads the cells with moment_read, joins them with moment_join, and chooses among
 * the readings of moment_instants.  cell_read does all of it for a cell alone, and takes the first reading. */
#ifndef CELL_H
#define CELL_H

#include "base/instant.h"
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

/* The sign before a number's decimals; the other one then divides thousands. */
enum decimal_sign {
	DECIMALS_UNSAID,
	DECIMALS_COMMA,
	DECIMALS_POINT,
	DECIMALS_COUNT
};

extern const char *const decimal_sign_names[DECIMALS_COUNT]; /* "", "comma", "point" */

/* The unit of numbers that stand without one. */
enum cell_unit {
	UNIT_UNSAID,
	UNIT_SECONDS,           /* of a field with the format duration */
	UNIT_MINUTES,           /* 18:25 is minutes and seconds */
	UNIT_HOURS,
	UNIT_CLOCK,             /* hours and minutes as on a clock: 8.30 and 830 are 8:30 */
	UNIT_KG,                /* of a field whose unit is kg */
	UNIT_LB,
	UNIT_ST,
	UNIT_MI,                /* of a field whose unit is mi */
	UNIT_KM,
	UNIT_COUNT
};

extern const char *const cell_unit_names[UNIT_COUNT]; /* "", "seconds", "minutes", "hours", "clock", "kg", … */

/* How the cells of one field are written, as far as it was said or found out. */
struct cell_form {
	enum cell_unit unit;
	enum decimal_sign decimals;
};

/* How the cells of a file are written. */
struct cell_rules {
	enum date_order dates;  /* the order of day, month and year in dates such as 1/5/2016 */
	enum decimal_sign decimals; /* of the query: it holds for all fields */
	const char *zone;       /* of times without an offset, or NULL */
	bool semicolons;        /* they separate the cells: then 1.234 may be 1234, which is asked */
	const struct cell_form *forms; /* by the index of the field; NULL: nothing is known of any */
};

/* What reading a cell tells besides its value. */
struct cell_notes {
	const char *asks;       /* with a problem: the parameter that would settle it for the whole file, "dates",
	                         * "decimals" or "units", which the problem's words explain; else NULL */
	bool rounded;           /* it had more digits than the field keeps */
	bool converted;         /* it was in another unit than the field's */
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

/* text without the blanks around it, no-break and narrow ones included. */
char *text_trimmed(struct arena *a, const char *text);

/* Read a cell into *canonical, in a; empty text gives NULL.  Amounts of money are in units ("12.50"), not in cents.
 * The field's own checks apply too.  Problems name f->name, or "zone" when rules->zone is unknown; with notes->asks the
 * whole import asks, once. */
struct problem *cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* The same for a JSON value: a string is read as a cell, a number is rounded and is in the field's own unit, everything
 * else is read as field_read reads it.  Numbers of money are in cents. */
struct problem *cell_read_json(struct arena *a, const struct field *f, const struct cell_rules *rules,
    struct json_object *value, struct cell_notes *notes, const char **canonical) MUST_CHECK;

/* A canonical value as the text of a cell, which cell_read reads back.  NULL gives "". */
const char *cell_text(struct arena *a, const struct field *f, const char *value);

/* ---- days and times ---- */

/* A day, a time of day, or both, as cells have them. */
struct moment {
	bool has_day, has_time;
	char day[DATE_TEXT_SIZE];
	int seconds;            /* since midnight by the clock; 24:00 is 86400 */
	int milliseconds;
	bool has_seconds;       /* they were written */
	bool has_offset;
	int offset;             /* seconds east of UTC */
};

/* The instants that a moment can mean, the earlier one first. */
struct readings {
	size_t count;           /* 1, or 2 in the hour that clocks show twice */
	int64_t at[2];
};

/* Read a cell with a day, a time, or both.  PROBLEM_INVALID names f, with notes->asks for a day that can be read in two
 * ways. */
struct problem *moment_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, struct moment *m) MUST_CHECK;

/* The day of one moment and the time of another.  The offset is that of the time. */
struct moment moment_join(const struct moment *day, const struct moment *time);

/* The readings of a moment that has a day and a time; one alone where it has an offset.  24:00 is the midnight that
 * ends the day.  PROBLEM_INVALID names f for a time that the clocks skipped, or where there is neither offset nor zone;
 * "zone" for an unknown one. */
struct problem *moment_instants(struct arena *a, const struct field *f, const char *zone, const struct moment *m,
    struct readings *readings) MUST_CHECK;

/* ---- what is known of a file's cells ---- */

/* Read the parameter units, "duration:hours,kg:lb", into forms, which is by the index of the collection's fields.
 * PROBLEM_INVALID names "units". */
struct problem *cell_units_read(struct arena *a, const struct collection *c, const char *text,
    struct cell_form *forms) MUST_CHECK;

/* The unit that a header names: "Hours", "Duration (min)", "Weight in lbs", "WeightPounds".  UNIT_UNSAID when it names
 * none that the field can have, or more than one. */
enum cell_unit cell_unit_of_header(struct arena *a, const struct field *f, const char *header);

/* What the numbers of one column tell about their decimal sign: 12,5 and 1.234,5 tell comma, 12.5 and 1,234.5 tell
 * point, 1,015 tells nothing.  Begin with {false}, weigh every cell of a number's column before any is read, and put
 * cell_sign_of into forms[field->index].decimals. */
struct cell_signs {
	bool comma, point;
};
void cell_weigh(struct arena *a, const struct field *f, const char *text, struct cell_signs *signs);
enum decimal_sign cell_sign_of(const struct cell_signs *signs);

/* True for fields whose cells cell_weigh looks at. */
bool cell_has_decimals(const struct field *f);

/* ---- ids ---- */

/* An id as it was before a spreadsheet took it for a number: "128489.0" is "128489".  Any other text is only trimmed;
 * so "1.28E+05", of which digits are lost, stays and is no id. */
const char *cell_id(struct arena *a, const char *text);

/* What two ids have in common that differ in nothing but case: "25a255" and "25A255". */
char *cell_id_key(struct arena *a, const char *id);

#endif
