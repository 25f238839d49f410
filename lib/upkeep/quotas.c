/* quotas.c -- how full the spaces are, limits of one space, and counting anew what a space holds. */
#include "upkeep/quotas.h"

#include <string.h>

#include "account/person.h"
#include "base/id.h"
#include "store/statement.h"

/* ---- all spaces ---- */

static void
tell_page(const struct call *call, const struct rows *rows, int64_t percent,
    void (*each)(const struct space_held *space, void *arg), void *arg)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct space_held space = {
			.id = row_text(rows, i, SPACE_HELD_ID),
			.kind = row_text(rows, i, SPACE_HELD_KIND),
			.name = row_text(rows, i, SPACE_HELD_NAME),
			.owner = row_text(rows, i, SPACE_HELD_OWNER),
		};

		quota_of_row(call, rows, i, SPACE_HELD_RECORDS, &space.holds, &space.may);
		if (quota_percent(&space.holds, &space.may) >= percent)
			each(&space, arg);
	}
}

struct problem *
quotas_each(const struct call *call, int64_t percent, void (*each)(const struct space_held *space, void *arg),
    void *arg)
{
	struct arena *page = arena_new();
	char after[] = NOBODY;
	struct problem *p;
	struct rows *rows;

	while ((p = db_run(call->db, page, SQL(SPACES_HELD), VALUES(value_id(after)), &rows)) == NULL &&
	    rows->count > 0) {
		tell_page(call, rows, percent, each, arg);
		memcpy(after, row_text(rows, rows->count - 1, SPACE_HELD_ID), sizeof after);
		arena_reset(page);
	}
	if (p != NULL)
		p = problem_copy(call->a, p);
	arena_free(page);
	return p;
}

static void
count_space(const struct space_held *space, void *count)
{
	(void)space;
	++*(int *)count;
}

struct problem *
quotas_near(const struct call *call, int *count)
{
	*count = 0;
	return quotas_each(call, QUOTA_NEAR_PERCENT, count_space, count);
}

/* ---- one space ---- */

static struct problem *
lock_space(struct db *db, struct arena *a, const char *space, struct rows **rows)
{
	struct problem *p;

	if (!uuid_valid(space))
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such space.");
	if ((p = db_run(db, a, SQL(SPACE_LOCK), VALUES(value_id(space)), rows)) != NULL || (*rows)->count > 0)
		return p;
	return problem_new(a, PROBLEM_NOT_FOUND, "There is no such space.");
}

struct limiting {
	const char *space;
	const int64_t *records, *bytes;
};

static struct value
new_limit(const int64_t *limit, const struct value *present)
{
	return limit == NULL ? *present : *limit < 0 ? value_null() : value_integer(*limit);
}

static struct problem *
set_limits(struct db *db, struct arena *a, void *arg)
{
	const struct limiting *l = arg;
	struct problem *p;
	struct rows *rows;

	if ((p = lock_space(db, a, l->space, &rows)) != NULL)
		return p;
	return db_run(db, a, SQL(SPACE_LIMIT),
	    VALUES(new_limit(l->records, row_cell(rows, 0, LOCKED_RECORDS_MAX)),
	        new_limit(l->bytes, row_cell(rows, 0, LOCKED_BYTES_MAX)), value_id(l->space)),
	    NULL);
}

struct problem *
quota_set(struct db *db, struct arena *a, const char *space, const int64_t *records, const int64_t *bytes)
{
	struct limiting l = { space, records, bytes };

	return db_transaction(db, a, set_limits, &l);
}

struct recounting {
	const char *space;
	bool right;
};

static struct problem *
recount(struct db *db, struct arena *a, void *arg)
{
	struct recounting *r = arg;
	const struct value id = value_id(r->space);
	struct problem *p;
	struct rows *rows;

	if ((p = lock_space(db, a, r->space, &rows)) != NULL ||
	    (p = db_run(db, a, SQL(SPACE_COUNT), VALUES(id, id, id, id), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(a, PROBLEM_NOT_FOUND, "This space is deleted.");
	r->right = row_integer(rows, 0, COUNTED_RECORDS) == row_integer(rows, 0, FOUND_RECORDS) &&
	    row_integer(rows, 0, COUNTED_BYTES) == row_integer(rows, 0, FOUND_BYTES);
	if (r->right)
		return NULL;
	return db_run(db, a, SQL(SPACE_RECOUNT),
	    VALUES(*row_cell(rows, 0, FOUND_RECORDS), *row_cell(rows, 0, FOUND_BYTES), id), NULL);
}

struct problem *
quota_recount(struct db *db, struct arena *a, const char *space, bool *right)
{
	struct recounting r = { .space = space };
	struct problem *p = db_transaction(db, a, recount, &r);

	*right = r.right;
	return p;
}
