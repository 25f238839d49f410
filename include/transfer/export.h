/* export.h -- all records of a collection that a person may see, page by page, as CSV or JSON.  schema/PROTOCOL.md 13
 * describes both formats.  An import reads an export back, but passes over derived fields and what only the server
 * writes, such as version and lastUpdatedAt.  Deleted records are left out.
 *
 * Records come in the definition's order, oldest first.  One that changes while the pages are read appears exactly
 * once. */
#ifndef EXPORT_H
#define EXPORT_H

#include "base/id.h"
#include "base/seen.h"
#include "model/call.h"

enum {
	EXPORT_COLUMNS_MAX = FIELDS_MAX + 8
};

struct export {
	/* from the caller */
	const struct call *call;         /* its arena is that of the whole export */
	const struct collection *collection;
	bool json;
	const char *fields;              /* "date,miles": these columns; or NULL */
	/* the state of the export */
	const char *names[EXPORT_COLUMNS_MAX + 1]; /* ends in NULL */
	const struct field *columns[EXPORT_COLUMNS_MAX]; /* NULL for a reserved member */
	size_t column_count;
	char after_id[ID_BYTES_MAX + 1];
	unsigned char after_key[64];
	size_t after_key_length;
	int64_t changed_since;           /* records changed after this seq are read again at the end */
	struct seen shown;
	size_t count;                    /* records so far */
	bool begun, paged, ended;
};

/* Check the columns and begin; that the person may read the collection is for the caller to check (policy_may).
 * PROBLEM_UNKNOWN_FIELD for a column that is not declared, PROBLEM_INVALID for one that is named twice. */
struct problem *export_open(struct export *ex) MUST_CHECK;

/* Append the next piece to out, with memory from a for everything else.  The last piece sets ex->ended. */
struct problem *export_next(struct export *ex, struct arena *a, struct buf *out) MUST_CHECK;

#endif
