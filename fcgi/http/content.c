/* content.c -- the content of a file as an answer, whole or a range of it.  A browser never runs what somebody
 * uploaded: the type comes from the content, scripts are not accepted at all, and the headers of the answer forbid
 * everything. */
#include "http/content.h"

#include <inttypes.h>
#include <string.h>

#include "base/sniff.h"
#include "base/text.h"
#include "http/reply.h"

static const char *
etag_of(struct request *r, const struct file *file)
{
	return arena_printf(r->a, "\"%s\"", file->name);
}

static bool
wants_range(struct request *r, const char *etag)
{
	const char *condition = request_header(r, "If-Range");

	return !r->head && request_header(r, "Range") != NULL && (condition == NULL || strcmp(condition, etag) == 0);
}

enum content_part
content_range(const char *text, int64_t size, struct content_span *span)
{
	int64_t first = 0, last = INT64_MAX, suffix = -1;

	*span = (struct content_span){ 0, size - 1 };
	if (!text_take(&text, "bytes="))
		return CONTENT_WHOLE;
	if (*text == '-') {
		text++;
		if (!text_take_number(&text, &suffix))
			return CONTENT_WHOLE;
		first = suffix == 0 ? size : suffix < size ? size - suffix : 0;
	} else if (!text_take_number(&text, &first) || !text_take(&text, "-") ||
	    (*text != '\0' && (!text_take_number(&text, &last) || last < first))) {
		return CONTENT_WHOLE;
	}
	if (*text != '\0')
		return CONTENT_WHOLE;
	if (first >= size)
		return CONTENT_BEHIND;
	*span = (struct content_span){ first, last < size ? last : size - 1 };
	return CONTENT_SPAN;
}

struct problem *
content_asked(struct request *r, const char *etag, int64_t size, struct content_span *span, bool *partial)
{
	const char *text = wants_range(r, etag) ? request_header(r, "Range") : "";
	enum content_part part = content_range(text, size, span);
	struct problem *p;

	*partial = part == CONTENT_SPAN;
	if (part != CONTENT_BEHIND)
		return NULL;
	p = problem_at(r->a, PROBLEM_RANGE, "Range", "The file ends before this range.");
	p->content_range = arena_printf(r->a, "bytes */%" PRId64, size);
	return p;
}

void
content_put_span(struct request *r, const struct content_span *span, bool partial, int64_t size)
{
	reply_header(r, "Accept-Ranges", "bytes");
	reply_header(r, "Content-Length", arena_printf(r->a, "%" PRId64, span->to - span->from + 1));
	if (partial)
		reply_header(r, "Content-Range",
		    arena_printf(r->a, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, span->from, span->to, size));
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
start_content(struct request *r, const struct file *file, const struct content_span *span, bool partial)
{
	reply_stream_start(r, partial ? 206 : 200, file->type);
	add_caching(r, file);
	content_put_span(r, span, partial, file->size);
	reply_header(r, "Content-Disposition", arena_printf(r->a, "%s; filename=\"%.12s.%s\"",
	    sniff_is_image(file->type) ? "inline" : "attachment", file->name, sniff_extension(file->type)));
	reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
	reply_header(r, "Cross-Origin-Resource-Policy", "same-origin");
}

/* Send one chunk after the other, each in an arena that is reset after it.  The first is read before anything is sent,
 * so its problem is an ordinary answer; a later one breaks the stream off. */
static struct problem *
send_content(struct request *r, const struct file *file, const struct content_span *span, bool partial)
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

struct problem *
content_reply(struct request *r, const struct file *file)
{
	struct problem *p;
	struct content_span span;
	bool partial;

	if (reply_matches(r, etag_of(r, file))) {
		reply_not_modified(r, etag_of(r, file));
		add_caching(r, file);
		return NULL;
	}
	if ((p = content_asked(r, etag_of(r, file), file->size, &span, &partial)) != NULL)
		return p;
	if (!r->head)
		return send_content(r, file, &span, partial);
	start_content(r, file, &span, false);
	return NULL;
}
