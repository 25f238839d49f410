/* record.h -- a record as it is stored, and as it is shown. */
#ifndef RECORD_H
#define RECORD_H

#include "base/json_out.h"
#include "model/call.h"

struct record {
	const struct collection *collection;
	const char *id, *owner;
	const char *reader;                      /* who alone sees it beside its owner, or NULL */
	int64_t version, seq, tx_seq;
	bool deleted;
	const char *doc, *doc_private;           /* canonical JSON objects; doc_private may be NULL */
	const char *created_at, *created_by;     /* instants as SQL has them, "2026-11-21 08:34:00.000" */
	const char *updated_at, *updated_by;
};

/* A row of RECORD_COLUMNS, whatever follows them, as a record.  False when its collection is not defined here. */
bool record_of_row(const struct collections *set, const struct rows *rows, size_t row, struct record *record);

/* The record by its id, tombstones included; *found false when there is none.  Visibility is the caller's to ask. */
struct problem *record_find(const struct call *call, const struct collection *c, const char *id, struct record *record,
    bool *found) MUST_CHECK;

/* Put the record as the person sees it: reserved members, then the docs spliced in as they are; a tombstone without fields. */
void record_put(struct json_out *out, const char *name, const struct record *record, const struct person *person);

/* Put the record with only the named fields (names of fields, reserved members allowed; id and version always).  The one path
 * that takes a doc apart to show it. */
void record_put_fields(struct arena *a, struct json_out *out, const char *name, const struct record *record,
    const struct person *person, const char *const *names);

/* An entity tag for this version in this epoch: "\"<epoch>.<version>\"", and "\"<epoch>.<version>-\"" for who does not see its private
 * fields, since his is another representation. */
char *record_etag(struct arena *a, const struct record *record, const struct person *person, const char *epoch);

#endif
