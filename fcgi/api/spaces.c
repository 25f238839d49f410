/* spaces.c -- the spaces one is a member of, and those of his own that can still be brought back. */
#include "api/spaces.h"

#include <inttypes.h>

#include "api/api.h"
#include "base/instant.h"
#include "base/json.h"
#include "http/reply.h"
#include "model/policy.h"
#include "team/team.h"

void
space_write(struct buf *b, struct arena *a, const struct space_row *space)
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
		if (!policy_enters(&r->person, spaces[i].id))
			continue;
		if (b->text[b->length - 1] != '[')
			buf_char(b, ',');
		space_write(b, r->a, &spaces[i]);
	}
	buf_char(b, ']');
	return NULL;
}

static struct problem *
write_deleted(struct request *r, struct buf *b)
{
	struct problem *p;
	struct deleted_team *teams;
	size_t count;

	if ((p = teams_deleted(r->db, r->a, r->person.user_id, &teams, &count)) != NULL)
		return p;
	buf_text(b, "\"deleted\":[");
	for (size_t i = 0; i < count; i++) {
		buf_printf(b, "%s{\"id\":\"%s\",\"name\":", i > 0 ? "," : "", teams[i].id);
		json_quote(b, teams[i].name);
		buf_printf(b, ",\"deletedAt\":\"%s\"", instant_text(r->a, teams[i].deleted_at));
		buf_printf(b, ",\"erasedAfter\":\"%s\"}", instant_text(r->a, teams[i].deleted_at + (int64_t)TEAM_UNDO_DAYS * 86400000));
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
	buf_char(b, ',');
	if ((p = write_deleted(r, b)) != NULL)
		return p;
	buf_char(b, '}');
	return NULL;
}
