/* spaces.c -- the spaces one is a member of. */
#include "spaces.h"

#include <inttypes.h>

#include "instant.h"
#include "json.h"
#include "reply.h"
#include "routes.h"
#include "session.h"

static void
write_space(struct buf *b, struct arena *a, const struct space_row *space)
{
	buf_printf(b, "{\"id\":\"%s\",\"kind\":\"%s\",\"name\":", space->id, space->kind);
	json_quote(b, space->name);
	buf_printf(b, ",\"role\":\"%s\",\"seq\":%" PRId64 ",\"epoch\":\"%s\",\"joinedAt\":\"%s\"}", role_names[space->role],
	    space->seq, space->epoch, instant_text(a, space->joined_at));
}

struct problem *
spaces_write(struct request *r, struct buf *b)
{
	struct problem *p;
	struct space_row *spaces;
	size_t count;

	if ((p = spaces_of_user(r->db, r->a, r->person.user_id, &spaces, &count)) != NULL)
		return p;
	buf_text(b, "\"spaces\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(b, ',');
		write_space(b, r->a, &spaces[i]);
	}
	buf_char(b, ']');
	return NULL;
}

struct problem *
spaces_list(struct request *r)
{
	static const char *const no_parameters[] = { NULL };
	struct problem *p;
	struct buf *b;

	if ((p = query_only(r, no_parameters)) != NULL)
		return p;
	b = reply_json(r, 200);
	buf_char(b, '{');
	if ((p = spaces_write(r, b)) != NULL)
		return p;
	buf_char(b, '}');
	return NULL;
}
