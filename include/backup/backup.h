/* backup.h -- backups of a space.  One is made as the space was at one seq while others go on writing, and is kept in
 * the database: its parts are chunks, named by their content, that the backups of a space share.  The file that a
 * download gives (archive.h) is put together from them again, always the same to the byte.
 *
 * A backup is listed only once its file was read back through archive_read.  What a crash leaves is removed by tidying
 * (backups_tidy).  A request only marks a backup as gone; the process for jobs deletes it.
 *
 * kind: manual (somebody asked), automatic and daily (the schedule), before-restore, client (a copy that a client sent:
 * JSON, no archive), uploaded (a file that somebody sent).  state: making, whole, damaged (a check said so), gone. */
#ifndef BACKUP_H
#define BACKUP_H

#include "backup/archive.h"
#include "base/crypto.h"
#include "model/call.h"

enum {
	BACKUP_SMALL_RECORDS = 5000,        /* up to so much a backup is made or read within a request */
	BACKUP_SMALL_BYTES = 32 << 20,      /* of files */
	BACKUP_CLIENT_MAX = 8 << 20,        /* bytes of a client's copy */
	BACKUP_CLIENT_KEPT = 10,            /* of a client's copies under one key */
	BACKUP_CLIENT_KEYS = 20,
	BACKUP_BEFORE_RESTORE_DAYS = 30,
	BACKUP_BEFORE_RESTORE_KEPT = 50,    /* of a space */
	BACKUP_UPLOADED_DAYS = 7,
	BACKUPS_MAX = 500,                  /* of a space */
	BACKUPS_GONE_MAX = 100,             /* of a space, which are not deleted yet */
	BACKUP_PAGE = 50
};

/* What backups need of this server beside a call. */
struct backup_server {
	const void *secret;                 /* of the seal of archives: archive.h */
	size_t secret_size;
	const struct db_settings *db;       /* for a second connection: chunks are stored and progress is told while the
	                                     * first one is inside a transaction */
	int64_t bytes_max;                  /* of the backups of a space; 0: any number */
	int minutes;                        /* between automatic ones; 0: the schedule makes none */
};

struct job_run;

struct backup {
	const char *id, *kind, *state, *epoch, *counts, *user_id, *name, *checked;
	int64_t at, seq, bytes, files, checked_at, took_ms; /* checked_at: 0 for never */
	unsigned char sha256[SHA256_SIZE], chain[SHA256_SIZE], fingerprint[SHA256_SIZE];
	bool sealed;
};

/* A backup of the space of the call that is whole or damaged, by its id. */
struct problem *backup_find(const struct call *call, const char *id, struct backup *backup, bool *found) MUST_CHECK;

/* Those older than the instant and id of the last one (before 0: from the newest), newest first; up to limit, in an
 * array of the call's arena. */
struct problem *backup_list(const struct call *call, int64_t before, const char *before_id, int limit,
    struct backup **backups, size_t *count) MUST_CHECK;

/* Put a backup as GET /api/backups shows it. */
void backup_put(struct json_out *out, const char *name, const struct backup *backup);

/* Why the space of the call has no backup of the schedule: it could not be made, or did not come. */
struct backup_late {
	int64_t since;                      /* 0: nothing is wrong */
	const char *detail;                 /* a sentence or two */
};
struct problem *backup_late_read(const struct call *call, const struct backup_server *server, struct backup_late *late)
    MUST_CHECK;

/* What the backups of the space hold and may hold, in bytes; 0: as much as they like. */
struct problem *backup_quota(const struct call *call, const struct backup_server *server, int64_t *holds,
    int64_t *may) MUST_CHECK;

/* Make a backup of the space of the call now, within this call, whatever its size.  *id is the new one.  run is the job
 * whose progress is told, or NULL.  PROBLEM_BUSY while another one of the space is under way, PROBLEM_SPACE_FULL when
 * there is no room for it. */
struct problem *backup_make(const struct call *call, const struct backup_server *server, const char *kind,
    struct job_run *run, const char **id) MUST_CHECK;

/* What became of a wish for a backup. */
struct backup_asked {
	const char *id;                     /* of the backup: a new one, the same one, or the one under way */
	const char *job;                    /* the job that makes it, or NULL: it is whole */
	bool made;                          /* a new one was made */
};

/* Somebody wants a backup: a small space gets it at once, a larger one by a job.  While one is under way, or when
 * nothing has changed since the last one, that is the answer. */
struct problem *backup_ask(const struct call *call, const struct backup_server *server, struct backup_asked *asked)
    MUST_CHECK;

/* Keep a copy that a client sent under a key: body is its canonical JSON.  The same as the last one under that key is
 * kept once, and only the newest BACKUP_CLIENT_KEPT stay. */
struct problem *backup_keep_copy(const struct call *call, const struct backup_server *server, const char *key,
    const char *body, size_t size) MUST_CHECK;

/* ---- reading ---- */

/* The file of a backup, from its first byte to its last. */
struct backup_reader;
struct problem *backup_open(const struct call *call, const struct backup *backup, struct backup_reader **reader)
    MUST_CHECK;

/* The next bytes: an archive_source, with the reader as its argument.  PROBLEM_INVALID names a chunk that is missing or
 * is not what its name says. */
struct problem *backup_next(void *reader, void *room, size_t size, size_t *got) MUST_CHECK;

/* Give its bytes from one to another, both included, to a sink; with to = INT64_MAX up to its end.  Chunks and files
 * that end before the first are not read. */
struct problem *backup_stream(const struct call *call, const struct backup *backup, int64_t from, int64_t to,
    archive_sink sink, void *arg) MUST_CHECK;

struct backup_verdict {
	bool ok;
	const char *detail;                 /* one sentence */
	const char *checked;                /* content; seal: of a sealed one only that its bytes are whole */
};

/* Read a backup and say whether it is what it was when it was made; its row says it too, and so does an alarm. */
struct problem *backup_verify(const struct call *call, const struct backup_server *server, const struct backup *backup,
    struct job_run *run, struct backup_verdict *verdict) MUST_CHECK;

/* What reading a backup ended with: found, or NULL.  Damage is noted as backup_verify notes it.  Returns found, unless
 * that cannot be noted. */
struct problem *backup_found_damaged(const struct call *call, const struct backup *backup, struct problem *found)
    MUST_CHECK;

/* Put the members of a verdict: ok, detail, checked. */
void backup_verdict_put(struct json_out *out, const struct backup_verdict *verdict);
const char *backup_verdict_json(struct arena *a, const struct backup_verdict *verdict);

/* ---- keeping ---- */

/* Whether a job reads the backup, or waits to: it is better kept until then. */
struct problem *backup_is_read(const struct call *call, const char *id, bool *read) MUST_CHECK;

/* Mark a backup as gone. */
struct problem *backup_drop(const struct call *call, const char *id) MUST_CHECK;

/* Which of the backups of the schedule stay, newest first: the newest `last`, and the newest of each of so many days,
 * weeks and months.  kept is an array of count. */
struct backup_keeping {
	int last, days, weeks, months;
	const char *zone;
};
void backups_choose(const struct backup_keeping *keeping, const int64_t *ats, size_t count, bool *kept);

/* What the schedule did in a round. */
struct backups_round {
	int64_t made, failed, gone;
};

/* Make the automatic and daily backups that are due, oldest first and only some at once, and thin out.  call has no
 * person.  It is the housekeeper's, and daybookctl's. */
struct problem *backups_run(const struct call *call, const struct backup_server *server, struct backups_round *round)
    MUST_CHECK;

/* Delete what is gone, what a crash left, and chunks that no backup has. */
struct problem *backups_tidy(const struct call *call, int64_t *count) MUST_CHECK;

#endif
