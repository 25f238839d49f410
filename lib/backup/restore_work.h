/* restore_work.h -- what the files of a restore share. */
#ifndef RESTORE_WORK_H
#define RESTORE_WORK_H

#include <stdio.h>

#include "backup/restore.h"
#include "backup/walk.h"
#include "base/seen.h"
#include "record/write.h"

/* What is done with a record. */
enum step_kind {
	STEP_NEW,
	STEP_CHANGED,
	STEP_DELETED,
	STEP_UNCHANGED,
	STEP_KEPT,                   /* it differs, and stays */
	STEP_COUNT
};

/* A record as it will be. */
struct incoming {
	const struct collection *collection;
	const char *id, *owner;
	const char *doc, *doc_private; /* NULL for one that is deleted */
	bool orphan;                 /* its owner is no member: who restores owns it */
};

struct restore_count {
	int64_t of[STEP_COUNT];
	struct {
		enum step_kind kind;
		const char *id, *title;
	} examples[RESTORE_EXAMPLES];
	size_t example_count;
};

/* Why something is left out, and how often. */
struct restore_note {
	const char *collection, *why;
	int64_t count;
};

/* A user of the file, and who they are here. */
struct restore_user {
	const char *email;           /* by the members of the file, or NULL */
	const char *here;            /* NULL until somebody asks; "" for nobody that is known here */
};

struct restore {
	const struct call *call;
	const struct backup_server *server;
	const struct restore_asked *asked;
	const struct restore_source *source;
	struct arena *scratch;       /* of one record */
	int64_t until;               /* steady_now() after which reading has taken too long */
	int64_t seconds;             /* for a look, all of it; else each time the file is read */

	/* of the survey */
	int64_t wanted, most;        /* records in it that would be here, and how many may be; 0: any number */
	struct archive_read read;
	bool trusted;                /* sealed by this server, under the definitions it has now */
	bool same_space;
	struct seen users;           /* count - 1 is the place in user */
	struct restore_user *user;
	size_t user_count, user_room;
	const char *const *member_ids, *const *member_emails;
	size_t member_count;
	bool members_read;
	struct seen missing;         /* names of files that are not here */
	int64_t missing_files, missing_bytes, files;

	/* of the difference */
	struct restore_count *counts; /* by the place of the collection in the set */
	struct restore_note notes[RESTORE_NOTES_MAX];
	size_t note_count;
	int64_t owners;              /* records whose owner is no member, which who restores will own */
	struct seen moved;           /* records that have another id here than in the file */
	struct walk *walk;
	const struct record *here;
	FILE *spool;                 /* what will be written, in order; NULL: nothing is kept */
	int64_t seq;                 /* of the space when the difference was found */
};

/* ---- survey.c: the file is read and checked once, and what it says of people and files is kept ---- */

/* Read the file from its first byte, in bounded time. */
struct problem *restore_read(struct restore *r, const struct archive_visitor *visitor, void *arg,
    struct archive_read *read) MUST_CHECK;

struct problem *restore_survey(struct restore *r) MUST_CHECK;

/* The problem of a file that takes so long. */
struct problem *restore_too_long(struct arena *a, int64_t seconds, bool looking) MUST_CHECK;

/* Put back the files that are not here: before the records, because they may name only what is there. */
struct problem *restore_files(struct restore *r, struct job_run *run) MUST_CHECK;

/* ---- incoming.c: a record of the file as it will be here ---- */

/* *taken is false for one that is left out. */
struct problem *restore_incoming(struct restore *r, const struct archive_record *in, struct incoming *out,
    bool *taken) MUST_CHECK;

/* Whether somebody asked for records of a collection, and they are written by a restore. */
bool restore_is_asked(const struct restore *r, const char *collection);

/* Whether records of a collection are never written by a restore. */
bool restore_never(const char *collection);

/* Of a file of another space, or of one that anybody can have made, what spaceSettings says about backups is not taken:
 * else backups of this space would be sealed to their key, and nobody here could open them.  Values of any other
 * collection, or of a backup of this space, are left alone. */
struct problem *restore_settings(struct restore *r, const struct collection *c, const char **values,
    bool *changed) MUST_CHECK;

/* Say that something of a collection is left out. */
void restore_note(struct restore *r, const char *collection, const char *why);

/* A user of the file is read of; email may be NULL. */
void restore_meet_user(struct restore *r, const char *id, const char *email);

/* ---- difference.c ---- */

/* Go through file and space at once, count, and keep what is to be written if there is a spool. */
struct problem *restore_difference(struct restore *r) MUST_CHECK;

/* ---- spool.c: what is to be written, in a file without a name ---- */

struct problem *spool_open(struct arena *a, FILE **spool) MUST_CHECK;
struct problem *spool_empty(struct restore *r) MUST_CHECK;
struct problem *spool_add(struct restore *r, enum step_kind kind, const struct incoming *in) MUST_CHECK;

/* The next step, in a; *kind is STEP_COUNT at the end.  at is where it began, for spool_back. */
struct problem *spool_next(struct restore *r, struct arena *a, enum step_kind *kind, struct incoming *in,
    int64_t *at) MUST_CHECK;
struct problem *spool_back(struct restore *r, int64_t at) MUST_CHECK;

#endif
