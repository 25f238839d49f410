/* tidy.c -- deletes what has expired, a few rows at a time.  Audit rows are never deleted.  Tombstones are deleted in
 * the order of seq, and min_seq rises with them in the same transaction.  A device that has not seen one of them is
 * told to load everything again, so that it does not keep what was deleted. */
#include "upkeep/tidy.h"

#include <string.h>

#include "account/sign_ins.h"
#include "account/person.h"
#include "store/statement.h"

enum {
	TOMBSTONES_AT_ONCE = 250, /* while writers of the space wait */
	ROWS_AT_ONCE = 1000,      /* as in the statements */
	SESSION_DAYS = 30,        /* for which ended sign-ins, API tokens and handhelds are kept */
	THROTTLE_DAYS = 1,
	RESET_DAYS = 1,
	JOB_DAYS = 30,            /* an operator can still see why mail did not go out */
	INVITATION_DAYS = 90,
	UPLOAD_DAYS = 1,          /* an unfinished upload can be resumed for this long */
	FILE_DAYS = 30,           /* a file that no record names is kept for this long */
	FILES_AT_ONCE = 100       /* as in the statements */
};

#define LAST_ID "ffffffff-ffff-ffff-ffff-ffffffffffff"

/* The state while one space is purged. */
struct purge {
	const char *space;
	int64_t days;   /* from now to the limit: negative */
	int64_t purged; /* tombstones of this transaction */
};

static struct problem *
list_tombstones(struct db *db, struct arena *a, const struct purge *purge, int64_t most, struct rows **rows)
{
	return db_run(db, a, SQL(TIDY_TOMBSTONES),
	    VALUES(value_integer(purge->days), value_id(purge->space), value_integer(most)), rows);
}

static bool
may_go(const struct rows *tombstones, size_t row)
{
	return row < tombstones->count && row_integer(tombstones, row, TOMBSTONE_IS_DUE) != 0;
}

/* This runs under the lock of the space.  Tombstones are read in the order of seq; those before the first one that is
 * too young are deleted. */
static struct problem *
purge_some(struct db *db, struct arena *a, void *arg)
{
	struct purge *purge = arg;
	struct rows *space, *tombstones;
	struct problem *p;
	int64_t seq = 0, bytes = 0;

	purge->purged = 0;
	if ((p = db_run(db, a, SQL(SPACE_LOCK), VALUES(value_id(purge->space)), &space)) != NULL ||
	    (p = list_tombstones(db, a, purge, TOMBSTONES_AT_ONCE, &tombstones)) != NULL)
		return p;
	for (size_t i = 0; may_go(tombstones, i); i++) {
		seq = row_integer(tombstones, i, TOMBSTONE_SEQ);
		if ((p = db_run(db, a, SQL(TIDY_TOMBSTONE),
		    VALUES(value_id(purge->space), value_integer(seq)), NULL)) != NULL)
			return p;
		bytes += row_integer(tombstones, i, TOMBSTONE_SIZE);
		purge->purged++;
	}
	if (purge->purged == 0)
		return NULL;
	return db_run(db, a, SQL(TIDY_MIN_SEQ),
	    VALUES(value_integer(seq), value_integer(bytes), value_id(purge->space)), NULL);
}

/* Look without the lock first, because most spaces have nothing to purge.  a is reset on the way. */
static struct problem *
purge_space(struct db *db, struct arena *a, const char *space, int64_t days, int64_t *count)
{
	struct purge purge = { .space = space, .days = days };
	struct rows *first;
	struct problem *p;

	for (;;) {
		arena_reset(a);
		if ((p = list_tombstones(db, a, &purge, 1, &first)) != NULL || !may_go(first, 0) ||
		    (p = db_transaction(db, a, purge_some, &purge)) != NULL)
			return p;
		*count += purge.purged;
	}
}

/* In an arena of its own, because there may be many spaces and many tombstones. */
static struct problem *
purge_listed(struct db *db, struct arena *a, const struct rows *spaces, int64_t days, int64_t *count)
{
	struct arena *own = arena_new();
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < spaces->count; i++)
		p = purge_space(db, own, row_text(spaces, i, ID_FOUND), days, count);
	if (p != NULL)
		p = problem_copy(a, p);
	arena_free(own);
	return p;
}

/* --- presence and usage --- */

/* Delete what is older than an instant in one space, with a DELETE with a LIMIT. */
static struct problem *
delete_before(struct db *db, struct arena *a, const char *sql, const char *space, const char *since, int64_t *count)
{
	struct rows *rows;
	struct problem *p;

	do {
		if ((p = db_run(db, a, sql, VALUES(value_id(space), value_text(since)), &rows)) != NULL)
			return p;
		*count += (int64_t)rows->affected;
	} while (rows->affected >= ROWS_AT_ONCE);
	return NULL;
}

/* Of the spaces after one, up to another. */
static struct problem *
tidy_kept(struct db *db, struct arena *a, const char *after, const char *last, int shift_days, int64_t *count)
{
	const struct value days = value_integer(shift_days);
	struct rows *due;
	struct problem *p;

	if ((p = db_run(db, a, SQL(TIDY_KEPT),
	    VALUES(days, value_id(after), value_id(last), days, days), &due)) != NULL)
		return p;
	for (size_t i = 0; i < due->count; i++) {
		const char *space = row_text(due, i, KEPT_SPACE), *since = row_text(due, i, KEPT_SINCE);

		if ((p = delete_before(db, a, SQL(TIDY_PRESENCE), space, since, count)) != NULL ||
		    (p = delete_before(db, a, SQL(TIDY_USAGE_EVENT), space, since, count)) != NULL)
			return p;
	}
	return NULL;
}

/* --- all spaces, a page at a time --- */

static struct problem *
tidy_spaces(struct db *db, struct arena *a, int64_t days, int shift_days, struct tidy_counts *counts)
{
	const char *after = NOBODY, *last;
	struct rows *spaces;
	struct problem *p;

	for (;;) {
		if ((p = db_run(db, a, SQL(TIDY_SPACES), VALUES(value_id(after)), &spaces)) != NULL ||
		    spaces->count == 0)
			return p;
		last = row_text(spaces, spaces->count - 1, ID_FOUND);
		if ((p = purge_listed(db, a, spaces, days, &counts->tombstones)) != NULL ||
		    (p = tidy_kept(db, a, after, last, shift_days, &counts->others)) != NULL)
			return p;
		after = last;
	}
}

/* Run a DELETE with a LIMIT until it finds less than that. */
static struct problem *
delete_all(struct db *db, struct arena *a, const char *sql, int64_t days, int64_t *count)
{
	struct rows *rows;
	struct problem *p;

	do {
		if ((p = db_run(db, a, sql, VALUES(value_integer(days)), &rows)) != NULL)
			return p;
		*count += (int64_t)rows->affected;
	} while (rows->affected >= ROWS_AT_ONCE);
	return NULL;
}

static struct problem *
tidy_revoked(struct db *db, struct arena *a, int64_t days, int64_t *count)
{
	const char *after = NOBODY, *last;
	struct rows *page, *rows;
	struct problem *p;

	do {
		if ((p = db_run(db, a, SQL(TIDY_SESSIONS_PAGE), VALUES(value_id(after)), &page)) != NULL)
			return p;
		last = page->count > 0 ? row_text(page, 0, ID_FOUND) : LAST_ID;
		if ((p = db_run(db, a, SQL(TIDY_SESSIONS_REVOKED),
		    VALUES(value_id(after), value_id(last), value_integer(days)), &rows)) != NULL)
			return p;
		*count += (int64_t)rows->affected;
		after = last;
	} while (page->count > 0);
	return NULL;
}

/* --- outcomes of ops --- */

struct outcomes {
	const char *limit; /* older ones go */
	int64_t gone;      /* in this transaction */
};

static struct problem *
drop_outcomes(struct db *db, struct arena *a, void *arg)
{
	struct outcomes *o = arg;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(TIDY_OPS_BYTES), VALUES(value_text(o->limit)), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(TIDY_OPS), VALUES(value_text(o->limit)), &rows)) != NULL)
		return p;
	o->gone = (int64_t)rows->affected;
	return NULL;
}

static struct problem *
tidy_outcomes(struct db *db, struct arena *a, int64_t days, int64_t *count)
{
	struct outcomes o;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(TIDY_LIMIT), VALUES(value_integer(days)), &rows)) != NULL)
		return p;
	o.limit = row_text(rows, 0, LIMIT_AT);
	do {
		if ((p = db_transaction(db, a, drop_outcomes, &o)) != NULL)
			return p;
		*count += o.gone;
	} while (o.gone >= ROWS_AT_ONCE);
	return NULL;
}

/* --- files --- */

/* A row to delete: an upload or a file. */
struct litter {
	const struct rows *rows;
	size_t row;
	int64_t days;
	bool gone;
};

static struct value
litter_id(const struct litter *l, size_t column)
{
	return value_id(row_text(l->rows, l->row, column));
}

static struct problem *
drop_upload(struct db *db, struct arena *a, void *arg)
{
	struct litter *l = arg;
	struct value space = litter_id(l, LITTER_SPACE), name = litter_id(l, LITTER_NAME);
	struct problem *p;
	struct rows *still;

	l->gone = false;
	if ((p = db_run(db, a, SQL(TIDY_UPLOAD), VALUES(space, name, value_integer(l->days)), &still)) != NULL ||
	    still->count == 0)
		return p;
	l->gone = true;
	if ((p = db_run(db, a, SQL(FILE_CHUNKS_DROP), VALUES(space, name), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(FILE_UPLOAD_DROP), VALUES(space, name), NULL);
}

/* Delete a file under the lock of its space, so that between the check and the deletion no record can name it and
 * nobody can send it again. */
static struct problem *
drop_file(struct db *db, struct arena *a, void *arg)
{
	struct litter *l = arg;
	struct value space = litter_id(l, LITTER_SPACE), name = *row_cell(l->rows, l->row, LITTER_NAME);
	struct problem *p;
	struct rows *locked, *still;

	l->gone = false;
	if ((p = db_run(db, a, SQL(SPACE_LOCK), VALUES(space), &locked)) != NULL ||
	    (p = db_run(db, a, SQL(TIDY_FILE), VALUES(space, name, value_integer(l->days)), &still)) != NULL ||
	    still->count == 0)
		return p;
	l->gone = true;
	if ((p = db_run(db, a, SQL(TIDY_FILE_DROP), VALUES(space, name), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(TIDY_FILE_UPLOADS), VALUES(space, name), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(FILE_CHUNKS_DROP), VALUES(space, value_id(row_text(still, 0, LITTER_UPLOAD))), NULL);
}

/* Delete each of the rows in a transaction of its own; *gone counts them. */
static struct problem *
drop_listed(struct db *db, struct arena *a, const struct rows *rows, int64_t days,
    struct problem *(*drop)(struct db *db, struct arena *a, void *arg), int64_t *gone)
{
	struct problem *p;

	for (size_t i = 0; i < rows->count; i++) {
		struct litter l = { .rows = rows, .row = i, .days = days };

		if ((p = db_transaction(db, a, drop, &l)) != NULL)
			return p;
		*gone += l.gone;
	}
	return NULL;
}

/* List and delete until a list is not full, or nothing in it could be deleted. */
static struct problem *
drop_all(struct db *db, struct arena *a, const char *list, const struct value *values, size_t count, int64_t days,
    struct problem *(*drop)(struct db *db, struct arena *a, void *arg), int64_t *total)
{
	struct problem *p;
	struct rows *rows;
	int64_t gone;

	do {
		gone = 0;
		if ((p = db_run(db, a, list, values, count, &rows)) != NULL ||
		    (p = drop_listed(db, a, rows, days, drop, &gone)) != NULL)
			return p;
		*total += gone;
	} while (rows->count == FILES_AT_ONCE && gone > 0);
	return NULL;
}

/* Delete abandoned uploads, and then files that nobody has any claim to. */
static struct problem *
tidy_files(struct db *db, struct arena *a, int shift_days, struct tidy_counts *counts)
{
	struct problem *p;
	int64_t uploads = shift_days - UPLOAD_DAYS, files = shift_days - FILE_DAYS;

	if ((p = drop_all(db, a, SQL(TIDY_UPLOADS),
	        VALUES(value_integer(uploads)), uploads, drop_upload, &counts->uploads)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_UPLOADS_SENT), files, &counts->uploads)) != NULL)
		return p;
	return drop_all(db, a, SQL(TIDY_FILES),
	    VALUES(value_integer(files), value_integer(files)), files, drop_file, &counts->files);
}

struct problem *
tidy_run(struct db *db, struct arena *a, const struct tidy_limits *limits, int shift_days, struct tidy_counts *counts)
{
	struct problem *p;

	*counts = (struct tidy_counts){ 0 };
	if ((p = tidy_spaces(db, a, shift_days - limits->tombstone_days, shift_days, counts)) != NULL ||
	    (p = tidy_outcomes(db, a, shift_days - limits->op_days, &counts->ops)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_SESSIONS_EXPIRED), shift_days - SESSION_DAYS, &counts->sessions)) != NULL ||
	    (p = tidy_revoked(db, a, shift_days - SESSION_DAYS, &counts->sessions)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_HANDHELDS), shift_days - SESSION_DAYS, &counts->others)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_SIGN_INS), shift_days - SIGN_IN_DAYS, &counts->others)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_RESETS), shift_days - RESET_DAYS, &counts->others)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_JOBS), shift_days - JOB_DAYS, &counts->others)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_INVITATIONS), shift_days - INVITATION_DAYS, &counts->others)) != NULL ||
	    (p = delete_all(db, a, SQL(TIDY_THROTTLE), shift_days - THROTTLE_DAYS, &counts->throttles)) != NULL)
		return p;
	return tidy_files(db, a, shift_days, counts);
}
