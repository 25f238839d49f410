/* restore.h -- brings a backup back, or takes in a file that somebody has: first what would change is found by going
 * through the file and the space at once, then it is written as new writes, all or nothing.  Readers see the space as
 * it was, and then as it will be; every write is in the audit with the cause restore:JOB or import:JOB.
 *
 * Members and notifications are never written: people join, and are told things, once.  Everything else is stored
 * exactly as it was.  What this server cannot take (a collection that it does not know, a value that its definitions
 * do not allow) is left out and said.  A file that this server did not seal is checked value by value.
 *
 * A record belongs to whom it belonged if they are a member, or if the record was theirs here; else to the member with
 * the e-mail that the file has for them; else to who restores. */
#ifndef RESTORE_H
#define RESTORE_H

#include "backup/archive.h"
#include "backup/jobs.h"
#include "model/cell.h"

enum {
	RESTORE_EXAMPLES = 5,          /* of a collection */
	RESTORE_NOTES_MAX = 100,       /* different reasons why something is left out */
	RESTORE_LOOK_SECONDS = 20,     /* that a look may take within a request */
	RESTORE_REQUEST_SECONDS = 25,  /* how long others may be made to wait: by a request, */
	RESTORE_JOB_SECONDS = 900      /* and by a job */
};

struct restore_asked {
	bool replace;                  /* also delete what the file does not have */
	bool keep_changed;             /* without replace: records that differ stay as they are */
	bool import;                   /* the audit says imported instead of restored */
	struct texts collections;      /* only these; none: all */
	const char *cause;             /* of the writes, and op id of the first one; not of a dry run */
	int seconds;                   /* that others may be made to wait */
	int64_t file_bytes_max;        /* of all files of the space */
};

/* The file, which is read more than once. */
struct restore_source {
	struct problem *(*rewind)(void *arg); /* to its first byte */
	archive_source read;
	void *arg;
};

/* A stored backup, and bytes at hand, as such a source in a. */
struct restore_source restore_from_backup(const struct call *call, const struct backup *backup) MUST_CHECK;
struct restore_source restore_from_bytes(struct arena *a, const void *bytes, size_t size) MUST_CHECK;

/* Find out what a restore would do, and put it into out: "difference", "files", "left", "owners", "head".
 * PROBLEM_TOO_LARGE when that takes longer than asked->seconds, PROBLEM_SPACE_FULL when the file has more records than
 * the space may have. */
struct problem *restore_look(const struct call *call, const struct backup_server *server,
    const struct restore_asked *asked, const struct restore_source *source, struct json_out *out) MUST_CHECK;

/* Restore: a backup before it first, then files that are missing, then all records in one transaction.  run is the job
 * whose progress is told, or NULL.  The same members are put into out, and "before", the id of that backup; "again" is
 * true when the same cause was written before, and then nothing is done. */
struct problem *restore_run(const struct call *call, const struct backup_server *server,
    const struct restore_asked *asked, const struct restore_source *source, struct job_run *run, struct json_out *out)
    MUST_CHECK;

/* Whether the person has written something with this cause: a process died after it had committed that. */
struct problem *restore_written(const struct call *call, const char *cause, bool *written) MUST_CHECK;

/* ---- as it is asked for ---- */

enum {
	RESTORE_JSON_MAX = 64 << 20    /* bytes of a file that is JSON, not an archive */
};

struct restore_wish {
	const char *backup;            /* the id of a stored backup, or of an uploaded file; of a look at bytes NULL */
	bool replace, keep_changed, import;
	bool is_copy;                  /* it is what a client gave as its own copy */
	bool look;                     /* the job only finds out what it would do */
	struct texts collections;
	const char *zone;              /* of local times in the file of another program; NULL: that of the person */
	enum date_order dates;         /* of its dates */
	int64_t file_bytes_max;
	int seconds;                   /* of a look in all, else each time the file is read */
};

/* The backup of that id, if it can be restored.  PROBLEM_NOT_FOUND, PROBLEM_INVALID for a sealed one. */
struct problem *restore_find(const struct call *call, const char *id, struct backup *backup) MUST_CHECK;

/* What the wish would do with a file of any form that is known. */
struct problem *restore_wish_look(const struct call *call, const struct backup_server *server,
    const struct restore_wish *wish, const struct restore_source *source, struct json_out *out) MUST_CHECK;

/* The wish as a job is asked (job_create), for the kinds restore and import. */
const char *restore_wish_json(struct arena *a, const struct restore_wish *wish);

#endif
