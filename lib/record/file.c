/* file.c -- who may read which file, and which records name it.  Uploads are in lib/transfer/upload.c.  A file has no
 * owner and no rights of its own: the records that name it decide, each by policy.c. */
#include "record/file.h"

#include <string.h>

#include "batch.h"
#include "model/policy.h"
#include "store/statement.h"

bool
file_named(const char *name, struct file *file)
{
	*file = (struct file){ .name = name };
	return strspn(name, "0123456789abcdef") == 2 * SHA256_SIZE && hex_parse(name, file->sha256, SHA256_SIZE);
}

struct problem *
file_read_whole(const struct call *call, struct file *file)
{
	struct problem *p;
	struct rows *rows;

	p = record_look(call, NULL, NULL, SQL(FILE_READ),
	    VALUES(value_id(call->person->space_id), value_bytes(file->sha256, SHA256_SIZE)), &rows);
	if (p != NULL)
		return p;
	file->type = NULL;
	if (rows->count == 0)
		return NULL;
	file->type = row_text(rows, 0, FILE_TYPE);
	file->size = file->received = row_integer(rows, 0, FILE_SIZE);
	file->upload_id = row_text(rows, 0, FILE_UPLOAD_ID);
	file->created_at = row_text(rows, 0, FILE_CREATED_AT);
	return NULL;
}

/* The types of at most STATEMENT_IDS_MAX files. */
static struct problem *
read_types(const struct call *call, const char *const *names, size_t count, const char **types)
{
	struct value values[1 + STATEMENT_IDS_MAX] = { value_id(call->person->space_id) };
	struct file *files = arena_alloc(call->a, count * sizeof *files);
	size_t room = statement_ids_of(count);
	struct problem *p;
	struct rows *rows;
	struct buf sql;

	for (size_t i = 0; i < room; i++) {
		size_t j = i < count ? i : count - 1;

		if (!file_named(names[j], &files[j]))
			memset(files[j].sha256, 0, SHA256_SIZE);
		values[1 + i] = value_bytes(files[j].sha256, SHA256_SIZE);
	}
	buf_init(&sql, call->a);
	statement_ids(&sql, SQL(FILES_TYPES), room);
	if ((p = db_run(call->db, call->a, sql.text, values, 1 + room, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < rows->count; j++)
			if (memcmp(row_text(rows, j, FILES_NAME), files[i].sha256, SHA256_SIZE) == 0)
				types[i] = row_text(rows, j, FILES_TYPE);
	return NULL;
}

struct problem *
files_types(const struct call *call, const char *const *names, size_t count, const char **types)
{
	struct problem *p = NULL;

	memset(types, 0, count * sizeof *types);
	for (size_t i = 0, n; i < count && p == NULL; i += n) {
		n = count - i < STATEMENT_IDS_MAX ? count - i : STATEMENT_IDS_MAX;
		p = read_types(call, names + i, n, types + i);
	}
	return p;
}

/* --- who may read it --- */

/* What the live records that name a file mean for the person. */
struct verdict {
	bool named; /* there is one */
	bool seen;  /* the person sees one of them, and the field that names it */
};

static void
judge(struct arena *a, const struct person *person, const struct record *r, const char *value, struct verdict *verdict)
{
	const struct collection *c = r->collection;
	const char **values = values_parse(a, c, r->doc, r->doc_private);

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->type != FIELD_FILE || values[i] == NULL || strcmp(values[i], value) != 0)
			continue;
		verdict->named = true;
		verdict->seen |= policy_sees(person, c, r->owner, r->reader) &&
		    (!f->is_private || policy_sees_private(person, r->owner));
	}
}

/* How far the records that name a file have been looked at, in their order. */
struct looking {
	const char *collection, *id; /* of the last one */
	size_t count;
	bool ended;
};

static struct problem *
look_at_some(const struct call *call, const struct file *file, struct looking *l, struct verdict *verdict)
{
	struct arena *a = call->a;
	const struct value space = value_id(call->person->space_id);
	const char *value = arena_printf(a, "\"%s\"", file->name);
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, a, SQL(FILE_NAMED_BY),
	    VALUES(space, value_bytes(file->sha256, SHA256_SIZE), value_text(l->collection), value_text(l->collection),
	        value_key(l->id), space), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		struct record r;

		l->collection = row_text(rows, i, NAMED_BY_COLLECTION);
		l->id = row_text(rows, i, NAMED_BY_RECORD);
		if (!row_null(rows, i, RECORD_COLLECTION) && record_of_row(call->set, rows, i, &r))
			judge(a, call->person, &r, value, verdict);
	}
	l->count += rows->count;
	l->ended = rows->count == 0;
	return NULL;
}

/* Records may be large, and many may name the file, so a few at a time are read into memory of their own.  Beyond
 * FILE_NAMED_MAX nobody looks: a file that somebody had named a million times would occupy a worker for seconds with
 * each question about it. */
static struct problem *
ask_records(const struct call *call, const struct file *file, struct verdict *verdict)
{
	struct arena *own = arena_new();
	const struct call within = call_in(call, own);
	struct looking l = { .collection = "", .id = "" };
	struct problem *p = NULL;

	while (p == NULL && !l.ended && !verdict->seen && l.count < FILE_NAMED_MAX) {
		l.collection = arena_strdup(call->a, l.collection);
		l.id = arena_strdup(call->a, l.id);
		arena_reset(own);
		p = look_at_some(&within, file, &l, verdict);
	}
	verdict->named |= !l.ended;
	if (p != NULL)
		p = problem_copy(call->a, p);
	arena_free(own);
	return p;
}

struct problem *
file_readable(const struct call *call, const struct file *file, bool sent, bool named, bool *readable)
{
	struct problem *p;
	struct verdict verdict = { false, false };

	*readable = sent && !named;
	if (*readable)
		return NULL;
	if ((p = ask_records(call, file, &verdict)) != NULL)
		return p;
	*readable = verdict.seen || (sent && !verdict.named);
	return NULL;
}

struct problem *
file_find(const struct call *call, struct file *file, bool *found)
{
	struct problem *p;
	struct rows *mine;
	bool began, sent, named;

	*found = false;
	if ((p = record_look(call, NULL, NULL, SQL(FILE_UPLOAD), VALUES(value_id(call->person->space_id),
	        value_bytes(file->sha256, SHA256_SIZE), value_id(call->person->user_id)), &mine)) != NULL ||
	    (p = file_read_whole(call, file)) != NULL)
		return p;
	began = mine->count == 1;
	sent = began && row_integer(mine, 0, UPLOAD_SIZE) == row_integer(mine, 0, UPLOAD_RECEIVED);
	named = sent && row_integer(mine, 0, UPLOAD_NAMED) != 0;
	if (file->type != NULL && ((p = file_readable(call, file, sent, named, found)) != NULL || *found))
		return p;
	*found = began && !sent;
	file->type = file->upload_id = file->created_at = NULL;
	file->size = *found ? row_integer(mine, 0, UPLOAD_SIZE) : 0;
	file->received = *found ? row_integer(mine, 0, UPLOAD_RECEIVED) : 0;
	return NULL;
}

struct problem *
file_chunk(const struct call *call, const struct file *file, int64_t offset, const char **bytes, size_t *length,
    int64_t *at)
{
	struct arena *a = call->a;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, a, SQL(FILE_CHUNK),
	    VALUES(value_id(call->person->space_id), value_id(file->upload_id), value_integer(offset)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0)
		return problem_internal(a, "file %s has no chunk for the byte at %lld", file->name, (long long)offset);
	*at = row_integer(rows, 0, CHUNK_AT);
	*bytes = row_cell(rows, 0, CHUNK_BODY)->bytes;
	*length = row_cell(rows, 0, CHUNK_BODY)->length;
	if (offset >= *at + (int64_t)*length)
		return problem_internal(a, "file %s has a gap at %lld", file->name, (long long)offset);
	return NULL;
}

/* --- records that name it --- */

/* A person who sees all of a record may use a file again that it named before: undoing a deletion brings its photo
 * back. */
static struct problem *
named_once(const struct call *call, const struct record *held, const struct file *file, bool *once)
{
	struct problem *p;
	struct rows *rows;

	*once = false;
	if (held == NULL || (held->collection->has_private && !policy_sees_private(call->person, held->owner)))
		return NULL;
	p = db_run(call->db, call->a, SQL(FILE_REF_FIND), VALUES(value_id(call->person->space_id),
	    value_bytes(file->sha256, SHA256_SIZE), value_text(held->collection->name), value_key(held->id)), &rows);
	if (p == NULL)
		*once = rows->count == 1;
	return p;
}

static struct problem *
may_name(const struct call *call, const struct record *held, struct file *file, bool trusted, bool *may)
{
	struct problem *p;

	*may = false;
	if (!trusted && ((p = file_find(call, file, may)) != NULL || (*may && file->type != NULL)))
		return p;
	*may = false;
	if ((p = file_read_whole(call, file)) != NULL || file->type == NULL)
		return p;
	*may = trusted;
	return trusted ? NULL : named_once(call, held, file, may);
}

struct problem *
file_check(const struct call *call, const struct record *held, const struct field *f, const char *value, bool trusted)
{
	struct problem *p;
	struct file file;
	bool may = false;

	if (file_named(value_plain(call->a, value), &file) && (p = may_name(call, held, &file, trusted, &may)) != NULL)
		return p;
	if (may)
		return NULL;
	return problem_at(call->a, PROBLEM_INVALID, f->name,
	    "%s must be the SHA-256 of a file that was sent here; send it first.", f->name);
}

static struct problem *
add_ref(const struct call *call, const struct collection *c, const char *id, const char *value)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	struct problem *p;
	struct file *file = arena_alloc(a, sizeof *file);

	if (!file_named(value_plain(a, value), file))
		return problem_internal(a, "%s/%s names a file that is none", c->name, id);
	batch_add(call->batch, BATCH_FILES, VALUES(value_id(person->space_id),
	    value_bytes(file->sha256, SHA256_SIZE), value_text(c->name), value_key(id)));
	if ((p = record_look(call, NULL, NULL, SQL(FILE_NAMED),
	        VALUES(value_id(person->space_id), value_bytes(file->sha256, SHA256_SIZE)), NULL)) != NULL)
		return p;
	return record_look(call, NULL, NULL, SQL(FILE_UPLOAD_NAMED),
	    VALUES(value_id(person->space_id), value_bytes(file->sha256, SHA256_SIZE), value_id(person->user_id)),
	    NULL);
}

struct problem *
file_refs(const struct call *call, const struct collection *c, const char *id, const char *const *before,
    const char *const *after)
{
	struct problem *p;

	for (size_t i = 0; after != NULL && i < c->field_count; i++) {
		bool same = before != NULL && before[i] != NULL && after[i] != NULL && strcmp(before[i], after[i]) == 0;

		if (c->fields[i].type == FIELD_FILE && after[i] != NULL && !same &&
		    (p = add_ref(call, c, id, after[i])) != NULL)
			return p;
	}
	return NULL;
}
