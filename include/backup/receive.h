/* receive.h -- a file that somebody sends in pieces, to restore or import from: it is kept as a backup of kind
 * uploaded, named by its SHA-256, for some days. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "backup/backup.h"

enum {
	RECEIVE_PIECE_MAX = 16 << 20,  /* bytes of a piece */
	RECEIVE_PIECE_MIN = 64 << 10,  /* but for the last one */
	RECEIVE_UNFINISHED_MAX = 5,    /* files of a space */
	RECEIVE_KEPT = 20              /* whole ones of a space; the oldest goes, unless a job reads it */
};

struct received {
	const char *id;                /* of the backup; NULL while it is not whole */
	int64_t total, received;
};

/* Take bytes [at, at + size) of a file of total bytes whose SHA-256 is name.  A piece that was taken before is passed
 * over, so what was answered need not be sent again.  PROBLEM_RANGE when bytes before it are missing, PROBLEM_INVALID
 * when the file was begun with another total or the whole file has another hash (nothing of it is kept),
 * PROBLEM_SPACE_FULL when the backups of the space have no room for all of it, PROBLEM_BUSY when so many others are
 * being sent. */
struct problem *backup_receive(const struct call *call, const struct backup_server *server, const char *name,
    const void *bytes, size_t size, int64_t at, int64_t total, struct received *received) MUST_CHECK;

#endif
