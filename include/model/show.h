/* show.h -- values as people read them in a spreadsheet: days and times by their clock, durations as hours and minutes,
 * money in units, words for yes and no.  cell.h has the form that a program reads back. */
#ifndef SHOW_H
#define SHOW_H

#include "model/collection.h"

/* Seconds as "7:30", the last minute begun left out as on screens; never negative. */
char *duration_text(struct arena *a, int64_t seconds);

/* Cents as "-12.50". */
char *money_text(struct arena *a, int64_t cents);

/* An instant as "2026-11-21 08:34" by the clock of the zone; "" where the zone is not known. */
char *clock_text(struct arena *a, const char *zone, int64_t instant);

/* The name of a choice or a field as words: "inShop" gives "In shop". */
char *name_words(struct arena *a, const char *name);

/* A canonical value as the text of a cell; NULL gives "".  zone is that of instants.  References and users are shown by
 * their names, which the caller knows: here they are ids. */
const char *value_shown(struct arena *a, const struct field *f, const char *value, const char *zone);

#endif
