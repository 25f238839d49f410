/* survey.c -- reads the whole file before anything is done with it.  Only then it is known to be undamaged, because the
 * manifest comes last.  On the way it is noted who its users are, which records will have another id here, and which
 * files are not here; the last ones are then put back. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "record/file.h"
#include "record/quota.h"
#include "restore_work.h"
#include "store/statement.h"
#include "transfer/upload.h"

enum {
	PIECE_BYTES = 1 << 20
};

/* ---- reading ---- */

struct problem *
restore_too_long(struct arena *a, int64_t seconds, bool looking)
{
	return problem_new(a, PROBLEM_TOO_LARGE, looking
	    ? "The file takes longer than %d seconds to look through; restore from it without looking first, or cut it."
	    : "The file takes longer than %d seconds to read; nothing was changed.", (int)seconds);
}

/* A few kilobytes may hold a million records, so it is the time that is bounded. */
static struct problem *
read_in_time(void *arg, void *room, size_t size, size_t *got)
{
	struct restore *r = arg;

	if (steady_now() > r->until)
		return restore_too_long(r->call->a, r->seconds, r->asked->cause == NULL);
	return r->source->read(r->source->arg, room, size, got);
}

struct problem *
restore_read(struct restore *r, const struct archive_visitor *visitor, void *arg, struct archive_read *read)
{
	struct problem *p;

	if (r->asked->cause != NULL)
		r->until = steady_now() + r->seconds * 1000;
	if ((p = r->source->rewind(r->source->arg)) != NULL)
		return p;
	return archive_read(r->call->a, r->server->secret, r->server->secret_size, read_in_time, r, visitor, arg, read);
}

/* ---- survey ---- */

static struct problem *
meet_member(struct restore *r, const struct archive_record *in)
{
	const char *email = NULL;
	struct json_object *tree;

	if (in->doc_private == NULL ||
	    json_parse_object(r->scratch, in->doc_private, strlen(in->doc_private), &tree) != NULL)
		return NULL;
	if (json_get_text(r->scratch, tree, "email", &email) == NULL && email != NULL)
		restore_meet_user(r, in->id, email);
	return NULL;
}

static struct problem *
survey_record(void *arg, const struct archive_record *in)
{
	struct restore *r = arg;

	arena_reset(r->scratch);
	r->wanted += restore_is_asked(r, in->collection);
	if (r->most > 0 && r->wanted > r->most)
		return problem_new(r->call->a, PROBLEM_SPACE_FULL, "The file has more records than the %" PRId64
		    " that this space may have.", r->most);
	return strcmp(in->collection, "members") == 0 ? meet_member(r, in) : NULL;
}

static struct problem *
survey_file(void *arg, const char sha256_hex[65], int64_t size)
{
	struct restore *r = arg;
	struct call call;
	struct problem *p;
	struct file file;

	arena_reset(r->scratch);
	call = call_in(r->call, r->scratch);
	r->files++;
	if (!file_named(sha256_hex, &file))
		return problem_new(r->call->a, PROBLEM_INVALID, "A file in it has no name.");
	if ((p = file_read_whole(&call, &file)) != NULL)
		return problem_copy(r->call->a, p);
	if (file.type != NULL)
		return NULL;
	seen_entry(&r->missing, sha256_hex)->count = 1;
	r->missing_files++;
	r->missing_bytes += size < UPLOAD_COUNTED_MIN ? UPLOAD_COUNTED_MIN : size;
	return NULL;
}

/* Without records a space would be emptied by it. */
static struct problem *
survey_copy(void *arg, const char *json, size_t size)
{
	struct restore *r = arg;

	(void)json;
	(void)size;
	return problem_new(r->call->a, PROBLEM_INVALID,
	    "This is a copy that a client sent, not a backup of a space: send the JSON that is in it.");
}

/* Which records have another id here is known once all users are. */
static struct problem *
survey_id(void *arg, const struct archive_record *in)
{
	struct restore *r = arg;
	struct incoming incoming;
	struct problem *p;
	bool taken;

	arena_reset(r->scratch);
	if (restore_never(in->collection))
		return NULL;
	p = restore_incoming(r, in, &incoming, &taken);
	return p == NULL ? NULL : problem_copy(r->call->a, p);
}

struct problem *
restore_survey(struct restore *r)
{
	static const struct archive_visitor first = {
		.record = survey_record, .copy = survey_copy, .file_begin = survey_file,
	};
	static const struct archive_visitor second = { .record = survey_id };
	unsigned char fingerprint[SHA256_SIZE];
	struct archive_read again;
	struct amount holds, may;
	struct problem *p;

	seen_start(&r->users, r->call->a);
	seen_start(&r->missing, r->call->a);
	seen_start(&r->moved, r->call->a);
	if ((p = quota_read(r->call, &holds, &may)) != NULL)
		return p;
	r->most = may.records;
	if ((p = restore_read(r, &first, r, &r->read)) != NULL)
		return p;
	archive_fingerprint(r->call->set, fingerprint);
	r->trusted = r->read.head.ours && memcmp(fingerprint, r->read.head.fingerprint, sizeof fingerprint) == 0;
	r->same_space = r->read.head.ours && strcmp(r->read.head.space_id, r->call->person->space_id) == 0;
	return r->trusted && r->same_space ? NULL : restore_read(r, &second, r, &again);
}

/* ---- files ---- */

/* A file on its way from the archive into the space. */
struct putting {
	struct restore *r;
	struct job_run *run;
	struct arena *a;            /* of a piece */
	char name[2 * SHA256_SIZE + 1];
	char *piece;
	size_t length;
	int64_t at, size, done;
	bool wanted;
};

static struct problem *
put_begin(void *arg, const char sha256_hex[65], int64_t size)
{
	struct putting *put = arg;

	put->wanted = seen_find(&put->r->missing, sha256_hex) != NULL;
	memcpy(put->name, sha256_hex, sizeof put->name);
	put->length = 0;
	put->at = 0;
	put->size = size;
	return NULL;
}

/* What is no picture and no PDF cannot be a file here; the records stay without it. */
static struct problem *
put_piece(struct putting *put)
{
	struct restore *r = put->r;
	const struct upload_limits limits = { ARCHIVE_FILE_BYTES_MAX, r->asked->file_bytes_max };
	const struct upload_piece piece = { put->piece, put->length, put->at, put->size };
	struct person person = *r->call->person; /* upload_take reads who asks again, into the arena of the piece */
	struct problem *p;
	struct file file;
	struct call call;
	bool created;

	arena_reset(put->a);
	call = call_in(r->call, put->a);
	call.person = &person;
	if (!file_named(put->name, &file))
		return problem_internal(r->call->a, "a file that was surveyed has no name");
	p = upload_take(&call, &limits, &piece, &file, &created);
	if (p != NULL && p->kind == PROBLEM_MEDIA_TYPE) {
		restore_note(r, "files", "it is no picture and no PDF");
		put->wanted = false;
		p = NULL;
	}
	put->at += (int64_t)put->length;
	put->done += (int64_t)put->length;
	put->length = 0;
	if (p != NULL)
		return problem_copy(r->call->a, p);
	return job_step(put->run, "files", put->done, r->missing_bytes);
}

static struct problem *
put_bytes(void *arg, const void *bytes, size_t size)
{
	struct putting *put = arg;
	const char *from = bytes;

	while (put->wanted && size > 0) {
		size_t room = PIECE_BYTES - put->length, part = size < room ? size : room;
		struct problem *p;

		memcpy(put->piece + put->length, from, part);
		put->length += part;
		from += part;
		size -= part;
		if (put->length == PIECE_BYTES && (p = put_piece(put)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
put_end_of_file(void *arg)
{
	struct putting *put = arg;

	return put->wanted && put->length > 0 ? put_piece(put) : NULL;
}

/* There has to be room for all of them before the first one is taken. */
static struct problem *
check_room(struct restore *r)
{
	struct problem *p;
	int64_t used;

	if ((p = upload_space_bytes(r->call, &used)) != NULL)
		return p;
	if (r->missing_bytes <= r->asked->file_bytes_max - used)
		return NULL;
	return problem_new(r->call->a, PROBLEM_SPACE_FULL,
	    "The files in it need more room than this space has left for files; nothing was changed.");
}

struct problem *
restore_files(struct restore *r, struct job_run *run)
{
	static const struct archive_visitor visitor = {
		.file_begin = put_begin, .file_bytes = put_bytes, .file_end = put_end_of_file,
	};
	struct putting put = { .r = r, .run = run };
	struct archive_read read;
	struct problem *p;

	if (r->missing_files == 0)
		return NULL;
	if ((p = check_room(r)) != NULL)
		return p;
	put.a = arena_new();
	put.piece = arena_alloc(r->call->a, PIECE_BYTES);
	p = restore_read(r, &visitor, &put, &read);
	arena_free(put.a);
	return p;
}
