/* then_table.h -- the records of a space as they were at a moment, in two temporary tables of one connection, and the
 * statements that read them instead of the table `record`.  lib/record/then.c fills them.
 *
 * The tables have names of their own, and statements that look back are other texts.  So whoever does not look back
 * reads the records of now, whatever was left behind; and on a connection that was lost and opened again a statement
 * that looks back finds no table, and does not answer with the records of now. */
#ifndef THEN_TABLE_H
#define THEN_TABLE_H

#include <stdbool.h>

#include "base/buf.h"

/* The texts that make and fill them. */
enum then_text {
	THEN_DROP,    /* both tables, if they are there */
	THEN_MAKE,    /* then_record: the columns of record, with its keys but that of the feed */
	THEN_NOTE,    /* then_changed: which records were changed after the moment, and their version then */
	THEN_COPY,    /* what was not changed since: values space, seq, collections (IN (?)), rows at most */
	THEN_COPY_DELETED, /* what was deleted then and was not changed since: as THEN_COPY */
	THEN_FIND,    /* fill then_changed: values space, seq, collections (IN (?)), rows at most */
	THEN_PAGE,    /* a page of then_changed, with the records of now: the columns THEN; values space, collection
	               * twice and id of the last one, rows at most */
	THEN_WRITES,  /* the writes of a page from the moment on, newest first of each: the columns AUDIT; values space,
	               * collection twice and id of the last one before it, and of its last one */
	THEN_ADD,     /* a record into then_record, unless it is there: as RECORD_INSERT */
	THEN_TEXTS_COUNT
};

extern const char *const then_texts[THEN_TEXTS_COUNT];

/* The same statement over then_record. */
const char *then_statement(struct arena *a, const char *sql);

/* Whether a statement is over one of the two tables. */
bool then_is_meant(const char *sql);

#endif
