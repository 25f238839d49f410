/* witness.h -- finds out that the database is not the one that this machine last wrote to: a plain dump was loaded over
 * it, a snapshot was put back, or the settings name another one.
 *
 * Each minute the housekeeper writes a new random mark into the table `meta` and into a file in state_dir, which no
 * dump has.  A database with another mark than the file is not the one that was left.  The file is only for this: when
 * it is lost, the next round begins anew.  Each machine has a row of its own.  A snapshot that sets back the file as
 * well is found out by devices (schema/PROTOCOL.md 5). */
#ifndef WITNESS_H
#define WITNESS_H

#include "base/config.h"
#include "store/db.h"

enum witness {
	WITNESS_KNOWN, /* the database is the one that was left */
	WITNESS_NEW,   /* there is no file yet */
	WITNESS_NONE,  /* the file can be neither read nor written here; *when is "" */
	WITNESS_OTHER  /* the database is another one, or an older state of it */
};

/* Compare the database with the file, and change nothing.  *when is when the file was last written, in RFC 3339. */
struct problem *witness_look(struct db *db, struct arena *a, const struct config *config, enum witness *found,
    const char **when) MUST_CHECK;

/* The same, each minute: write a new mark into both, or raise the alarm set-back if the database is another one. */
struct problem *witness_renew(struct db *db, struct arena *a, const struct config *config, enum witness *found,
    const char **when) MUST_CHECK;

/* The operator has said that this database is the one to use: every machine takes it as its own, and the alarm is
 * over.  Inside a transaction or not. */
struct problem *witness_accept(struct db *db, struct arena *a, const struct config *config) MUST_CHECK;

/* What happened, in a sentence. */
const char *witness_text(struct arena *a, const char *when);

#endif
