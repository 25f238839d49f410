/* audits.c -- the audit of a space over HTTP. */
#include "api/api.h"
#include "base/id.h"
#include "base/instant.h"
#include "http/reply.h"
#include "record/history.h"

enum {
	AUDIT_LIMIT_DEFAULT = 50,
	AUDIT_LIMIT_MAX = 1000
};

static struct problem *
read_instant(struct request *r, const char *name, int64_t *instant)
{
	const char *text = query_get(r, name);

	*instant = 0;
	if (text == NULL || instant_parse(text, instant))
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, name, "%s must be an instant such as 2026-11-21T08:34:00.000Z.", name);
}

/* carId is the seed's word for collection=cars&id=. */
static struct problem *
read_record_filter(struct request *r, struct audit_filter *filter)
{
	const char *collection = query_get(r, "collection"), *car = query_get(r, "carId");

	filter->record_id = query_get(r, "id");
	if (car != NULL) {
		if (collection != NULL || filter->record_id != NULL)
			return problem_at(r->a, PROBLEM_INVALID, "carId", "Send carId, or collection and id.");
		collection = "cars";
		filter->record_id = car;
	}
	if (filter->record_id != NULL && collection == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "collection", "An id needs its collection.");
	if (filter->record_id != NULL && !id_valid(filter->record_id))
		return problem_at(r->a, PROBLEM_INVALID, car != NULL ? "carId" : "id", "This cannot be the id of a record.");
	if (collection == NULL)
		return NULL;
	filter->collection = collection_find(r->worker->collections, collection);
	if (filter->collection == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "collection", "There is no such collection.");
	return NULL;
}

static struct problem *
read_user(struct request *r, const char **user)
{
	*user = query_get(r, "user");
	if (*user == NULL || id_valid(*user))
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, "user", "user must be the id of a user.");
}

/* GET /api/audit */
struct problem *
audits_list(struct request *r)
{
	static const char *const parameters[] = { "collection", "id", "carId", "user", "from", "to", "before", "limit", NULL };
	struct problem *p;
	struct audit_filter filter = { .before = query_get(r, "before") };

	if ((p = query_only(r, parameters)) != NULL ||
	    (p = read_record_filter(r, &filter)) != NULL ||
	    (p = read_user(r, &filter.user_id)) != NULL ||
	    (p = read_instant(r, "from", &filter.from)) != NULL ||
	    (p = read_instant(r, "to", &filter.to)) != NULL ||
	    (p = query_integer(r, "limit", 1, AUDIT_LIMIT_MAX, AUDIT_LIMIT_DEFAULT, &filter.limit)) != NULL)
		return p;
	return audit_list(r->db, r->a, r->worker->collections, &r->person, &filter, reply_json(r, 200));
}
