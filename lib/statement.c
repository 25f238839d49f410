/* statement.c -- every statement Daybook sends.  Keep the question readable: `daybookctl statements` prints them, and
 * tests/unit/statements.txt is that print. */
#include "statement.h"

#define STATEMENT(name, ...) [STATEMENT_##name] = { #name, __VA_ARGS__ }

const struct statement statements[STATEMENT_COUNT] = {
	/* --- who is asking --- */
	STATEMENT(CALLER,
	    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
	    "       s.kind, s.scope, s.space_id, s.device_id, s.revoked_at, s.expires_at,"
	    "       m.space_id, m.role, m.view_epoch, p.kind, p.seq, p.min_seq, p.epoch,"
	    "       (SELECT value FROM meta WHERE name = 'live')"
	    "  FROM session s"
	    "  JOIN user u ON u.id = s.user_id"
	    "  LEFT JOIN member m ON m.space_id = ? AND m.user_id = u.id"
	    "  LEFT JOIN space p ON p.id = m.space_id"
	    " WHERE s.id = ?"),

	/* --- accounts: users, sessions, throttle --- */

	/* --- spaces and devices --- */

	/* --- the write --- */
	STATEMENT(SPACE_LOCK,
	    "SELECT seq, chain, min_seq, epoch, last_at, SYSDATE(3)"
	    "  FROM space"
	    " WHERE id = ?"
	    "   FOR UPDATE"),

	/* --- reading --- */

	/* --- upkeep: migrate, tidy, verify, doctor --- */
};
