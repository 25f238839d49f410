/* record.h -- finding a record, and showing it as JSON. */
#ifndef RECORD_H
#define RECORD_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	PAGE_BYTES_MAX = 1000000 /* of a page of records or of their changes, beside the last one of it */
};

/* A row of the table `record`; a tombstone too. */
struct record {
	const struct collection *collection;
	const char *id, *owner;
	const char *reader;                      /* the user it is addressed to (policy.h), or NULL */
	int64_t version, seq, tx_seq;
	bool deleted;
	const char *doc, *doc_private;           /* canonical JSON objects; doc_private may be NULL */
	const char *created_at, *created_by;     /* instants as SQL has them, "2026-11-21 08:34:00.000" */
	const char *updated_at, *updated_by;
};

/* Read a row of the database whose first columns are RECORD_COLUMNS; more may follow them.  The texts belong to rows.
 * False when its collection has no definition. */
bool record_of_row(const struct collections *set, const struct rows *rows, size_t row, struct record *record);

/* The same for a live record of c whose row begins with SHOWN_COLUMNS; tx_seq is not among them. */
void record_of_shown(const struct collection *c, const struct rows *rows, size_t row, struct record *record);

/* Find a record by its id, tombstones included; *found is false when there is none.  Whether the person sees it is for
 * the caller to check (policy.h).  Inside a write it is as the transaction has left it, and asked for once. */
struct problem *record_find(const struct call *call, const struct collection *c, const char *id, struct record *record,
    bool *found) MUST_CHECK;

/* Find the last write of an id whose record is purged, as a tombstone; *known is false when it was never written. */
struct problem *record_purged(const struct call *call, const struct collection *c, const char *id,
    struct record *record, bool *known) MUST_CHECK;

/* Ask for something that depends on the writes to one record of c and on no other, or with id NULL on those to c, or
 * with c NULL on no record at all.  Inside a write this spares the batch from being sent first. */
struct problem *record_look(const struct call *call, const struct collection *c, const char *id, const char *sql,
    const struct value *values, size_t count, struct rows **rows) MUST_CHECK;

/* The same for a collection; inside a write it is asked once, and again after a write to c. */
struct problem *record_ask(const struct call *call, const struct collection *c, const char *sql,
    const struct value *values, size_t count, struct rows **rows) MUST_CHECK;

/* A live record, as one of several. */
struct kin {
	const char *id;
	const char *const *values; /* without the private ones */
};

/* Those of a collection and an owner that have this text in a field. */
struct kindred {
	/* asked */
	const struct collection *collection;
	const char *owner, *field, *text;
	size_t most;
	/* answered, in the order of their ids: an array of the caller's own */
	struct kin *all;
	size_t count;
};

/* Find them by a query for KIN, in that order and with that limit.  Inside a write it is asked once, and what it found
 * is kept as the ops leave it. */
struct problem *record_kindred(const struct call *call, struct kindred *kindred, const char *sql,
    const struct value *values, size_t count) MUST_CHECK;

/* Put the record as the person sees it: reserved members, then the stored documents as they are.  A tombstone has no
 * fields. */
void record_put(struct json_out *out, const char *name, const struct record *record, const struct person *person);

/* About how many bytes record_put writes for it, at most. */
size_t record_size(const struct record *record);

/* The same with only the fields in the NULL-ended list names (reserved members may be named too), and always id and
 * version. */
void record_put_fields(struct arena *a, struct json_out *out, const char *name, const struct record *record,
    const struct person *person, const char *const *names);

/* The entity tag of this version in this epoch: "<epoch>.<version>" in quotes.  A person who does not see the private
 * fields gets another representation and therefore another tag, "<epoch>.<version>-". */
char *record_etag(struct arena *a, const struct record *record, const struct person *person, const char *epoch);

#endif
