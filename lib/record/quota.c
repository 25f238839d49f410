/* quota.c -- how much a space holds and may hold. */
#include "record/quota.h"

#include <inttypes.h>

#include "store/statement.h"

enum {
	RECORDS, BYTES, RECORDS_MAX, BYTES_MAX /* of QUOTA_COLUMNS */
};

static int64_t
limit_of(const struct rows *rows, size_t row, size_t column, int64_t usual)
{
	return row_null(rows, row, column) ? usual : row_integer(rows, row, column);
}

void
quota_of_row(const struct call *call, const struct rows *rows, size_t row, size_t column, struct amount *holds,
    struct amount *may)
{
	static const struct amount boundless = { 0, 0 };
	const struct amount *usual = call->quota == NULL ? &boundless : call->quota;

	*holds = (struct amount){
		row_integer(rows, row, column + RECORDS), row_integer(rows, row, column + BYTES)
	};
	*may = (struct amount){
		.records = limit_of(rows, row, column + RECORDS_MAX, usual->records),
		.bytes = limit_of(rows, row, column + BYTES_MAX, usual->bytes),
	};
}

struct problem *
quota_read(const struct call *call, struct amount *holds, struct amount *may)
{
	struct problem *p;
	struct rows *rows;

	*holds = *may = (struct amount){ 0, 0 };
	if ((p = db_run(call->db, call->a, SQL(SPACE_HOLDS), VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	if (rows->count > 0)
		quota_of_row(call, rows, 0, 0, holds, may);
	return NULL;
}

/* ---- what does not fit ---- */

static struct problem *
no_records(struct arena *a, const struct amount *may)
{
	return problem_new(a, PROBLEM_SPACE_FULL, "This space has reached its limit of %" PRId64 " records. "
	    "Delete some, or ask your administrator to raise it.", may->records);
}

static struct problem *
no_bytes(struct arena *a)
{
	return problem_new(a, PROBLEM_SPACE_FULL, "This space has reached its limit for records and history. "
	    "Ask your administrator to raise it.");
}

static bool
is_full(int64_t holds, int64_t may, enum growth growth)
{
	return may > 0 && holds >= (growth == GROWTH_RECORD ? may : may + may / 10);
}

struct problem *
quota_check(struct arena *a, const struct amount *holds, const struct amount *may, enum growth growth)
{
	if (growth != GROWTH_NONE && is_full(holds->records, may->records, growth))
		return no_records(a, may);
	return is_full(holds->bytes, may->bytes, growth) ? no_bytes(a) : NULL;
}

int64_t
quota_room(const struct amount *holds, const struct amount *may)
{
	if (is_full(holds->bytes, may->bytes, GROWTH_RECORD))
		return 0;
	if (may->records == 0)
		return INT64_MAX;
	return holds->records < may->records ? may->records - holds->records : 0;
}

struct problem *
quota_no_room(struct arena *a, const struct amount *holds, const struct amount *may)
{
	return is_full(holds->bytes, may->bytes, GROWTH_RECORD) ? no_bytes(a) : no_records(a, may);
}

static int64_t
percent(int64_t holds, int64_t may)
{
	return may == 0 ? 0 : (int64_t)((double)holds * 100 / (double)may);
}

int64_t
quota_percent(const struct amount *holds, const struct amount *may)
{
	int64_t records = percent(holds->records, may->records), bytes = percent(holds->bytes, may->bytes);

	return records > bytes ? records : bytes;
}
