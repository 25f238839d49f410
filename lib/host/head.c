/* head.c -- the heads of spaces in the table. */
#include "host/head.h"

#include <string.h>

/* The key of a space, and the subject that puts its head in doubt. */
static bool
key_of(const char *space_id, struct shared_key *key, struct db_change *subject)
{
	*key = (struct shared_key){ { 0 } };
	*subject = (struct db_change){ .subject = DB_HEAD };
	if (!db_id(space_id, strlen(space_id), subject->id))
		return false;
	memcpy(key->bytes, subject->id, sizeof(subject->id));
	return true;
}

bool
head_find(const char *space_id, struct head *head)
{
	struct shared_key key;
	struct db_change subject;
	struct shared_value value;

	if (!key_of(space_id, &key, &subject) || !shared_find(SHARED_HEAD, &key, &value) || value.size != sizeof(*head))
		return false;
	memcpy(head, value.bytes, sizeof(*head));
	return true;
}

/* Heads are compared byte by byte, so the gaps are 0, too. */
struct head
head_of(const char *epoch, int64_t seq, const unsigned char *chain, int64_t min_seq)
{
	struct head head;

	memset(&head, 0, sizeof(head));
	if (epoch != NULL && strlen(epoch) < sizeof(head.epoch))
		strcpy(head.epoch, epoch);
	memcpy(head.chain, chain, sizeof(head.chain));
	head.seq = seq;
	head.min_seq = min_seq;
	return head;
}

static void
keep(const char *space_id, const struct head *head, struct shared_moment moment, bool written)
{
	struct shared_key key;
	struct db_change subject;
	struct shared_value value = { .size = sizeof(*head) };

	if (!key_of(space_id, &key, &subject) || head->epoch[0] == '\0')
		return;
	memcpy(value.bytes, head, sizeof(*head));
	shared_keep(SHARED_HEAD, &key, &value, moment, &subject, 1, written);
}

void
head_keep(const char *space_id, const struct head *head, struct shared_moment moment)
{
	keep(space_id, head, moment, false);
}

void
head_written(const char *space_id, const struct head *head)
{
	keep(space_id, head, shared_commit_moment(), true);
}
