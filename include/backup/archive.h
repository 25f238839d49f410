/* archive.h -- the file of a backup, format 1: written to and read from a stream, with flat memory.
 *
 * It is an uncompressed tar (base/tar.h) of these members, in this order and each once.  All headers have the time "at"
 * in whole seconds, rounded down.
 *
 *   daybook.json          what it is: {"format","space":{"id","name"},"kind","seq","at","epoch","chain","definitions",
 *                         "maker","seal"}
 *   records/00001.ndjson.zst …  records, ordered by collection and id as their UTF-8 bytes, one JSON object a line
 *   copy.json.zst         instead of records: what a client gave as its own copy (kind "client"), canonical JSON
 *   files/SHA256 …        attachments, ordered by name
 *   manifest.json         {"parts":[{"name","bytes","sha256"}],"counts":{"COLLECTION":n},"files":n,"seal","sha256"}:
 *                         of every member before it, and of nothing else
 *
 * Every byte can be in one way only: headers, padding and JSON are compared with what a writer would write, the bytes
 * of every member with their SHA-256 in the manifest, and the manifest with its own, which is of all its text before
 * ,"sha256".  So no change goes unseen, and it is known which member has it.  Only packed members are free: each is one
 * frame of Zstandard (RFC 8878) that tells its content size, packed in any way.
 *
 * JSON has no spaces and the members in the order given here; instants are "2026-11-21T08:34:00.000Z", hashes and
 * seals 64 lower-case hex digits, users and the space UUIDs in lower case.  "epoch" is any text, "kind" and the ids of
 * records are ids (base/id.h), and "counts" has the collections that have records, in their order.  "format" is 1.
 *
 * The seals are HMAC-SHA256 by a key of the server: that of daybook.json over its other text, that of the manifest
 * over the SHA-256 of all bytes before the header of manifest.json.  They show the server that it made the archive
 * itself.  What anybody else writes has 64 zeros instead.
 *
 * A part of records ends after a record whose id has a hash (text_hash) divisible by ARCHIVE_CUT, or before a line
 * that would make it longer than ARCHIVE_PART_MAX bytes.  So the same records give the same parts, whatever changed in
 * others, and backups share them.  A reader takes parts that end elsewhere, if each has a record.
 *
 * A line of records is {"collection","id","version","seq","owner","reader"?,"createdAt","createdBy","updatedAt",
 * "updatedBy","doc":{…},"private":{…}?}: members in this order, as compact as base/json_out.h writes it, doc and
 * private exactly as they are stored: members sorted by the bytes of their keys (json_canonical).  version and seq are
 * 1 or more, and seq is at most that of daybook.json.  Deleted records are not in it. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "base/crypto.h"
#include "base/tar.h"
#include "model/call.h"
#include "record/record.h"

enum {
	ARCHIVE_FORMAT = 1,
	ARCHIVE_CUT = 128,
	ARCHIVE_PART_MAX = 1 << 20,          /* bytes of lines, not packed, unless a single line is longer */
	ARCHIVE_LINE_MAX = 2 << 20,          /* bytes of a line: more than the largest record has */
	ARCHIVE_COPY_MAX = 64 << 20,         /* bytes of a client's copy, not packed */
	ARCHIVE_RECORDS_MAX = 10000000,      /* what a reader takes */
	ARCHIVE_FILES_MAX = 1000000,
	ARCHIVE_FILE_BYTES_MAX = 1 << 30,    /* as the setting file_max_bytes may be */
	ARCHIVE_HEAD_MAX = 16 << 10,         /* of daybook.json */
	ARCHIVE_JSON_MAX = 256 << 20,        /* of manifest.json, which is never held whole */
	ARCHIVE_KEY_SIZE = 32                /* of a key for seals */
};

#define ARCHIVE_LINES_MAX (INT64_C(16) << 30) /* bytes of all lines, not packed */

struct archive_head {
	int format;
	const char *space_id, *space_name;
	const char *kind;                    /* as in the table backup */
	int64_t seq, at;                     /* what it is as of; at is an instant */
	const char *epoch;
	unsigned char chain[SHA256_SIZE];    /* hash of the audit row at seq */
	unsigned char fingerprint[SHA256_SIZE]; /* of the definitions: archive_fingerprint */
	const char *maker;                   /* "daybook VERSION" */
	bool ours;                           /* read: the seals are by a key of this server.  A visitor is told of
	                                      * the first one; both are checked once archive_read has returned */
};

/* SHA-256 over the names, types, bounds and rules of all definitions, not over what people read: with equal ones a
 * record is as good here as it was there. */
void archive_fingerprint(const struct collections *set, unsigned char fingerprint[SHA256_SIZE]);

/* Where bytes go.  A problem ends the work and is passed up. */
typedef struct problem *(*archive_sink)(void *arg, const void *bytes, size_t size);

/* Where bytes come from: at most size of them into room; *got is 0 at the end. */
typedef struct problem *(*archive_source)(void *arg, void *room, size_t size, size_t *got);

/* ---- a member at a time ---- */

struct archive_writer;

/* Begin an archive and write daybook.json.  secret is one or more keys of ARCHIVE_KEY_SIZE bytes (token_ring_seals):
 * the first one seals.  Without any, the seals are zeros and nobody's. */
struct problem *archive_begin(struct arena *a, const struct archive_head *head, const void *secret, size_t secret_size,
    archive_sink sink, void *arg, struct archive_writer **w) MUST_CHECK;

/* The names of members: of the part of that number, from 1, and of a file. */
void archive_part_name(char name[TAR_NAME_MAX + 1], int64_t number);
void archive_file_name(char name[TAR_NAME_MAX + 1], const unsigned char sha256[SHA256_SIZE]);
#define ARCHIVE_COPY_NAME "copy.json.zst"

/* Write a whole member whose bytes are at hand; or one in pieces: bytes in all must be what was said.  They come in
 * the order above; another name than the next one is PROBLEM_INTERNAL. */
struct problem *archive_member(struct archive_writer *w, const char *name, const void *bytes, size_t size) MUST_CHECK;
struct problem *archive_member_begin(struct archive_writer *w, const char *name, int64_t size) MUST_CHECK;
struct problem *archive_member_add(struct archive_writer *w, const void *bytes, size_t size) MUST_CHECK;

/* Write manifest.json and the end.  counts is a JSON object as archive_read gives it: the collections that have
 * records, in their order.  *bytes and sha256 are those of the whole archive. */
struct problem *archive_end(struct archive_writer *w, const char *counts, int64_t *bytes,
    unsigned char sha256[SHA256_SIZE]) MUST_CHECK;

/* Records into parts: give them in order, and each part that is full is handed to take, with its first record.
 * Deleted records are passed over.  Memory is that of one part; what take is given lives until it returns. */
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
	struct problem *(*copy)(void *arg, const char *json, size_t size);
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

/* Read an archive once, check everything in it, and tell the visitor what it holds.  secret is one or more keys, each
 * of which may have sealed it; NULL: it is nobody's.  What a visitor was told is only
 * good once archive_read has returned NULL: the manifest comes last.  PROBLEM_INVALID says what is wrong and names the
 * member, and that nothing of it can be trusted.  Memory is that of one part. */
struct problem *archive_read(struct arena *a, const void *secret, size_t secret_size, archive_source source,
    void *source_arg, const struct archive_visitor *visitor, void *visitor_arg, struct archive_read *out) MUST_CHECK;

#endif
