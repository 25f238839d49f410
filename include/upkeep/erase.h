/* erase.h -- what is deleted for good: teams that were not brought back in time, and people who left.  What they wrote is blanked in
 * record and audit; the chain of hashes stays, so `verify` still holds.  Everything here can be run again after it was cut short. */
#ifndef ERASE_H
#define ERASE_H

#include "model/call.h"

struct erased {
	int64_t spaces, users;
};

/* Everything whose 30 days are over, by the database's clock plus shift_days. */
struct problem *erase_due(const struct call *call, int shift_days, struct erased *erased) MUST_CHECK;

/* One person, at once: the personal space with all that is in it, name, e-mail, devices, identities.  What he wrote in teams stays, by
 * "former member".  PROBLEM_LAST_OWNER while a team would be left without an owner, PROBLEM_NOT_FOUND for an unknown e-mail. */
struct problem *erase_user(const struct call *call, const char *email) MUST_CHECK;

#endif
