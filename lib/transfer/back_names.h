/* back_names.h -- what the two halves of taking back share.  Private to back.c and back_names.c. */
#ifndef BACK_NAMES_H
#define BACK_NAMES_H

#include "record/write.h"
#include "record/audit.h"
#include "transfer/back.h"

/* An import that is being taken back. */
struct back {
	const struct call *call;
	const struct collection *imports;
	const char *run, *cause, *person; /* the prefix of its ops; "back-…"; whose ops these are */
	bool begun;                       /* an earlier request has begun to take it back */
	int64_t until;                    /* by steady_now; 0 = never */
	struct back_report *report;
	struct seen coming;               /* of a dry run, for write_ask, */
	struct seen deleted;              /* and the records that would be deleted */
};

/* A write of the import, and its record as it is now. */
struct written_row {
	const char *op;
	int64_t version;
	bool created;                     /* there was no record before */
	const char *owner, *former_owner; /* after it, and before it where it changed */
	const char *changes, *private_changes; /* NULL when erased */
	struct record record;             /* its id is NULL when there is none any more */
	const char *last_cause, *last_action; /* of its last write; or NULL */
};

/* Read a page of what the import wrote under op ids between these two; none at the end. */
struct problem *back_page(struct back *b, struct arena *a, const char *after, const char *end,
    struct written_row **found, size_t *found_count) MUST_CHECK;

/* Prepare and write ops, or ask about them in a dry run. */
struct problem *back_write(struct back *b, struct arena *a, struct op *ops, size_t op_count,
    struct outcome *outcomes) MUST_CHECK;

/* List a record that stays as it is. */
void back_leave(struct back *b, const char *collection, const char *id, const char *detail);

/* True when the time is up, which the report then says. */
bool back_is_over(struct back *b);

/* In a dry run: the record would be deleted, so it names nothing any more. */
void back_note_deleted(struct back *b, const struct collection *c, const char *id);

/* Delete the records that the import made because rows named them, if no record names them now. */
struct problem *back_take_names(struct back *b, struct arena *scratch) MUST_CHECK;

#endif
