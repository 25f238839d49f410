/* call.h -- who asks, and with what resources: the first argument of most functions of this room and those below.
 *
 * The code that begins the work makes the call: fcgi/answer.c for a request, worker_call for the housekeeper and the
 * operator's commands.  It is on the stack or in the request and owns nothing; everything it points to outlives the
 * work.  Functions pass it on unchanged.  A function that needs other memory, or acts as another person, makes a copy
 * with call_in or call_as.
 *
 * person says whose rights count, and person->space_id which space is meant.  Only write.h changes *person: it reads
 * them again under the lock of the space, so that a role that was just taken away counts.  For what Daybook does by
 * itself in a space, person is person_itself; for work about no space it is NULL, and functions that allow that say so.
 *
 * An Idempotency-Key is not part of it: a function that can be repeated under a key takes the key as an argument, so
 * its prototype shows it.  A function that needs neither definitions nor a person takes db and a. */
#ifndef CALL_H
#define CALL_H

#include "account/person.h"
#include "base/arena.h"
#include "model/collection.h"
#include "store/db.h"

struct amount;
struct batch;
struct json_out;
struct turns;

struct call {
	struct db *db;
	struct arena *a;                 /* owns the results */
	const struct collections *set;   /* the definitions */
	struct person *person;           /* who asks, and in which space; or NULL */
	const struct amount *quota;      /* what a space may hold, by the settings; NULL: as much as it likes */
	struct turns *turns;             /* in which who writes takes one of the space's; NULL: waits for its lock */
	int64_t then_at, then_seq;       /* of who looks back (record/then.h): the instant, and the last write before;
	                                  * then_at is 0 for who does not */
	int64_t then_missing;            /* how many records are left out of that */
	struct batch *batch;             /* inside a write: what its transaction has read and will write; else NULL */
};

/* The instant to which ages, running entries and the like are counted: now, or then for who looks back. */
int64_t call_now(const struct call *call);

/* Begin an object with the moment that it is of, for who looks back: "at" and "seq", by which it can be asked for
 * again, and "missing" where records are left out.  Nothing for who does not. */
void call_put_moment(const struct call *call, struct json_out *out);

/* The same call with other memory: a owns the results.  Neither of the two is inside a write. */
struct call call_in(const struct call *call, struct arena *a);

/* The same call for another person, or for the same one in another space. */
struct call call_as(const struct call *call, struct person *person);

#endif
