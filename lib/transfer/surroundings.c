/* surroundings.c -- what a file is read with that neither it nor the request says: the zone, and who is meant by a name
 * in a column of owners. */
#include "transfer/intake.h"

#include "model/policy.h"
#include "record/space.h"
#include "store/statement.h"

/* The members of the space, for those who may give records to others; for anybody else only themselves. */
static struct problem *
find_people(const struct call *call, struct import_options *options)
{
	struct import_person *people;
	struct problem *p;
	struct rows *rows;

	if (!policy_assigns(call->person)) {
		options->people = people = arena_alloc(call->a, sizeof *people);
		*people = (struct import_person){ call->person->user_id, call->person->name, call->person->email };
		options->people_count = 1;
		return NULL;
	}
	p = db_run(call->db, call->a, SQL(IMPORT_PEOPLE), VALUES(value_id(call->person->space_id)), &rows);
	if (p != NULL)
		return p;
	options->people = people = arena_alloc(call->a, (rows->count + 1) * sizeof *people);
	options->people_count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		people[i] = (struct import_person){
			row_text(rows, i, PEOPLE_ID), row_text(rows, i, PEOPLE_NAME), row_text(rows, i, PEOPLE_EMAIL),
		};
	return NULL;
}

/* The ids that records have, where people give them. */
static struct problem *
find_ids(const struct call *call, const struct collection *c, struct import_options *options)
{
	const char **ids;
	struct problem *p;
	struct rows *rows;

	if (c->id_label == NULL)
		return NULL;
	p = db_run(call->db, call->a, SQL(IMPORT_IDS), VALUES(value_id(call->person->space_id), value_text(c->name)),
	    &rows);
	if (p != NULL)
		return p;
	options->ids = ids = arena_alloc(call->a, (rows->count + 1) * sizeof *ids);
	options->id_count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		ids[i] = row_text(rows, i, ID_FOUND);
	return NULL;
}

struct problem *
intake_surroundings(const struct call *call, const struct collection *c, struct import_options *options)
{
	struct problem *p;

	options->set = call->set;
	if (options->zone == NULL && (p = space_zone_of(call, call->person->user_id, &options->zone_else)) != NULL)
		return p;
	if ((p = find_ids(call, c, options)) != NULL)
		return p;
	return find_people(call, options);
}
