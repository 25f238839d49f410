/* erase.h -- deletes for good: teams that were not brought back in time, and people who left.  The records of their
 * spaces are deleted and the audit is blanked, but its hash chain stays, so `verify` still passes.  Everything here can
 * be cut short and run again.  schema/PROTOCOL.md 15. */
#ifndef ERASE_H
#define ERASE_H

#include "model/call.h"

struct erased {
	int64_t spaces, users;
};

/* Erase everything whose 30 days are over, by the database's clock plus shift_days. */
struct problem *erase_due(const struct call *call, int shift_days, struct erased *erased) MUST_CHECK;

/* Erase one person at once: their personal space with everything in it, name, e-mail, devices, identities.  What they
 * wrote in teams stays, without their name.  PROBLEM_LAST_OWNER while a team would be left without an owner,
 * PROBLEM_NOT_FOUND for an unknown e-mail. */
struct problem *erase_user(const struct call *call, const char *email) MUST_CHECK;

#endif
