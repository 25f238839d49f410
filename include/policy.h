/* policy.h -- may this person do that?  The only place that says no.  Closed by default. */
#ifndef POLICY_H
#define POLICY_H

#include "collection.h"
#include "person.h"

/* PROBLEM_FORBIDDEN unless the person's role reaches the collection's `may`. */
struct problem *policy_may(struct arena *a, const struct person *person, const struct collection *c, enum may what) MUST_CHECK;

/* True when the person sees only the records he owns in c. */
bool policy_limited(const struct person *person, const struct collection *c);

/* True when a record of c owned by owner is visible to person at all. */
bool policy_sees(const struct person *person, const struct collection *c, const char *owner);

/* True when its private fields are too: his own record, or a manager. */
bool policy_sees_private(const struct person *person, const char *owner);

/* True when the person may use this field in filters, sort, import columns and the like, where no one record is meant:
 * private fields only for managers, and for everyone in an `own` collection, whose records are his. */
bool policy_knows(const struct person *person, const struct collection *c, const struct field *f);

/* True when he may make someone else the owner. */
bool policy_assigns(const struct person *person);

#endif
