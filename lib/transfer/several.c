/* several.c -- several rows of a file that are of one record: the weights of a day.  The request or the format says
 * which of them counts: the first, the last, or the mean of all.  The file is read once to find them, before anything
 * is looked at; which row is the first is told by a column with the time, where the format knows one, else by the file.
 *
 * Where nobody says, rows of one record that differ are mistakes. */
#include <string.h>

#include "base/decimal.h"
#include "reading.h"

/* The field of which the mean is taken: the one that the format names, else the only number that no record is without.
 * NULL when there is none. */
static const struct field *
find_number(const struct import *im)
{
	const struct field *found = NULL;

	if (im->format != NULL && im->format->mean_field != NULL)
		return collection_field(im->collection, im->format->mean_field);
	for (size_t i = 0; i < im->collection->field_count; i++) {
		const struct field *f = &im->collection->fields[i];

		if (f->type != FIELD_DECIMAL || !f->required || f->retired)
			continue;
		if (found != NULL)
			return NULL;
		found = f;
	}
	return found;
}

static struct problem *
wrong(const struct import *im, const char *why)
{
	return problem_at(im->a, PROBLEM_INVALID, "several", "several: %s %s.", im->collection->label, why);
}

/* The record of a row must be known from the row alone. */
static bool
has_own_key(const struct collection *c)
{
	for (size_t i = 0; i < c->unique_count; i++)
		if (c->unique[i]->type == FIELD_REF)
			return false;
	return c->id_form != ID_GIVEN;
}

static struct problem *
choose(struct import *im)
{
	const char *said = im->options.several;

	im->several = said == NULL ? im->format != NULL && im->format->first ? SEVERAL_FIRST : SEVERAL_NONE
	    : strcmp(said, "mean") == 0 ? SEVERAL_MEAN : strcmp(said, "last") == 0 ? SEVERAL_LAST : SEVERAL_FIRST;
	if (im->several != SEVERAL_NONE && !has_own_key(im->collection))
		return wrong(im, "have no day, or the like, of which several rows can be");
	if (im->several == SEVERAL_MEAN && (im->mean = find_number(im)) == NULL)
		return wrong(im, "have no number to take the mean of");
	return NULL;
}

/* ---- the survey ---- */

static bool
precedes(const struct import *im, int64_t order)
{
	return im->several == SEVERAL_LAST ? im->order >= order : im->order < order;
}

static void
note_chosen(struct import *im, const struct import_row *row)
{
	struct seen_entry *chosen = seen_entry(&im->chosen, row->id);
	int64_t order;

	memcpy(&order, chosen->mark, sizeof order);
	if (chosen->count > 0 && !precedes(im, order))
		return;
	chosen->count = (uint32_t)row->line;
	memcpy(chosen->mark, &im->order, sizeof im->order);
}

static void
note_sum(struct import *im, const struct import_row *row)
{
	struct seen_entry *sum = seen_entry(&im->sums, row->id);
	int64_t all;

	memcpy(&all, sum->mark, sizeof all);
	if (sum->count == 0)
		all = 0;
	all += value_scaled(im->mean, row->values[im->mean->index]);
	memcpy(sum->mark, &all, sizeof all);
	sum->count++;
}

static struct problem *
survey(struct import *im)
{
	struct problem *p;
	struct arena *scratch = arena_new();
	struct import_row row;
	bool found = true;

	im->surveys = true;
	while ((p = import_next(im, scratch, &row, &found)) == NULL && found) {
		if (row.taken && row.bad == NULL) {
			note_chosen(im, &row);
			if (im->mean != NULL && row.values[im->mean->index] != NULL)
				note_sum(im, &row);
		}
		arena_reset(scratch);
	}
	im->surveys = false;
	p = p == NULL ? NULL : problem_copy(im->a, p);
	arena_free(scratch);
	return p != NULL ? p : import_rewind(im);
}

struct problem *
several_begin(struct import *im)
{
	struct problem *p = choose(im);

	if (p != NULL)
		return with_reading(im, p);
	return im->several == SEVERAL_NONE ? NULL : survey(im);
}

/* ---- the rows ---- */

bool
several_passes(const struct import *im, const struct import_row *row)
{
	const struct seen_entry *chosen = im->surveys || im->several == SEVERAL_NONE ? NULL :
	    seen_find(&im->chosen, row->id);

	return chosen != NULL && chosen->count != row->line;
}

/* Half away from zero. */
static int64_t
divided(int64_t sum, int64_t count)
{
	return (sum < 0 ? sum - count / 2 : sum + count / 2) / count;
}

void
several_join(const struct import *im, struct arena *a, struct import_row *row)
{
	const struct seen_entry *sum = im->surveys || im->mean == NULL ? NULL : seen_find(&im->sums, row->id);
	int64_t all;

	if (sum == NULL || sum->count < 2)
		return;
	memcpy(&all, sum->mark, sizeof all);
	row->values[im->mean->index] = decimal_format(a, divided(all, sum->count), im->mean->scale);
	row->touched[im->mean->index] = true;
}

const char *
several_name(const struct import *im)
{
	static const char *const names[] = { NULL, "first", "last", "mean" };

	return names[im->several];
}

void
several_put_note(struct json_out *out, const struct import *im)
{
	static const char *const took[] = { "", "the first", "the last", "the mean" };
	size_t later = im->told.later;

	if (later == 1)
		put_text(out, NULL, arena_printf(out->to->arena,
		    "1 row is of a day that another row is of; %s of the day was taken.", took[im->several]));
	else if (later > 1)
		put_text(out, NULL, arena_printf(out->to->arena,
		    "%zu rows are of days that another row is of; %s of each day was taken.", later,
		    took[im->several]));
}
