/* migrate.h -- migrates the database to this program's schema.  The files are schema/NNNN_name.sql; there are no down
 * migrations.  DDL is not transactional, so each statement is noted in the table `migration` (made here) before it
 * runs, with a hash of its text, and marked as done after it ran.  After a crash, the next run continues with the
 * statement that was running; if that one statement reports "exists already", it counts as done.  GET_LOCK lets one run
 * in at a time. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "store/db.h"

/* The schema this program was built for: the highest NNNN it knows, and the lowest that a worker can use. */
enum {
	SCHEMA_NEWEST = 12,
	SCHEMA_OLDEST = 11
};

/* Apply the migrations of folder that are missing; say() gets a line for each statement that runs.  A schema newer than
 * SCHEMA_NEWEST, a file that changed after it was applied, or a failing statement is PROBLEM_INTERNAL; its cause says
 * which one and what to do. */
struct problem *migrate_run(struct db *db, struct arena *a, const char *folder,
    void (*say)(const char *line)) MUST_CHECK;

/* The number of the newest file that was applied completely; 0 for an empty database. */
struct problem *migrate_version(struct db *db, struct arena *a, int *version) MUST_CHECK;

#endif
