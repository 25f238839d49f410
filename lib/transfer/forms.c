/* forms.c -- how the cells of a file are written, as far as one cell cannot tell: what the query says, else what the
 * headers and the other cells of a column show. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reading.h"

/* Members that only Daybook writes. */
static const char *const own_members[] = { "version", "seq", "createdAt", "lastUpdatedAt" };

/* True for a file that Daybook exported.  Its durations are seconds. */
static bool
is_own_export(const struct import *im)
{
	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < sizeof own_members / sizeof own_members[0]; j++)
			if (strcmp(im->columns[i].name, own_members[j]) == 0)
				return true;
	return false;
}

/* The unit of a column: as the query says, else as the header names it, else as an export of Daybook has it. */
static void
learn_unit(struct import *im, const struct import_column *column, const struct field *f, bool own_export)
{
	struct cell_form *form = &im->forms[f->index];
	bool is_duration = f->format != NULL && strcmp(f->format, "duration") == 0;

	if (form->unit == UNIT_UNSAID && column->form != NULL)
		form->unit = column->form->unit;
	if (form->unit == UNIT_UNSAID)
		form->unit = cell_unit_of_header(im->a, f, column->name);
	if (form->unit == UNIT_UNSAID && own_export && is_duration && strcmp(column->name, f->name) == 0)
		form->unit = UNIT_SECONDS;
}

static void
learn_units(struct import *im)
{
	bool own_export = is_own_export(im);

	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++)
			if (im->columns[i].targets[j].kind == TARGET_FIELD)
				learn_unit(im, &im->columns[i], im->columns[i].targets[j].field, own_export);
}

/* ---- the order of dates ---- */

/* What dates such as 13/1/2026 tell of their order. */
struct orders {
	bool mdy, dmy;
};

/* Look at a cell that begins with a day, month and year whose year is last. */
static void
weigh_order(const char *cell, struct orders *orders)
{
	int first, second, end = 0;
	char one, two;

	cell += strspn(cell, " ");
	if (strcspn(cell, "/.-") > 2)
		return;
	if (sscanf(cell, "%2d%c%2d%c%n", &first, &one, &second, &two, &end) != 4 || end == 0 || one != two ||
	    strchr("/.-", one) == NULL || !isdigit((unsigned char)cell[end]))
		return;
	orders->dmy = orders->dmy || (first > 12 && first <= 31);
	orders->mdy = orders->mdy || (second > 12 && second <= 31 && first <= 12);
}

static bool
has_dates(const struct import_column *column)
{
	for (size_t i = 0; i < column->target_count; i++)
		if (column->targets[i].kind == TARGET_FIELD && (column->targets[i].field->type == FIELD_DATE ||
		    column->targets[i].field->type == FIELD_INSTANT))
			return true;
	return false;
}

/* A program writes all dates of a file in one order.  So one date that can be read in one way only tells how to read
 * the others; what people write by hand is asked. */
static void
learn_order(struct import *im, const struct orders *orders)
{
	if (im->format == NULL || im->rules.dates != DATES_UNSAID)
		return;
	if (im->format->dates != DATES_UNSAID)
		im->rules.dates = im->format->dates;
	else if (orders->mdy != orders->dmy)
		im->rules.dates = orders->mdy ? DATES_MDY : DATES_DMY;
}

/* ---- decimal signs ---- */

static void
weigh_row(const struct import *im, struct arena *a, const struct csv_row *cells, struct cell_signs *signs,
    struct orders *orders)
{
	for (size_t i = 0; i < im->column_count && i < cells->count; i++) {
		if (has_dates(&im->columns[i]))
			weigh_order(cells->cells[i], orders);
		for (size_t j = 0; j < im->columns[i].target_count; j++) {
			const struct import_target *target = &im->columns[i].targets[j];

			if (target->kind == TARGET_FIELD && cell_has_decimals(target->field))
				cell_weigh(a, target->field, cells->cells[i], &signs[target->field->index]);
		}
	}
}

/* Read all rows of CSV.  What is wrong with one of them is found when it is read again. */
static void
learn_signs(struct import *im)
{
	struct csv csv = im->csv;
	struct arena *scratch = arena_new();
	struct cell_signs *signs = arena_alloc(im->a, (im->collection->field_count + 1) * sizeof *signs);
	struct csv_row *cells = arena_alloc(im->a, sizeof *cells);
	struct orders orders = { .mdy = false };
	struct problem *p;
	bool found = true;

	while ((p = csv_next(&csv, scratch, cells, &found)) == NULL && found) {
		weigh_row(im, scratch, cells, signs, &orders);
		arena_reset(scratch);
	}
	for (size_t i = 0; i < im->collection->field_count; i++)
		im->forms[i].decimals = cell_sign_of(&signs[i]);
	learn_order(im, &orders);
	arena_free(scratch);
}

/* Read the parameter decimals. */
static struct problem *
read_sign(struct import *im)
{
	const char *text = im->options.decimals;
	enum decimal_sign sign = DECIMALS_COUNT - 1;

	while (sign > DECIMALS_UNSAID && text != NULL && strcmp(text, decimal_sign_names[sign]) != 0)
		sign--;
	if (text != NULL && *text != '\0' && sign == DECIMALS_UNSAID)
		return problem_at(im->a, PROBLEM_INVALID, "decimals", "decimals must be comma or point.");
	im->rules.decimals = text == NULL ? DECIMALS_UNSAID : sign;
	return NULL;
}

struct problem *
forms_learn(struct import *im)
{
	struct problem *p;

	if (im->forms != NULL)
		return NULL;
	im->rules.forms = im->forms = arena_alloc(im->a, (im->collection->field_count + 1) * sizeof *im->forms);
	if ((p = read_sign(im)) != NULL)
		return p;
	if (im->options.units != NULL &&
	    (p = cell_units_read(im->a, im->collection, im->options.units, im->forms)) != NULL)
		return p;
	learn_units(im);
	if (!im->options.json)
		learn_signs(im);
	return NULL;
}
