/* file.h -- photos and receipts of a space, named by the SHA-256 of their content.
 *
 * Who may read a file: whoever sees a live record that names it, in a field he sees; and who has sent the whole of it, until he has
 * put it into a record, and again while no live record names it.  For everybody else there is no such file.  A record may name only
 * a file that its writer may read: knowing a hash opens nothing.
 *
 * An upload belongs to its person: what one has sent so far is neither seen nor spoilt by another who sends the same file. */
#ifndef FILE_H
#define FILE_H

#include "base/crypto.h"
#include "record/record.h"

enum {
	FILE_CHUNK_MAX = 512 << 10 /* bytes that are read and written at once */
};

struct file {
	const char *name;        /* SHA-256 in 64 lower-case hex digits */
	unsigned char sha256[SHA256_SIZE];
	const char *type;        /* by its content; NULL while it is not whole */
	int64_t size, received;  /* the same once it is whole */
	const char *upload_id;   /* whose chunks are the content; NULL while it is not whole */
	const char *created_at;  /* as SQL has it; NULL while it is not whole */
};

/* The file of that name, nothing known of it yet.  False when it is no name: not 64 lower-case hex digits. */
bool file_named(const char *name, struct file *file);

/* What of it is whole in the space, whoever may read it: type, size, upload_id and created_at; type stays NULL when it is not. */
struct problem *file_read_whole(const struct call *call, struct file *file) MUST_CHECK;

/* May this person read a whole file?  sent: he has sent all of it himself; named: and put it into a record since. */
struct problem *file_readable(const struct call *call, const struct file *file, bool sent, bool named,
    bool *readable) MUST_CHECK;

/* Look it up for this person.  *found false: there is none for him.  file->received < file->size: his own upload, not whole yet. */
struct problem *file_find(const struct call *call, struct file *file, bool *found) MUST_CHECK;

/* The chunk of a whole file that holds the byte at offset; it begins at *at. */
struct problem *file_chunk(const struct call *call, const struct file *file, int64_t offset, const char **bytes,
    size_t *length, int64_t *at) MUST_CHECK;

/* Inside the transaction of a write, before it is written: may the person put this value into f?  held is the record (or tombstone) as
 * he sees it, NULL for a new one: what it named once it may name again, by whoever sees all of it.  trusted: the value comes from the
 * record's history or from Daybook itself.  400 naming the field. */
struct problem *file_check(const struct call *call, const struct record *held, const struct field *f, const char *value,
    bool trusted) MUST_CHECK;

/* Inside it, after the record's row: keep who names what.  before and after are values, NULL where there is no live record. */
struct problem *file_refs(const struct call *call, const struct collection *c, const char *id,
    const char *const *before, const char *const *after) MUST_CHECK;

#endif
