/* receipt.c -- a receipt has what its category needs, the parts of a split never come to more than the whole, and a
 * receipt that looks like another one says so.
 *
 * The parts of a split are receipts of one person on one day with the same `splitGroup`; each says in `splitTotal` what
 * all of them add up to.  A part that joins takes the total of the others.  Where somebody changes the total or the day
 * of one part, the others follow in the same transaction.  That they come to less is no mistake of a write, because
 * they are written one after the other: the month says what is missing.
 *
 * A receipt looks like another one of its person with the same file, or with the same day and amount, unless both are
 * parts of one split, or its person has said `notDuplicate`.  Of two receipts the later one says so.  When the other is
 * changed or deleted, it is asked again. */
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"
#include "expenses/near.h"
#include "expenses/receipt_needs.h"
#include "expenses/rules.h"
#include "model/show.h"
#include "record/record.h"
#include "record/write.h"
#include "store/statement.h"

enum {
	SAME_FILE_MAX = 20 /* receipts with one file that are looked at */
};

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static const char *
before_of(const struct change *ch, const char *field)
{
	return ch->before == NULL ? NULL : ch->before[at(ch, field)];
}

static const char *
after_of(const struct change *ch, const char *field)
{
	return ch->after == NULL ? NULL : ch->after[at(ch, field)];
}

static bool
is_at(const struct change *ch, const char *const *values, const char *field, const char *value)
{
	return value != NULL && value_equal(value_named(ch->collection, values, field), value);
}

/* ---- duplicates ---- */

/* Whether this receipt is the one that is to say that it looks like the other. */
static bool
looks_like(const struct change *ch, const struct kin *other)
{
	const char *said = value_plain(ch->call->a, value_named(ch->collection, other->values, "duplicateOf"));

	return !is_at(ch, other->values, "splitGroup", after_of(ch, "splitGroup")) &&
	    (said == NULL || strcmp(said, ch->id) != 0);
}

static struct problem *
find_same_day(struct change *ch, const char **other)
{
	const char *date = near_text(ch, "date"), *amount = after_of(ch, "amount");
	struct problem *p;
	struct kin *near;
	size_t count;

	if (date == NULL || amount == NULL)
		return NULL;
	if ((p = near_find(ch, ch->owner, date, "date", &near, &count)) != NULL)
		return p;
	for (size_t i = 0; i < count && *other == NULL; i++)
		if (is_at(ch, near[i].values, "amount", amount) && looks_like(ch, &near[i]))
			*other = near[i].id;
	return NULL;
}

/* The person's other receipts with a file; without a file there are none. */
static struct problem *
find_with_file(struct change *ch, const char *file, struct kindred *same)
{
	const char *text = value_plain(ch->call->a, file);
	unsigned char sha256[SHA256_SIZE];

	*same = (struct kindred){
		.collection = ch->collection,
		.owner = ch->owner,
		.field = "file",
		.text = text,
		.most = SAME_FILE_MAX,
	};
	if (text == NULL || !hex_parse(text, sha256, SHA256_SIZE))
		return NULL;
	return near_ask(ch, same, SQL(RECEIPTS_WITH_FILE),
	    VALUES(value_id(ch->call->person->space_id), value_bytes(sha256, SHA256_SIZE), value_id(ch->owner),
	        value_text(text), value_integer(SAME_FILE_MAX)));
}

static struct problem *
find_same_file(struct change *ch, const char **other)
{
	struct problem *p;
	struct kindred same;

	if ((p = find_with_file(ch, after_of(ch, "file"), &same)) != NULL)
		return p;
	for (size_t i = 0; i < same.count && *other == NULL; i++)
		if (looks_like(ch, &same.all[i]))
			*other = same.all[i].id;
	return NULL;
}

static bool
asks_again(const struct change *ch)
{
	static const char *const fields[] = { "date", "amount", "file", "splitGroup", "notDuplicate" };

	if (ch->before == NULL || before_of(ch, "duplicateOf") != NULL || ch->action == ACTION_RESTORED)
		return true;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (near_changes(ch, fields[i]))
			return true;
	return false;
}

static struct problem *
derive_duplicate(struct change *ch)
{
	size_t i = at(ch, "duplicateOf");
	const char *other = NULL;
	struct problem *p;

	if (!asks_again(ch))
		return NULL;
	ch->yields[i] = true;
	ch->after[i] = NULL;
	if (value_true(after_of(ch, "notDuplicate")))
		return NULL;
	if ((p = find_same_day(ch, &other)) != NULL ||
	    (other == NULL && (p = find_same_file(ch, &other)) != NULL))
		return p;
	if (other != NULL)
		ch->after[i] = arena_printf(ch->call->a, "\"%s\"", other);
	return NULL;
}

/* ---- splits ---- */

/* The other parts of the split that the change leaves its receipt in. */
static struct problem *
find_parts(struct change *ch, const char *date, const char *group, struct kin **parts, size_t *count)
{
	struct problem *p = near_find(ch, ch->owner, date, "date", parts, count);
	size_t kept = 0;

	for (size_t i = 0; p == NULL && i < *count; i++)
		if (is_at(ch, (*parts)[i].values, "splitGroup", group))
			(*parts)[kept++] = (*parts)[i];
	*count = kept;
	return p;
}

static struct problem *
derive_split(struct change *ch)
{
	const char *group = after_of(ch, "splitGroup"), *date = near_text(ch, "date");
	size_t total = at(ch, "splitTotal");
	struct problem *p;
	struct kin *parts;
	size_t count;

	if (group == NULL && ch->after[total] != NULL && !ch->touched[total])
		ch->after[total] = NULL;
	if (group == NULL || date == NULL || ch->after[total] != NULL)
		return NULL;
	if ((p = find_parts(ch, date, group, &parts, &count)) == NULL && count > 0)
		ch->after[total] = value_named(ch->collection, parts[0].values, "splitTotal");
	return p;
}

/* Whether the receipt comes to other parts than it was among before. */
static bool
joins(const struct change *ch)
{
	return ch->before == NULL || ch->action == ACTION_IMPORTED || ch->action == ACTION_RESTORED ||
	    near_changes(ch, "splitGroup") || near_changes(ch, "date");
}

static struct problem *
check_parts(struct change *ch, const struct kin *parts, size_t count, const char *group)
{
	struct arena *a = ch->call->a;
	int64_t sum = near_number(ch, (const char *const *)ch->after, "amount");
	int64_t whole = near_number(ch, (const char *const *)ch->after, "splitTotal");

	for (size_t i = 0; i < count; i++) {
		int64_t said = near_number(ch, parts[i].values, "splitTotal");

		if (said != whole && joins(ch))
			return problem_at(a, PROBLEM_INVALID, "splitTotal",
			    "The other parts of this receipt add up to %s, not to %s.", money_text(a, said),
			    money_text(a, whole));
		sum += near_number(ch, parts[i].values, "amount");
	}
	sum += near_promised(ch, near_text(ch, "date"), group);
	if (sum <= whole)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, "amount",
	    "The parts of this receipt would come to %s, the whole to %s.", money_text(a, sum), money_text(a, whole));
}

static struct problem *
check_split(struct change *ch)
{
	struct arena *a = ch->call->a;
	const char *group = after_of(ch, "splitGroup"), *total = after_of(ch, "splitTotal");
	struct problem *p;
	struct kin *parts;
	size_t count;

	if (group == NULL && total == NULL)
		return NULL;
	if (group == NULL)
		return problem_at(a, PROBLEM_REQUIRED, "splitGroup", "splitTotal does nothing without splitGroup.");
	if (total == NULL)
		return problem_at(a, PROBLEM_REQUIRED, "splitTotal",
		    "splitTotal is required: what the parts of this receipt add up to.");
	if (!joins(ch) && !near_changes(ch, "amount") && !near_changes(ch, "splitTotal"))
		return NULL;
	if ((p = find_parts(ch, near_text(ch, "date"), group, &parts, &count)) != NULL)
		return p;
	return check_parts(ch, parts, count, group);
}

/* ---- needs ---- */

static struct problem *
check_center(struct change *ch, bool *needs_file)
{
	const struct collection *c = collection_find(ch->call->set, "costCenters");
	const char *id = near_text(ch, "costCenter"), *category = near_text(ch, "category");
	struct problem *p;
	struct record center;
	bool found = false;

	if (id == NULL || c == NULL || strcmp(category, "Per Diem") != 0)
		return NULL;
	if ((p = record_find(ch->call, c, id, &center, &found)) != NULL || !found || center.deleted)
		return p;
	*needs_file |= value_true(value_named(c,
	    (const char *const *)values_parse(ch->call->a, c, center.doc, center.doc_private), "perDiemFile"));
	return NULL;
}

/* Only what the write changes is judged: the settings may say more than they did when the receipt was written. */
static struct problem *
check_needs(struct change *ch)
{
	struct arena *a = ch->call->a;
	const char *category = near_text(ch, "category"), *description = near_text(ch, "description");
	struct receipt_needs needs;
	struct problem *p;
	bool file;

	if (!near_changes(ch, "category") && !near_changes(ch, "description") && !near_changes(ch, "file") &&
	    !near_changes(ch, "costCenter"))
		return NULL;
	if ((p = receipt_needs_read(ch->call, &needs)) != NULL)
		return p;
	if (texts_hold(&needs.description, category) &&
	    (description == NULL || description[strspn(description, " \t\r\n")] == '\0') &&
	    (near_changes(ch, "category") || near_changes(ch, "description")))
		return problem_at(a, PROBLEM_REQUIRED, "description",
		    "A receipt of the category %s needs a description.", category);
	file = texts_hold(&needs.file, category);
	if ((p = check_center(ch, &file)) != NULL || !file || after_of(ch, "file") != NULL)
		return p;
	if (near_changes(ch, "description") && !near_changes(ch, "category") && !near_changes(ch, "file") &&
	    !near_changes(ch, "costCenter"))
		return NULL;
	return problem_at(a, PROBLEM_REQUIRED, "file", "A receipt of the category %s needs an image or a PDF here.",
	    category);
}

/* ---- the rule ---- */

static struct problem *
derive(struct change *ch)
{
	struct problem *p = derive_split(ch);

	return p != NULL ? p : derive_duplicate(ch);
}

static struct problem *
check(struct change *ch)
{
	struct problem *p = check_needs(ch);

	return p != NULL ? p : check_split(ch);
}

static struct problem *
foreseen(struct change *ch)
{
	const char *group = after_of(ch, "splitGroup");
	bool within = group != NULL && value_equal(before_of(ch, "splitGroup"), group) && !near_changes(ch, "date");
	int64_t before;

	if (group == NULL)
		return NULL;
	before = within ? near_number(ch, ch->before, "amount") : 0;
	near_promise(ch, near_text(ch, "date"), group,
	    near_number(ch, (const char *const *)ch->after, "amount") - before);
	return NULL;
}

/* ---- what follows ---- */

static struct problem *
write_other(struct writer *w, struct change *ch, struct op *op)
{
	struct outcome outcome;

	op->cause = arena_printf(ch->call->a, "receipt-%s", ch->id);
	return writer_must(w, op, &outcome);
}

/* The other parts take the total and the day of this one. */
static struct problem *
lead_parts(struct writer *w, struct change *ch)
{
	const char *group = before_of(ch, "splitGroup"), *was = value_plain(ch->call->a, before_of(ch, "date"));
	struct problem *p;
	struct kin *parts;
	size_t count;

	if (group == NULL || !value_equal(group, after_of(ch, "splitGroup")) ||
	    (!near_changes(ch, "date") && !near_changes(ch, "splitTotal")))
		return NULL;
	p = find_parts(ch, was, group, &parts, &count);
	for (size_t i = 0; p == NULL && i < count; i++) {
		struct op op = op_own(ch->collection, parts[i].id, NULL);

		op_give(ch->call->a, &op, "date", after_of(ch, "date"));
		op_give(ch->call->a, &op, "splitTotal", after_of(ch, "splitTotal"));
		p = write_other(w, ch, &op);
	}
	return p;
}

/* A receipt that said it looks like this one is asked again; one that is handed in stays as it is. */
static struct problem *
ask_other(struct writer *w, struct change *ch, const struct kin *other)
{
	const char *said = value_plain(ch->call->a, value_named(ch->collection, other->values, "duplicateOf"));
	struct op op = op_own(ch->collection, other->id, NULL);
	struct problem *p;

	if (said == NULL || strcmp(said, ch->id) != 0)
		return NULL;
	op_give(ch->call->a, &op, "vendor", value_named(ch->collection, other->values, "vendor"));
	p = write_other(w, ch, &op);
	return p != NULL && p->kind == PROBLEM_PERIOD_CLOSED ? NULL : p;
}

static struct problem *
ask_others(struct writer *w, struct change *ch)
{
	struct problem *p;
	struct kindred same;
	struct kin *near;
	size_t count;

	if (ch->after != NULL && !asks_again(ch))
		return NULL;
	if ((p = near_find(ch, ch->owner, value_plain(ch->call->a, before_of(ch, "date")), "date", &near,
	    &count)) != NULL)
		return p;
	for (size_t i = 0; p == NULL && i < count; i++)
		p = ask_other(w, ch, &near[i]);
	if (p != NULL || (p = find_with_file(ch, before_of(ch, "file"), &same)) != NULL)
		return p;
	for (size_t i = 0; p == NULL && i < same.count; i++)
		p = ask_other(w, ch, &same.all[i]);
	return p;
}

/* Nothing follows from a new receipt: no other one can have been told of it. */
static bool
leads(const struct change *ch)
{
	return ch->before != NULL;
}

static struct problem *
effect(struct writer *w, struct change *ch)
{
	struct problem *p = ch->after == NULL ? NULL : lead_parts(w, ch);

	return p != NULL ? p : ask_others(w, ch);
}

const struct rule receipt = {
	.name = "receipt",
	.collection = "receipts",
	.derive = derive,
	.check = check,
	.leads = leads,
	.effect = effect,
	.foreseen = foreseen,
};
