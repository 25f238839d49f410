/* message.c -- a message belongs to its sender: nobody writes in another's name, and nobody edits what someone else
 * wrote, not even a manager.  The sender may delete it; managers may delete any message they see and restore it as it
 * was.  It is sent when it is first written, to everybody or to one member. */
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "model/policy.h"
#include "record/record.h"
#include "record/space.h"
#include "rules/rules.h"

/* The sender is the owner before this write, which may change the owner. */
static struct problem *
find_sender(struct change *ch, const char **sender)
{
	struct problem *p;
	struct record held;
	bool found;

	*sender = ch->owner;
	if (ch->before == NULL)
		return NULL;
	if ((p = record_find(ch->call, ch->collection, ch->id, &held, &found)) == NULL && found)
		*sender = held.owner;
	return p;
}

static struct problem *
derive(struct change *ch)
{
	size_t at = collection_field(ch->collection, "sentAt")->index;

	if (ch->before == NULL && ch->action != ACTION_RESTORED)
		ch->after[at] = arena_printf(ch->call->a, "\"%s\"", instant_text(ch->call->a, ch->claimed));
	return NULL;
}

/* The addressee must be a member when the message is first written.  If they leave later, only the sender sees it. */
static struct problem *
check_addressee(struct change *ch)
{
	struct arena *a = ch->call->a;
	struct problem *p;
	const char *user = value_plain(a, ch->after[ch->collection->addressee->index]);
	bool is_member;

	if (user == NULL || ch->before != NULL)
		return NULL;
	if (uuid_valid(user) && ((p = space_has_member(ch->call, user, &is_member)) != NULL || is_member))
		return p;
	return problem_at(a, PROBLEM_INVALID, "toUser", "toUser must be the id of a member of the space.");
}

static struct problem *
check(struct change *ch)
{
	struct problem *p;
	const char *sender, *user = ch->call->person->user_id;

	if (ch->action == ACTION_RESTORED && policy_assigns(ch->call->person))
		return NULL;
	if ((p = find_sender(ch, &sender)) != NULL || (p = check_addressee(ch)) != NULL)
		return p;
	if (strcmp(sender, user) == 0 && strcmp(ch->owner, user) == 0)
		return NULL;
	return problem_new(ch->call->a, PROBLEM_FORBIDDEN,
	    "A message belongs to who sent it; nobody else changes it or writes in that name.");
}

static struct problem *
check_delete(struct change *ch)
{
	if (policy_assigns(ch->call->person) || strcmp(ch->owner, ch->call->person->user_id) == 0)
		return NULL;
	return problem_new(ch->call->a, PROBLEM_FORBIDDEN, "A message is taken back by who sent it, or by a manager.");
}

const struct rule message = {
	.name = "message",
	.collection = "messages",
	.derive = derive,
	.check = check,
	.check_delete = check_delete,
};
