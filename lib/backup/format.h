/* format.h -- what the writer and the reader of archives share: the texts in them, made in one way. */
#ifndef FORMAT_H
#define FORMAT_H

#include "backup/archive.h"

#define HEAD_NAME "daybook.json"
#define MANIFEST_NAME "manifest.json"

enum {
	SEAL_TEXT_SIZE = 2 * SHA256_SIZE + 1,
	MANIFEST_TAIL = sizeof ",\"sha256\":\"\"}" - 1 + 2 * SHA256_SIZE /* bytes after what its hash is of */
};

enum member_kind {
	MEMBER_HEAD,
	MEMBER_RECORDS,
	MEMBER_COPY,
	MEMBER_FILE
};

/* A member that is in the archive already. */
struct member {
	int64_t bytes;
	unsigned char sha256[SHA256_SIZE];
	enum member_kind kind;
};

/* All of them, in order.  Of a million files it takes 48 MB. */
struct members {
	struct arena *a;
	struct member *all;
	size_t count, room;
	int64_t parts, files;
};

void members_start(struct members *m, struct arena *a);
void members_add(struct members *m, enum member_kind kind, int64_t bytes, const unsigned char sha256[SHA256_SIZE]);

/* The name of the i-th. */
void member_name(const struct members *m, size_t i, char name[TAR_NAME_MAX + 1]);

/* Whether a member of that name may come next, and of which kind it is.  Of a client's copy nothing else is in an
 * archive, beside files. */
bool member_fits(const struct members *m, bool is_copy, const char *name, enum member_kind *kind);

/* The text of daybook.json, without its seal and the end (head_text), and those (head_end). */
void head_text(struct buf *b, const struct archive_head *head);
void head_end(struct buf *b, const char seal[SEAL_TEXT_SIZE]);

/* The seal of daybook.json over its text so far, and that of the manifest over the hash of all bytes before it. */
void head_seal(const void *key, const struct buf *text, char seal[SEAL_TEXT_SIZE]);
void manifest_seal(const void *key, const unsigned char sha256[SHA256_SIZE], char seal[SEAL_TEXT_SIZE]);

/* Seals of an archive that nobody seals. */
void no_seal(char seal[SEAL_TEXT_SIZE]);

/* Append the line of a record. */
void line_text(struct buf *b, const struct archive_record *record);

/* What a piece of the manifest is. */
enum piece {
	PIECE_FRAME,
	PIECE_MEMBER,
	PIECE_COUNTS,
	PIECE_FILES,
	PIECE_SEAL
};

/* Give the text of the manifest, piece by piece, up to what its own hash is of; i is the member in question. */
struct problem *manifest_pieces(const struct members *m, const char *counts, const char seal[SEAL_TEXT_SIZE],
    struct problem *(*give)(void *arg, enum piece piece, size_t i, const void *bytes, size_t size),
    void *arg) MUST_CHECK;

/* The text after it. */
void manifest_tail(const unsigned char sha256[SHA256_SIZE], char tail[MANIFEST_TAIL + 1]);

#endif
