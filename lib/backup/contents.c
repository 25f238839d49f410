/* contents.c -- what a backup is made of: the records of a space in parts, and the names of its files, all as they are
 * at one moment while others write.  Where the last backup allows, its parts are taken over: those in whose range of
 * ids the audit has no write since then.  Records of the others are read again, and go on being read until a part ends
 * where one of the last backup did. */
#include <stdlib.h>
#include <string.h>

#include "backup/walk.h"
#include "base/text.h"
#include "base/zst.h"
#include "store/statement.h"
#include "work.h"

enum {
	CHANGED_MAX = 20000,        /* writes to records since the last backup; with more, everything is read */
	TAKEN_MAX = 2               /* parts that end with one record: before it, and with it */
};

/* Where a record stands in the order of an archive. */
struct place {
	const char *collection, *id;
};

/* While the records are collected. */
struct collector {
	const struct call *call;
	struct contents *c;
	struct part_maker *maker;
	struct arena *a;            /* of the parts that the record being added has ended */
	struct part taken[TAKEN_MAX];
	size_t taken_count;
	struct tally pending;       /* of the part being made */
	int64_t read;
	struct place *changed;      /* since the base, in order */
	size_t changed_count, changed_at;
};

static int
compare_places(const void *left, const void *right)
{
	const struct place *l = left, *r = right;
	return walk_compare(l->collection, l->id, r->collection, r->id);
}

/* ---- parts ---- */

static struct problem *
take_part(void *arg, const char *collection, const char *first_id, const void *packed, size_t size)
{
	struct collector *k = arg;
	struct part *part;
	struct problem *p;

	if ((p = must_hold(k->call->a, k->taken_count < TAKEN_MAX, "a record ends two parts at most")) != NULL)
		return p;
	part = &k->taken[k->taken_count++];
	*part = (struct part){ .bytes = (int64_t)size };
	part->body = arena_memdup(k->a, packed, size);
	part->collection = arena_strdup(k->a, collection);
	part->record_id = arena_strdup(k->a, first_id);
	sha256(packed, size, part->sha256);
	return NULL;
}

/* Give the store a part that is whole, with what was counted for it. */
static struct problem *
finish_part(struct collector *k, struct part *part)
{
	char name[TAR_NAME_MAX + 1];

	archive_part_name(name, store_number(k->c->store));
	part->name = name;
	part->counts = tally_json(&k->pending, k->a);
	tally_add_json(&k->c->counts, part->counts);
	tally_clear(&k->pending);
	return store_add(k->c->store, part);
}

/* A part that ended before the record does not have it, one that ended because of its id does. */
static struct problem *
finish_taken(struct collector *k, const struct record *r)
{
	bool cuts = r != NULL && text_hash(TEXT_HASH, r->id) % ARCHIVE_CUT == 0;
	struct problem *p;
	size_t i = 0;

	if (k->taken_count > (cuts ? 1 : 0) && (p = finish_part(k, &k->taken[i++])) != NULL)
		return p;
	if (r != NULL)
		tally_add(&k->pending, r->collection->name, 1);
	if (i < k->taken_count && (p = finish_part(k, &k->taken[i])) != NULL)
		return p;
	k->taken_count = 0;
	arena_reset(k->a);
	return NULL;
}

static struct problem *
add_record(struct collector *k, const struct record *r)
{
	struct problem *p;

	if (r->deleted)
		return NULL;
	if ((p = part_maker_add(k->maker, r)) != NULL || (p = finish_taken(k, r)) != NULL)
		return p;
	return ++k->read % 1000 == 0 ? job_step(k->c->run, "records", k->read, k->c->records) : NULL;
}

/* ---- records ---- */

/* Read the records from a place on (NULL: the first of all) up to another (NULL: the last). */
static struct problem *
read_between(struct collector *k, const struct place *from, const struct place *end)
{
	struct arena *a = arena_new();
	const struct call call = call_in(k->call, a);
	struct walk *walk = walk_new(&call, a, NULL);
	const struct record *r;
	struct problem *p;

	if (from != NULL)
		walk_from(walk, from->collection, from->id);
	while ((p = walk_next(walk, &r)) == NULL && r != NULL) {
		const struct place here = { r->collection->name, r->id };

		if ((end != NULL && compare_places(&here, end) >= 0) || (p = add_record(k, r)) != NULL)
			break;
	}
	if (p != NULL)
		p = problem_copy(k->call->a, p);
	arena_free(a);
	return p;
}

/* ---- what the last backup has already ---- */

/* The records that were written since the base, or NULL when there are too many. */
static struct problem *
read_changed(struct collector *k)
{
	const struct backup *base = k->c->base;
	struct arena *a = k->call->a;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(k->call->db, a, SQL(BACKUP_CHANGED),
	    VALUES(value_id(k->call->person->space_id), value_integer(base->seq), value_integer(k->c->head.seq),
	        value_integer(CHANGED_MAX + 1)), &rows)) != NULL || rows->count > CHANGED_MAX)
		return p;
	k->changed = arena_alloc(a, (rows->count + 1) * sizeof *k->changed);
	k->changed_count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		k->changed[i] = (struct place){
			row_text(rows, i, BACKUP_KEY_COLLECTION), row_text(rows, i, BACKUP_KEY_RECORD)
		};
	qsort(k->changed, k->changed_count, sizeof *k->changed, compare_places);
	return NULL;
}

/* Whether the base is of the same past, so that the audit tells what has changed since. */
static struct problem *
may_follow(struct collector *k, bool *may)
{
	const struct backup *base = k->c->base;
	unsigned char fingerprint[SHA256_SIZE];
	struct problem *p;
	struct rows *rows;

	*may = false;
	if (base == NULL || base->sealed || base->epoch == NULL || strcmp(base->epoch, k->c->head.epoch) != 0 ||
	    base->seq > k->c->head.seq || base->seq == 0)
		return NULL;
	archive_fingerprint(k->call->set, fingerprint);
	if (memcmp(fingerprint, base->fingerprint, sizeof fingerprint) != 0)
		return NULL;
	if ((p = db_run(k->call->db, k->call->a, SQL(BACKUP_CHAIN), VALUES(value_id(k->call->person->space_id),
	    value_integer(base->seq), value_bytes(base->chain, SHA256_SIZE)), &rows)) != NULL || rows->count == 0)
		return p;
	if ((p = read_changed(k)) != NULL)
		return p;
	*may = k->changed != NULL;
	return NULL;
}

/* Whether a record before end was written since the base; those before it are passed by. */
static bool
is_touched(struct collector *k, const struct place *end)
{
	size_t first = k->changed_at;

	while (k->changed_at < k->changed_count &&
	    (end == NULL || compare_places(&k->changed[k->changed_at], end) < 0))
		k->changed_at++;
	return k->changed_at > first;
}

/* Whether the chunk of a part is what its name says.  One that is not is made of its records again, which mends the
 * backups that have it too. */
static struct problem *
is_as_it_was(struct collector *k, const struct part *part, bool *good)
{
	unsigned char digest[SHA256_SIZE];
	struct arena *a = arena_new();
	struct problem *p;
	struct rows *rows;

	*good = false;
	p = db_run(k->call->db, a, SQL(BACKUP_CHUNK), VALUES(value_id(k->call->person->space_id),
	    value_bytes(part->sha256, SHA256_SIZE)), &rows);
	if (p != NULL) {
		p = problem_copy(k->call->a, p);
	} else if (rows->count == 1) {
		sha256(row_text(rows, 0, BACKUP_CHUNK_BODY), row_cell(rows, 0, BACKUP_CHUNK_BODY)->length, digest);
		*good = memcmp(digest, part->sha256, sizeof digest) == 0;
	}
	arena_free(a);
	return p;
}

/* A part of the base, and the place where the next one begins (end->id is NULL: there is none). */
static struct problem *
follow_part(struct collector *k, struct part *part, bool is_first, const struct place *end)
{
	const struct place from = { part->collection, part->record_id };
	char name[TAR_NAME_MAX + 1];
	bool touched = is_touched(k, end), good;
	struct problem *p;

	if ((p = is_as_it_was(k, part, &good)) != NULL)
		return p;
	if (touched || !good || k->pending.count > 0)
		return read_between(k, is_first ? NULL : &from, end);
	archive_part_name(name, store_number(k->c->store));
	part->name = name;
	part->body = NULL;
	tally_add_json(&k->c->counts, part->counts);
	return store_add(k->c->store, part);
}

static bool
is_of_records(const struct part *part)
{
	return part->name != NULL && !part->is_file && part->collection != NULL;
}

/* Walk the parts of the base in their order.  Of each the next one is known before it is followed. */
static struct problem *
follow_base(struct collector *k)
{
	struct arena *a = k->call->a;
	struct part held = { 0 }, part;
	struct problem *p;
	struct rows *rows;
	int64_t last = 0;
	bool is_first = true;

	do {
		if ((p = db_run(k->call->db, a, SQL(BACKUP_PARTS), VALUES(value_id(k->call->person->space_id),
		    value_id(k->c->base->id), value_integer(last), value_integer(SEALED_FROM)), &rows)) != NULL)
			return p;
		for (size_t i = 0; i < rows->count; i++) {
			part_of_row(rows, i, &part);
			last = part.number;
			if (!is_of_records(&part))
				continue;
			if (held.collection != NULL && (p = follow_part(k, &held, is_first,
			    &(struct place){ part.collection, part.record_id })) != NULL)
				return p;
			is_first = is_first && held.collection == NULL;
			held = part;
		}
	} while (rows->count > 0);
	return held.collection == NULL ? read_between(k, NULL, NULL) : follow_part(k, &held, is_first, NULL);
}

/* ---- files ---- */

static struct problem *
add_file(struct contents *c, const struct rows *rows, size_t row)
{
	struct part part = { .bytes = row_integer(rows, row, BACKUP_FILE_SIZE), .is_file = true };
	char name[TAR_NAME_MAX + 1];

	memcpy(part.sha256, row_text(rows, row, BACKUP_FILE_NAME), SHA256_SIZE);
	archive_file_name(name, part.sha256);
	part.name = name;
	c->files++;
	return store_add(c->store, &part);
}

static struct problem *
collect_files(const struct call *call, struct contents *c)
{
	unsigned char after[SHA256_SIZE] = { 0 };
	struct arena *a = arena_new();
	struct problem *p;
	struct rows *rows = NULL;

	do {
		arena_reset(a);
		p = db_run(call->db, a, SQL(BACKUP_FILES), VALUES(value_id(call->person->space_id),
		    value_bytes(after, rows == NULL ? 0 : sizeof after)), &rows);
		for (size_t i = 0; p == NULL && i < rows->count; i++)
			p = add_file(c, rows, i);
		if (p == NULL && rows->count > 0)
			memcpy(after, row_text(rows, rows->count - 1, BACKUP_FILE_NAME), sizeof after);
	} while (p == NULL && rows->count > 0);
	if (p != NULL)
		p = problem_copy(call->a, p);
	arena_free(a);
	return p;
}

/* ---- all of it ---- */

struct collecting {
	const struct call *call;
	struct contents *c;
};

static struct problem *
read_head(const struct call *call, struct contents *c)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_SPACE), VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such space.");
	c->head.space_id = call->person->space_id;
	c->head.space_name = row_text(rows, 0, BACKUP_SPACE_NAME);
	c->head.seq = row_integer(rows, 0, BACKUP_SPACE_SEQ);
	c->head.epoch = row_text(rows, 0, BACKUP_SPACE_EPOCH);
	c->head.at = row_instant(rows, 0, BACKUP_SPACE_NOW);
	memcpy(c->head.chain, row_text(rows, 0, BACKUP_SPACE_CHAIN), SHA256_SIZE);
	archive_fingerprint(call->set, c->head.fingerprint);
	c->records = row_integer(rows, 0, BACKUP_SPACE_RECORDS);
	return NULL;
}

static struct problem *
collect_records(const struct call *call, struct contents *c)
{
	struct collector k = { .call = call, .c = c, .a = arena_new() };
	struct problem *p;
	bool may;

	tally_start(&k.pending, call->a);
	k.maker = part_maker_new(call->a, take_part, &k);
	if ((p = may_follow(&k, &may)) == NULL)
		p = may ? follow_base(&k) : read_between(&k, NULL, NULL);
	if (p == NULL && (p = part_maker_end(k.maker)) == NULL)
		p = finish_taken(&k, NULL);
	arena_free(k.a);
	return p;
}

struct problem *
copy_digest(const struct call *call, const char *copy, size_t size, unsigned char digest[SHA256_SIZE])
{
	size_t packed_size;
	const void *packed = zst_pack(call->a, copy, size, &packed_size);
	struct problem *p;

	if ((p = must_hold(call->a, packed != NULL, "there is memory to pack a copy")) == NULL)
		sha256(packed, packed_size, digest);
	return p;
}

/* Instead of records: the copy that a client sent. */
static struct problem *
collect_copy(const struct call *call, struct contents *c)
{
	struct part part = { .name = ARCHIVE_COPY_NAME };
	struct problem *p;
	size_t size;

	part.body = zst_pack(call->a, c->copy, c->copy_size, &size);
	if ((p = must_hold(call->a, part.body != NULL, "there is memory to pack a copy")) != NULL)
		return p;
	part.bytes = (int64_t)size;
	sha256(part.body, size, part.sha256);
	return store_add(c->store, &part);
}

static struct problem *
collect(struct db *db, struct arena *a, void *arg)
{
	struct collecting *of = arg;
	struct problem *p;

	(void)db;
	(void)a;
	if (store_number(of->c->store) != 1) /* the moment was lost, and some of it is stored */
		return problem_new(of->call->a, PROBLEM_UNAVAILABLE, "The database was away; try again.");
	if ((p = read_head(of->call, of->c)) != NULL)
		return p;
	if (of->c->copy != NULL)
		return (p = collect_copy(of->call, of->c)) != NULL ? p : store_flush(of->c->store);
	if ((p = job_step(of->c->run, "records", 0, of->c->records)) != NULL ||
	    (p = collect_records(of->call, of->c)) != NULL ||
	    (p = collect_files(of->call, of->c)) != NULL)
		return p;
	return store_flush(of->c->store);
}

struct problem *
contents_collect(const struct call *call, struct contents *c)
{
	struct collecting of = { call, c };

	tally_start(&c->counts, call->a);
	return db_snapshot(call->db, call->a, collect, &of);
}
