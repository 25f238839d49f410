/* export.h -- the records of a collection that a person may see, page by page, as CSV or JSON: all of them, or those
 * that the filters of a list leave.  schema/PROTOCOL.md 13 describes the formats.  An import reads an export for
 * programs back, but passes over derived fields and what only the server writes, such as version and lastUpdatedAt.
 * Deleted records are left out.
 *
 * Records come in the definition's order, oldest first.  One that changes while the pages are read appears exactly
 * once. */
#ifndef EXPORT_H
#define EXPORT_H

#include "base/id.h"
#include "base/seen.h"
#include "model/call.h"
#include "record/list.h"
#include "record/names.h"

enum {
	EXPORT_COLUMNS_MAX = FIELDS_MAX + 8
};

struct export {
	/* from the caller */
	const struct call *call;         /* its arena is that of the whole export */
	const struct collection *collection;
	bool json;
	bool for_people;                 /* CSV: labels, names, local times */
	const char *fields;              /* "date,miles": these columns; or NULL */
	struct list list;                /* its filters and search, which are those of a list; the rest is set here */
	/* the state of the export */
	const char *names[EXPORT_COLUMNS_MAX + 1]; /* ends in NULL */
	const struct field *columns[EXPORT_COLUMNS_MAX]; /* NULL for a reserved member */
	size_t column_count;
	const struct field *zone_field;  /* of a record's instants, or NULL */
	const char *zone;                /* of the person, for records without one */
	struct names names_known;
	char after_id[ID_BYTES_MAX + 1];
	unsigned char after_key[64];
	size_t after_key_length;
	int64_t changed_since;           /* records changed after this seq are read again at the end */
	struct seen shown;
	size_t count;                    /* records so far */
	bool begun, paged, ended;
};

/* Check the columns and begin; that the person may read the collection is for the caller to check (policy_may).
 * PROBLEM_UNKNOWN_FIELD for a column that is not declared, PROBLEM_INVALID for one that is named twice.  What is wrong
 * with a filter is found by the first export_next. */
struct problem *export_open(struct export *ex) MUST_CHECK;

/* Append the next piece to out, with memory from a for everything else.  The last piece sets ex->ended. */
struct problem *export_next(struct export *ex, struct arena *a, struct buf *out) MUST_CHECK;

#endif
