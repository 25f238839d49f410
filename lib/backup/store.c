/* store.c -- where the parts of a backup go while it is made: a connection of its own, because the first one reads the
 * records inside a transaction.  It holds the lock of the space's backups, so that nothing is deleted meanwhile. */
#include <string.h>

#include "base/log.h"
#include "store/statement.h"
#include "work.h"

enum {
	BATCH_PARTS = 64,
	BATCH_BYTES = 2 << 20
};

struct store {
	struct arena *life, *a, *out;       /* a: of the parts that wait; out: the caller's, for problems */
	struct db *db;
	const char *space, *backup;
	bool locked;
	struct part parts[BATCH_PARTS];
	size_t count;
	int64_t bytes, number;
};

struct problem *
store_open(const struct call *call, const struct backup_server *server, const char *backup_id, struct store **store)
{
	const char *space = call->person->space_id;
	struct arena *life = arena_new();
	struct store *s = arena_alloc(life, sizeof *s);
	struct problem *p;
	struct rows *rows;

	*store = NULL;
	*s = (struct store){ .life = life, .a = arena_new(), .out = call->a, .db = db_new(server->db), .number = 1 };
	s->space = arena_strdup(life, space);
	s->backup = arena_strdup(life, backup_id);
	p = db_run(s->db, call->a, SQL(BACKUP_LOCK), VALUES(value_id(space)), &rows);
	s->locked = p == NULL && row_integer(rows, 0, LOCK_TAKEN) != 0;
	if (s->locked)
		*store = s;
	else
		store_close(s);
	return p;
}

/* The server lets go of the lock of a connection some time after that has ended, and who asks next would be refused. */
static void
unlock(struct store *s)
{
	struct problem *p = db_run(s->db, s->life, SQL(BACKUP_UNLOCK), VALUES(value_id(s->space)), NULL);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "backup", "unlock=%s", log_quote(s->life, p->detail));
}

void
store_close(struct store *s)
{
	if (s->locked)
		unlock(s);
	db_free(s->db);
	arena_free(s->a);
	arena_free(s->life);
}

struct db *
store_db(struct store *s)
{
	return s->db;
}

int64_t
store_number(const struct store *s)
{
	return s->number + (int64_t)s->count;
}

void
store_number_from(struct store *s, int64_t number)
{
	s->number = number;
}

static struct problem *
add_part(struct store *s, struct db *db, struct arena *a, const struct part *part)
{
	struct value space = value_id(s->space), sha256 = value_bytes(part->sha256, SHA256_SIZE);
	struct problem *p;

	if (part->body != NULL && (p = db_run(db, a, SQL(BACKUP_CHUNK_ADD),
	    VALUES(space, sha256, value_bytes(part->body, (size_t)part->bytes)), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(BACKUP_PART_ADD),
	    VALUES(space, value_id(s->backup), value_integer(part->number), value_text(part->name), sha256,
	        value_integer(part->bytes), value_integer(part->is_file), value_text(part->collection),
	        value_key(part->record_id), value_text(part->counts)), NULL);
}

static struct problem *
add_batch(struct db *db, struct arena *a, void *arg)
{
	struct store *s = arg;
	struct problem *p = NULL;

	for (size_t i = 0; i < s->count && p == NULL; i++)
		p = add_part(s, db, a, &s->parts[i]);
	return p;
}

struct problem *
store_flush(struct store *s)
{
	struct problem *p;

	if (s->count == 0)
		return NULL;
	if ((p = db_transaction(s->db, s->a, add_batch, s)) != NULL)
		return problem_copy(s->out, p);
	s->number += (int64_t)s->count;
	s->count = 0;
	s->bytes = 0;
	arena_reset(s->a);
	return NULL;
}

struct problem *
store_add(struct store *s, const struct part *part)
{
	struct part *kept;
	struct problem *p;

	if ((s->count == BATCH_PARTS || s->bytes >= BATCH_BYTES) && (p = store_flush(s)) != NULL)
		return p;
	kept = &s->parts[s->count];
	*kept = *part;
	kept->number = store_number(s);
	kept->name = arena_strdup(s->a, part->name);
	kept->collection = arena_strdup(s->a, part->collection);
	kept->record_id = arena_strdup(s->a, part->record_id);
	kept->counts = arena_strdup(s->a, part->counts);
	if (part->body != NULL) {
		kept->body = arena_memdup(s->a, part->body, (size_t)part->bytes);
		s->bytes += part->bytes;
	}
	s->count++;
	return NULL;
}

void
part_of_row(const struct rows *rows, size_t row, struct part *part)
{
	*part = (struct part){
		.number = row_integer(rows, row, PART_NUMBER),
		.name = row_text(rows, row, PART_NAME),
		.bytes = row_integer(rows, row, PART_BYTES),
		.is_file = row_integer(rows, row, PART_IS_FILE) != 0,
		.collection = row_text(rows, row, PART_COLLECTION),
		.record_id = row_text(rows, row, PART_RECORD),
		.counts = row_text(rows, row, PART_COUNTS),
	};
	memcpy(part->sha256, row_text(rows, row, PART_SHA256), SHA256_SIZE);
}
