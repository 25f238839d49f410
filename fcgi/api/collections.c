/* collections.c -- GET /api/collections: the definitions, for the forms and lists of any client. */
#include "api/api.h"
#include "http/reply.h"
#include "model/collection.h"
#include "model/policy.h"

/* GET /api/collections -- private fields are included for managers, and in `own` collections for everybody. */
struct problem *
collections_show(struct request *r)
{
	const struct collections *set = r->worker->collections;
	struct json_out *out = reply_object(r, 200);

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
