/* collections.c -- GET /api/collections: the definitions, for the forms and lists of any client. */
#include "api/api.h"
#include "http/reply.h"
#include "model/collection.h"
#include "model/policy.h"

/* The stamp of the definitions, and the role, which decides what is shown of them. */
static char *
collections_tag(const struct request *r)
{
	return arena_printf(r->a, "\"%s.%s\"", r->worker->collections->stamp, role_names[r->person.role]);
}

/* GET /api/collections -- private fields are included for managers, and in `own` collections for everybody. */
struct problem *
collections_show(struct request *r)
{
	const struct collections *set = r->worker->collections;
	char *tag = collections_tag(r);
	struct json_out *out;

	if (reply_matches(r, tag)) {
		reply_not_modified(r, tag);
		return NULL;
	}
	out = reply_object(r, 200);
	reply_header(r, "ETag", tag);
	put_text(out, "definitions", set->stamp);
	put_object(out, "limits");
	put_integer(out, "pushOps", PUSH_OPS_MAX);
	put_integer(out, "pushBytes", BODY_MAX);
	put_end(out);
	put_array(out, "collections");
	for (size_t i = 0; i < set->count; i++) {
		const struct collection *c = &set->all[i];

		if (policy_reads(&r->person, c))
			put_json(out, NULL,
			    policy_knows_private(&r->person, c) ? c->definition : c->definition_public);
	}
	put_end(out);
	return NULL;
}
