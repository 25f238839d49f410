/* people.c -- see people.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "people.h"
#include "place.h"
#include "rules/rules.h"

static const struct {
	const char *id, *name;
	enum role role;
} cast[PEOPLE_COUNT] = {
	[ANNA] = { "a1111111-1111-4111-8111-111111111111", "anna", ROLE_OWNER },
	[MIA] = { "b1111111-1111-4111-8111-111111111111", "mia", ROLE_MANAGER },
	[BEN] = { "c1111111-1111-4111-8111-111111111111", "ben", ROLE_MEMBER },
	[MO] = { "d1111111-1111-4111-8111-111111111111", "mo", ROLE_MEMBER },
	[VERA] = { "e1111111-1111-4111-8111-111111111111", "vera", ROLE_VIEWER },
	[OTTO] = { "f1111111-1111-4111-8111-111111111111", "otto", ROLE_NONE },
};

struct person people[PEOPLE_COUNT];

static const struct collections *definitions;

/* ---- the team ---- */

void
add_space(const char *id, const char *kind)
{
	run_sql(arena_printf(arena,
	    "INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at)"
	    " VALUES ('%s', '%s', 'x', REPEAT('0', 32), REPEAT(CHAR(0), 32), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))",
	    id, kind));
}

void
add_member(const char *space, enum who who, enum role role)
{
	run_sql(arena_printf(arena,
	    "INSERT INTO member (space_id, user_id, role, joined_at) VALUES ('%s', '%s', '%s', UTC_TIMESTAMP(3))",
	    space,
	    cast[who].id, role_names[role]));
}

/* Their sign-in has the same id. */
static void
add_user(enum who who)
{
	const char *id = cast[who].id, *name = cast[who].name;

	run_sql(arena_printf(arena,
	    "INSERT INTO user (id, email, name, home_space, created_at)"
	    " VALUES ('%s', '%s@example.org', '%s', '%s', UTC_TIMESTAMP(3))",
	    id, name, name, id));
	run_sql(arena_printf(arena,
	    "INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at)"
	    " VALUES ('%s', '%s', 'sign-in', REPEAT('%c', 32), 'x', 'admin', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))",
	    id, id, 'a' + (int)who));
}

void
open_team(const struct collections *set)
{
	definitions = set;
	add_space(TEAM, "team");
	for (enum who who = 0; who < PEOPLE_COUNT; who++) {
		add_user(who);
		if (cast[who].role != ROLE_NONE)
			add_member(TEAM, who, cast[who].role);
		people[who] = (struct person){
			.user_id = cast[who].id,
			.name = cast[who].name,
			.email = arena_printf(arena, "%s@example.org", cast[who].name),
			.session_id = cast[who].id,
			.scope = SCOPE_ADMIN,
			.space_id = TEAM,
			.space_kind = "team",
			.role = cast[who].role,
			.epoch = "00000000000000000000000000000000",
		};
	}
}

const struct call *
as(enum who who)
{
	const struct call call = { .db = db, .a = arena, .set = definitions, .person = &people[who] };

	return arena_memdup(arena, &call, sizeof call);
}

/* ---- JSON and definitions ---- */

const char *
as_json(const char *text)
{
	char *copy = arena_strdup(arena, text);

	for (char *at = copy; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	return copy;
}

struct json_object *
given(const char *text)
{
	const char *json = as_json(text);
	struct json_object *object;

	good(json_parse_object(arena, json, strlen(json), &object));
	return object;
}

static void
keep_file(const char *folder, const char *name, const char *text)
{
	FILE *file = fopen(arena_printf(arena, "%s/%s", folder, name), "w");

	assert_non_null(file);
	fputs(as_json(text), file);
	fclose(file);
}

struct problem *
define(const struct collections **set, const char *file, const char *text, ...)
{
	char folder[256];
	const char *files[8];
	size_t count = 0;
	struct problem *p;
	va_list more;

	assert_non_null(mkdtemp(place_of("definitions", folder, sizeof folder)));
	va_start(more, text);
	for (; file != NULL; file = va_arg(more, const char *)) {
		if (count > 0)
			text = va_arg(more, const char *);
		assert_true(count < sizeof files / sizeof files[0]);
		keep_file(folder, file, text);
		files[count++] = file;
	}
	va_end(more);
	p = collections_load(arena, folder, rules, set);
	while (count > 0)
		unlink(arena_printf(arena, "%s/%s", folder, files[--count]));
	assert_int_equal(rmdir(folder), 0);
	return p;
}

/* ---- writes ---- */

struct op
op_set(const char *collection, const char *id, int64_t base, const char *members)
{
	return (struct op){
		.collection = collection_find(definitions, collection),
		.record_id = id,
		.kind = OP_SET,
		.intent = INTENT_PUSH,
		.base = base,
		.set = members == NULL ? NULL : given(members),
	};
}

struct outcome
written_by(enum who who, struct op op)
{
	struct outcome outcome;
	struct written written;

	op_prepare(arena, &people[who], &op);
	good(write_ops(as(who), &op, 1, &outcome, &written));
	return outcome;
}

void
became(struct outcome outcome, enum outcome_status status)
{
	if (outcome.status != status)
		fail_msg("%s instead of %s: %s", outcome_names[outcome.status], outcome_names[status],
		    outcome.problem == NULL ? "no problem" : outcome.problem->detail);
}

struct outcome
applied(enum who who, struct op op)
{
	struct outcome outcome = written_by(who, op);

	became(outcome, OUTCOME_APPLIED);
	return outcome;
}

void
is_problem_at(struct problem *p, enum problem_kind kind, const char *field)
{
	is_problem(p, kind);
	if ((p->field == NULL) != (field == NULL) || (field != NULL && strcmp(p->field, field) != 0))
		fail_msg("the field is %s instead of %s: %s", p->field == NULL ? "none" : p->field,
		    field == NULL ? "none" : field, p->detail);
}

void
was_refused(struct outcome outcome, enum problem_kind kind, const char *field)
{
	assert_true(outcome.status == OUTCOME_CONFLICT || outcome.status == OUTCOME_REJECTED);
	assert_int_equal(outcome.version, 0);
	assert_int_equal(outcome.seq, 0);
	assert_false(outcome.has_record);
	is_problem_at(outcome.problem, kind, field);
}

void
holds(const char *text, const char *words)
{
	if (text == NULL || strstr(text, words) == NULL)
		fail_msg("\"%s\" does not hold \"%s\"", text == NULL ? "" : text, words);
}

void
lacks(const char *text, const char *words)
{
	if (text != NULL && strstr(text, words) != NULL)
		fail_msg("\"%s\" holds \"%s\"", text, words);
}
