/* undo.c -- undoes what a person, a token, a device or an action did.  undo_find lists the records that the writes
 * concern, newest first; undo_weigh decides about one of them by its audit; take_pages and take_whole write.  Read
 * undo_take, at the bottom, first. */
#include "undo_weigh.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/instant.h"
#include "model/policy.h"
#include "store/statement.h"

enum {
	PAGE_RECORDS = 64,
	FIND_SECONDS = 6 /* of the statement that finds the writes */
};

/* ---- the report ---- */

static const char *const reason_names[UNDO_REASONS_COUNT] = {
	[UNDO_CHANGED_SINCE] = "changed-since",
	[UNDO_DELETED_SINCE] = "deleted-since",
	[UNDO_RIGHTS] = "rights",
	[UNDO_CLOSED] = "closed",
	[UNDO_RULES] = "rules",
	[UNDO_HISTORY] = "history",
};

static void
start_report(struct undo_report *r, struct arena *a, const char *cause, bool dry_run)
{
	*r = (struct undo_report){ .cause = cause, .dry_run = dry_run };
	buf_init(&r->examples, a);
	json_out_start(&r->examples_out, &r->examples);
	put_array(&r->examples_out, NULL);
	buf_init(&r->kept, a);
	json_out_start(&r->kept_out, &r->kept);
	put_array(&r->kept_out, NULL);
}

static void
count(struct undo_report *r, const struct collection *c, size_t undone, size_t left)
{
	size_t i = 0;

	while (i < r->count_count && strcmp(r->counts[i].collection, c->name) != 0)
		i++;
	if (i == UNDO_KINDS_MAX)
		return;
	if (i == r->count_count) {
		r->counts[i].collection = c->name;
		r->count_count++;
	}
	r->counts[i].undone += undone;
	r->counts[i].left += left;
	r->undone += undone;
	r->left += left;
}

static void
leave(struct undoing *u, const struct weighed *w, enum undo_reason reason, const char *detail)
{
	struct undo_report *r = u->report;

	count(r, w->collection, 0, 1);
	r->reasons[reason]++;
	if (!w->visible || r->kept_listed++ >= UNDO_LISTED_MAX)
		return;
	put_object(&r->kept_out, NULL);
	put_text(&r->kept_out, "collection", w->collection->name);
	put_text(&r->kept_out, "id", w->id);
	put_text(&r->kept_out, "reason", reason_names[reason]);
	if (detail != NULL)
		put_text(&r->kept_out, "detail", detail);
	put_end(&r->kept_out);
}

static void
undone(struct undoing *u, const struct weighed *w)
{
	struct undo_report *r = u->report;
	struct json_out *out = &r->examples_out;
	enum undo_way way = w->way == UNDO_DONE ? w->done : w->way;

	count(r, w->collection, 1, 0);
	if (!w->visible || r->listed++ >= UNDO_LISTED_MAX)
		return;
	put_object(out, NULL);
	put_text(out, "collection", w->collection->name);
	put_text(out, "id", w->id);
	put_text(out, "what", way == UNDO_DELETE ? "added" : way == UNDO_BRING_BACK ? "deleted" : "changed");
	put_array(out, "fields");
	for (size_t i = 0; i < w->collection->field_count && w->touched != NULL; i++)
		if (w->touched[i] && (!w->collection->fields[i].is_private || w->sees_private))
			put_text(out, NULL, w->collection->fields[i].name);
	put_end(out);
	put_end(out);
}

void
undo_put(struct json_out *out, const struct undo_report *r)
{
	put_object(out, "undo");
	put_object(out, "counts");
	for (size_t i = 0; i < r->count_count; i++) {
		put_object(out, r->counts[i].collection);
		put_integer(out, "undone", (int64_t)r->counts[i].undone);
		put_integer(out, "left", (int64_t)r->counts[i].left);
		put_end(out);
	}
	put_end(out);
	put_integer(out, "undone", (int64_t)r->undone);
	put_integer(out, "left", (int64_t)r->left);
	put_object(out, "reasons");
	for (int i = 0; i < UNDO_REASONS_COUNT; i++)
		if (r->reasons[i] > 0)
			put_integer(out, reason_names[i], (int64_t)r->reasons[i]);
	put_end(out);
	put_json(out, "examples", arena_printf(out->to->arena, "%s]", r->examples.text));
	put_json(out, "kept", arena_printf(out->to->arena, "%s]", r->kept.text));
	put_end(out);
	if (r->dry_run)
		put_boolean(out, "dryRun", true);
	else
		put_text(out, "cause", r->cause);
	if (r->more)
		put_boolean(out, "more", true);
}

/* ---- which records ---- */

static struct problem *
find_records(struct undoing *u)
{
	const struct undo_asked *asked = u->asked;
	struct undo_query query = {
		.user = u->by != NULL, .device = asked->device != NULL, .token = asked->token != NULL,
		.cause = asked->cause != NULL, .from = asked->from != 0, .to = asked->to != 0,
		.collections = asked->collection_count,
	};
	struct value values[UNDO_KINDS_MAX + 10];
	struct problem *p;
	struct buf sql;
	size_t n = 0;

	values[n++] = value_id(u->call->person->space_id);
	values[n++] = value_text(u->report->cause);
	if (query.user)
		values[n++] = value_id(u->by);
	if (query.device)
		values[n++] = value_text(asked->device);
	if (query.token)
		values[n++] = value_id(asked->token);
	if (query.cause)
		values[n++] = value_text(asked->cause);
	if (query.from)
		values[n++] = value_text(instant_sql(u->call->a, asked->from));
	if (query.to)
		values[n++] = value_text(instant_sql(u->call->a, asked->to));
	for (size_t i = 0; i < asked->collection_count; i++)
		values[n++] = value_text(asked->collections[i]->name);
	values[n++] = value_integer(UNDO_RECORDS_MAX + 1);
	buf_init(&sql, u->call->a);
	statement_undo(&sql, &query);
	db_hurry(u->call->db, FIND_SECONDS);
	p = db_run(u->call->db, u->call->a, sql.text, values, n, &u->found);
	db_hurry(u->call->db, 0);
	u->newest = p == NULL && u->found->count > 0 ? row_integer(u->found, 0, UNDO_LAST) : 0;
	if (p == NULL && u->found->count > UNDO_RECORDS_MAX) {
		u->found->count = UNDO_RECORDS_MAX;
		u->report->more = true;
	}
	return p;
}

/* ---- what is written for one ---- */

/* One op of the undo.  With a key it has an id, and a request that comes again finds what was done. */
static struct op
op_for(struct undoing *u, struct arena *a, struct weighed *w)
{
	const struct collection *c = w->collection;
	struct op op = op_own(c, w->id, u->report->cause);

	op.system = op.verbatim = u->verbatim;
	op.base = w->version;
	op.kind = w->way == UNDO_DELETE ? OP_DELETE : w->way == UNDO_BRING_BACK && !u->verbatim ? OP_RESTORE : OP_SET;
	op.restore_version = w->back_to;
	op.takes_back = w->imported;
	op.new_owner = w->owner;
	for (size_t i = 0; i < c->field_count && op.kind == OP_SET; i++)
		if (u->verbatim || w->touched[i])
			op_give(a, &op, c->fields[i].name, w->values[i]);
	if (op.kind == OP_SET && !u->verbatim)
		back_spare_spans(&op, w->spared);
	if (u->asked->key != NULL) {
		op.op_id = arena_printf(a, "%s.%s", u->report->cause,
		    undo_digest(a, arena_printf(a, "%s %s", c->name, w->id), 8));
		op.hash_text = op.op_id;
	}
	return op;
}

static enum undo_reason
reason_of(const struct problem *p)
{
	switch (p->kind) {
	case PROBLEM_CONFLICT:
	case PROBLEM_PRECONDITION:
	case PROBLEM_NOT_FOUND:
		return UNDO_CHANGED_SINCE;
	case PROBLEM_FORBIDDEN:
		return UNDO_RIGHTS;
	case PROBLEM_PERIOD_CLOSED:
		return UNDO_CLOSED;
	default:
		return UNDO_RULES;
	}
}

static void
tell(struct undoing *u, const struct weighed *w, const struct outcome *out)
{
	if (out->problem != NULL)
		leave(u, w, reason_of(out->problem), out->problem->detail);
	else
		undone(u, w);
}

/* Weigh the record at an index of what was found.  *writes is false when there is nothing to write for it. */
static struct problem *
weigh(struct undoing *u, const struct call *call, size_t i, struct weighed *w, bool *writes)
{
	struct problem *p;

	*writes = false;
	if ((p = undo_weigh(u, call, i, w)) != NULL || w->collection == NULL)
		return p;
	if (w->way == UNDO_DONE)
		undone(u, w);
	if (w->leaves)
		leave(u, w, w->reason, NULL);
	*writes = w->way == UNDO_DELETE || w->way == UNDO_BRING_BACK || w->way == UNDO_CHANGE;
	return NULL;
}

/* ---- some hundred records at a time ---- */

static struct problem *
take_page(struct undoing *u, struct arena *a, size_t from, size_t to)
{
	const struct call within = call_in(u->call, a);
	struct person person = *u->call->person;
	struct call call = within;
	struct op *ops = arena_alloc(a, (to - from + 1) * sizeof *ops);
	struct weighed *weighed = arena_alloc(a, (to - from + 1) * sizeof *weighed);
	struct outcome *outcomes = arena_alloc(a, (to - from + 1) * sizeof *outcomes);
	struct written written;
	struct problem *p;
	size_t n = 0;

	call.person = &person;
	for (size_t i = from; i < to; i++) {
		bool writes;

		if ((p = weigh(u, &call, i, &weighed[n], &writes)) != NULL)
			return p;
		if (!writes)
			continue;
		ops[n] = op_for(u, a, &weighed[n]);
		op_prepare(a, &person, &ops[n++]);
	}
	if (n == 0)
		return NULL;
	p = u->report->dry_run ? write_ask(&call, ops, n, &u->coming, outcomes)
	    : write_ops(&call, ops, n, outcomes, &written);
	for (size_t i = 0; p == NULL && i < n; i++)
		tell(u, &weighed[i], &outcomes[i]);
	return p;
}

static struct problem *
take_pages(struct undoing *u)
{
	struct arena *scratch = arena_new();
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < u->found->count && !u->report->more; i += PAGE_RECORDS) {
		arena_reset(scratch);
		p = take_page(u, scratch, i, i + PAGE_RECORDS < u->found->count ? i + PAGE_RECORDS : u->found->count);
		if (i + PAGE_RECORDS < u->found->count && steady_now() >= u->until)
			u->report->more = true;
	}
	if (p != NULL)
		p = problem_copy(u->call->a, p);
	arena_free(scratch);
	return p;
}

/* ---- all or nothing ---- */

static struct problem *
whole_page(struct writer *w, void *arg, struct whole_page *page)
{
	struct undoing *u = arg;

	if (page->first) {
		start_report(u->report, u->call->a, u->report->cause, false);
		u->next = 0;
	}
	for (size_t taken = 0; u->next < u->found->count && taken < WRITE_OPS_MAX; taken++, u->next++) {
		struct undo_report before = *u->report;
		struct weighed weighed;
		struct outcome outcome;
		struct problem *p;
		struct op op;
		bool writes;

		if ((p = weigh(u, w->call, u->next, &weighed, &writes)) != NULL)
			return p;
		if (!writes)
			continue;
		op = op_for(u, w->call->a, &weighed);
		op_prepare(w->call->a, w->call->person, &op);
		if ((p = writer_take(w, &op, &outcome)) != NULL)
			return p;
		if (w->full) {
			*u->report = before;
			break;
		}
		tell(u, &weighed, &outcome);
	}
	page->more = u->next < u->found->count;
	return NULL;
}

static struct problem *
take_whole(struct undoing *u)
{
	struct person person = *u->call->person;
	struct call call = *u->call;
	struct written written;

	call.person = &person;
	if (u->report->more)
		return problem_new(u->call->a, PROBLEM_TOO_MUCH,
		    "This changed more than %d records; undo it by collections.", UNDO_RECORDS_MAX);
	return write_whole(&call, ROLE_OWNER, u->asked->seconds, whole_page, u, &written);
}

/* ---- the whole ---- */

/* What a restore or the import of a whole space wrote, with no rule, goes back with none. */
static bool
is_whole(const char *cause)
{
	return cause != NULL &&
	    (strncmp(cause, "restore:", strlen("restore:")) == 0 || strncmp(cause, "import:", strlen("import:")) == 0);
}

static struct problem *
check_asked(struct undoing *u)
{
	const struct undo_asked *asked = u->asked;
	const struct person *person = u->call->person;
	struct arena *a = u->call->a;

	if (asked->by == NULL && asked->token == NULL && asked->device == NULL && asked->cause == NULL &&
	    asked->from == 0)
		return problem_at(a, PROBLEM_REQUIRED, "by", "Say what to undo: by, token, device, cause or from.");
	if (asked->to != 0 && asked->to < asked->from)
		return problem_at(a, PROBLEM_INVALID, "to", "to must not be earlier than from.");
	u->by = asked->by;
	if (person->role < ROLE_MANAGER) {
		if (u->by != NULL && strcmp(u->by, person->user_id) != 0)
			return problem_at(a, PROBLEM_FORBIDDEN, "by", "Only managers undo what others did.");
		u->by = person->user_id;
	}
	u->verbatim = is_whole(asked->cause);
	return u->verbatim ? policy_role(a, person, ROLE_OWNER) : NULL;
}

/* The cause is made of what is asked for.  So the same request, sent again, goes on where the one before stopped. */
static const char *
cause_for(const struct undoing *u)
{
	const struct undo_asked *asked = u->asked;
	struct arena *a = u->call->a;
	struct buf b;

	buf_init(&b, a);
	buf_printf(&b, "%s|%s|%s|%s|%s|%s|%" PRId64 "|%" PRId64, u->call->person->user_id,
	    u->by == NULL ? "" : u->by, asked->token == NULL ? "" : asked->token,
	    asked->device == NULL ? "" : asked->device, asked->cause == NULL ? "" : asked->cause,
	    asked->key == NULL ? "" : asked->key, asked->from, asked->to);
	for (size_t i = 0; i < asked->collection_count; i++)
		buf_printf(&b, "|%s", asked->collections[i]->name);
	return arena_printf(a, "undo:%s", undo_digest(a, b.text, 12));
}

struct problem *
undo_take(const struct call *call, const struct undo_asked *asked, struct undo_report *report)
{
	struct problem *p;
	struct undoing u = {
		.call = call,
		.asked = asked,
		.report = report,
		.until = steady_now() + (int64_t)asked->seconds * 1000,
	};

	seen_start(&u.coming, call->a);
	if ((p = check_asked(&u)) != NULL)
		return p;
	start_report(report, call->a, cause_for(&u), asked->dry_run);
	if ((p = find_records(&u)) != NULL)
		return p;
	return u.verbatim && !asked->dry_run ? take_whole(&u) : take_pages(&u);
}
