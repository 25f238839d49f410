/* file.h -- photos and receipts of a space, named by the SHA-256 of their content.  schema/PROTOCOL.md 14.
 *
 * A person may read a file if they see a live record that names it, in a field they see.  A person who has sent all of
 * it may read it too, until they have put it into a record, and again while no live record names it.  For everybody
 * else the file does not exist.  A record may name only a file that its writer may read, so knowing a hash gives no
 * access.
 *
 * An upload belongs to its person: somebody else who sends the same file neither sees nor damages it. */
#ifndef RECORD_FILE_H
#define RECORD_FILE_H

#include "base/crypto.h"
#include "record/record.h"

enum {
	FILE_CHUNK_MAX = 512 << 10, /* bytes read or written at once */
	FILE_NAMED_MAX = 1000       /* records that name a file and are asked who may read it */
};

struct file {
	const char *name;        /* SHA-256 in 64 lower-case hex digits */
	unsigned char sha256[SHA256_SIZE];
	const char *type;        /* by its content; NULL while it is not whole */
	int64_t size, received;  /* bytes; equal once it is whole */
	const char *upload_id;   /* the upload whose chunks are the content; NULL while it is not whole */
	const char *created_at;  /* as SQL has it; NULL while it is not whole */
};

/* Set name and sha256 of *file and nothing else.  False when name is not 64 lower-case hex digits. */
bool file_named(const char *name, struct file *file);

/* Read type, size, upload_id and created_at of a whole file in the space, whoever may read it.  type stays NULL when
 * there is none. */
struct problem *file_read_whole(const struct call *call, struct file *file) MUST_CHECK;

/* The types of whole files of the space by their names, whoever may read them: NULL for one that is none. */
struct problem *files_types(const struct call *call, const char *const *names, size_t count,
    const char **types) MUST_CHECK;

/* *readable says whether the person may read a whole file.  sent: they have sent all of it.  named: since then they
 * have put it into a record. */
struct problem *file_readable(const struct call *call, const struct file *file, bool sent, bool named,
    bool *readable) MUST_CHECK;

/* Look the file up for the person.  *found is false when there is none for them.  When file->received < file->size it
 * is their own unfinished upload. */
struct problem *file_find(const struct call *call, struct file *file, bool *found) MUST_CHECK;

/* Read the chunk of a whole file that has the byte at offset.  The chunk begins at *at of the file. */
struct problem *file_chunk(const struct call *call, const struct file *file, int64_t offset, const char **bytes,
    size_t *length, int64_t *at) MUST_CHECK;

/* Inside the transaction of a write, before anything is written: PROBLEM_INVALID, naming the field, unless the person
 * may put this value into f.  held: the record or tombstone as the person sees it, NULL for a new record.  A record may
 * name a file again that it named before, if the person sees all of the record.  trusted: the value comes from the
 * record's history or from Daybook itself. */
struct problem *file_check(const struct call *call, const struct record *held, const struct field *f, const char *value,
    bool trusted) MUST_CHECK;

/* Inside the transaction, after the record was written: record which files it names.  before and after are values, NULL
 * where there is no live record. */
struct problem *file_refs(const struct call *call, const struct collection *c, const char *id,
    const char *const *before, const char *const *after) MUST_CHECK;

#endif
