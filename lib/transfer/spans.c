/* spans.c -- the instants of a row.  A file writes them in one cell, or as a day and a time in two, and one day may
 * hold for two times.  In the hour that clocks show twice a time has two readings.  So all that a row says of its
 * instants is kept first, and weighed together when the row is read:
 *
 * - A collection may have a span: an instant, another one that is paired with it, and a duration.  Of the readings
 *   of start and end those are taken that fit together: the end is not before the start, and their distance is the
 *   duration.  Where several fit, the first ones are taken, and that is noted.
 * - An end whose day is also that of the start, and whose time is earlier, is on the next day.
 * - A duration fills what is missing.  Where start and end are there, they win over it.
 * - A row with a day and a duration alone is placed: rows of one day follow each other. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "reading.h"

enum {
	READINGS_MAX = 4,
	DAY_SECONDS = 86400
};

/* ---- what the row says ---- */

/* The duration of a collection with the pair (start, end). */
static const struct field *
length_of(const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->type == FIELD_INTEGER && !f->derived && f->format != NULL && strcmp(f->format, "duration") == 0)
			return f;
	}
	return NULL;
}

void
spans_find(struct import *im)
{
	const struct collection *c = im->collection;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i], *pair = f->pair == NULL ? NULL : collection_field(c, f->pair);

		if (pair == NULL || f->type != FIELD_INSTANT || f->derived || pair->derived)
			continue;
		im->span_start = pair;
		im->span_end = f;
		im->span_length = length_of(c);
		return;
	}
}

void
spans_begin(struct import *im)
{
	im->moment_count = im->length_count = 0;
}

static struct import_moment *
moment_of(struct import *im, const struct field *f)
{
	for (size_t i = 0; f != NULL && i < im->moment_count; i++)
		if (im->moments[i].field == f)
			return &im->moments[i];
	return NULL;
}

static struct import_moment *
moment_entry(struct import *im, const struct field *f)
{
	struct import_moment *m = moment_of(im, f);

	if (m != NULL || im->moment_count == IMPORT_MOMENTS_MAX)
		return m;
	im->moments[im->moment_count] = (struct import_moment){ .field = f };
	return &im->moments[im->moment_count++];
}

static struct problem *
said_twice(struct arena *a, const struct field *f, const char *what)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "Two cells of the row say %s of %s.", what, f->name);
}

struct problem *
spans_keep(struct import *im, struct arena *a, const struct import_column *column, const struct field *f,
    const char *text, struct cell_notes *notes)
{
	struct problem *p;
	struct moment m;
	struct import_moment *kept = moment_entry(im, f);

	if (kept == NULL)
		return problem_at(a, PROBLEM_INVALID, f->name, "The row has too many instants.");
	if ((p = moment_read(a, f, &im->rules, text, notes, &m)) != NULL)
		return p;
	if (m.has_day && kept->has_day)
		return said_twice(a, f, "the day");
	if (m.has_time && kept->has_time)
		return said_twice(a, f, "the time");
	if (m.has_day) {
		kept->day = m;
		kept->has_day = true;
		kept->shared = column->target_count > 1;
	}
	if (m.has_time) {
		kept->time = m;
		kept->has_time = true;
	}
	kept->cell = text;
	return NULL;
}

void
spans_keep_length(struct import *im, int64_t seconds)
{
	if (im->length_count < IMPORT_LENGTHS_MAX)
		im->lengths[im->length_count++] = seconds;
}

/* ---- what it means ---- */

/* The readings of an instant, and on which day they are. */
struct choice {
	size_t count;
	int64_t at[READINGS_MAX];
	bool next_day[READINGS_MAX];
};

static void
refuse(struct import_row *row, struct problem *p, const struct import_moment *m)
{
	if (row->bad != NULL)
		return;
	row->bad = p;
	row->bad_value = m->cell;
}

static void
add_readings(struct choice *choice, const struct readings *readings, bool next_day)
{
	for (size_t i = 0; i < readings->count && choice->count < READINGS_MAX; i++) {
		choice->at[choice->count] = readings->at[i];
		choice->next_day[choice->count++] = next_day;
	}
}

static void
move_day(struct moment *m, int64_t days)
{
	date_from_days(date_days(m->day) + days, m->day);
}

/* All instants that a day and a time can mean. */
static struct problem *
find_readings(struct import *im, struct arena *a, const struct import_moment *m, struct choice *choice)
{
	struct problem *p;
	struct moment whole = moment_join(&m->day, &m->time);
	struct readings readings;

	*choice = (struct choice){ .count = 0 };
	if ((p = moment_instants(a, m->field, im->rules.zone, &whole, &readings)) != NULL)
		return p;
	add_readings(choice, &readings, false);
	return NULL;
}

/* The same time on the next day, for an end that shares the day of the start.  Where the clocks skip it, there is
 * none. */
static void
add_next_day(struct import *im, struct arena *a, const struct import_moment *m, struct choice *choice)
{
	struct moment whole = moment_join(&m->day, &m->time);
	struct readings readings;

	move_day(&whole, 1);
	if (moment_instants(a, m->field, im->rules.zone, &whole, &readings) == NULL)
		add_readings(choice, &readings, true);
}

static void
set_value(struct import_row *row, const struct field *f, const char *value)
{
	row->values[f->index] = value;
	row->touched[f->index] = true;
}

static void
set_instant(struct arena *a, struct import_row *row, const struct field *f, int64_t at)
{
	set_value(row, f, arena_printf(a, "\"%s\"", instant_text(a, at)));
}

static struct problem *
incomplete(struct arena *a, const struct field *f)
{
	return problem_at(a, PROBLEM_INVALID, f->name,
	    "%s must be a day and a time, such as 2026-11-21 08:34.", f->name);
}

static bool
is_whole(const struct import_moment *m)
{
	return m != NULL && m->has_day && m->has_time;
}

/* An instant that no other one explains. */
static void
settle_alone(struct import *im, struct arena *a, struct import_row *row, const struct import_moment *m)
{
	struct choice choice;
	struct problem *p = is_whole(m) ? find_readings(im, a, m, &choice) : incomplete(a, m->field);

	if (p != NULL) {
		refuse(row, p, m);
		return;
	}
	row->shown_twice = row->shown_twice || choice.count > 1;
	row->local = row->local || !m->time.has_offset;
	set_instant(a, row, m->field, choice.at[0]);
}

/* How far a pair of readings is from what else the row says: 0 is best. */
static int64_t
strain(int64_t start, int64_t end, bool has_length, int64_t length)
{
	int64_t distance = (end - start) / 1000 - length;

	if (end < start)
		return INT64_MAX;
	if (!has_length)
		return 0;
	return distance < 0 ? -distance : distance;
}

/* Choose the readings of start and end that fit together.  False when no end is after a start. */
static bool
choose(const struct import *im, const struct choice *starts, const struct choice *ends, size_t *start, size_t *end,
    bool *in_doubt)
{
	int64_t least = INT64_MAX;

	*in_doubt = false;
	for (size_t i = 0; i < starts->count; i++)
		for (size_t j = 0; j < ends->count; j++) {
			int64_t now = strain(starts->at[i], ends->at[j], im->length_count > 0,
			    im->length_count > 0 ? im->lengths[0] : 0);

			if (now == INT64_MAX || now > least)
				continue;
			if (now == least) {
				*in_doubt = *in_doubt || !ends->next_day[j];
				continue;
			}
			least = now;
			*start = i;
			*end = j;
			*in_doubt = false;
		}
	return least < INT64_MAX;
}

/* A length that the times contradict is noted; it is not written, because it follows from them. */
static void
drop_length(struct import *im, struct import_row *row, int64_t milliseconds)
{
	for (size_t i = 0; i < im->length_count; i++)
		row->times_won = row->times_won || im->lengths[i] != milliseconds / 1000;
	if (im->span_length != NULL) {
		row->values[im->span_length->index] = NULL;
		row->touched[im->span_length->index] = false;
	}
}

static void
settle_both(struct import *im, struct arena *a, struct import_row *row, const struct import_moment *s,
    const struct import_moment *e)
{
	struct problem *p;
	struct choice starts, ends;
	size_t i = 0, j = 0;
	bool in_doubt;

	if ((p = find_readings(im, a, s, &starts)) != NULL || (p = find_readings(im, a, e, &ends)) != NULL) {
		refuse(row, p, s);
		return;
	}
	if (e->shared)
		add_next_day(im, a, e, &ends);
	if (choose(im, &starts, &ends, &i, &j, &in_doubt)) {
		row->shown_twice = row->shown_twice || in_doubt;
		row->next_day = ends.next_day[j];
	}
	row->local = !s->time.has_offset || !e->time.has_offset;
	set_instant(a, row, s->field, starts.at[i]);
	set_instant(a, row, e->field, ends.at[j]);
	drop_length(im, row, ends.at[j] - starts.at[i]);
}

/* An end and a length make a start. */
static void
settle_from_end(struct import *im, struct arena *a, struct import_row *row, const struct import_moment *e)
{
	settle_alone(im, a, row, e);
	if (row->bad != NULL)
		return;
	set_instant(a, row, im->span_start,
	    value_instant_of(row->values[e->field->index]) - im->lengths[0] * 1000);
	drop_length(im, row, im->lengths[0] * 1000);
}

/* Where on its day a row of so many seconds begins, when those before it on that day follow each other. */
static int
place(struct import *im, struct arena *a, const struct import_row *row, const char *day, int64_t seconds)
{
	const char *owner = row->owner != NULL ? row->owner : im->person->user_id;
	struct seen_entry *entry = seen_entry(&im->placed, arena_printf(a, "%s %s", owner, day));
	int64_t at = entry->count == 0 ? im->format->day_start : (int64_t)entry->count - 1;

	if (at + seconds > DAY_SECONDS)
		at = 0;
	entry->count = (uint32_t)(at + seconds + 1);
	return (int)at;
}

/* A row with a day and a length, and no time.  Its id is made of the day: where it was placed depends on the other rows
 * of the day. */
static void
settle_day(struct import *im, struct arena *a, struct import_row *row, struct import_moment *s)
{
	struct import_moment m = *s;
	struct choice choice;
	struct problem *p;

	m.time = (struct moment){ .has_time = true, .seconds = place(im, a, row, s->day.day, im->lengths[0]) };
	m.has_time = true;
	if ((p = find_readings(im, a, &m, &choice)) != NULL) {
		refuse(row, p, s);
		return;
	}
	row->placed = row->local = true;
	row->day = arena_strdup(a, s->day.day);
	set_instant(a, row, s->field, choice.at[0]);
}

/* A length of nothing and no end is how some programs write that a timer runs. */
static void
drop_nothing(struct import *im, struct import_row *row, const struct import_moment *e)
{
	if (im->format == NULL || e != NULL || im->length_count == 0 || im->lengths[0] != 0)
		return;
	row->values[im->span_length->index] = NULL;
	row->touched[im->span_length->index] = false;
}

static void
settle_span(struct import *im, struct arena *a, struct import_row *row, struct import_moment *s,
    struct import_moment *e)
{
	if (s != NULL && e != NULL && s->has_day && !e->has_day) {
		e->day = s->day;
		e->has_day = e->shared = true;
	}
	if (is_whole(s) && is_whole(e))
		settle_both(im, a, row, s, e);
	else if (is_whole(e) && (s == NULL || !s->has_time) && im->length_count > 0)
		settle_from_end(im, a, row, e);
	else if (s != NULL && s->has_day && !s->has_time && im->length_count > 0 && im->format != NULL &&
	    im->format->day_start >= 0)
		settle_day(im, a, row, s);
	else {
		drop_nothing(im, row, e);
		if (s != NULL)
			settle_alone(im, a, row, s);
		if (e != NULL && (e->has_time || !e->shared))
			settle_alone(im, a, row, e);
	}
}

void
spans_settle(struct import *im, struct arena *a, struct import_row *row)
{
	struct import_moment *s = moment_of(im, im->span_start), *e = moment_of(im, im->span_end);

	if (row->bad != NULL)
		return;
	if (s != NULL || e != NULL)
		settle_span(im, a, row, s, e);
	for (size_t i = 0; i < im->moment_count; i++)
		if (&im->moments[i] != s && &im->moments[i] != e)
			settle_alone(im, a, row, &im->moments[i]);
}

/* ---- a record within the span ---- */

void
spans_allow(struct import *im, struct import_row *row, int64_t seconds)
{
	const char *start = row->values[im->span_start->index], *end = row->values[im->span_end->index];
	int64_t free;

	if (!row->times_won || start == NULL || end == NULL)
		return;
	free = (value_instant_of(end) - value_instant_of(start)) / 1000 - seconds;
	row->times_won = false;
	for (size_t i = 0; i < im->length_count; i++)
		row->times_won = row->times_won || im->lengths[i] != free;
}

/* The middle of the span, so long: what a break of a timesheet is. */
bool
spans_inside(struct import *im, struct arena *a, struct import_row *row, int64_t seconds)
{
	const struct field *s = im->span_start, *e = im->span_end;
	int64_t start, end, free;

	if (s == NULL || row->values[s->index] == NULL || row->values[e->index] == NULL)
		return false;
	start = value_instant_of(row->values[s->index]);
	end = value_instant_of(row->values[e->index]);
	free = (end - start) / 1000 - seconds;
	if (seconds <= 0 || free < 0)
		return false;
	start += free / 2 / 60 * 60 * 1000;
	set_instant(a, row, s, start);
	set_instant(a, row, e, start + seconds * 1000);
	return true;
}
