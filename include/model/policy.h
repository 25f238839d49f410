/* policy.h -- may this person do that?  The only place that says no.  Closed by default. */
#ifndef POLICY_H
#define POLICY_H

#include "account/person.h"
#include "model/collection.h"
#include "store/statement.h"

/* PROBLEM_FORBIDDEN unless the person's role reaches the collection's `may`. */
struct problem *policy_may(struct arena *a, const struct person *person, const struct collection *c, enum may what) MUST_CHECK;

/* True when the person sees only the records he owns in c. */
bool policy_limited(const struct person *person, const struct collection *c);

/* True when a record of c owned by owner is visible to person at all.  reader is whom it is addressed to, or NULL: then its owner and
 * he see it and nobody else does, whatever their role. */
bool policy_sees(const struct person *person, const struct collection *c, const char *owner, const char *reader);

/* The same for statements: which of these collections (only NULL: of all) the person sees whole, of which his own records, and of which
 * what is for everybody, for him, or his own. */
void policy_view(struct arena *a, const struct person *person, const struct collections *set, const struct collection *const *only,
    size_t only_count, struct feed_view *view);

/* True when its private fields are too: his own record, or a manager. */
bool policy_sees_private(const struct person *person, const char *owner);

/* True when the person may use this field in filters, sort, import columns and the like, where no one record is meant:
 * private fields only for managers, and for everyone in an `own` collection, whose records are his. */
bool policy_knows(const struct person *person, const struct collection *c, const struct field *f);

/* PROBLEM_FORBIDDEN unless he came in by himself, with his password or by an issuer: then he may act for his account (password,
 * sign-ins, API tokens, devices, PINs, all his spaces).  An API token and a sign-in by PIN act in their one space and for nothing
 * else; what is administered there (members, invitations, handhelds, the space itself) needs SCOPE_ADMIN, which a PIN never has. */
struct problem *policy_account(struct arena *a, const struct person *person) MUST_CHECK;

/* True when his token enters that space, as far as the token goes: one that is bound to a space enters no other. */
bool policy_enters(const struct person *person, const char *space_id);

/* True when he may make someone else the owner. */
bool policy_assigns(const struct person *person);

#endif
