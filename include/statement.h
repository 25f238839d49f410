/* statement.h -- every SQL statement Daybook sends has a name here and its text in lib/statement.c, nowhere else.
 * db_run(db, a, SQL(SPACE_LOCK), VALUES(value_text(space)), &rows).  The three at the end are put together from the collection
 * definitions' own names (never from input), in the same file. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "buf.h"

enum statement_id {
	/* --- who is asking --- */
	STATEMENT_CALLER,

	/* --- accounts: users, sessions, throttle --- */
	STATEMENT_CALLER_BY_TOKEN,
	STATEMENT_CALLER_BY_IDENTITY,
	STATEMENT_DATABASE_LIVE,
	STATEMENT_USER_BY_EMAIL,
	STATEMENT_USER_PASSWORD,
	STATEMENT_USER_CREATE,
	STATEMENT_USER_SET_PASSWORD,
	STATEMENT_USER_CHANGE_PASSWORD,
	STATEMENT_USER_SET_DISABLED,
	STATEMENT_USERS_LIST,
	STATEMENT_IDENTITY_CREATE,
	STATEMENT_IDENTITY_DELETE,
	STATEMENT_SPACE_CREATE,
	STATEMENT_SPACE_EPOCH_CREATE,
	STATEMENT_MEMBER_CREATE,
	STATEMENT_MEMBER_ROLE,
	STATEMENT_SPACES_OF_USER,
	STATEMENT_SESSION_OPEN,
	STATEMENT_SESSION_READ,
	STATEMENT_SESSION_ADVANCE,
	STATEMENT_SESSION_END,
	STATEMENT_SESSION_REVOKE,
	STATEMENT_SESSIONS_REVOKE_OTHERS,
	STATEMENT_SESSIONS_REVOKE_ALL,
	STATEMENT_SESSIONS_OF_USER,
	STATEMENT_TOKEN_CREATE,
	STATEMENT_TOKENS_COUNT,
	STATEMENT_TOKEN_USED,
	STATEMENT_THROTTLE_READ,
	STATEMENT_THROTTLE_FAILED,
	STATEMENT_THROTTLE_PASSED,

	/* --- spaces and devices --- */

	/* --- the write --- */
	STATEMENT_SPACE_LOCK,

	/* --- reading --- */

	/* --- upkeep: migrate, tidy, verify, doctor --- */

	STATEMENT_COUNT
};

struct statement {
	const char *name; /* "SPACE_LOCK" */
	const char *text; /* with question marks */
};

extern const struct statement statements[STATEMENT_COUNT];

#define SQL(name) (statements[STATEMENT_##name].text)

#endif
