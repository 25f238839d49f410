/* policy.h -- what a person may see and change, from their role, their token, and the definition of a collection.  What
 * is not allowed is forbidden.  Rules (rule.h) forbid more, where a definition cannot express it.  Which token and role
 * an endpoint needs is in fcgi/routes.c.  schema/PROTOCOL.md 6. */
#ifndef POLICY_H
#define POLICY_H

#include "account/person.h"
#include "model/collection.h"
#include "store/statement.h"

/* PROBLEM_FORBIDDEN unless the person's role in the space is at least this one. */
struct problem *policy_role(struct arena *a, const struct person *person, enum role least) MUST_CHECK;

/* PROBLEM_FORBIDDEN unless the person's role is at least the one that the collection's `may` asks for. */
struct problem *policy_may(struct arena *a, const struct person *person, const struct collection *c,
    enum may what) MUST_CHECK;

/* True when the person's role may read c; policy_sees says which of its records. */
bool policy_reads(const struct person *person, const struct collection *c);

/* True when the person oversees owner, another user: as their supervisor or senior, or as one who oversees everybody
 * (record/oversee.h).  Managers and owners of a space need not, to see everything. */
bool policy_oversees(const struct person *person, const char *owner);

/* True when the person does not see all records of c, but only their own, and where policy_looks_after those of the
 * people they oversee. */
bool policy_limited(const struct person *person, const struct collection *c);

/* True when the person sees records of c of other people, because they oversee these. */
bool policy_looks_after(const struct person *person, const struct collection *c);

/* True when the person sees a record of c that owner owns.  reader is the person it is addressed to, or NULL.  An
 * addressed record is seen by its owner and its reader, and by nobody else whatever their role. */
bool policy_sees(const struct person *person, const struct collection *c, const char *owner, const char *reader);

/* The same for SQL statements, as lists of collections: those that the person sees completely, those in which they see
 * only their own records, those in which they see these and the records of the people they oversee, and those with an
 * addressee.  In the last they see the records for everybody, the records for them, and their own.  only is a list of
 * collections; NULL means all of set. */
void policy_view(struct arena *a, const struct person *person, const struct collections *set,
    const struct collection *const *only, size_t only_count, struct feed_view *view);

/* True when the person may change a record of c that owner owns, where they see it and their role suffices: in an `own`
 * collection its owner and managers may.  Those who oversee the owner may where a rule of c decides about it
 * (`overseers` in rule.h). */
bool policy_changes(const struct person *person, const struct collection *c, const char *owner);

/* True when the person sees the private fields of such a record too: they own it, or they are a manager. */
bool policy_sees_private(const struct person *person, const char *owner);

/* True when the person may name the private fields of c where no single record is meant: in filters, sort, columns of
 * an import.  Only managers may, and in an `own` collection everyone: who sees records of others there, because
 * they oversee these, sees them in collections that have no private fields. */
bool policy_knows_private(const struct person *person, const struct collection *c);

/* The same for one field; everybody may name public fields. */
bool policy_knows(const struct person *person, const struct collection *c, const struct field *f);

/* PROBLEM_FORBIDDEN unless the person signed in with their password or through an external issuer.  Only then may they
 * act for their account: password, sign-ins, API tokens, devices, PINs, all their spaces.  An API token or a sign-in by
 * PIN acts in its one space and nowhere else.  Administering that space (members, invitations, handhelds, the space
 * itself) needs SCOPE_ADMIN, which a PIN never has. */
struct problem *policy_account(struct arena *a, const struct person *person) MUST_CHECK;

/* PROBLEM_FORBIDDEN for a sign-in by PIN.  A space as one file, an export or a backup, has what is private and what is
 * for one person too: it does not leave by a shared handheld. */
struct problem *policy_whole(struct arena *a, const struct person *person) MUST_CHECK;

/* True unless the person's token is bound to another space.  It says nothing about membership. */
bool policy_enters(const struct person *person, const char *space_id);

/* True when the person may make someone else the owner of a record. */
bool policy_assigns(const struct person *person);

#endif
