/* people.h -- a team for tests with a database, as tests/fixtures/protocol has it: Anna owns it, Mia manages it, Ben
 * and Mo are members, Vera looks on, and Otto is not in it. */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "database.h"
#include "model/call.h"
#include "record/write.h"

#define TEAM "22222222-2222-4222-8222-222222222222"

enum who {
	ANNA,
	MIA,
	BEN,
	MO,
	VERA,
	OTTO,
	PEOPLE_COUNT
};

/* Each of them, as authenticated in a request to the team. */
extern struct person people[PEOPLE_COUNT];

/* Before a test, after open_schema: makes the team, its people, and their sign-ins.  Their writes use these
 * definitions. */
void open_team(const struct collections *set);

/* add_space: makes a space without members; kind is "team" or "personal".  add_member: makes a membership. */
void add_space(const char *id, const char *kind);
void add_member(const char *space, enum who who, enum role role);

/* The call of one of them, in their space and with their role. */
const struct call *as(enum who who);

/* JSON whose texts stand between single quotes here, as text and as an object. */
const char *as_json(const char *text);
struct json_object *given(const char *text);

/* Definitions from such JSON: the names of files and their texts in turn, NULL-ended, loaded as a folder of them. */
struct problem *define(const struct collections **set, const char *file, const char *text, ...);

/* op_set: an op that sets these members (NULL: none); the test changes what else it needs.  written_by: prepares and
 * writes one op alone, and returns its outcome. */
struct op op_set(const char *collection, const char *id, int64_t base, const char *members);
struct outcome written_by(enum who who, struct op op);

/* The same for one that has to be applied. */
struct outcome applied(enum who who, struct op op);

/* The test fails, saying why, unless the outcome has this status, or this problem (whose field is NULL for none). */
void became(struct outcome outcome, enum outcome_status status);
void was_refused(struct outcome outcome, enum problem_kind kind, const char *field);

/* The test fails unless p is a problem of this kind that names this field (NULL: none). */
void is_problem_at(struct problem *p, enum problem_kind kind, const char *field);

/* holds: the test fails unless the text holds these words.  lacks: it fails if the text does. */
void holds(const char *text, const char *words);
void lacks(const char *text, const char *words);

#endif
