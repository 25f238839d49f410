/* stamps.c -- reads the stamps of a space for its members, and which spaces wait for one for the operator. */
#include "upkeep/stamps.h"

#include <string.h>

#include "base/instant.h"
#include "store/statement.h"

struct problem *
stamps_read(const struct call *call, int64_t before, int limit, struct stamp **stamps, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(STAMPS_PAGE),
	    VALUES(value_id(call->person->space_id), value_integer(before), value_integer(limit)), &rows)) != NULL)
		return p;
	*stamps = arena_alloc(call->a, (rows->count + 1) * sizeof **stamps);
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		const struct value *hash = row_cell(rows, i, STAMP_HASH);
		struct stamp *stamp = &(*stamps)[i];

		*stamp = (struct stamp){
			.seq = row_integer(rows, i, STAMP_SEQ),
			.at = row_instant(rows, i, STAMP_AT),
			.known = !row_null(rows, i, STAMP_THROUGH),
			.through = !row_null(rows, i, STAMP_THROUGH) && row_integer(rows, i, STAMP_THROUGH) != 0,
		};
		if ((p = must_hold(call->a, hash->length == SHA256_SIZE, "a stamp has a hash")) != NULL)
			return p;
		memcpy(stamp->hash, hash->bytes, SHA256_SIZE);
	}
	return NULL;
}

struct problem *
stamp_token(const struct call *call, int64_t seq, const char **bytes, size_t *size)
{
	const struct value *token;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(STAMP_TOKEN),
	    VALUES(value_id(call->person->space_id), value_integer(seq)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such stamp.");
	token = row_cell(rows, 0, STAMP_TOKEN_DER);
	*bytes = token->bytes;
	*size = token->length;
	return NULL;
}

struct problem *
stamps_spaces(struct db *db, struct arena *a, const char *after, struct stamped_space **spaces, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(STAMPS_SPACES), VALUES(value_id(after)), &rows)) != NULL)
		return p;
	*spaces = arena_alloc(a, (rows->count + 1) * sizeof **spaces);
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		(*spaces)[i] = (struct stamped_space){
			.id = row_text(rows, i, STAMPED_SPACE),
			.name = row_text(rows, i, STAMPED_NAME),
			.head = row_integer(rows, i, STAMPED_HEAD),
			.seq = row_null(rows, i, STAMPED_SEQ) ? 0 : row_integer(rows, i, STAMPED_SEQ),
			.at = row_null(rows, i, STAMPED_AT) ? 0 : row_instant(rows, i, STAMPED_AT),
			.waits_since = row_null(rows, i, STAMPED_WAITS) ? 0 : row_instant(rows, i, STAMPED_WAITS),
		};
	return NULL;
}

bool
stamp_is_late(const struct stamped_space *space)
{
	return space->waits_since != 0 && instant_now() - space->waits_since > STAMP_LATE_HOURS * 3600 * INT64_C(1000);
}
