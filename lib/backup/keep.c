/* keep.c -- the schedule: when a backup is due, which ones stay, and what is deleted for good. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "record/space.h"
#include "store/statement.h"
#include "upkeep/alarm.h"
#include "work.h"

enum {
	ROUND_MS = 60000,           /* after so much no further one is begun in a round */
	PAUSE_TIMES = 20,           /* the pause after a backup is so many times as long as it took */
	BUSY_SECONDS = 60,          /* until the next look at a space whose backup is being made */
	FAILED_SECONDS = 900,
	HOUR_SECONDS = 3600,
	UNWANTED_SECONDS = 600,     /* the settings may change */
	CHUNKS_AT_ONCE = 200        /* as in the statement */
};

/* ---- which ones stay ---- */

/* The newest of each of so many days, weeks or months: `of` names the one that a day lies in. */
static void
choose_each(const struct backup_keeping *keeping, const int64_t *ats, size_t count, int most,
    int64_t (*of)(const char date[DATE_TEXT_SIZE]), bool *kept)
{
	int64_t last = INT64_MIN;
	char date[DATE_TEXT_SIZE];

	for (size_t i = 0; i < count && most > 0; i++) {
		int64_t here;

		if (!zone_date(keeping->zone, ats[i], date, NULL, NULL))
			return;
		here = of(date);
		if (here == last)
			continue;
		last = here;
		kept[i] = true;
		most--;
	}
}

static int64_t
week_of(const char date[DATE_TEXT_SIZE])
{
	return (date_days(date) + 3) / 7; /* 1970-01-01 was a Thursday; a week begins on Monday */
}

static int64_t
month_of(const char date[DATE_TEXT_SIZE])
{
	return ((date[0] - '0') * 1000 + (date[1] - '0') * 100 + (date[2] - '0') * 10 + date[3] - '0') * 12 +
	    (date[5] - '0') * 10 + date[6] - '0';
}

void
backups_choose(const struct backup_keeping *keeping, const int64_t *ats, size_t count, bool *kept)
{
	for (size_t i = 0; i < count; i++)
		kept[i] = i < (size_t)(keeping->last > 0 ? keeping->last : 0);
	choose_each(keeping, ats, count, keeping->days, date_days, kept);
	choose_each(keeping, ats, count, keeping->weeks, week_of, kept);
	choose_each(keeping, ats, count, keeping->months, month_of, kept);
}

/* At least the newest one stays, whatever the settings say. */
static struct problem *
thin_out(const struct call *call, const struct backup_settings *settings, int64_t *gone)
{
	struct backup_keeping keeping = {
		settings->keep > 0 ? settings->keep : 1, settings->days, settings->weeks, settings->months, "UTC"
	};
	struct problem *p;
	struct rows *rows;
	int64_t *ats;
	bool *kept;

	if ((p = space_zone(call, &keeping.zone)) != NULL || (p = db_run(call->db, call->a, SQL(BACKUPS_OF_SCHEDULE),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	ats = arena_alloc(call->a, (rows->count + 1) * sizeof *ats);
	kept = arena_alloc(call->a, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		ats[i] = row_instant(rows, i, BACKUP_ID_AT);
	backups_choose(&keeping, ats, rows->count, kept);
	for (size_t i = 0; i < rows->count; i++) {
		if (kept[i])
			continue;
		if ((p = backup_drop(call, row_text(rows, i, BACKUP_ID_FOUND))) != NULL)
			return p;
		++*gone;
	}
	return NULL;
}

/* ---- making those that are due ---- */

static struct problem *
look_later(const struct call *call, int64_t seconds, int64_t seq)
{
	return db_run(call->db, call->a, SQL(BACKUP_DUE),
	    VALUES(value_integer(seconds), value_integer(seq), value_id(call->person->space_id)), NULL);
}

/* The kind that is due now, or NULL.  With both wanted, the first one of a day is the daily one. */
static struct problem *
kind_due(const struct call *call, const struct backup_settings *settings, const char **kind)
{
	struct problem *p;
	struct rows *today;

	*kind = NULL;
	if (!settings->automatic && !settings->daily)
		return NULL;
	if ((p = db_run(call->db, call->a, SQL(BACKUP_OF_TODAY),
	    VALUES(value_id(call->person->space_id)), &today)) != NULL)
		return p;
	if (settings->daily && today->count == 0)
		*kind = "daily";
	else if (settings->automatic)
		*kind = "automatic";
	return NULL;
}

/* A failure is a matter of this space: the others are not kept from theirs. */
static struct problem *
note_failure(const struct call *call, const struct problem *failed, struct backups_round *round)
{
	const char *space = call->person->space_id;
	const char *cause = failed->cause != NULL ? failed->cause : failed->detail;
	struct problem *p;

	if (failed->kind == PROBLEM_BUSY)
		return look_later(call, BUSY_SECONDS, 0);
	round->failed++;
	log_line(LOG_LEVEL_WARN, "backup", "space=%s cause=%s", space, log_quote(call->a, cause));
	if ((p = look_later(call, FAILED_SECONDS, 0)) != NULL)
		return p;
	return alarm_raise(call->db, call->a, "backup-failed", space,
	    arena_printf(call->a, "The backup of a space could not be made: %s", failed->detail));
}

static struct problem *
note_success(const struct call *call, const struct backup_server *server, const struct backup_settings *settings,
    const char *id, struct backups_round *round)
{
	int64_t pause = (int64_t)server->minutes * 60;
	struct backup made;
	struct problem *p;
	bool found;

	round->made++;
	if ((p = backup_find(call, id, &made, &found)) != NULL)
		return p;
	if (found && made.took_ms / 1000 * PAUSE_TIMES > pause)
		pause = made.took_ms / 1000 * PAUSE_TIMES;
	if ((p = look_later(call, pause, found ? made.seq : 0)) != NULL ||
	    (p = thin_out(call, settings, &round->gone)) != NULL)
		return p;
	return alarm_clear(call->db, call->a, "backup-failed", call->person->space_id);
}

static struct problem *
make_due(const struct call *call, const struct backup_server *server, struct backups_round *round)
{
	struct backup_settings settings;
	const char *kind, *id;
	struct problem *p;

	if ((p = backup_settings_read(call, &settings)) != NULL || (p = kind_due(call, &settings, &kind)) != NULL)
		return p;
	if (kind == NULL)
		return look_later(call, settings.daily ? HOUR_SECONDS : UNWANTED_SECONDS, 0);
	if ((p = backup_make(call, server, kind, NULL, &id)) != NULL)
		return note_failure(call, p, round);
	return note_success(call, server, &settings, id, round);
}

struct problem *
backups_run(const struct call *call, const struct backup_server *server, struct backups_round *round)
{
	int64_t until = steady_now() + ROUND_MS;
	struct problem *p;
	struct rows *due;
	struct arena *a;

	*round = (struct backups_round){ 0 };
	if (server->minutes == 0)
		return NULL;
	if ((p = db_run(call->db, call->a, SQL(BACKUPS_DUE), NULL, 0, &due)) != NULL)
		return p;
	a = arena_new();
	for (size_t i = 0; i < due->count && p == NULL && steady_now() < until; i++) {
		struct person itself = person_itself(row_text(due, i, ID_FOUND));
		struct call in_space = call_in(call, a);

		in_space.person = &itself;
		p = make_due(&in_space, server, round);
		if (p != NULL)
			p = problem_copy(call->a, p);
		arena_reset(a);
	}
	arena_free(a);
	return p;
}

/* ---- those that do not come ---- */

static struct problem *
read_failure(const struct call *call, struct backup_late *late)
{
	struct alarm *alarms;
	struct problem *p;
	size_t count;

	if ((p = alarms_read(call->db, call->a, call->person->space_id, &alarms, &count)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		if (strcmp(alarms[i].kind, "backup-failed") == 0)
			*late = (struct backup_late){ alarms[i].raised_at, alarms[i].detail };
	return NULL;
}

struct problem *
backup_late_read(const struct call *call, const struct backup_server *server, struct backup_late *late)
{
	struct problem *p;
	struct rows *rows;

	*late = (struct backup_late){ 0 };
	if (server->minutes == 0)
		return NULL;
	if ((p = read_failure(call, late)) != NULL || late->since != 0 || (p = db_run(call->db, call->a,
	    SQL(BACKUP_LATE), VALUES(value_id(call->person->space_id)), &rows)) != NULL || rows->count == 0)
		return p;
	*late = (struct backup_late){ row_instant(rows, 0, BACKUP_LATE_SINCE),
		"Changes wait for their backup since then: the schedule of this server does not run." };
	return NULL;
}

/* ---- what goes ---- */

static struct problem *
repeat(const struct call *call, const char *sql, const struct value *values, size_t count, uint64_t at_once)
{
	struct problem *p;
	struct rows *rows;

	do {
		if ((p = db_run(call->db, call->a, sql, values, count, &rows)) != NULL)
			return p;
	} while (rows->affected >= at_once);
	return NULL;
}

/* The row goes last, so that what was cut short is found again. */
static struct problem *
drop_parts(const struct call *call, const char *space, const char *id, int64_t beyond, bool whole)
{
	struct problem *p;

	if ((p = repeat(call, SQL(BACKUP_PARTS_DROP),
	        VALUES(value_id(space), value_id(id), value_integer(beyond)), 1)) != NULL ||
	    (p = repeat(call, SQL(BACKUP_CHUNKS_DROP), VALUES(value_id(space)), CHUNKS_AT_ONCE)) != NULL ||
	    (whole && (p = db_run(call->db, call->a, SQL(BACKUP_DROP),
	        VALUES(value_id(space), value_id(id)), NULL)) != NULL))
		return p;
	return backups_count(call->db, call->a, space);
}

/* Under the lock of the space's backups, so that no chunk goes that one being made has found. */
static struct problem *
drop_listed(const struct call *call, const struct rows *rows, int64_t beyond, bool whole, int64_t *count)
{
	struct problem *p = NULL, *unlocked;
	struct rows *lock;

	for (size_t i = 0; i < rows->count && p == NULL; i++) {
		const char *space = row_text(rows, i, BACKUP_LITTER_SPACE);

		if ((p = db_run(call->db, call->a, SQL(BACKUP_LOCK), VALUES(value_id(space)), &lock)) != NULL)
			return p;
		if (row_integer(lock, 0, LOCK_TAKEN) == 0)
			continue;
		p = drop_parts(call, space, row_text(rows, i, BACKUP_LITTER_ID), beyond, whole);
		*count += p == NULL;
		unlocked = db_run(call->db, call->a, SQL(BACKUP_UNLOCK), VALUES(value_id(space)), &lock);
		p = p != NULL ? p : unlocked;
	}
	return p;
}

static struct problem *
end_old(const struct call *call)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUPS_OLD), VALUES(value_integer(BACKUP_BEFORE_RESTORE_DAYS),
	    value_integer(BACKUP_UPLOADED_DAYS)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count && p == NULL; i++)
		p = db_run(call->db, call->a, SQL(BACKUP_GONE), VALUES(value_id(row_text(rows, i, BACKUP_LITTER_SPACE)),
		    value_id(row_text(rows, i, BACKUP_LITTER_ID))), NULL);
	return p;
}

/* Those whose space is being backed up are left for the next time, so a list may find some of them again. */
static struct problem *
drop_gone(const struct call *call, int64_t *count)
{
	int64_t until = steady_now() + ROUND_MS, before;
	struct problem *p;
	struct rows *rows;

	do {
		before = *count;
		if ((p = db_run(call->db, call->a, SQL(BACKUPS_GONE), NULL, 0, &rows)) != NULL ||
		    (p = drop_listed(call, rows, INT32_MAX, true, count)) != NULL)
			return p;
	} while (*count > before && steady_now() < until);
	return NULL;
}

struct problem *
backups_tidy(const struct call *call, int64_t *count)
{
	struct problem *p;
	struct rows *rows;

	*count = 0;
	if ((p = end_old(call)) != NULL || (p = drop_gone(call, count)) != NULL ||
	    (p = db_run(call->db, call->a, SQL(BACKUPS_SEALED), VALUES(value_integer(SEALED_FROM)), &rows)) != NULL)
		return p;
	return drop_listed(call, rows, SEALED_FROM, false, count);
}
