/* audits.c -- GET /api/audit: the audit of a space. */
#include "api/api.h"
#include "http/member.h"
#include "http/reply.h"
#include "record/history.h"

enum {
	AUDIT_LIMIT_DEFAULT = 50,
	AUDIT_LIMIT_MAX = 1000
};

#define RECORD_WRONG "This cannot be the id of a record."

const struct member audits_list_takes[] = {
	PARAM("collection", TEXT, "writes of this collection alone"),
	PARAM("id", ID, "writes of this record of it", .wrong = RECORD_WRONG),
	PARAM("carId", ID, "the same as collection=cars and its id", .wrong = RECORD_WRONG),
	PARAM("user", ID, "writes of this person", .wrong = "user must be the id of a user."),
	PARAM("from", INSTANT, "writes from this instant on"),
	PARAM("to", INSTANT, "writes before this instant"),
	PARAM("before", TEXT, "the id of the last row of the page before"),
	PARAM("limit", INTEGER, "rows at most", .min = 1, .max = AUDIT_LIMIT_MAX, .otherwise = AUDIT_LIMIT_DEFAULT),
	MEMBERS_END
};

/* carId=X is short for collection=cars&id=X, as package-car clients send it. */
static struct problem *
read_record_filter(struct request *r, struct audit_filter *filter)
{
	const char *collection = given_text(r, "collection"), *car = given_text(r, "carId");

	filter->record_id = given_text(r, "id");
	if (car != NULL) {
		if (collection != NULL || filter->record_id != NULL)
			return problem_at(r->a, PROBLEM_INVALID, "carId", "Send carId, or collection and id.");
		collection = "cars";
		filter->record_id = car;
	}
	if (filter->record_id != NULL && collection == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "collection", "An id needs its collection.");
	if (collection == NULL)
		return NULL;
	filter->collection = collection_find(r->worker->collections, collection);
	if (filter->collection == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "collection", "There is no such collection.");
	return NULL;
}

/* GET /api/audit */
struct problem *
audits_list(struct request *r)
{
	struct problem *p;
	struct audit_filter filter = {
		.user_id = given_text(r, "user"),
		.from = given_instant(r, "from"),
		.to = given_instant(r, "to"),
		.before = given_text(r, "before"),
		.limit = given_integer(r, "limit"),
	};

	if ((p = read_record_filter(r, &filter)) != NULL)
		return p;
	return audit_list(&r->call, &filter, reply_object(r, 200));
}
