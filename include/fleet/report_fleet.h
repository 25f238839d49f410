/* report_fleet.h -- two reports.  The report of a shift is computed from its snapshot and the audit of the cars, so
 * arrivals before a reset within the shift, and those of cars that were deleted, count too.  The report of a span of
 * time is computed from the audit of the cars alone and needs no shifts.  A person who may read all cars and shifts may
 * read them; others get PROBLEM_FORBIDDEN. */
#ifndef REPORT_FLEET_H
#define REPORT_FLEET_H

#include "base/instant.h"
#include "fleet/fleet_figures.h"
#include "model/call.h"
#include "record/record.h"

enum {
	REPORT_FLEET_DAYS_MAX = 92,
	REPORT_FLEET_SHIFTS_MAX = 400,
	REPORT_FLEET_VISITS_MAX = 50000,
	REPORT_FLEET_WRITES_MAX = 50000, /* to cars, in one shift */
	REPORT_FLEET_SPAN_WRITES_MAX = 200000,
	REPORT_FLEET_HOURS_AFTER = 24   /* writes up to so long after a span still change its visits */
};

/* Where a report is read from. */
struct fleet_source {
	const struct call *call;
	const char *zone;          /* set by the functions below: of the space */
};

/* The report of a shift. */
struct fleet_shift {
	const char *id;
	int64_t started_at, ended_at;       /* ended_at 0 while it is under way */
	const char *started_by, *ended_by;  /* ids; or NULL */
	const char *started_name, *ended_name; /* or NULL */
	const char *start_notes, *end_notes;   /* or NULL */
	const char *cars;                   /* JSON array: as they were at its end, or are now */
	const struct fleet_visit *visits;
	size_t visit_count;
	bool whole;                         /* its audit is complete; else the figures show only the cars at its end */
};

/* Read the shift of that id, or the newest one when id is NULL.  PROBLEM_NOT_FOUND when there is none. */
struct problem *report_shift_read(struct fleet_source *source, const char *id, struct fleet_shift *shift) MUST_CHECK;

/* Append it: as the members "shift":{…},"zone","figures","arrivalsPerHour","byLocation","cars","complete" of an open
 * JSON object; as CSV, with a line for each car; or as an HTML page to print. */
void report_shift_put(const struct fleet_source *source, const struct fleet_shift *shift, struct json_out *out);
void report_shift_csv(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out);
void report_shift_html(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out);

/* The visits of one day in a span. */
struct fleet_day {
	char day[DATE_TEXT_SIZE];  /* of its visits' moments, by the space's clock */
	struct fleet_summary summary;
};

/* A shift that began in a span. */
struct fleet_span_shift {
	const char *id;
	int64_t started_at, ended_at; /* ended_at 0 while it is under way */
	struct fleet_figures figures; /* of its whole board, as in its own report, with cars that nobody touched */
	bool whole;
};

/* What the cars did in a span of time: the visits of fleet_visits.h whose moment is in it. */
struct fleet_span {
	const char *from, *to;     /* set by the caller: each an instant, or a whole day by the space's clock */
	const char *person;        /* set by the caller: only this user's visits, and no shifts; NULL for all */
	int64_t first, last;       /* the instants: [first, last) */
	struct fleet_day *days;    /* those with visits, in order */
	size_t day_count;
	struct fleet_span_shift *shifts; /* those that began in it, in order */
	size_t shift_count;
	struct fleet_summary total;
	bool whole;                /* its audit is complete */
};

/* Read the report of a span.  PROBLEM_INVALID for bounds that are wrong, PROBLEM_TOO_LARGE when there is too much
 * between them, PROBLEM_NOT_FOUND for a person id that is not a UUID. */
struct problem *report_fleet_read(struct fleet_source *source, struct fleet_span *span) MUST_CHECK;

/* Append the report of a span: as members of an open JSON object, or as CSV. */
void report_fleet_put(const struct fleet_source *source, const struct fleet_span *span, struct json_out *out);
void report_fleet_csv(const struct fleet_span *span, struct buf *out);

#endif
