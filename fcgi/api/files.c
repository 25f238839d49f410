/* files.c -- photos and receipts over HTTP: PUT uploads one, whole or in pieces; GET sends it, whole or a range of it.
 * A browser never runs what somebody uploaded: the type comes from the content, scripts are not accepted at all, and
 * the headers of the answer forbid everything. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/json.h"
#include "base/sniff.h"
#include "http/member.h"
#include "http/reply.h"
#include "transfer/upload.h"

/* Bytes [from, to] of a file. */
struct span {
	int64_t from, to;
};

static struct problem *
no_file(struct request *r)
{
	return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such file.");
}

/* Read a decimal number at *text, which moves past it.  False when there is none, or it is too large. */
static bool
take_number(const char **text, int64_t *number)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*number = strtoll(*text, &end, 10);
	*text = end;
	return errno == 0;
}

static bool
take_text(const char **text, const char *expected)
{
	size_t length = strlen(expected);

	if (strncmp(*text, expected, length) != 0)
		return false;
	*text += length;
	return true;
}

/* --- upload --- */

/* "Content-Range: bytes 0-1048575/3000000" says which piece the body is; without it the body is the whole. */
static struct problem *
read_piece(struct request *r, struct upload_piece *piece)
{
	const char *text = request_header(r, "Content-Range");
	int64_t last;

	*piece = (struct upload_piece){ .bytes = r->body, .length = r->body_length, .total = (int64_t)r->body_length };
	if (text == NULL)
		return NULL;
	if (!take_text(&text, "bytes ") || !take_number(&text, &piece->at) || !take_text(&text, "-") ||
	    !take_number(&text, &last) || !take_text(&text, "/") || !take_number(&text, &piece->total) ||
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
	if ((p = read_piece(r, &piece)) != NULL ||
	    (p = upload_take(&r->call, &limits, &piece, &file, &created)) != NULL)
		return p;
	reply_file(r, &file, created);
	return NULL;
}

/* --- download --- */

static const char *
etag_of(struct request *r, const struct file *file)
{
	return arena_printf(r->a, "\"%s\"", file->name);
}

/* If-Range with anything but this file's ETag asks for the whole file. */
static bool
wants_range(struct request *r, const struct file *file)
{
	const char *condition = request_header(r, "If-Range");

	return !r->head && request_header(r, "Range") != NULL &&
	    (condition == NULL || strcmp(condition, etag_of(r, file)) == 0);
}

/* Read "bytes=0-99", "bytes=100-" or "bytes=-100".  Everything else, several ranges too, is ignored (RFC 9110,
 * 14.2). */
static struct problem *
read_range(struct request *r, const struct file *file, struct span *span, bool *partial)
{
	const char *text = request_header(r, "Range");
	struct problem *p;
	int64_t first = 0, last = INT64_MAX, suffix = -1;

	*partial = false;
	*span = (struct span){ 0, file->size - 1 };
	if (!wants_range(r, file) || !take_text(&text, "bytes="))
		return NULL;
	if (*text == '-') {
		text++;
		if (!take_number(&text, &suffix))
			return NULL;
		first = suffix == 0 ? file->size : suffix < file->size ? file->size - suffix : 0;
	} else if (!take_number(&text, &first) || !take_text(&text, "-") ||
	    (*text != '\0' && (!take_number(&text, &last) || last < first))) {
		return NULL;
	}
	if (*text != '\0')
		return NULL;
	if (first >= file->size) {
		p = problem_at(r->a, PROBLEM_RANGE, "Range", "The file ends before this range.");
		p->content_range = arena_printf(r->a, "bytes */%" PRId64, file->size);
		return p;
	}
	*partial = true;
	*span = (struct span){ first, last < file->size ? last : file->size - 1 };
	return NULL;
}

/* A file's content never changes, so it may be cached.  Vary makes a request with another token go to the server. */
static void
add_caching(struct request *r, const struct file *file)
{
	reply_header(r, "ETag", etag_of(r, file));
	reply_header(r, "Cache-Control", "private, max-age=31536000, immutable");
	reply_header(r, "Vary", "Authorization, X-API-Key");
}

static void
start_content(struct request *r, const struct file *file, const struct span *span, bool partial)
{
	reply_stream_start(r, partial ? 206 : 200, file->type);
	add_caching(r, file);
	reply_header(r, "Accept-Ranges", "bytes");
	reply_header(r, "Content-Length", arena_printf(r->a, "%" PRId64, span->to - span->from + 1));
	if (partial)
		reply_header(r, "Content-Range",
		    arena_printf(r->a, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, span->from, span->to, file->size));
	reply_header(r, "Content-Disposition", arena_printf(r->a, "%s; filename=\"%.12s.%s\"",
	    sniff_is_image(file->type) ? "inline" : "attachment", file->name, sniff_extension(file->type)));
	reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
	reply_header(r, "Cross-Origin-Resource-Policy", "same-origin");
}

/* Send one chunk after the other, each in an arena that is reset after it.  The first is read before anything is sent,
 * so its problem is an ordinary answer; a later one breaks the stream off. */
static struct problem *
send_content(struct request *r, const struct file *file, const struct span *span, bool partial)
{
	struct problem *p = NULL;
	struct arena *scratch = arena_new();
	const struct call call = call_in(&r->call, scratch);
	int64_t next = span->from, at;
	const char *bytes;
	size_t length;

	while (next <= span->to && !r->client_gone) {
		arena_reset(scratch);
		if ((p = file_chunk(&call, file, next, &bytes, &length, &at)) != NULL)
			break;
		bytes += next - at;
		length -= (size_t)(next - at);
		if ((int64_t)length > span->to - next + 1)
			length = (size_t)(span->to - next + 1);
		if (!r->streaming)
			start_content(r, file, span, partial);
		reply_stream(r, bytes, length);
		next += (int64_t)length;
	}
	if (p != NULL)
		p = problem_copy(r->a, p);
	arena_free(scratch);
	return p;
}

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
	struct span span;
	bool found, partial;

	if (!file_named(r->params[0], &file))
		return no_file(r);
	if ((p = file_find(&r->call, &file, &found)) != NULL)
		return p;
	if (!found)
		return no_file(r);
	if (file.type == NULL)
		return not_whole(r, &file);
	if (reply_matches(r, etag_of(r, &file))) {
		reply_not_modified(r, etag_of(r, &file));
		add_caching(r, &file);
		return NULL;
	}
	if ((p = read_range(r, &file, &span, &partial)) != NULL)
		return p;
	if (!r->head)
		return send_content(r, &file, &span, partial);
	start_content(r, &file, &span, false);
	return NULL;
}
