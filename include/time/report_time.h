/* report_time.h -- what the time of a space was for: the sessions of work of some days, by one or two of client,
 * project, tag, task, note, person, job site, day, week and month.
 *
 * The time of a session that has ended is rounded by the rules that hold on its day; a running one counts up to the
 * instant of the report, and a forgotten one counts nothing (hours.h).  Lunch counts nothing, and nothing is taken off
 * for it: that is a matter of pay (report_work.h).  A session with several tags has them as one group, so that each
 * session is in one line and the sum is that of the lines.
 *
 * The amount of a session is its billable time at its own rate.  The amount of a line is rounded half up to a cent,
 * once, and the sum is that of the lines as shown.  A person sees their own amounts; managers see all. */
#ifndef REPORT_TIME_H
#define REPORT_TIME_H

#include "base/json_out.h"
#include "base/seen.h"
#include "model/call.h"
#include "time/work_plan.h"

enum {
	REPORT_LINES_MAX = 20000,  /* of one report */
	REPORT_CHOICES_MAX = 100   /* of one filter */
};

enum time_by {
	BY_PERSON,
	BY_CLIENT,
	BY_PROJECT,
	BY_TAG,
	BY_TASK,
	BY_NOTE,
	BY_SITE,
	BY_DAY,
	BY_WEEK,
	BY_MONTH,
	BY_COUNT
};

extern const char *const time_by_names[BY_COUNT]; /* "person", "client" … */

/* The ids that a filter takes. */
struct time_choice {
	struct texts ids;
	bool none;    /* sessions without any, too */
	bool given;   /* else all are taken */
};

/* What a line is about: an id or a text, and what it is called. */
struct time_key {
	const char *id;   /* NULL: none */
	const char *name; /* NULL where the record is gone */
};

struct time_line {
	struct time_key keys[2];
	int64_t seconds, billable;
	int64_t cents, rest;      /* the exact amount: cents, and 3600ths of a cent */
	int64_t sessions, running;
};

/* A record that sessions or projects name. */
struct time_thing {
	const char *name;      /* NULL when it is gone */
	const char *client;    /* of a project: its id, or NULL */
};

struct time_report {
	/* from the caller */
	const struct call *call;  /* its arena is that of the whole report */
	const char *from, *to;    /* dates, both included */
	const char *group;        /* "client,project" */
	const char *person, *project, *client, *job_site; /* ids with commas between them, or NULL; empty: none */
	const char *tag, *search; /* or NULL */
	bool asks_billable, billable; /* only what is billable, or only what is not */
	bool json;                /* else CSV */
	bool for_people;          /* CSV: labels, names, h:mm, and the sum in the last line */
	int64_t at;               /* running sessions count up to here */
	/* the state of the report */
	enum time_by by[2];
	size_t by_count;
	struct time_choice persons, projects, clients, sites;
	const char *currency;     /* of the space */
	struct work_dated_list rules;
	struct time_line *lines;
	size_t count, room;
	struct time_line sum;
	struct seen index;        /* where a line is: its place + 1 */
	struct time_thing *things;
	size_t thing_count, thing_room;
	struct seen known;        /* where a thing is: its place + 1 */
	size_t next;
	bool begun, ended;
	struct json_out out;      /* the open JSON, which continues from piece to piece */
};

/* Read everything and make the lines.  PROBLEM_INVALID for a group or filter that is none and for more than
 * REPORT_LINES_MAX lines, PROBLEM_NOT_FOUND for a person whom the asking person may not see. */
struct problem *time_report_open(struct time_report *report) MUST_CHECK;

/* Append the next piece to out; ->ended after the last one.  The bytes of out are in its own arena. */
void time_report_next(struct time_report *report, struct buf *out);

/* The amount of a line, or of the sum, in cents. */
int64_t time_line_amount(const struct time_line *line);

#endif
