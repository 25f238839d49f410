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
