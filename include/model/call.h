/* call.h -- by which means something is done and for whom: the first argument of most functions from here up.
 *
 * A call is made by whoever begins the work: for a request in fcgi/answer.c, for the housekeeper and the operator's commands by
 * worker_call.  It lies on their stack or in the request and owns nothing.  All it names lives at least as long as the work, and the
 * functions here give it on unchanged; one that needs other memory or acts as another person makes a copy with call_in or call_as.
 *
 * The person says whose rights count and which space is meant: person->space_id.  Only write.h changes the person: under the lock of the
 * space they are read again, so that a role that was just taken away counts.  What Daybook does by itself in a space has
 * person_itself; work that is about no space at all has NULL, and its functions say so.
 *
 * An Idempotency-Key is not part of it.  What can be repeated under a key takes the key as an argument, so that its prototype shows it.
 * What needs neither definitions nor a person takes db and a alone; what needs no database takes what it looks at. */
#ifndef CALL_H
#define CALL_H

#include "account/person.h"
#include "base/arena.h"
#include "model/collection.h"
#include "store/db.h"

struct call {
	struct db *db;
	struct arena *a;                 /* of what is answered: results lie in it */
	const struct collections *set;   /* the definitions */
	struct person *person;           /* who asks, standing in the space that is meant; or NULL */
};

/* The same call with other memory: what is found lies in a. */
struct call call_in(const struct call *call, struct arena *a);

/* The same call for another person, or for the same one in another space. */
struct call call_as(const struct call *call, struct person *person);

#endif
