/* instant.h -- instants (milliseconds since 1970-01-01T00:00:00Z), calendar dates and time zones.
 * On the wire an instant is RFC 3339 in UTC with milliseconds and Z; in SQL it is DATETIME(3) in UTC. */
#ifndef INSTANT_H
#define INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	INSTANT_TEXT_SIZE = 25, /* "2026-11-21T08:34:00.000Z" and NUL */
	DATE_TEXT_SIZE = 11     /* "2026-11-21" and NUL */
};

/* Now, by the system's clock, in milliseconds. */
int64_t instant_now(void);

/* The monotonic clock in milliseconds, from an arbitrary origin: to measure how long something takes. */
int64_t steady_now(void);

/* Read RFC 3339: any offset, Z or z, T or a space, 0 to 9 fraction digits (cut to milliseconds), years 1000 to 9999, no
 * leap second (":60" is refused).  False when text is anything else. */
bool instant_parse(const char *text, int64_t *instant);

/* Write an instant as "2026-11-21T08:34:00.000Z".  instant_text returns it in a. */
void instant_format(int64_t instant, char text[INSTANT_TEXT_SIZE]);
char *instant_text(struct arena *a, int64_t instant);

/* An instant as SQL writes it, "2026-11-21 08:34:00.000", and back.  instant_from_sql is false for anything but the
 * text of a DATETIME; it cuts the fraction to milliseconds. */
char *instant_sql(struct arena *a, int64_t instant);
bool instant_from_sql(const char *text, int64_t *instant);

/* True for a day of the calendar written YYYY-MM-DD, years 1000 to 9999. */
bool date_valid(const char *text);

/* Days since 1970-01-01 of a valid date, and back. */
int64_t date_days(const char *text);
void date_from_days(int64_t days, char text[DATE_TEXT_SIZE]);

/* True for a time of day, HH:MM or HH:MM:SS. */
bool time_valid(const char *text);

/* True when tzdata knows zone ("Europe/Berlin", "UTC").  The form of the name is checked before the file system is
 * accessed: letters, digits, _ + - /; no "..", no leading slash; at most 64 bytes. */
bool zone_known(const char *zone);

/* The calendar date in zone at instant, the seconds since its midnight by the clock, and the offset in seconds east of
 * UTC; the last two may be NULL.  False when the zone is unknown. */
bool zone_date(const char *zone, int64_t instant, char date[DATE_TEXT_SIZE], int *seconds_of_day, int *offset);

/* The instant at which the clocks of zone show date and seconds_of_day.  For a time that is skipped when clocks are put
 * forward, the offset before the change is used; for one that occurs twice, the first.  False when the zone is
 * unknown. */
bool zone_instant(const char *zone, const char *date, int seconds_of_day, int64_t *instant);

#endif
