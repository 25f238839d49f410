/* archive.h -- the file of a backup, format 1: written to and read from a stream, with flat memory.
 *
 * It is an uncompressed tar (base/tar.h) of these members, in this order:
 *
 *   daybook.json          what it is (struct archive_head) and a seal by the keys of the server that made it
 *   records/00001.ndjson.zst …  records, ordered by collection and id as their UTF-8 bytes, one JSON object a line
 *   files/SHA256 …        attachments, ordered by name
 *   manifest.json         {"parts":[{"name","bytes","sha256"}],"counts":{"COLLECTION":n},"files":n}: of every member
 *                         before it, and of nothing else
 *
 * A part of records ends after a record whose id has a hash divisible by ARCHIVE_CUT, or at ARCHIVE_PART_MAX bytes.  So
 * the same records give the same parts, whatever changed in others, and backups share them.
 *
 * A line of records is {"collection","id","version","seq","owner","reader"?,"createdAt","createdBy","updatedAt",
 * "updatedBy","doc":{…},"private":{…}?}: members in this order, as compact as base/json_out.h writes it, doc and
 * private exactly as they are stored.  Deleted records are not in it. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "base/crypto.h"
#include "model/call.h"
#include "record/record.h"

enum {
	ARCHIVE_FORMAT = 1,
	ARCHIVE_CUT = 128,
	ARCHIVE_PART_MAX = 1 << 20,          /* bytes of lines, not packed; one record is always less */
	ARCHIVE_RECORDS_MAX = 10000000,      /* what a reader takes */
	ARCHIVE_FILES_MAX = 1000000,
	ARCHIVE_FILE_BYTES_MAX = 16 << 20,
	ARCHIVE_JSON_MAX = 64 << 20          /* of manifest.json */
};

struct archive_head {
	int format;
	const char *space_id, *space_name;
	const char *kind;                    /* as in the table backup */
	int64_t seq, at;                     /* what it is as of; at is an instant */
	const char *epoch;
	unsigned char chain[SHA256_SIZE];    /* hash of the audit row at seq */
	unsigned char fingerprint[SHA256_SIZE]; /* of the definitions: archive_fingerprint */
	const char *maker;                   /* "daybook VERSION" */
	bool ours;                           /* read: the seal is by a key of this server */
};

/* SHA-256 over the names, types and rules of all definitions: equal ones read each other's records as they are. */
void archive_fingerprint(const struct collections *set, unsigned char fingerprint[SHA256_SIZE]);

/* Where bytes go.  A problem ends the work and is passed up. */
typedef struct problem *(*archive_sink)(void *arg, const void *bytes, size_t size);

/* Where bytes come from: at most size of them into room; *got is 0 at the end. */
typedef struct problem *(*archive_source)(void *arg, void *room, size_t size, size_t *got);

/* ---- a member at a time ---- */

struct archive_writer;

/* Begin an archive and write daybook.json.  secret is the key material of the server's seal (token.h), from which a key
 * of its own is derived. */
struct problem *archive_begin(struct arena *a, const struct archive_head *head, const void *secret, size_t secret_size,
    archive_sink sink, void *arg, struct archive_writer **w) MUST_CHECK;

/* Write a whole member whose bytes are at hand; or one in pieces: bytes in all must be what was said. */
struct problem *archive_member(struct archive_writer *w, const char *name, const void *bytes, size_t size) MUST_CHECK;
struct problem *archive_member_begin(struct archive_writer *w, const char *name, int64_t size) MUST_CHECK;
struct problem *archive_member_add(struct archive_writer *w, const void *bytes, size_t size) MUST_CHECK;

/* Write manifest.json and the end.  counts is a JSON object.  *bytes and sha256 are those of the whole archive. */
struct problem *archive_end(struct archive_writer *w, const char *counts, int64_t *bytes,
    unsigned char sha256[SHA256_SIZE]) MUST_CHECK;

/* Records into parts: give them in order, and each part that is full is handed to take.  *first is its first record. */
struct part_maker;
struct part_maker *part_maker_new(struct arena *a,
    struct problem *(*take)(void *arg, const char *collection, const char *first_id, const void *packed, size_t size),
    void *arg);
struct problem *part_maker_add(struct part_maker *m, const struct record *record) MUST_CHECK;
struct problem *part_maker_end(struct part_maker *m) MUST_CHECK;

/* ---- reading ---- */

/* A record as it stands in a backup; its texts live until the next one. */
struct archive_record {
	const char *collection, *id, *owner, *reader, *created_by, *updated_by, *doc, *doc_private;
	int64_t version, seq, created_at, updated_at;
};

/* What a reader is told, in the order of the archive.  Any of the functions may be NULL. */
struct archive_visitor {
	struct problem *(*head)(void *arg, const struct archive_head *head);
	struct problem *(*record)(void *arg, const struct archive_record *record);
	struct problem *(*file_begin)(void *arg, const char sha256_hex[65], int64_t size);
	struct problem *(*file_bytes)(void *arg, const void *bytes, size_t size);
	struct problem *(*file_end)(void *arg);
};

struct archive_read {
	struct archive_head head;
	const char *counts;                  /* JSON, as counted while reading */
	int64_t records, files, bytes;
	unsigned char sha256[SHA256_SIZE];   /* of all bytes */
};

/* Read an archive once, check everything in it, and tell the visitor what it holds.  What a visitor was told is only
 * good once archive_read has returned NULL: the manifest comes last.  PROBLEM_INVALID says what is wrong and names the
 * member, and that nothing of it can be trusted.  Memory is that of one part. */
struct problem *archive_read(struct arena *a, const void *secret, size_t secret_size, archive_source source,
    void *source_arg, const struct archive_visitor *visitor, void *visitor_arg, struct archive_read *out) MUST_CHECK;

#endif
