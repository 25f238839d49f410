/* chain.c -- the head of a space, and whether its chain goes through former heads. */
#include "sync/chain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store/statement.h"

enum {
	DIGITS_MAX = 18, /* of a seq */
	HASH_DIGITS = 2 * SHA256_SIZE
};

static const char purpose[] = "head of a space";

/* ---- the head ---- */

/* What a seal is made of. */
static const char *
sealed_text(const struct call *call, int64_t seq, const unsigned char hash[SHA256_SIZE])
{
	return arena_printf(call->a, "%s %" PRId64 " %s", call->person->space_id, seq,
	    hex_text(call->a, hash, SHA256_SIZE));
}

struct problem *
chain_head_read(const struct call *call, const struct token_ring *ring, struct chain_head *head)
{
	struct problem *p;
	struct rows *rows;
	const char *text;

	if ((p = db_run(call->db, call->a, SQL(CHAIN_HEAD),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such space.");
	*head = (struct chain_head){
		.seq = row_integer(rows, 0, CHAIN_HEAD_SEQ),
		.at = row_instant(rows, 0, CHAIN_HEAD_AT),
		.epoch = row_text(rows, 0, CHAIN_HEAD_EPOCH),
	};
	memcpy(head->hash, row_cell(rows, 0, CHAIN_HEAD_HASH)->bytes, SHA256_SIZE);
	text = sealed_text(call, head->seq, head->hash);
	token_seal(ring, purpose, text, strlen(text), head->seal);
	return NULL;
}

bool
chain_seal_fits(const struct call *call, const struct token_ring *ring, const struct remembered *head,
    const unsigned char seal[SHA256_SIZE])
{
	const char *text = sealed_text(call, head->seq, head->hash);

	return token_seal_fits(ring, purpose, text, strlen(text), seal);
}

/* ---- former heads ---- */

/* Read one "SEQ-HASH" at *at, and step over the comma behind it. */
static bool
read_head(struct arena *a, const char **at, struct remembered *head)
{
	size_t digits = strspn(*at, "0123456789"), hash;

	if (digits == 0 || digits > DIGITS_MAX || (*at)[digits] != '-')
		return false;
	*head = (struct remembered){ .seq = strtoll(*at, NULL, 10) };
	*at += digits + 1;
	hash = strcspn(*at, ",");
	if (hash != HASH_DIGITS || !hex_parse(arena_strndup(a, *at, hash), head->hash, SHA256_SIZE))
		return false;
	*at += hash;
	if (**at == '\0')
		return true;
	(*at)++;
	return **at != '\0';
}

struct problem *
chain_parse(struct arena *a, const char *text, struct remembered **heads, size_t *count)
{
	*heads = arena_alloc(a, HEADS_ASKED_MAX * sizeof **heads);
	*count = 0;
	do {
		if (*count == HEADS_ASKED_MAX)
			return problem_at(a, PROBLEM_INVALID, "past", "past has at most %d heads.", HEADS_ASKED_MAX);
		if (!read_head(a, &text, &(*heads)[*count]))
			return problem_at(a, PROBLEM_INVALID, "past",
			    "past must be heads as SEQ-CHAIN with commas between them, each chain of %d hex digits.",
			    HASH_DIGITS);
		(*count)++;
	} while (*text != '\0');
	return NULL;
}

static bool
is_zero(const unsigned char hash[SHA256_SIZE])
{
	static const unsigned char zeros[SHA256_SIZE];

	return memcmp(hash, zeros, SHA256_SIZE) == 0;
}

static void
judge(struct remembered *one, const struct chain_head *head, const struct rows *rows)
{
	one->ahead = one->seq > head->seq;
	one->at = 0;
	one->through = one->seq == 0 ? (is_zero(one->hash) ? THROUGH_YES : THROUGH_NO)
	    : one->ahead ? THROUGH_NO : THROUGH_UNKNOWN;
	for (size_t i = 0; i < rows->count && one->through == THROUGH_UNKNOWN; i++) {
		if (row_integer(rows, i, CHAIN_AT_SEQ) != one->seq)
			continue;
		one->at = row_instant(rows, i, CHAIN_AT_AT);
		one->through = memcmp(row_cell(rows, i, CHAIN_AT_HASH)->bytes, one->hash, SHA256_SIZE) == 0
		    ? THROUGH_YES : THROUGH_NO;
	}
}

struct problem *
chain_goes_through(const struct call *call, const struct chain_head *head, struct remembered *heads, size_t count)
{
	struct value values[1 + HEADS_ASKED_MAX];
	struct problem *p;
	struct rows *rows;

	values[0] = value_id(call->person->space_id);
	for (size_t i = 0; i < HEADS_ASKED_MAX; i++) /* there is no audit row at 0 */
		values[1 + i] = value_integer(i < count ? heads[i].seq : 0);
	if ((p = db_run(call->db, call->a, SQL(CHAIN_AT), values, sizeof values / sizeof *values, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		judge(&heads[i], head, rows);
	return NULL;
}
