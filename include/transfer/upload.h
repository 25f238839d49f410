/* upload.h -- receives a file, whole or in pieces.  A piece is stored before it is answered: after a lost connection or
 * a crash the sender continues after the last piece that was answered.  Before anybody can read the file, its SHA-256
 * is compared with its name. */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "model/call.h"
#include "record/file.h"

enum {
	UPLOADS_UNFINISHED_MAX = 5,  /* of one person in a space */
	UPLOAD_COUNTED_MIN = 4096,   /* bytes of the quota that the smallest file takes */
	UPLOAD_PIECE_MIN = 64 << 10, /* bytes; the last piece may be smaller */
	UPLOAD_PIECE_MAX = 4 << 20,
	UPLOAD_AT_ONCE_MAX = 16 << 20
};

/* Limits from the settings. */
struct upload_limits {
	int64_t file_max;    /* bytes of one file */
	int64_t space_quota; /* bytes of all files of a space, unfinished ones included */
};

/* Bytes [at, at + length) of a file of total bytes. */
struct upload_piece {
	const char *bytes;
	size_t length;
	int64_t at, total;
};

/* Store a piece completely or not at all.  file then says how much was received.  *created is true when the file became
 * whole and did not exist for this person before.  PROBLEM_INVALID when the SHA-256 of the whole file is not its name;
 * all of it is then discarded.  PROBLEM_TOO_LARGE for the file, PROBLEM_SPACE_FULL for those of the space,
 * PROBLEM_MEDIA_TYPE, and PROBLEM_RANGE when bytes before the piece are missing.  The person of the call is read
 * again. */
struct problem *upload_take(const struct call *call, const struct upload_limits *limits,
    const struct upload_piece *piece, struct file *file, bool *created) MUST_CHECK;

/* The refusal of a piece that does not follow on what was received: PROBLEM_RANGE, which says where to go on. */
struct problem *upload_missing(struct arena *a, int64_t received);

/* The bytes of all files of the space of the call, and of its unfinished uploads as if they were finished. */
struct problem *upload_space_bytes(const struct call *call, int64_t *bytes) MUST_CHECK;

#endif
