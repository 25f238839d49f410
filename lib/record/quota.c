/* quota.c -- how much a space holds and may hold. */
#include "record/quota.h"

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
