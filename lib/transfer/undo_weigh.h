/* undo_weigh.h -- what the two halves of undo share.  Private to undo.c and undo_weigh.c. */
#ifndef UNDO_WEIGH_H
#define UNDO_WEIGH_H

#include "back_fields.h"
#include "base/seen.h"
#include "record/write.h"
#include "transfer/undo.h"

/* An undo under way. */
struct undoing {
	const struct call *call;
	const struct undo_asked *asked;
	const char *by;          /* whose writes: of members always their own */
	bool verbatim;           /* exactly what was stored before, all or nothing */
	struct undo_report *report;
	struct rows *found;      /* the records: the columns UNDO */
	int64_t newest;          /* seq of the last write that is to be undone */
	size_t next;             /* of found, in take_whole */
	int64_t until;           /* by steady_now */
	struct seen coming;      /* of a dry run, for write_ask */
};

enum undo_way {
	UNDO_NOTHING,    /* what the writes did is no more */
	UNDO_DONE,       /* by an earlier request of the same undo */
	UNDO_DELETE,     /* they made it */
	UNDO_BRING_BACK, /* they deleted it */
	UNDO_CHANGE
};

/* What is to be done about a record. */
struct weighed {
	const struct collection *collection; /* NULL: it has no definition any more */
	const char *id;
	int64_t version;         /* as it is now */
	bool visible, sees_private; /* to the person */
	enum undo_way way, done; /* done: of UNDO_DONE, what it was */
	int64_t back_to;         /* UNDO_BRING_BACK: the version */
	const char **values;     /* what the fields will be, where touched */
	bool *touched, *spared;  /* by field: goes back; was to go back but stays */
	const char *owner;       /* who will own it, where that changes; else NULL */
	bool imported;           /* UNDO_DELETE: an import made it */
	bool leaves;             /* a part of it or all stays as it is, */
	enum undo_reason reason; /* because of this */
};

/* Decide about the record at an index of what was found. */
struct problem *undo_weigh(const struct undoing *u, const struct call *call, size_t i,
    struct weighed *w) MUST_CHECK;

/* The first bytes of the SHA-256 of a text, in hex digits. */
char *undo_digest(struct arena *a, const char *text, size_t bytes);

#endif
