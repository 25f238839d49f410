/* migrate.h -- brings the database to the schema of this program.
 * schema/NNNN_name.sql, forward only.  DDL is not transactional, so each statement is remembered in the table `migration` (made
 * here) as soon as it ran, with a hash of its text; a run that died goes on at the statement it died at, and "exists already" of
 * that one statement is taken as done.  One migrator at a time: GET_LOCK. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "store/db.h"

/* The schema this program was built for: the highest NNNN it knows, and the lowest a worker can work with. */
enum {
	SCHEMA_NEWEST = 2,
	SCHEMA_OLDEST = 2
};

/* Apply what is missing from folder; say() gets a line for each statement run.  Problems: a newer schema than SCHEMA_NEWEST, a file that
 * changed after it was applied, a failing statement: PROBLEM_INTERNAL whose cause says which and what to do. */
struct problem *migrate_run(struct db *db, struct arena *a, const char *folder, void (*say)(const char *line)) MUST_CHECK;

/* The newest file applied whole; 0 for an empty database. */
struct problem *migrate_version(struct db *db, struct arena *a, int *version) MUST_CHECK;

#endif
