/* report_fleet.h -- the report of a shift and that of the days between two dates, from what shifts have kept and from the audit of the
 * cars: also arrivals before a reset within the shift, and of cars that were taken away, count.  Whoever may read cars and shifts may
 * read it. */
#ifndef REPORT_FLEET_H
#define REPORT_FLEET_H

#include "fleet_figures.h"
#include "instant.h"
#include "record.h"

enum {
	REPORT_FLEET_DAYS_MAX = 92,
	REPORT_FLEET_SHIFTS_MAX = 400,
	REPORT_FLEET_VISITS_MAX = 50000,
	REPORT_FLEET_WRITES_MAX = 50000 /* to cars, in one shift */
};

/* Where a report is read from. */
struct fleet_source {
	struct db *db;
	struct arena *a;           /* of the whole report */
	const struct collections *set;
	const struct person *person;
	const char *zone;          /* set by the functions below: of the space */
};

struct fleet_shift {
	const char *id;
	int64_t started_at, ended_at;       /* ended_at 0 while it is under way */
	const char *started_by, *ended_by;  /* ids; or NULL */
	const char *started_name, *ended_name; /* or NULL */
	const char *start_notes, *end_notes;   /* or NULL */
	const char *cars;                   /* JSON array: as they were at its end, or are now */
	const struct fleet_visit *visits;
	size_t visit_count;
	bool whole;                         /* the audit of all of it is there; else the figures are of the cars at its end alone */
};

/* The shift of that id, or the newest one when id is NULL.  PROBLEM_NOT_FOUND when there is none. */
struct problem *report_shift_read(struct fleet_source *source, const char *id, struct fleet_shift *shift) MUST_CHECK;

/* Append it: {"shift":{…},"zone","figures","arrivalsPerHour","byLocation","cars","complete"}; a line a car; a page to print. */
void report_shift_json(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out);
void report_shift_csv(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out);
void report_shift_html(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out);

/* What the page of report_shift_html may load: nothing, besides its own style. */
const char *report_html_policy(struct arena *a);

struct fleet_day {
	char day[DATE_TEXT_SIZE];  /* on which its shifts began, in the space's zone */
	int64_t shifts;
	struct fleet_summary summary;
};

struct fleet_days {
	const char *from, *to;
	struct fleet_day *days;    /* those with shifts, in order */
	size_t count;
	int64_t shifts;
	struct fleet_summary total;
	bool whole;
};

/* The shifts that began from from to to, dates and both included.  PROBLEM_TOO_LARGE when they are too many. */
struct problem *report_fleet_read(struct fleet_source *source, const char *from, const char *to, struct fleet_days *days) MUST_CHECK;

void report_fleet_json(const struct fleet_source *source, const struct fleet_days *days, struct buf *out);
void report_fleet_csv(const struct fleet_days *days, struct buf *out);

#endif
