/* alarm.c -- what somebody has to look at: the kinds of alarms, and the rows that hold those that are there. */
#include "upkeep/alarm.h"

#include <string.h>

#include "base/text.h"
#include "store/statement.h"

enum {
	DETAIL_MOST = 1000 /* characters, as the column has */
};

/* ---- the kinds ---- */

struct kind {
	const char *name;
	const char *mend; /* what to do about it */
};

/* clang-format off */
static const struct kind kinds[] = {
	{ "backup-failed",
	    "Read the detail and the log; make a backup by hand: daybookctl space backup SPACE, or deploy/backup." },
	{ "backup-damaged",
	    "Make a new backup now, verify it, and delete the damaged one; then look for what damages the disk." },
	{ "backup-late",
	    "See why the schedule does not run (systemctl list-timers, the lines of cron), and run deploy/backup." },
	{ "drill-failed",
	    "The last backup cannot be relied on: make another, and run deploy/restore --drill on it." },
	{ "past",
	    "A device saw another past than the database has: see deploy/disaster.md, and ask who loaded a dump or "
	    "changed tables by hand." },
	{ "set-back",
	    "The database is an older one than the last that was used here: see deploy/disaster.md; "
	    "if it is meant to stay, run daybookctl restore --again." },
	{ "stamp-failed",
	    "See whether the authority of stamp_url answers; the next round asks again." },
	{ "stamp-late",
	    "See why deploy/stamp does not run (systemctl list-timers, the lines of cron), and run it; "
	    "daybookctl stamps lists what waits." },
	{ "disk",
	    "Make room, or give the disk more: a full disk stops every write." },
	{ "database-size",
	    "Give the database room and raise database_bytes_max, or find what grows: daybookctl space list." },
	{ "mail-stuck",
	    "Try mail_command by hand with a message; what waits is sent as soon as it works." },
};
/* clang-format on */

enum {
	KIND_COUNT = sizeof(kinds) / sizeof(kinds[0])
};

static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *
alarm_kind(size_t i)
{
	return i < KIND_COUNT ? kinds[i].name : NULL;
}

bool
alarm_known(const char *kind)
{
	return find_kind(kind) != NULL;
}

const char *
alarm_mend(const char *kind)
{
	const struct kind *known = find_kind(kind);

	return known != NULL ? known->mend
	    : "Do what the detail says; then end it: daybookctl alarm clear KIND SUBJECT.";
}

/* ---- the rows ---- */

struct problem *
alarm_raise(struct db *db, struct arena *a, const char *kind, const char *subject, const char *detail)
{
	return db_run(db, a, SQL(ALARM_RAISE),
	    VALUES(value_text(kind), value_text(subject), value_bytes(detail, utf8_bytes(detail, DETAIL_MOST))), NULL);
}

struct problem *
alarm_clear(struct db *db, struct arena *a, const char *kind, const char *subject)
{
	return db_run(db, a, SQL(ALARM_CLEAR), VALUES(value_text(kind), value_text(subject)), NULL);
}

static struct alarm
alarm_of_row(const struct rows *rows, size_t row)
{
	return (struct alarm){
		.kind = row_text(rows, row, ALARM_KIND),
		.subject = row_text(rows, row, ALARM_SUBJECT),
		.detail = row_text(rows, row, ALARM_DETAIL),
		.raised_at = row_instant(rows, row, ALARM_RAISED_AT),
		.last_at = row_instant(rows, row, ALARM_LAST_AT),
		.count = row_integer(rows, row, ALARM_COUNT),
	};
}

struct problem *
alarms_read(struct db *db, struct arena *a, const char *subject, struct alarm **alarms, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(ALARMS), VALUES(value_text(subject), value_integer(ALARMS_MAX)), &rows)) != NULL)
		return p;
	*alarms = arena_alloc(a, rows->count * sizeof(**alarms));
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		(*alarms)[i] = alarm_of_row(rows, i);
	return NULL;
}

struct problem *
alarms_count(struct db *db, struct arena *a, struct alarm_count **counts, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(ALARM_COUNTS), NULL, 0, &rows)) != NULL)
		return p;
	*counts = arena_alloc(a, rows->count * sizeof(**counts));
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		(*counts)[i] = (struct alarm_count){
			.kind = row_text(rows, i, COUNTED_KIND),
			.count = row_integer(rows, i, COUNTED_ALARMS),
		};
	return NULL;
}
