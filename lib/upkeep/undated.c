/* undated.c -- what people were paid by had no days once: a change of it changed every report of the past.  Its values
 * become records that hold from the beginning, written as any other write, by Daybook itself.
 *
 * A space in which nobody ever recorded hours and nobody chose anything gets none: there, nothing is taken off and
 * nothing is paid until somebody chooses.  In the others what was the default holds on, because reports were made by
 * it.  A person's own first day of the week was possible; it is kept where the space has one person. */
#include "upkeep/undated.h"

#include <string.h>

#include "record/write.h"
#include "store/statement.h"

static const char first_day[] = "\"1970-01-01\"";
static const char cause[] = "undated";

/* A field that had no days: its value in spaceSettings, and what held without one. */
struct undated {
	const char *name, *otherwise;
	bool of_space, of_person;
};

static const struct undated fields[] = {
	{ "lunchRule", "\"session\"", true, true },
	{ "lunchAfterHours", "5", true, true },
	{ "lunchMinutes", "30", true, true },
	{ "recordedLunchCounts", "false", true, true },
	{ "maxHours", "10", false, true },
	{ "weekStart", "\"monday\"", true, false },
	{ "overtimeAfterHours", "40", true, true },
	{ "overtimeMultiplier", "1.5", true, true },
	{ "hourlyRate", "2500", true, false },
};

enum {
	FIELD_COUNT = sizeof fields / sizeof fields[0]
};

/* A member whom an employee is linked to. */
struct linked {
	const char *user;
	const char *rate; /* or NULL */
};

/* A space that is converted. */
struct converting {
	const char *kind;
	struct rows *settings;
	struct linked *linked; /* the employee that was written last comes first */
	size_t linked_count;
	bool wrote;
};

/* ---- writing ---- */

/* Write a record unless there is one of this day, which an earlier call or a person made. */
static struct problem *
write_first(struct writer *w, struct op *op, const char *owner, bool *wrote)
{
	struct arena *a = w->call->a;
	struct problem *p;
	struct record record;
	struct outcome outcome;
	bool found;

	op_give(a, op, "from", first_day);
	op->intent = INTENT_CREATE;
	op->new_owner = owner;
	op->takes_rights = true; /* a full space is paid by the same rules */
	op->record_id = values_id(a, op->collection, owner == NULL ? NOBODY : owner, op_first_values(a, op));
	if ((p = record_find(w->call, op->collection, op->record_id, &record, &found)) != NULL || found)
		return p;
	*wrote = true;
	return writer_must(w, op, &outcome);
}

/* ---- persons ---- */

/* What the person's settings say; false when they say nothing.  The most hours of a day had a default, which is no
 * choice. */
static bool
give_settings(struct writer *w, struct op *op, const char *const *values)
{
	struct arena *a = w->call->a;
	const struct collection *c = collection_find(w->call->set, "workSettings");
	bool says = false;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *value = value_named(c, values, fields[i].name);

		if (!fields[i].of_person || value == NULL ||
		    (strcmp(fields[i].name, "maxHours") == 0 && strcmp(value, fields[i].otherwise) == 0))
			continue;
		op_give(a, op, fields[i].name, value);
		says = true;
	}
	return says;
}

static bool
give_rate(struct writer *w, struct op *op, const struct converting *of, const char *user)
{
	for (size_t i = 0; i < of->linked_count; i++)
		if (strcmp(of->linked[i].user, user) == 0) {
			if (of->linked[i].rate != NULL)
				op_give(w->call->a, op, "hourlyRate", of->linked[i].rate);
			return of->linked[i].rate != NULL;
		}
	return false;
}

/* settings may be NULL. */
static struct problem *
convert_person(struct writer *w, struct converting *of, const char *user, const char *const *settings)
{
	struct op op = op_own(collection_find(w->call->set, "workTerms"), NULL, cause);
	bool chose = settings != NULL && give_settings(w, &op, settings);
	bool earns = give_rate(w, &op, of, user);

	return chose || earns ? write_first(w, &op, user, &of->wrote) : NULL;
}

static bool
has_settings(const struct converting *of, const char *user)
{
	for (size_t i = 0; i < of->settings->count; i++)
		if (strcmp(row_text(of->settings, i, UNDATED_SETTINGS_OWNER), user) == 0)
			return true;
	return false;
}

static struct problem *
convert_people(struct writer *w, struct converting *of)
{
	struct arena *a = w->call->a;
	const struct collection *c = collection_find(w->call->set, "workSettings");
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < of->settings->count; i++)
		p = convert_person(w, of, row_text(of->settings, i, UNDATED_SETTINGS_OWNER),
		    (const char *const *)values_parse(a, c, row_text(of->settings, i, UNDATED_SETTINGS_DOC),
		        row_text(of->settings, i, UNDATED_SETTINGS_DOC_PRIVATE)));
	for (size_t i = 0; p == NULL && i < of->linked_count; i++)
		if (!has_settings(of, of->linked[i].user))
			p = convert_person(w, of, of->linked[i].user, NULL);
	return p;
}

/* ---- the space ---- */

/* The week of the one person of a personal space. */
static const char *
own_week(struct writer *w, const struct converting *of)
{
	const struct collection *c = collection_find(w->call->set, "workSettings");

	if (strcmp(of->kind, "team") == 0 || of->settings->count != 1)
		return NULL;
	return value_named(c, (const char *const *)values_parse(w->call->a, c,
	    row_text(of->settings, 0, UNDATED_SETTINGS_DOC), NULL), "weekStart");
}

/* Give what holds in the space; *chosen when it is anything but the defaults. */
static struct problem *
give_space(struct writer *w, const struct converting *of, struct op *op, bool *chosen)
{
	struct arena *a = w->call->a;
	const struct collection *c = collection_find(w->call->set, "spaceSettings");
	const char *const *values = NULL;
	struct problem *p;
	struct record record;
	bool found = false;

	if (c != NULL && (p = record_find(w->call, c, "settings", &record, &found)) != NULL)
		return p;
	if (found && !record.deleted)
		values = (const char *const *)values_parse(a, c, record.doc, record.doc_private);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *own = strcmp(fields[i].name, "weekStart") == 0 ? own_week(w, of) : NULL;
		const char *value = own == NULL && fields[i].of_space && values != NULL
		    ? value_named(c, values, fields[i].name) : own;

		*chosen = *chosen || (value != NULL && strcmp(value, fields[i].otherwise) != 0);
		op_give(a, op, fields[i].name, value == NULL ? fields[i].otherwise : value);
	}
	return NULL;
}

/* Each employee is read once, however many people there are. */
static void
read_linked(struct arena *a, const struct collection *c, const struct rows *rows, struct converting *of)
{
	of->linked = arena_alloc(a, (rows->count + 1) * sizeof *of->linked);
	of->linked_count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		const char *const *values = (const char *const *)values_parse(a, c,
		    row_text(rows, i, UNDATED_EMPLOYEE_DOC), row_text(rows, i, UNDATED_EMPLOYEE_DOC_PRIVATE));

		of->linked[i] = (struct linked){
			.user = value_plain(a, value_named(c, values, "user")),
			.rate = value_named(c, values, "hourlyRate"),
		};
	}
}

static struct problem *
read_space(struct writer *w, struct converting *of, bool *works)
{
	const struct value space = value_id(w->call->person->space_id);
	struct arena *a = w->call->a;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(w->call->db, a, SQL(UNDATED_SETTINGS), VALUES(space), &of->settings)) != NULL ||
	    (p = db_run(w->call->db, a, SQL(UNDATED_EMPLOYEES), VALUES(space), &rows)) != NULL)
		return p;
	read_linked(a, collection_find(w->call->set, "employees"), rows, of);
	if ((p = db_run(w->call->db, a, SQL(UNDATED_WORK), VALUES(space), &rows)) != NULL)
		return p;
	*works = rows->count > 0;
	return NULL;
}

static struct problem *
convert_space(struct writer *w, void *arg)
{
	struct converting *of = arg;
	struct op op = op_own(collection_find(w->call->set, "workRules"), NULL, cause);
	bool works, chosen = false;
	struct problem *p;

	of->wrote = false;
	if ((p = read_space(w, of, &works)) != NULL ||
	    (p = give_space(w, of, &op, &chosen)) != NULL ||
	    (p = convert_people(w, of)) != NULL)
		return p;
	return works || chosen || of->wrote ? write_first(w, &op, NULL, &of->wrote) : NULL;
}

/* ---- all spaces ---- */

static struct problem *
convert_page(const struct call *call, const struct rows *spaces, size_t *count)
{
	struct problem *p;
	struct rows *rows;
	struct written written;

	for (size_t i = 0; i < spaces->count; i++) {
		struct person itself = person_itself(row_text(spaces, i, UNDATED_SPACE_ID));
		const struct call in_space = call_as(call, &itself);
		struct converting of = { .kind = row_text(spaces, i, UNDATED_SPACE_KIND) };

		if ((p = db_run(call->db, call->a, SQL(UNDATED_ANY), VALUES(value_id(itself.space_id)), &rows)) != NULL)
			return p;
		if (rows->count == 0)
			continue;
		if ((p = write_action(&in_space, ROLE_NONE, convert_space, &of, &written)) != NULL)
			return p;
		*count += of.wrote;
	}
	return NULL;
}

/* In an arena of its own, because there may be many spaces. */
static struct problem *
convert_all(const struct call *call, size_t *count)
{
	struct arena *page = arena_new();
	const struct call in_page = call_in(call, page);
	char after[] = NOBODY;
	struct problem *p;
	struct rows *rows;

	while ((p = db_run(call->db, page, SQL(UNDATED_SPACES), VALUES(value_id(after)), &rows)) == NULL &&
	    rows->count > 0) {
		if ((p = convert_page(&in_page, rows, count)) != NULL)
			break;
		memcpy(after, row_text(rows, rows->count - 1, UNDATED_SPACE_ID), sizeof after);
		arena_reset(page);
	}
	if (p != NULL)
		p = problem_copy(call->a, p);
	arena_free(page);
	return p;
}

struct problem *
undated_convert(const struct call *call, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	*count = 0;
	if (collection_find(call->set, "workRules") == NULL || collection_find(call->set, "workTerms") == NULL ||
	    collection_find(call->set, "workSettings") == NULL || collection_find(call->set, "employees") == NULL)
		return NULL;
	if ((p = db_run(call->db, call->a, SQL(UNDATED_DONE), NULL, 0, &rows)) != NULL || rows->count > 0 ||
	    (p = convert_all(call, count)) != NULL)
		return p;
	return db_run(call->db, call->a, SQL(UNDATED_MARK), NULL, 0, NULL);
}
