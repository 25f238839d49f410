/* handheld.c -- shared handhelds, in the table handheld.  The row of a revoked handheld stays for a while, but no query
 * finds it. */
#include "team/handheld.h"

#include <string.h>

#include "account/bearer.h"
#include "base/id.h"
#include "base/instant.h"
#include "store/statement.h"

static struct problem *
check_room(struct db *db, struct arena *a, const char *space_id)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(HANDHELDS_COUNT), VALUES(value_id(space_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) >= HANDHELDS_MAX)
		return problem_new(a, PROBLEM_FORBIDDEN,
		    "There are %d handhelds already; please revoke one first.", HANDHELDS_MAX);
	return NULL;
}

struct problem *
handheld_enrol(const struct call *call, const char *name, const char *device_id, struct handheld *h, const char **text)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	struct problem *p;
	unsigned char hash[SHA256_SIZE];
	int64_t now = instant_now();

	if ((p = team_only(a, person)) != NULL || (p = check_room(call->db, a, person->space_id)) != NULL)
		return p;
	*text = bearer_make(a, HANDHELD_TOKEN_PREFIX, hash);
	*h = (struct handheld){
		.id = uuid7_text(a),
		.name = name,
		.created_by = person->user_id,
		.created_at = now,
		.last_used_at = now,
	};
	h->device_id = device_id != NULL ? device_id : h->id;
	p = db_run(call->db, a, SQL(HANDHELD_CREATE),
	    VALUES(value_id(h->id), value_id(person->space_id), value_bytes(hash, sizeof hash),
	        value_text(h->device_id), value_text(name), value_id(h->created_by), value_text(instant_sql(a, now)),
	        value_text(instant_sql(a, now))),
	    NULL);
	return p != NULL ? p : db_run(call->db, a, SQL(HANDHELDS_FORGET),
	    VALUES(value_id(person->space_id), value_id(person->space_id), value_integer(HANDHELDS_REVOKED_MAX - 1)),
	    NULL);
}

struct problem *
handhelds_list(const struct call *call, struct handheld **handhelds, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(HANDHELDS_LIST),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*handhelds = arena_alloc(call->a, (rows->count + 1) * sizeof **handhelds);
	for (size_t i = 0; i < rows->count; i++)
		(*handhelds)[i] = (struct handheld){
			.id = row_text(rows, i, HANDHELD_ID),
			.name = row_text(rows, i, HANDHELD_NAME),
			.device_id = row_text(rows, i, HANDHELD_DEVICE),
			.created_by = row_text(rows, i, HANDHELD_CREATED_BY),
			.created_at = row_instant(rows, i, HANDHELD_CREATED_AT),
			.last_used_at = row_instant(rows, i, HANDHELD_LAST_USED_AT),
			.user_id = row_text(rows, i, HANDHELD_USER),
			.user_name = row_text(rows, i, HANDHELD_USER_NAME),
		};
	return NULL;
}

struct revoking {
	const char *id, *space_id;
	bool found;
};

/* Update the handheld's row first: that waits for a sign-in under way, whose session the second statement then ends. */
static struct problem *
revoke(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	struct revoking *r = arg;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(HANDHELD_REVOKE),
	    VALUES(value_id(r->id), value_id(r->space_id)), &rows)) != NULL)
		return p;
	if (!(r->found = rows->affected == 1))
		return NULL;
	return db_run(db, a, SQL(HANDHELD_SESSIONS_END), VALUES(value_id(r->id)), NULL);
}

struct problem *
handheld_revoke(const struct call *call, const char *id)
{
	struct problem *p;
	struct revoking r = { .id = id, .space_id = call->person->space_id };

	if (uuid_valid(id) && (p = db_transaction(call->db, call->a, revoke, &r)) != NULL)
		return p;
	return r.found ? NULL : problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such handheld.");
}

static struct problem *
not_enrolled(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_UNAUTHORIZED,
	    "This device is no shared handheld any more; a manager can enrol it again.");

	p->cause = cause;
	return p;
}

struct problem *
handheld_of_token(struct db *db, struct arena *a, const char *token, struct handheld *h)
{
	struct problem *p;
	struct rows *rows;
	unsigned char hash[SHA256_SIZE];

	if ((p = database_live(db, a)) != NULL)
		return p;
	if (!bearer_hash(HANDHELD_TOKEN_PREFIX, token, hash))
		return not_enrolled(a, "not the form of a handheld's token");
	if ((p = db_run(db, a, SQL(HANDHELD_FIND), VALUES(value_bytes(hash, sizeof hash)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return not_enrolled(a, "no such handheld");
	*h = (struct handheld){
		.id = row_text(rows, 0, FOUND_HANDHELD_ID),
		.name = row_text(rows, 0, FOUND_HANDHELD_NAME),
		.device_id = row_text(rows, 0, FOUND_HANDHELD_DEVICE),
		.space_id = row_text(rows, 0, FOUND_HANDHELD_SPACE),
		.space_name = row_text(rows, 0, FOUND_HANDHELD_SPACE_NAME),
	};
	return NULL;
}
