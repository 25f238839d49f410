/* cursor.c -- cursors: their text, and whether a space can still be read from one.  A cursor that cannot be continued
 * is PROBLEM_RESYNC, and its members say why. */
#include "cursor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json_out.h"
#include "store/statement.h"

enum {
	EPOCHS_MAX = 1000, /* steps back through restores */
	PART_MAX = 40      /* characters of a part of a cursor */
};

/* ---- text ---- */

struct mark
mark_of(int64_t seq, const unsigned char chain[CHAIN_BYTES])
{
	struct mark m = { .seq = seq, .has_chain = seq > 0 };

	if (m.has_chain)
		memcpy(m.chain, chain, sizeof m.chain);
	return m;
}

char *
mark_text(struct arena *a, const struct mark *m)
{
	if (!m->has_chain)
		return arena_printf(a, "%" PRId64, m->seq);
	return arena_printf(a, "%" PRId64 "-%s", m->seq, hex_text(a, m->chain, sizeof m->chain));
}

char *
cursor_text(struct arena *a, const struct cursor *c)
{
	char *text = arena_printf(a, "%s.%" PRId64 ".%s.%s.%s",
	    c->epoch, c->view, c->visibility, c->collections, mark_text(a, &c->at));

	return c->first_head.seq < 0 ? text : arena_printf(a, "%s.%s", text, mark_text(a, &c->first_head));
}

static bool
read_part(struct arena *a, const char **at, const char *allowed, char **part)
{
	size_t n = strspn(*at, allowed);

	if (n == 0 || n > PART_MAX)
		return false;
	*part = arena_strndup(a, *at, n);
	*at += n;
	if (**at == '.')
		(*at)++;
	else if (**at != '\0')
		return false;
	return true;
}

/* A part that is at most 32 characters long. */
static bool
read_word(struct arena *a, const char **at, const char *allowed, const char **word)
{
	char *part;

	if (!read_part(a, at, allowed, &part) || strlen(part) > 32)
		return false;
	*word = part;
	return true;
}

static bool
number_of(const char *text, int64_t *n)
{
	size_t length = strspn(text, "0123456789");

	*n = strtoll(text, NULL, 10);
	return length > 0 && length <= 18 && text[length] == '\0';
}

static bool
read_number(struct arena *a, const char **at, int64_t *n)
{
	char *part;

	return read_part(a, at, "0123456789", &part) && number_of(part, n);
}

static bool
read_mark(struct arena *a, const char **at, struct mark *m)
{
	char *part, *chain;

	if (!read_part(a, at, "0123456789abcdef-", &part))
		return false;
	if ((chain = strchr(part, '-')) != NULL)
		*chain++ = '\0';
	m->has_chain = chain != NULL;
	return number_of(part, &m->seq) && (chain == NULL || hex_parse(chain, m->chain, sizeof m->chain));
}

static bool
mark_parse(struct arena *a, const char *text, struct mark *m)
{
	return read_mark(a, &text, m) && *text == '\0' && text[-1] != '.';
}

static bool
cursor_parse(struct arena *a, const char *text, struct cursor *c)
{
	static const char hex[] = "0123456789abcdef", word[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	const char *at = text;

	c->first_head = (struct mark){ .seq = -1 };
	if (!read_word(a, &at, hex, &c->epoch) || !read_number(a, &at, &c->view) ||
	    !read_word(a, &at, hex, &c->visibility) || !read_word(a, &at, word, &c->collections) ||
	    !read_mark(a, &at, &c->at))
		return false;
	if (*at == '\0')
		return at[-1] != '.';
	return read_mark(a, &at, &c->first_head) && *at == '\0' && at[-1] != '.';
}

static int
compare_texts(const void *left, const void *right)
{
	const char *const *l = left, *const *r = right;

	return strcmp(*l, *r);
}

/* The chosen collections, for the cursor: "all", or a hash of their sorted names. */
static const char *
choice_word(struct arena *a, const struct feed *feed)
{
	unsigned char digest[SHA256_SIZE];
	const char **names = arena_alloc(a, (feed->only_count + 1) * sizeof(const char *));
	struct buf b;

	if (feed->only == NULL)
		return "all";
	for (size_t i = 0; i < feed->only_count; i++)
		names[i] = feed->only[i]->name;
	qsort(names, feed->only_count, sizeof *names, compare_texts);
	buf_init(&b, a);
	for (size_t i = 0; i < feed->only_count; i++)
		buf_printf(&b, "%s,", names[i]);
	sha256(b.text, b.length, digest);
	return hex_text(a, digest, 8);
}

/* ---- resync ---- */

/* The lowest cut_seq of all epochs after epoch `from`, up to the current one; -1 when `from` is not an ancestor of the
 * current epoch. */
static struct problem *
lowest_cut(const struct call *call, const char *from, int64_t *cut)
{
	struct problem *p;
	struct rows *rows;
	const char *epoch = call->person->epoch;
	int64_t lowest = INT64_MAX;

	*cut = -1;
	for (int i = 0; i < EPOCHS_MAX && epoch != NULL; i++) {
		if ((p = db_run(call->db, call->a, SQL(EPOCH_READ),
		    VALUES(value_id(call->person->space_id), value_text(epoch)), &rows)) != NULL)
			return p;
		if (rows->count == 0 || row_text(rows, 0, EPOCH_PARENT) == NULL)
			return NULL;
		if (row_integer(rows, 0, EPOCH_CUT_SEQ) < lowest)
			lowest = row_integer(rows, 0, EPOCH_CUT_SEQ);
		epoch = row_text(rows, 0, EPOCH_PARENT);
		if (strcmp(epoch, from) == 0) {
			*cut = lowest;
			return NULL;
		}
	}
	return NULL;
}

/* The members of a 410: the reason and, if the space was restored (cut >= 0), up to which seq its history is the
 * same. */
static const char *
resync_members(struct arena *a, const char *reason, const char *epoch, int64_t cut)
{
	struct buf text;
	struct json_out out;

	buf_init(&text, a);
	json_out_members(&out, &text);
	put_text(&out, "reason", reason);
	if (cut >= 0) {
		put_object(&out, "restored");
		put_text(&out, "epoch", epoch);
		put_integer(&out, "seq", cut);
		put_end(&out);
	}
	return text.text;
}

static struct problem *
resync(struct arena *a, const char *reason, const char *detail)
{
	struct problem *p = problem_new(a, PROBLEM_RESYNC, "%s", detail);

	p->members = resync_members(a, reason, NULL, -1);
	return p;
}

static struct problem *
other_epoch(const struct call *call, const char *epoch)
{
	struct problem *p;
	int64_t cut;

	if ((p = lowest_cut(call, epoch, &cut)) != NULL)
		return p;
	p = resync(call->a, "epoch", "The space was restored; load it again.");
	p->members = resync_members(call->a, "epoch", call->person->epoch, cut);
	return p;
}

static struct problem *
other_past(struct arena *a)
{
	return resync(a, "past", "The space was set back and has been written again since; load it again.");
}

static struct problem *
not_a_cursor(struct arena *a, const char *field)
{
	return problem_at(a, PROBLEM_INVALID, field, "%s must be a cursor as an answer gave it.", field);
}

static struct problem *
not_a_past(struct arena *a)
{
	return problem_at(a, PROBLEM_INVALID, "past", "past must be as an answer gave it.");
}

/* ---- the past ---- */

static bool
has_hash(const struct mark *m, const struct value *hash)
{
	return memcmp(hash->bytes, m->chain, sizeof m->chain) == 0;
}

/* Compare a mark with the audit row at its seq.  A row that is no longer there says nothing. */
static struct problem *
check_mark(struct arena *a, const struct mark *m, const struct rows *rows)
{
	if (m->seq > 0 && (rows->count == 0 || m->seq > row_integer(rows, 0, PAST_HEAD)))
		return resync(a, "ahead", "The cursor is ahead of the space; load it again.");
	if (!m->has_chain)
		return NULL;
	for (size_t i = 0; i < rows->count; i++)
		if (!row_null(rows, i, PAST_SEQ) && row_integer(rows, i, PAST_SEQ) == m->seq &&
		    !has_hash(m, row_cell(rows, i, PAST_HASH)))
			return other_past(a);
	return NULL;
}

static void
take_chain(struct mark *m, const struct rows *rows)
{
	m->has_chain = false;
	for (size_t i = 0; i < rows->count; i++)
		if (!row_null(rows, i, PAST_SEQ) && row_integer(rows, i, PAST_SEQ) == m->seq)
			*m = mark_of(m->seq, (const unsigned char *)row_cell(rows, i, PAST_HASH)->bytes);
}

/* The seq of a mark, or 0, where there is no audit row. */
static struct value
place(const struct mark *m)
{
	return value_integer(m == NULL || m->seq < 0 ? 0 : m->seq);
}

/* Compare the marks with the audit.  rows has the last purged tombstone, too. */
static struct problem *
check_past(const struct call *call, const struct cursor *c, const struct mark *past, const struct mark *end,
    struct rows **rows)
{
	struct problem *p;

	if ((p = db_run(call->db, call->a, SQL(PAST_READ),
	    VALUES(place(&c->at), place(&c->first_head), place(past), place(end),
	        value_id(call->person->space_id)), rows)) != NULL ||
	    (p = check_mark(call->a, &c->at, *rows)) != NULL ||
	    (p = check_mark(call->a, &c->first_head, *rows)) != NULL)
		return p;
	return check_mark(call->a, past, *rows);
}

/* Whether the person, who carries the head of the space, is enough to know that a mark is of this past. */
static bool
is_at_head(const struct person *person, const struct mark *m)
{
	if (m->seq <= 0)
		return true;
	return m->seq == person->seq &&
	    (!m->has_chain || memcmp(m->chain, person->chain, sizeof m->chain) == 0);
}

static bool
is_head_enough(const struct person *person, const struct cursor *c, const struct mark *past)
{
	return is_at_head(person, &c->at) && is_at_head(person, &c->first_head) && is_at_head(person, past);
}

/* ---- checking ---- */

static struct problem *
check_purged(struct arena *a, const struct cursor *c, int64_t min_seq)
{
	if ((c->first_head.seq >= 0 ? c->first_head.seq : c->at.seq) >= min_seq)
		return NULL;
	return resync(a, "purged", "Deletions you have not seen are no longer known; load the space again.");
}

/* A collection that was added hides nothing behind the cursor, unless it was there before and has records. */
static struct problem *
check_added(const struct call *call, const struct cursor *c, const struct collection *added, bool *hides)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(RECORD_BEFORE),
	    VALUES(value_id(call->person->space_id), value_text(added->name), value_integer(c->at.seq)),
	    &rows)) != NULL)
		return p;
	*hides |= rows->count > 0;
	return NULL;
}

/* A cursor that was answered under other definitions goes on under these, if they show the same to everybody. */
static struct problem *
check_visibility(const struct call *call, struct cursor *c)
{
	const struct collection *added[COLLECTIONS_ADDED_MAX];
	struct problem *p;
	size_t count;
	bool hides = !collections_continue(call->set, c->visibility, added, &count);

	for (size_t i = 0; i < count && !hides; i++)
		if ((p = check_added(call, c, added[i], &hides)) != NULL)
			return p;
	if (hides)
		return resync(call->a, "visibility", "The collections have changed; load the space again.");
	c->visibility = call->set->visibility;
	return NULL;
}

static struct problem *
check_view(const struct call *call, struct cursor *c)
{
	struct problem *p;

	if (c->view != call->person->view_epoch)
		return resync(call->a, "view", "What you may see has changed; load the space again.");
	if ((p = check_visibility(call, c)) != NULL)
		return p;
	return check_purged(call->a, c, call->person->min_seq);
}

/* Another past is told before anything else, because only then a client sends again what was lost with it.  Where a
 * page follows, cursor_check_page compares the past; the person's head may be a moment old, so only the database says
 * that a cursor is ahead of it. */
static struct problem *
check_cursor(const struct call *call, struct cursor *c, const struct mark *past, const char *choice)
{
	const struct person *person = call->person;
	struct problem *p, *view;
	struct rows *rows;

	if (strcmp(c->epoch, person->epoch) != 0)
		return other_epoch(call, c->epoch);
	if (strcmp(c->collections, choice) != 0)
		return problem_at(call->a, PROBLEM_INVALID, "collections",
		    "The cursor belongs to another choice of collections.");
	if ((view = check_view(call, c)) != NULL && problem_is_fatal(view))
		return view;
	if ((view != NULL || c->at.seq >= person->seq) && !is_head_enough(person, c, past) &&
	    (p = check_past(call, c, past, NULL, &rows)) != NULL)
		return p;
	return view;
}

struct problem *
cursor_open(const struct call *call, const struct feed *feed, struct cursor *c, struct mark *past)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	const char *choice = choice_word(a, feed);

	*past = (struct mark){ .seq = -1 };
	if (feed->past != NULL && !mark_parse(a, feed->past, past))
		return not_a_past(a);
	if (feed->since != NULL) {
		if (!cursor_parse(a, feed->since, c))
			return not_a_cursor(a, "since");
		return check_cursor(call, c, past, choice);
	}
	*c = (struct cursor){
		.epoch = person->epoch,
		.view = person->view_epoch,
		.visibility = call->set->visibility,
		.collections = choice,
		.first_head = mark_of(person->seq, person->chain),
	};
	return NULL;
}

struct problem *
cursor_check_page(const struct call *call, const struct cursor *c, const struct mark *past, struct mark *end)
{
	struct problem *p;
	struct rows *rows;

	if ((p = check_past(call, c, past, end, &rows)) != NULL)
		return p;
	take_chain(end, rows);
	return check_purged(call->a, c, rows->count == 0 ? 0 : row_integer(rows, 0, PAST_MIN_SEQ));
}

struct problem *
cursor_check_near(const struct call *call, const struct cursor *c, const struct value *hash, int64_t min_seq)
{
	if (c->at.has_chain && !has_hash(&c->at, hash))
		return other_past(call->a);
	return check_purged(call->a, c, min_seq);
}

struct problem *
feed_check_push(const struct call *call, const char *text, const char *past)
{
	struct cursor c = { .epoch = call->person->epoch, .first_head = { .seq = -1 } };
	struct mark mark = { .seq = -1 };
	struct rows *rows;

	if (text != NULL && !cursor_parse(call->a, text, &c))
		return not_a_cursor(call->a, "cursor");
	if (past != NULL && !mark_parse(call->a, past, &mark))
		return not_a_past(call->a);
	if (strcmp(c.epoch, call->person->epoch) != 0)
		return other_epoch(call, c.epoch);
	return is_head_enough(call->person, &c, &mark) ? NULL : check_past(call, &c, &mark, NULL, &rows);
}
