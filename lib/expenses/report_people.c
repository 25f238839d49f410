/* report_people.c -- the steps of expense reports, and who is assigned to them. */
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "expenses/report.h"
#include "record/record.h"
#include "store/statement.h"

const char *const report_state_names[REPORT_STATE_COUNT] = {
	"draft", "submitted", "senior", "supervisor", "finance", "approved", "returned",
};

enum report_state
report_state_of(struct arena *a, const char *value)
{
	const char *name = value_plain(a, value);

	for (size_t i = 0; name != NULL && i < REPORT_STATE_COUNT; i++)
		if (strcmp(report_state_names[i], name) == 0)
			return (enum report_state)i;
	return REPORT_DRAFT;
}

bool
report_waits(enum report_state state)
{
	return state >= REPORT_SUBMITTED && state <= REPORT_FINANCE;
}

bool
report_is_closed(enum report_state state)
{
	return report_waits(state) || state == REPORT_APPROVED;
}

/* ---- people ---- */

bool
report_people_have(const struct report_people *people, const char *user)
{
	for (size_t i = 0; i < people->count; i++)
		if (strcmp(people->ids[i], user) == 0)
			return true;
	return false;
}

static void
add(struct report_people *people, const char *user)
{
	if (people->count < REPORT_DECIDERS_MAX && !report_people_have(people, user))
		people->ids[people->count++] = user;
}

const char *
report_people_value(struct arena *a, const struct report_people *people)
{
	struct json_out out;
	struct buf b;

	if (people->count == 0)
		return NULL;
	buf_init(&b, a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	for (size_t i = 0; i < people->count; i++)
		put_text(&out, NULL, people->ids[i]);
	put_end(&out);
	return b.text;
}

void
report_people_read(struct arena *a, const char *value, struct report_people *people)
{
	struct json_slice element;

	*people = (struct report_people){ .count = 0 };
	while (value != NULL && json_next_element(&value, &element))
		add(people, json_unquote(a, arena_strndup(a, element.text, element.length)));
}

/* ---- who is assigned ---- */

static int
by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Finance is in the order of its ids, however it was found: the same people are the same value. */
void
report_deciders_of(const struct overseers *overseers, struct report_deciders *who)
{
	*who = (struct report_deciders){ .has_finance = overseers->finance_count > 0 || overseers->is_finance };
	if (overseers->senior != NULL)
		add(&who->senior, overseers->senior);
	if (overseers->supervisor != NULL)
		add(&who->supervisor, overseers->supervisor);
	for (size_t i = 0; i < overseers->finance_count; i++)
		add(&who->finance, overseers->finance[i]);
	qsort(who->finance.ids, who->finance.count, sizeof *who->finance.ids, by_text);
}

struct problem *
report_deciders(const struct call *call, const char *owner, struct report_deciders *who)
{
	struct overseers overseers;
	struct problem *p = oversight_people(call, owner, &overseers);

	if (p == NULL)
		report_deciders_of(&overseers, who);
	return p;
}

/* ---- steps ---- */

enum report_state
report_first(const struct report_deciders *who)
{
	return who->senior.count > 0 ? REPORT_SENIOR
	    : who->supervisor.count > 0 ? REPORT_SUPERVISOR
	    : who->has_finance ? REPORT_FINANCE : REPORT_SUBMITTED;
}

/* A senior only looks: where nobody is assigned after them, finance is decided by a manager. */
enum report_state
report_next(const struct report_deciders *who, enum report_state state)
{
	if (state == REPORT_SENIOR)
		return who->supervisor.count > 0 ? REPORT_SUPERVISOR : REPORT_FINANCE;
	return state == REPORT_SUPERVISOR && who->has_finance ? REPORT_FINANCE : REPORT_APPROVED;
}

const struct report_people *
report_assigned(const struct report_deciders *who, enum report_state state)
{
	static const struct report_people nobody = { .count = 0 };

	return state == REPORT_SENIOR ? &who->senior
	    : state == REPORT_SUPERVISOR ? &who->supervisor
	    : state == REPORT_FINANCE ? &who->finance : &nobody;
}

static struct problem *
add_managers(const struct call *call, const char *owner, struct report_people *people)
{
	struct problem *p;
	struct rows *rows;

	p = record_look(call, NULL, NULL, SQL(REPORT_MANAGERS),
	    VALUES(value_id(call->person->space_id), value_integer(REPORT_DECIDERS_MAX + 1)), &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++)
		if (strcmp(row_text(rows, i, ID_FOUND), owner) != 0)
			add(people, row_text(rows, i, ID_FOUND));
	return p;
}

struct problem *
report_waits_for(const struct call *call, const struct report_deciders *who, const char *owner,
    enum report_state state, const char *delegate, struct report_people *people)
{
	const struct report_people *assigned = report_assigned(who, state);

	*people = (struct report_people){ .count = 0 };
	if (delegate != NULL)
		add(people, delegate);
	for (size_t i = 0; i < assigned->count; i++)
		add(people, assigned->ids[i]);
	return people->count > 0 ? NULL : add_managers(call, owner, people);
}
