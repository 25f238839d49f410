/* then.h -- the records of a space as they were at a moment: an instant, or after a write.  schema/PROTOCOL.md 8.
 *
 * then_open makes a temporary table on the connection of the call and has all statements read it instead of the
 * records of now, until then_close: lists, reports and exports need to know nothing of it.  What was not changed since
 * is copied as it is, and what was changed is taken back through the audit (past.h).  Nothing is locked, nobody waits.
 *
 * Who may see what is decided as of now.  The readers of the table do that as they do with records of now, by the owner
 * that a record has there.  A record that had another owner then is there only for a person who sees what both own, and
 * its private fields only for one who sees those of both.  A record whose past was erased, or goes back further than
 * past.h looks, is left out and counted. */
#ifndef THEN_H
#define THEN_H

#include "base/crypto.h"
#include "record/record.h"

enum {
	THEN_RECORDS_MAX = 200000, /* there at the moment, of the collections that are asked for */
	THEN_CHANGED_MAX = 20000,  /* of them changed since; those added since are none */
	THEN_SECONDS_MAX = 12      /* for all of it; each statement has the time that db_hurry gives */
};

/* Read what ?at= says: an instant (RFC 3339), or the seq of a write; 0 is before the first.  Sets then_at and then_seq
 * of the call.  PROBLEM_INVALID names "at" for anything else, and for what has not been yet. */
struct problem *then_read(struct call *call, const char *at) MUST_CHECK;

/* From now on statements on this connection read the records as they were at the moment of then_read: of these
 * collections, or with NULL of all.  *missing is how many are left out.  PROBLEM_TOO_MUCH beyond the limits;
 * PROBLEM_UNAVAILABLE when the database lets nobody make temporary tables.  then_close has to follow in any case. */
struct problem *then_open(const struct call *call, const struct collection *const *needed, size_t count,
    int64_t *missing) MUST_CHECK;

/* After then_open: what was deleted at that moment is in the records too, of one collection; whatever was purged since,
 * and was not written to meanwhile, is not.  PROBLEM_TOO_MUCH beyond the limits. */
struct problem *then_deleted(const struct call *call, const struct collection *c) MUST_CHECK;

/* The hash of the chain at that moment: of the last write, or zeros before the first. */
struct problem *then_hash(const struct call *call, unsigned char hash[SHA256_SIZE]) MUST_CHECK;

/* Back to the records of now.  When the table cannot be dropped, the connection is closed, and the table with it. */
void then_close(struct db *db);

/* A single record as it was at the moment of then_read, without any table.  PROBLEM_NOT_FOUND when it was not there,
 * when the person may not see it, and when its history does not go back so far. */
struct problem *then_record(const struct call *call, const struct collection *c, const char *id,
    struct record *record) MUST_CHECK;

#endif
