/* files.c -- photos and receipts over HTTP: PUT uploads one, whole or in pieces; GET sends it (http/content.h). */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "base/json.h"
#include "base/text.h"
#include "http/content.h"
#include "http/member.h"
#include "http/reply.h"
#include "transfer/upload.h"

static struct problem *
no_file(struct request *r)
{
	return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such file.");
}

/* --- upload --- */

struct problem *
files_read_piece(struct request *r, struct upload_piece *piece)
{
	const char *text = request_header(r, "Content-Range");
	int64_t last;

	*piece = (struct upload_piece){ .bytes = r->body, .length = r->body_length, .total = (int64_t)r->body_length };
	if (text == NULL)
		return NULL;
	if (!text_take(&text, "bytes ") || !text_take_number(&text, &piece->at) || !text_take(&text, "-") ||
	    !text_take_number(&text, &last) || !text_take(&text, "/") || !text_take_number(&text, &piece->total) ||
	    *text != '\0' || last < piece->at || last >= piece->total)
		return problem_at(r->a, PROBLEM_MALFORMED, "Content-Range",
		    "A piece is named as \"bytes 0-1048575/3000000\".");
	if (last - piece->at + 1 != (int64_t)piece->length)
		return problem_at(r->a, PROBLEM_MALFORMED, "Content-Range",
		    "The body has another length than the piece it is said to be.");
	return NULL;
}

static void
reply_file(struct request *r, const struct file *file, bool created)
{
	bool whole = file->received == file->size;
	struct json_out *out = reply_object(r, !whole ? 202 : created ? 201 : 200);

	put_object(out, "file");
	put_text(out, "sha256", file->name);
	put_integer(out, "size", file->size);
	if (whole) {
		put_text(out, "type", file->type);
		put_sql_instant(out, "createdAt", file->created_at);
	} else {
		put_integer(out, "received", file->received);
		reply_header(r, "Range", arena_printf(r->a, "bytes=0-%" PRId64, file->received - 1));
	}
	put_end(out);
	if (created)
		reply_header(r, "Location", arena_printf(r->a, "/api%s%s/files/%s", r->space == NULL ? "" : "/spaces/",
		    r->space == NULL ? "" : r->space, file->name));
}

const struct member files_put_takes[] = {
	HEADER("Content-Range", ANY, "which piece the body is: bytes 0-1048575/3000000; without it the whole"),
	MEMBERS_END
};

/* PUT /api/files/:sha256 -- the body is the content, or with Content-Range a piece of it. */
struct problem *
files_put(struct request *r)
{
	struct problem *p;
	struct file file;
	struct upload_piece piece;
	struct upload_limits limits = { r->worker->config.file_max_bytes, r->worker->config.space_quota_bytes };
	bool created;

	if (!file_named(r->params[0], &file))
		return problem_at(r->a, PROBLEM_INVALID, "sha256",
		    "The name of a file is its SHA-256 in 64 lower-case hex digits.");
	if ((p = files_read_piece(r, &piece)) != NULL ||
	    (p = upload_take(&r->call, &limits, &piece, &file, &created)) != NULL)
		return p;
	reply_file(r, &file, created);
	return NULL;
}

/* --- download --- */

/* The sender of an unfinished file is told how much was received, so that they can continue from there. */
static struct problem *
not_whole(struct request *r, const struct file *file)
{
	struct problem *p = no_file(r);

	p->members = arena_printf(r->a, "\"size\":%" PRId64 ",\"received\":%" PRId64, file->size, file->received);
	if (file->received > 0)
		p->range = arena_printf(r->a, "bytes=0-%" PRId64, file->received - 1);
	return p;
}

const struct member files_read_takes[] = {
	HEADER("Range", ANY, "one range of it: bytes=0-99, bytes=100- or bytes=-100"),
	HEADER("If-Range", ANY, "the ETag for which the range is meant"),
	MEMBERS_END
};

/* GET /api/files/:sha256 */
struct problem *
files_read(struct request *r)
{
	struct problem *p;
	struct file file;
	bool found;

	if (!file_named(r->params[0], &file))
		return no_file(r);
	if ((p = file_find(&r->call, &file, &found)) != NULL)
		return p;
	if (!found)
		return no_file(r);
	if (file.type == NULL)
		return not_whole(r, &file);
	return content_reply(r, &file);
}
