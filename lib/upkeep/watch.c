/* watch.c -- raises and clears the alarms that follow from measures. */
#include "upkeep/watch.h"

#include <inttypes.h>

#include "base/instant.h"
#include "store/statement.h"
#include "upkeep/alarm.h"
#include "upkeep/measure.h"
#include "upkeep/stamps.h"

/* What the round works with. */
struct round {
	struct db *db;
	struct arena *a;
	const struct config *config;
	struct measures measures;
};

/* Raise the alarm with the detail, or clear it when there is none. */
static struct problem *
settle(const struct round *r, const char *kind, const char *subject, const char *detail)
{
	return detail != NULL ? alarm_raise(r->db, r->a, kind, subject, detail)
	    : alarm_clear(r->db, r->a, kind, subject);
}

/* One whose free part lies between the two bounds stays as it is, so that the alarm does not come and go. */
static struct problem *
look_at_disk(const struct round *r, const char *label)
{
	int64_t all = measure_of(&r->measures, "disk_bytes", label);
	int64_t left = measure_of(&r->measures, "disk_free_bytes", label);
	int64_t percent = all == 0 ? 100 : left * 100 / all;

	if (percent < r->config->disk_percent)
		return settle(r, "disk", label,
		    arena_printf(r->a, "%" PRId64 " %% are free, %" PRId64 " MiB.", percent, left >> 20));
	if (percent >= r->config->disk_percent + DISK_SLACK_PERCENT || r->config->disk_percent == 0)
		return settle(r, "disk", label, NULL);
	return NULL;
}

static struct problem *
look_at_size(const struct round *r)
{
	int64_t bytes = measure_of(&r->measures, "database_bytes", ""), most = r->config->database_bytes_max;

	return settle(r, "database-size", "", most == 0 || bytes <= most ? NULL
	    : arena_printf(r->a, "The database takes %" PRId64 " MiB; %" PRId64 " MiB are set.", bytes >> 20,
	        most >> 20));
}

static struct problem *
look_at_mail(const struct round *r)
{
	int64_t waiting = measure_of(&r->measures, "mail", "waiting");
	int64_t minutes = measure_of(&r->measures, "mail_oldest_seconds", "") / 60;
	int64_t failed = measure_of(&r->measures, "mail", "failed");

	return settle(r, "mail-stuck", "", minutes < MAIL_STUCK_MINUTES && failed == 0 ? NULL
	    : arena_printf(r->a, "%" PRId64 " messages wait, the oldest for %" PRId64 " minutes; %" PRId64
	        " were given up within a day.", waiting, minutes, failed));
}

/* Whoever never made one may have backups of another kind. */
static struct problem *
look_at_backup(const struct round *r)
{
	const struct measure *whole = measure_find(&r->measures, "operator_backup", "");
	int64_t hours = whole == NULL ? 0 : (instant_now() - whole->at) / (3600 * 1000);
	bool late = r->config->backup_hours > 0 && hours >= r->config->backup_hours;

	return settle(r, "backup-late", "", !late ? NULL
	    : arena_printf(r->a, "The last whole backup of the database is %" PRId64 " hours old.", hours));
}

/* A backup that fails has an alarm of its own. */
static struct problem *
look_at_spaces(const struct round *r)
{
	int64_t late = r->config->backup_minutes == 0 ? 0 : measure_of(&r->measures, "late_backups", "");

	return settle(r, "backup-late", "spaces", late == 0 ? NULL
	    : arena_printf(r->a, "The changes of %" PRId64 " spaces have waited for a backup for more than %d hours: "
	        "see that the housekeeper runs, or daybookctl watch from cron.", late, BACKUP_LATE_HOURS));
}

static struct problem *
look_at_stamps(const struct round *r)
{
	int64_t hours = measure_of(&r->measures, "unstamped_seconds", "") / 3600;
	bool late = r->config->stamp_url != NULL && hours >= STAMP_LATE_HOURS;

	return settle(r, "stamp-late", "", !late ? NULL
	    : arena_printf(r->a, "What was written %" PRId64 " hours ago has no stamp; %" PRId64 " spaces wait.", hours,
	        measure_of(&r->measures, "unstamped_spaces", "")));
}

struct problem *
watch_round(struct db *db, struct arena *a, const struct config *config)
{
	struct round r = { .db = db, .a = a, .config = config };
	struct problem *p;

	if ((p = measures_take(db, a, config)) != NULL || (p = measures_read(db, a, &r.measures)) != NULL ||
	    (p = look_at_disk(&r, "run")) != NULL || (p = look_at_disk(&r, "database")) != NULL ||
	    (p = look_at_size(&r)) != NULL || (p = look_at_mail(&r)) != NULL ||
	    (p = look_at_stamps(&r)) != NULL || (p = look_at_spaces(&r)) != NULL)
		return p;
	return look_at_backup(&r);
}

struct problem *
watch_backed_up(struct db *db, struct arena *a)
{
	struct problem *p;

	if ((p = measure_put(db, a, "operator_backup", "", instant_now() / 1000)) != NULL ||
	    (p = alarm_clear(db, a, "backup-late", "")) != NULL)
		return p;
	return alarm_clear(db, a, "backup-failed", "");
}
