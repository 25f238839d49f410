/* collections.c -- the definitions, for forms and lists of any client. */
#include "api/api.h"
#include "http/reply.h"
#include "model/collection.h"
#include "model/policy.h"

/* GET /api/collections -- private fields are shown to those who may know of them somewhere in the space of the token. */
struct problem *
collections_show(struct request *r)
{
	const struct collections *set = r->worker->collections;
	struct buf *out = reply_json(r, 200);
	const char *separator = "";

	buf_text(out, "{\"collections\":[");
	for (size_t i = 0; i < set->count; i++) {
		const struct collection *c = &set->all[i];

		if (r->person.role < c->may[MAY_READ])
			continue;
		buf_text(out, separator);
		buf_text(out, c->own || r->person.role >= ROLE_MANAGER ? c->definition : c->definition_public);
		separator = ",";
	}
	buf_text(out, "]}");
	return NULL;
}
