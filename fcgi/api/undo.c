/* undo.c -- POST /api/undo: undoes what a person, an API token, a device or one action did in a span of time. */
#include "transfer/undo.h"

#include "api/api.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"

enum {
	UNDO_SECONDS = 20,
	CAUSE_MAX = 64
};

const struct member undo_takes[] = {
	BODY("by", UUID, "what this person did; members undo their own alone"),
	BODY("token", UUID, "what was done by this API token"),
	BODY("device", ID, "what was done on this device"),
	BODY("cause", TEXT, "what belongs to one action, import, restore or undo", .max = CAUSE_MAX, .clean = true),
	BODY("from", TEXT, "the first instant"),
	BODY("to", TEXT, "the last instant; without it until now"),
	BODY("collections", LIST, "names of collections; without it all"),
	BODY("dryRun", BOOLEAN, "say what would become of the records, and write nothing"),
	KEY_HEADER,
	MEMBERS_END
};

static struct problem *
read_instant(struct request *r, const char *name, int64_t *instant)
{
	if (is_given(r, name) && (!instant_parse(given_text(r, name), instant) || *instant <= 0))
		return problem_at(r->a, PROBLEM_INVALID, name,
		    "%s must be an instant such as 2026-11-21T08:34:00.000Z.", name);
	return NULL;
}

/* A collection that is named twice is one. */
static struct problem *
read_collections(struct request *r, struct undo_asked *asked)
{
	struct json_object *list = given_list(r, "collections");
	size_t count = list == NULL ? 0 : json_object_array_length(list);
	const struct collection **found = arena_alloc(r->a, (UNDO_KINDS_MAX + 1) * sizeof *found);

	if (count > UNDO_KINDS_MAX || (list != NULL && count == 0))
		return problem_at(r->a, PROBLEM_INVALID, "collections", "collections has 1 to %d names.",
		    UNDO_KINDS_MAX);
	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (!json_object_is_type(item, json_type_string) ||
		    (found[i] = collection_find(r->call.set, json_object_get_string(item))) == NULL)
			return problem_at(r->a, PROBLEM_INVALID, "collections",
			    "collections must be names of collections.");
	}
	asked->collections = found;
	asked->collection_count = count;
	return NULL;
}

/* POST /api/undo {"by","token","device","cause","from","to","collections","dryRun"} */
struct problem *
undo_make(struct request *r)
{
	struct undo_report *report = arena_alloc(r->a, sizeof *report);
	struct problem *p;
	struct undo_asked asked = {
		.by = given_text(r, "by"),
		.token = given_text(r, "token"),
		.device = given_text(r, "device"),
		.cause = given_text(r, "cause"),
		.key = r->idempotency_key,
		.dry_run = given_flag(r, "dryRun"),
		.seconds = UNDO_SECONDS,
	};

	if ((p = read_instant(r, "from", &asked.from)) != NULL || (p = read_instant(r, "to", &asked.to)) != NULL ||
	    (p = read_collections(r, &asked)) != NULL ||
	    (p = undo_take(&r->call, &asked, report)) != NULL)
		return p;
	undo_put(reply_object(r, 200), report);
	return NULL;
}
