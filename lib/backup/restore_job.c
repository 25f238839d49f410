/* restore_job.c -- what somebody asked to be restored or imported, as a look or as a job.  A file is an archive, an
 * export in JSON, or the backup of another program: its first byte and its members say which.  Read content_open
 * first. */
#include <string.h>

#include "backup/foreign_import.h"
#include "backup/restore.h"
#include "backup/space_export.h"
#include "base/instant.h"
#include "base/json.h"
#include "record/space.h"

/* A file that was opened. */
struct content {
	struct restore_source source;  /* of an archive */
	struct foreign *foreign;       /* of another program; NULL: an archive */
};

/* ---- opening ---- */

static struct problem *
open_json(const struct call *call, const struct restore_wish *wish, const char *text, size_t size,
    struct content *content)
{
	struct foreign_options options = { .zone = wish->zone, .dates = wish->dates };
	struct json_object *tree;
	const char *bytes;
	struct problem *p;
	size_t length;

	if ((p = json_parse_object(call->a, text, size, &tree)) != NULL)
		return p;
	if (json_object_object_get(tree, "daybook") != NULL) {
		if ((p = space_export_as_archive(call->a, tree, &bytes, &length)) == NULL)
			content->source = restore_from_bytes(call->a, bytes, length);
		return p;
	}
	if (!foreign_is(tree))
		return problem_new(call->a, PROBLEM_INVALID,
		    "This is neither an archive nor an export of Daybook, nor a backup of a program that it knows.");
	if (options.zone == NULL && (p = space_zone_of(call, call->person->user_id, &options.zone)) != NULL)
		return p;
	if (!zone_known(options.zone))
		return problem_at(call->a, PROBLEM_INVALID, "zone", "zone must be a name such as Europe/Berlin.");
	content->foreign = arena_alloc(call->a, sizeof *content->foreign);
	return foreign_read(call->a, call->set, tree, &options, content->foreign);
}

/* All of a source, which is JSON and therefore read at once. */
static struct problem *
read_text(const struct call *call, const struct restore_source *source, struct buf *text)
{
	enum { ROOM = 64 << 10 };
	char *room = arena_alloc(call->a, ROOM);
	struct problem *p;
	size_t got = 0;

	buf_init(text, call->a);
	if ((p = source->rewind(source->arg)) != NULL)
		return p;
	do {
		if ((p = source->read(source->arg, room, ROOM, &got)) != NULL)
			return p;
		buf_add(text, room, got);
		if (text->length > RESTORE_JSON_MAX)
			return problem_new(call->a, PROBLEM_TOO_LARGE,
			    "A file of JSON may have %d bytes; use an archive.", RESTORE_JSON_MAX);
	} while (got > 0);
	return NULL;
}

static struct problem *
keep_copy(void *arg, const char *json, size_t size)
{
	struct buf *text = arg;

	buf_add(text, json, size);
	return NULL;
}

/* What a client gave as its own copy is JSON inside an archive. */
static struct problem *
open_copy(const struct call *call, const struct backup_server *server, const struct restore_wish *wish,
    const struct restore_source *source, struct content *content)
{
	static const struct archive_visitor visitor = { .copy = keep_copy };
	struct archive_read read;
	struct problem *p;
	struct buf text;

	buf_init(&text, call->a);
	if ((p = source->rewind(source->arg)) != NULL || (p = archive_read(call->a, server->secret,
	    server->secret_size, source->read, source->arg, &visitor, &text, &read)) != NULL)
		return p;
	return open_json(call, wish, text.text, text.length, content);
}

static struct problem *
content_open(const struct call *call, const struct backup_server *server, const struct restore_wish *wish,
    const struct restore_source *source, struct content *content)
{
	struct problem *p;
	struct buf text;
	size_t got = 0;
	char first = '\0';

	*content = (struct content){ .source = *source };
	if ((p = source->rewind(source->arg)) != NULL || (p = source->read(source->arg, &first, 1, &got)) != NULL)
		return p;
	if (got == 0)
		return problem_new(call->a, PROBLEM_INVALID, "The file is empty.");
	if (wish->is_copy && first != '{')
		return open_copy(call, server, wish, source, content);
	if (first != '{' && first != '[' && first != ' ' && first != '\n' && first != '\r' && first != '\t')
		return NULL;
	if ((p = read_text(call, source, &text)) != NULL)
		return p;
	return open_json(call, wish, text.text, text.length, content);
}

/* ---- looking ---- */

static struct restore_asked
asked_of(const struct restore_wish *wish, const char *cause, int seconds)
{
	return (struct restore_asked){
		.replace = wish->replace,
		.keep_changed = wish->keep_changed,
		.import = wish->import,
		.collections = wish->collections,
		.cause = cause,
		.seconds = seconds,
		.file_bytes_max = wish->file_bytes_max,
	};
}

struct problem *
restore_wish_look(const struct call *call, const struct backup_server *server, const struct restore_wish *wish,
    const struct restore_source *source, struct json_out *out)
{
	const struct restore_asked asked = asked_of(wish, NULL, wish->seconds);
	struct content content;
	struct problem *p;

	if ((p = content_open(call, server, wish, source, &content)) != NULL)
		return p;
	if (content.foreign != NULL)
		return foreign_import(call, server, &asked, content.foreign, NULL, out);
	return restore_look(call, server, &asked, &content.source, out);
}

/* ---- a job ---- */

const char *
restore_wish_json(struct arena *a, const struct restore_wish *wish)
{
	struct json_out out;
	struct buf b;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_text(&out, "backup", wish->backup);
	put_boolean(&out, "replace", wish->replace);
	put_boolean(&out, "keep", wish->keep_changed);
	put_boolean(&out, "look", wish->look);
	put_some(&out, "zone", wish->zone);
	put_integer(&out, "dates", wish->dates);
	put_integer(&out, "files", wish->file_bytes_max);
	put_integer(&out, "seconds", wish->seconds);
	put_array(&out, "collections");
	for (size_t i = 0; i < wish->collections.count; i++)
		put_text(&out, NULL, wish->collections.all[i]);
	put_end(&out);
	put_end(&out);
	return b.text;
}

static struct problem *
read_wish(struct job_run *run, struct restore_wish *wish)
{
	struct arena *a = run->call->a;
	struct json_object *list = json_object_object_get(run->asked, "collections");
	size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	const char **names = arena_alloc(a, (count + 1) * sizeof *names);
	int64_t dates = DATES_UNSAID, seconds = RESTORE_REQUEST_SECONDS;
	struct problem *p;

	if ((p = json_get_text(a, run->asked, "backup", &wish->backup)) != NULL ||
	    (p = json_get_text(a, run->asked, "zone", &wish->zone)) != NULL ||
	    (p = json_get_boolean(a, run->asked, "replace", &wish->replace, NULL)) != NULL ||
	    (p = json_get_boolean(a, run->asked, "keep", &wish->keep_changed, NULL)) != NULL ||
	    (p = json_get_boolean(a, run->asked, "look", &wish->look, NULL)) != NULL ||
	    (p = json_get_integer(a, run->asked, "dates", &dates, NULL)) != NULL ||
	    (p = json_get_integer(a, run->asked, "files", &wish->file_bytes_max, NULL)) != NULL ||
	    (p = json_get_integer(a, run->asked, "seconds", &seconds, NULL)) != NULL ||
	    (p = must_hold(a, wish->backup != NULL && dates >= 0 && dates < DATES_COUNT,
	        "a job of a restore names its backup")) != NULL)
		return p;
	wish->dates = (enum date_order)dates;
	wish->seconds = (int)seconds;
	for (size_t i = 0; i < count; i++)
		names[i] = json_object_get_string(json_object_array_get_idx(list, i));
	wish->collections = (struct texts){ names, count };
	return NULL;
}

struct problem *
restore_find(const struct call *call, const char *id, struct backup *backup)
{
	struct problem *p;
	bool found;

	if ((p = backup_find(call, id, backup, &found)) != NULL)
		return p;
	if (!found)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such backup.");
	if (backup->sealed)
		return problem_new(call->a, PROBLEM_INVALID,
		    "This backup is sealed: open it with its key, and restore from the file that comes out.");
	return NULL;
}

static struct problem *
look_for(struct job_run *run, const struct restore_wish *wish, const struct restore_source *source,
    struct json_out *out)
{
	struct problem *p = job_step(run, "reading", 0, 0);

	return p != NULL ? p : restore_wish_look(run->call, run->server, wish, source, out);
}

static struct problem *
run_wish(struct job_run *run, struct restore_wish *wish, struct json_out *out)
{
	const struct call *call = run->call;
	const struct restore_asked asked = asked_of(wish,
	    arena_printf(call->a, "%s:%s", wish->import ? "import" : "restore", run->id), wish->seconds);
	struct restore_source source;
	struct content content;
	struct backup backup;
	struct problem *p;

	if ((p = restore_find(call, wish->backup, &backup)) != NULL)
		return p;
	source = restore_from_backup(call, &backup);
	wish->is_copy = strcmp(backup.kind, "client") == 0;
	if (wish->look)
		return look_for(run, wish, &source, out);
	if ((p = content_open(call, run->server, wish, &source, &content)) != NULL)
		return p;
	if (content.foreign == NULL)
		return restore_run(call, run->server, &asked, &content.source, run, out);
	put_text(out, "cause", asked.cause);
	return foreign_import(call, run->server, &asked, content.foreign, run, out);
}

static struct problem *
work(struct job_run *run, bool import)
{
	struct restore_wish wish = { .import = import };
	struct json_out out;
	struct problem *p;
	struct buf b;

	buf_init(&b, run->call->a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	if ((p = read_wish(run, &wish)) != NULL || (p = run_wish(run, &wish, &out)) != NULL)
		return p;
	put_end(&out);
	run->result = b.text;
	return NULL;
}

struct problem *
job_restore(struct job_run *run)
{
	return work(run, false);
}

struct problem *
job_import(struct job_run *run)
{
	return work(run, true);
}
