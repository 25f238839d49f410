/* jobs.h -- long work for a space, with progress: backup, restore, import, check.  A job is a row that anyone with the
 * right may look at.  It is worked at by the process for jobs, by `daybookctl watch` on hosts without one, or, when it
 * is small, within the request that asked (job_now).
 *
 * Whoever works at a job holds a lock of the database server that is named after it, on a connection of its own.  The
 * lock ends with the process, so another takes the job over at once.  A job begins again from the start then: its work
 * has to find out what the first attempt has done (run->tries is more than 1). */
#ifndef JOBS_H
#define JOBS_H

#include <json-c/json.h>

#include "backup/backup.h"

enum {
	JOBS_OF_SPACE_MAX = 3,              /* waiting or running at once */
	JOBS_OF_PERSON_MAX = 6,             /* the same, in all spaces */
	JOBS_OF_DAY_MAX = 500,              /* of a space; they are kept for a while */
	JOB_TRIES_MAX = 5                   /* after failures of the server, or deaths of its process */
};

/* A job as it is looked at. */
struct job {
	const char *id, *kind, *state, *user_id;
	const char *stage, *result, *error; /* or NULL; result is a JSON object */
	int64_t progress, total;
	const char *created_at, *finished_at; /* as SQL has them */
};

/* A job as it is worked at. */
struct job_run {
	/* for the work */
	const struct call *call;            /* as who asked, with the role they have now; its arena is the job's */
	const struct backup_server *server;
	const char *id;
	struct json_object *asked;          /* what was asked, as job_create was given it */
	int tries;                          /* this one included */
	/* from the work */
	const char *result;                 /* a JSON object in call->a, or NULL */
	/* of jobs.c */
	struct db *aside;                   /* holds the lock, and tells the progress */
	int64_t told_at;
	const char *told;                   /* the stage that was told last */
};

/* What a kind of job does.  A problem ends it: of the server (problem_is_fatal) it is tried again, any other one is its
 * error, for whoever asked. */
struct job_kind {
	const char *name;
	enum role least;                    /* of who asked, when it is worked at */
	struct problem *(*run)(struct job_run *run);
};

/* The table, ended by a row without a name; it is in jobs.c. */
extern const struct job_kind job_kinds[];
struct problem *job_backup(struct job_run *run);
struct problem *job_check(struct job_run *run);
struct problem *job_import(struct job_run *run);
struct problem *job_restore(struct job_run *run);

/* Make a job of a kind for the space and the person of the call.  asked is a JSON object.  PROBLEM_BUSY when the space
 * has JOBS_OF_SPACE_MAX already, or the person JOBS_OF_PERSON_MAX; PROBLEM_TOO_MANY after JOBS_OF_DAY_MAX. */
struct problem *job_create(const struct call *call, const char *kind, const char *asked, const char **id) MUST_CHECK;

/* Make a job and work at it at once.  The job's own problem is in job->error, and *failed is that problem or NULL. */
struct problem *job_now(const struct call *call, const struct backup_server *server, const char *kind,
    const char *asked, struct job *job, struct problem **failed) MUST_CHECK;

/* A job of the space of the call; the person asked for it, or is an owner. */
struct problem *job_find(const struct call *call, const char *id, struct job *job, bool *found) MUST_CHECK;

/* Put a job as GET /api/jobs/:id shows it. */
void job_put(struct json_out *out, const char *name, const struct job *job);

/* Say how far it is: a word for the stage, and a number out of a total (0: unknown).  It may be called often; only
 * stages, and a number each half second, are written.  PROBLEM_UNAVAILABLE when the lock was lost: the work stops.  run
 * may be NULL. */
struct problem *job_step(struct job_run *run, const char *stage, int64_t progress, int64_t total) MUST_CHECK;

/* Take the next job that is due and work at it.  *worked is false when there was none.  call has no person.  The people
 * who have jobs take turns: who had none for longest is next, whatever the others have waiting. */
struct problem *jobs_run_next(const struct call *call, const struct backup_server *server, bool *worked) MUST_CHECK;

#endif
