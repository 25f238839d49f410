/* heads.c -- the head of a space with its whole hash, for members who want to know whether its past was rewritten, and
 * what they say when it was.  schema/PROTOCOL.md 5. */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "base/log.h"
#include "http/member.h"
#include "http/reply.h"
#include "sync/chain.h"
#include "upkeep/alarm.h"

/* ---- the head ---- */

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
	PARAM("past", TEXT, "former heads, SEQ-CHAIN,…, at most 64: does the chain go through them?"),
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

/* ---- what a member says ---- */

const struct member sync_alarm_takes[] = {
	BODY("seq", INTEGER, "of the head", .required = "seq is required.", .min = 0, .max = INT64_C(1) << 53,
	  .null = NULL_IS_WRONG),
	BODY("chain", TEXT, "its hash, 64 hex digits", .required = "chain is required."),
	BODY("seal", TEXT, "its seal, as the answer had it: without it nothing is raised"),
	MEMBERS_END
};

/* Read the head.  *sealed: this server gave it out. */
static struct problem *
read_claim(struct request *r, struct remembered *claim, bool *sealed)
{
	const char *chain = given_text(r, "chain"), *seal = given_text(r, "seal");
	unsigned char *bytes;
	size_t size;

	*claim = (struct remembered){ .seq = given_integer(r, "seq") };
	if (!hex_parse(chain, claim->hash, sizeof claim->hash))
		return problem_at(r->a, PROBLEM_INVALID, "chain", "chain must be 64 hex digits.");
	*sealed = false;
	if (seal == NULL)
		return NULL;
	bytes = base64url_parse(r->a, seal, strlen(seal), &size);
	if (bytes == NULL || size != SHA256_SIZE)
		return problem_at(r->a, PROBLEM_INVALID, "seal", "seal must be as GET /api/sync/head gave it.");
	*sealed = chain_seal_fits(&r->call, r->worker->ring, claim, bytes);
	return NULL;
}

static const char *
claim_text(struct request *r, const struct remembered *claim)
{
	const char *chain = hex_text(r->a, claim->hash, sizeof claim->hash);

	return claim->ahead
	    ? arena_printf(r->a, "A head that was given out, %" PRId64 "-%.16s, is beyond the end of the space: "
		"it was set back.", claim->seq, chain)
	    : arena_printf(r->a, "A head that was given out, %" PRId64 "-%.16s, is not in the chain: what was written "
		"up to there was changed, or the space was set back and written again.", claim->seq, chain);
}

/* Raise an alarm about a head that this server gave out and that is not in the chain.  Of others nobody knows whether
 * they were made up: they are only logged. */
static struct problem *
raise(struct request *r, const struct remembered *claim, bool sealed)
{
	const char *space = r->person.space_id;

	log_line(LOG_LEVEL_WARN, "past", "space=%s seq=%" PRId64 " sealed=%s ahead=%s", space, claim->seq,
	    sealed ? "yes" : "no", claim->ahead ? "yes" : "no");
	return sealed ? alarm_raise(r->db, r->a, "past", space, claim_text(r, claim)) : NULL;
}

/* POST /api/sync/alarm */
struct problem *
sync_alarm(struct request *r)
{
	struct remembered claim;
	struct chain_head head;
	struct json_out *out;
	struct problem *p;
	bool sealed;

	if ((p = read_claim(r, &claim, &sealed)) != NULL ||
	    (p = chain_head_read(&r->call, r->worker->ring, &head)) != NULL ||
	    (p = chain_goes_through(&r->call, &head, &claim, 1)) != NULL ||
	    (claim.through == THROUGH_NO && (p = raise(r, &claim, sealed)) != NULL))
		return p;
	out = reply_object(r, 200);
	put_through(out, claim.through);
	put_boolean(out, "raised", claim.through == THROUGH_NO && sealed);
	return NULL;
}
