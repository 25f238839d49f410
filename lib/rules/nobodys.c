/* nobodys.c -- a record that belongs to the space and to no member.  Owners see private fields, and the manager who
 * created the record may not stay a manager. */
#include "rules/rules.h"

#include "account/person.h"

static struct problem *
derive(struct change *ch)
{
	ch->owner = NOBODY;
	return NULL;
}

const struct rule nobodys = {
	.name = "nobodys",
	.derive = derive,
};
