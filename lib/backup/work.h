/* work.h -- what the files of this room share while a backup is made: where its parts go, and what it is made of. */
#ifndef BACKUP_WORK_H
#define BACKUP_WORK_H

#include "backup/jobs.h"

enum {
	PIECE_MAX = 1 << 20,        /* bytes of a row of a file that is stored as it is */
	SEALED_FROM = 1 << 28       /* numbers of the rows of a sealed file; before them are the parts it was made of */
};

/* A row of backup_part.  body is what is to be stored as its chunk, or NULL: it is an attachment, or stored already. */
struct part {
	int64_t number;
	const char *name;
	unsigned char sha256[SHA256_SIZE];
	int64_t bytes;
	bool is_file;
	const char *collection, *record_id, *counts;
	const void *body;
};

/* Where the parts of a backup go: a connection of its own, which holds the lock of the space's backups. */
struct store;

/* Connect and take the lock; *store is NULL when somebody else has it. */
struct problem *store_open(const struct call *call, const struct backup_server *server, const char *backup_id,
    struct store **store) MUST_CHECK;
void store_close(struct store *s);
struct db *store_db(struct store *s);

/* Add a part: its number is the next one.  Parts are kept until there are enough for a transaction; what it points to
 * is copied. */
struct problem *store_add(struct store *s, const struct part *part) MUST_CHECK;
struct problem *store_flush(struct store *s) MUST_CHECK;
int64_t store_number(const struct store *s);        /* of the next part */
void store_number_from(struct store *s, int64_t number);

/* Read a part from a row of the columns BACKUP_PART. */
void part_of_row(const struct rows *rows, size_t row, struct part *part);

/* Records by collection, in the order of an archive. */
struct tally {
	struct arena *a;
	struct count {
		const char *collection;
		int64_t records;
	} *all;
	size_t count, room;
};
void tally_start(struct tally *t, struct arena *a);
void tally_clear(struct tally *t);
void tally_add(struct tally *t, const char *collection, int64_t records);
void tally_add_json(struct tally *t, const char *counts);
const char *tally_json(const struct tally *t, struct arena *a);

/* What a snapshot holds. */
struct contents {
	/* asked */
	struct store *store;
	struct job_run *run;
	const struct backup *base;          /* whose parts may be taken over; or NULL */
	const char *copy;                   /* of a client, instead of records; or NULL */
	size_t copy_size;
	/* found */
	struct archive_head head;
	int64_t records, files;             /* about; in it */
	struct tally counts;
};

/* Put the parts of the space's records, and the rows of its files, into the store, as they are at one moment. */
struct problem *contents_collect(const struct call *call, struct contents *c) MUST_CHECK;

/* The name of the chunk that a client's copy is stored as. */
struct problem *copy_digest(const struct call *call, const char *copy, size_t size,
    unsigned char digest[SHA256_SIZE]) MUST_CHECK;

/* Count anew what the backups of a space hold. */
struct problem *backups_count(struct db *db, struct arena *a, const char *space) MUST_CHECK;

/* See that there is room for a backup whose parts are stored.  With drop the oldest ones of the schedule are marked as
 * gone until there is.  PROBLEM_SPACE_FULL when that does not help; then none is. */
struct problem *backups_make_room(const struct call *call, const struct backup_server *server, const char *spare,
    bool drop) MUST_CHECK;

/* What is gone still takes room until it is deleted, so nobody makes it faster than that: PROBLEM_TOO_MANY; and
 * PROBLEM_SPACE_FULL when the space has BACKUPS_MAX. */
struct problem *backups_too_many(const struct call *call) MUST_CHECK;

/* Mark all but the newest `most` of a kind as gone, without those that a job reads. */
struct problem *backups_keep_newest(const struct call *call, const char *kind, size_t most) MUST_CHECK;

/* The settings of the space of the call about its backups. */
struct backup_settings {
	bool automatic, daily;
	int keep, days, weeks, months;
	const char *key;                    /* to which they are sealed; or NULL */
};
struct problem *backup_settings_read(const struct call *call, struct backup_settings *settings) MUST_CHECK;

/* Give values of spaceSettings those about backups that the space of the call has; *differed says whether any were
 * others. */
struct problem *backup_settings_stay(const struct call *call, const struct collection *c, const char **values,
    bool *differed) MUST_CHECK;

/* Read a row of the columns BACKUP. */
void backup_of_row(const struct rows *rows, size_t row, struct backup *backup);

/* The kinds of making.c: what is known of a backup when it is begun. */
struct making {
	const char *id, *kind, *name;       /* id: NULL for a new one; name: of a client's copy */
	const char *copy;                   /* of a client: canonical JSON, instead of records */
	size_t copy_size;
};
struct problem *backup_make_as(const struct call *call, const struct backup_server *server, const struct making *as,
    struct job_run *run, const char **id) MUST_CHECK;

#endif
