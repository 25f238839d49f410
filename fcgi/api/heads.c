/* heads.c -- the head of a space with its whole hash, for members who want to know whether its past was rewritten, and
 * what they say when it was.  schema/PROTOCOL.md 5. */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "base/log.h"
#include "http/member.h"
#include "http/reply.h"
#include "sync/chain.h"

static void
put_through(struct json_out *out, enum through through)
{
	if (through == THROUGH_UNKNOWN)
		put_null(out, "through");
	else
		put_boolean(out, "through", through == THROUGH_YES);
}

static void
put_past(struct json_out *out, const struct remembered *heads, size_t count)
{
	put_array(out, "past");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_integer(out, "seq", heads[i].seq);
		put_through(out, heads[i].through);
		put_end(out);
	}
	put_end(out);
}

static void
put_head(struct request *r, struct json_out *out, const struct chain_head *head)
{
	put_integer(out, "seq", head->seq);
	put_text(out, "chain", hex_text(r->a, head->hash, sizeof head->hash));
	if (head->seq > 0)
		put_instant(out, "at", head->at);
	else
		put_null(out, "at");
	put_text(out, "epoch", head->epoch);
	put_text(out, "seal", base64url_text(r->a, head->seal, sizeof head->seal));
}

const struct member sync_head_takes[] = {
	PARAM("past", TEXT, "former heads as SEQ-CHAIN with commas between them, at most 64: does the chain go through "
	    "them?"),
	MEMBERS_END
};

/* GET /api/sync/head?past= */
struct problem *
sync_head(struct request *r)
{
	struct problem *p;
	struct chain_head head;
	struct remembered *heads = NULL;
	struct json_out *out;
	size_t count = 0;

	if ((is_given(r, "past") && (p = chain_parse(r->a, given_text(r, "past"), &heads, &count)) != NULL) ||
	    (p = chain_head_read(&r->call, r->worker->ring, &head)) != NULL ||
	    (count > 0 && (p = chain_goes_through(&r->call, &head, heads, count)) != NULL))
		return p;
	out = reply_object(r, 200);
	put_head(r, out, &head);
	if (count > 0)
		put_past(out, heads, count);
	return NULL;
}
