/* stamps.c -- stamps of an authority (RFC 3161) on the heads of a space, for members who want to check them with
 * openssl.  schema/PROTOCOL.md 5. */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "base/text.h"
#include "http/member.h"
#include "http/reply.h"
#include "upkeep/stamps.h"

const struct member sync_stamps_takes[] = {
	PARAM("limit", INTEGER, "how many at most", .min = 1, .max = STAMPS_PAGE_MOST, .otherwise = STAMPS_PAGE_MOST),
	PARAM("after", INTEGER, "next of the page before", .min = 1, .max = INT64_C(1) << 53,
	  .otherwise = INT64_C(1) << 53),
	MEMBERS_END
};

static void
put_stamp(struct request *r, struct json_out *out, const struct stamp *stamp)
{
	put_object(out, NULL);
	put_instant(out, "at", stamp->at);
	put_integer(out, "seq", stamp->seq);
	put_text(out, "chain", hex_text(r->a, stamp->hash, sizeof stamp->hash));
	if (stamp->known)
		put_boolean(out, "through", stamp->through);
	else
		put_null(out, "through");
	put_end(out);
}

/* GET /api/sync/stamps?limit=&after= -- newest first. */
struct problem *
sync_stamps(struct request *r)
{
	int limit = (int)given_integer(r, "limit");
	struct stamp *stamps;
	struct json_out *out;
	struct problem *p;
	size_t count, shown;

	if ((p = stamps_read(&r->call, given_integer(r, "after"), limit + 1, &stamps, &count)) != NULL)
		return p;
	shown = count > (size_t)limit ? (size_t)limit : count;
	out = reply_object(r, 200);
	put_array(out, "stamps");
	for (size_t i = 0; i < shown; i++)
		put_stamp(r, out, &stamps[i]);
	put_end(out);
	if (count > shown)
		put_integer(out, "next", stamps[shown - 1].seq);
	else
		put_null(out, "next");
	return NULL;
}

/* GET /api/sync/stamps/:seq -- what the authority answered, as a file. */
struct problem *
sync_stamp(struct request *r)
{
	const char *text = r->params[0], *bytes = "";
	struct problem *p;
	size_t size = 0;
	int64_t seq;

	if (!text_take_number(&text, &seq) || *text != '\0')
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such stamp.");
	if ((p = stamp_token(&r->call, seq, &bytes, &size)) != NULL)
		return p;
	reply_stream_start(r, 200, "application/timestamp-reply");
	reply_header(r, "Content-Length", arena_printf(r->a, "%zu", size));
	reply_header(r, "Content-Disposition", arena_printf(r->a,
	    "attachment; filename=\"daybook-%.8s-%" PRId64 ".tsr\"", r->person.space_id, seq));
	if (!r->head)
		reply_stream(r, bytes, size);
	return NULL;
}
