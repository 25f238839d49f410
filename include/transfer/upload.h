/* upload.h -- taking a file in, at once or in pieces.  A piece is kept once it is answered: after a broken line or a crash the sender
 * goes on behind the last one.  The whole is held against its name, the SHA-256, before anybody can read it. */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "model/call.h"
#include "record/file.h"

enum {
	UPLOAD_PIECE_MIN = 64 << 10, /* bytes; the last piece may be smaller */
	UPLOAD_PIECE_MAX = 4 << 20,
	UPLOAD_AT_ONCE_MAX = 16 << 20
};

struct upload_limits {
	int64_t file_max;    /* bytes of one file */
	int64_t space_quota; /* of all files of a space, those under way included */
};

/* Bytes [at, at + length) of a file of total bytes. */
struct upload_piece {
	const char *bytes;
	size_t length;
	int64_t at, total;
};

/* Take a piece: all of it or nothing.  file then says how far it is.  *created: it became whole, and was not there for this person
 * before.  400 when the whole is another file than its name says, and then all of it is thrown away; 413 for the file and for the
 * space; 415; 416 when bytes before the piece are missing.  person is brought up to date. */
struct problem *upload_take(const struct call *call, const struct upload_limits *limits,
    const struct upload_piece *piece, struct file *file, bool *created) MUST_CHECK;

#endif
