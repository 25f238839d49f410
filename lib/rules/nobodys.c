/* nobodys.c -- a record that belongs to the space and to none of its members.  Its owner would see its private fields, also when he,
 * who happened to make it as a manager, is none any more. */
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
