/* trip_context.c -- what a trip takes from what it names, and where it stands in its day.
 *
 * The text of a place is its name at that moment: a place that is renamed later moves no trip.  A text that is typed
 * over it takes the place away.  A new trip has the vehicle that its person uses unless they choose another, and keeps
 * the vehicle's kind, which decides about its rate.
 *
 * A new trip, and one that moves to another day, goes last in its day: its key is made of the instant at which that was
 * written down.  So no other trip is looked up, and two devices put what they add at the same time in one order.  A
 * trip of an imported file stands at its start instead, because the file does not say when it was written down. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "base/order_key.h"
#include "expenses/rules.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	EARLY_SECONDS = 14 * 3600, /* no zone is further ahead of UTC: a day may begin so long before it does there */
	INSTANT_LETTERS = 9,       /* an instant in milliseconds, in letters */
	LETTERS = 26
};

static size_t
at(const struct change *ch, const char *name)
{
	return collection_field(ch->collection, name)->index;
}

static bool
changed(const struct change *ch, size_t field)
{
	return !value_equal(ch->before == NULL ? NULL : ch->before[field], ch->after[field]);
}

/* The values of a live record that a field names, NULL when there is none. */
static struct problem *
find_named(struct change *ch, const char *collection, const char *ref, const struct collection **c,
    const char *const **values)
{
	const char *id = value_plain(ch->call->a, ch->after[at(ch, ref)]);
	struct record record;
	struct problem *p;
	bool found = false;

	*values = NULL;
	*c = collection_find(ch->call->set, collection);
	if (id == NULL || *c == NULL)
		return NULL;
	if ((p = record_find(ch->call, *c, id, &record, &found)) == NULL && found && !record.deleted)
		*values = (const char *const *)values_parse(ch->call->a, *c, record.doc, NULL);
	return p;
}

/* ---- places ---- */

static struct problem *
derive_place(struct change *ch, const char *text_name, const char *place_name)
{
	size_t text = at(ch, text_name), place = at(ch, place_name);
	bool chosen = changed(ch, place) && !(ch->touched[text] && ch->after[text] != NULL);
	bool typed = !changed(ch, place) && ch->touched[text] && changed(ch, text);
	const struct collection *c;
	const char *const *values;
	struct problem *p;

	if (ch->after[place] == NULL || (!chosen && !typed) ||
	    (p = find_named(ch, "places", place_name, &c, &values)) != NULL)
		return ch->after[place] == NULL || (!chosen && !typed) ? NULL : p;
	if (chosen && values != NULL)
		ch->after[text] = value_named(c, values, "name");
	if (typed && (values == NULL || !value_equal(ch->after[text], value_named(c, values, "name"))))
		ch->after[place] = NULL;
	return NULL;
}

/* ---- the vehicle ---- */

/* It is asked once for all new trips of a person that are written together. */
static struct problem *
find_main(struct change *ch, const char **vehicle)
{
	const struct collection *c = collection_find(ch->call->set, "vehicles");
	struct problem *p;
	struct rows *rows;

	if (c == NULL)
		return NULL;
	if ((p = record_ask(ch->call, c, SQL(VEHICLES_MAIN),
	    VALUES(value_id(ch->call->person->space_id), value_id(ch->owner)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		const char *const *values = (const char *const *)values_parse(ch->call->a, c,
		    row_text(rows, i, VEHICLE_DOC), NULL);

		if (value_true(value_named(c, values, "active")))
			*vehicle = arena_printf(ch->call->a, "\"%s\"", row_text(rows, i, VEHICLE_ID));
	}
	return NULL;
}

static struct problem *
derive_vehicle(struct change *ch)
{
	size_t vehicle = at(ch, "vehicle"), kind = at(ch, "vehicleKind");
	const struct collection *c;
	const char *const *values;
	struct problem *p;

	if (ch->before == NULL && !ch->touched[vehicle] && ch->action != ACTION_IMPORTED &&
	    (p = find_main(ch, &ch->after[vehicle])) != NULL)
		return p;
	if (!changed(ch, vehicle) && !ch->touched[vehicle])
		return NULL;
	if ((p = find_named(ch, "vehicles", "vehicle", &c, &values)) != NULL)
		return p;
	if (values != NULL)
		ch->after[kind] = value_named(c, values, "kind");
	else if (changed(ch, vehicle))
		ch->after[kind] = NULL;
	return NULL;
}

/* ---- the order ---- */

/* Where in the day something stands that was written down so many seconds after the day began, and at this instant. */
static const char *
key_of(struct arena *a, int64_t seconds, int64_t instant)
{
	int64_t number = seconds < 0 ? 0 : seconds >= ORDER_KEY_NUMBERS ? ORDER_KEY_NUMBERS - 1 : seconds;
	char letters[INSTANT_LETTERS + 1] = "";

	for (int i = INSTANT_LETTERS - 1; i >= 0; i--, instant /= LETTERS)
		letters[i] = (char)('a' + instant % LETTERS);
	return arena_printf(a, "\"%s%sn\"", order_key_of_number(a, number), letters);
}

/* The seconds since midnight of a time of day as fields have it, HH:MM or HH:MM:SS. */
static int64_t
seconds_of(const char *time)
{
	int64_t seconds = 0;
	int part = 0, unit = 3600;

	for (;; time++) {
		if (*time >= '0' && *time <= '9') {
			part = part * 10 + (*time - '0');
			continue;
		}
		seconds += (int64_t)part * unit;
		unit /= 60;
		part = 0;
		if (*time == '\0')
			return seconds;
	}
}

static struct problem *
derive_order(struct change *ch)
{
	struct arena *a = ch->call->a;
	size_t order = at(ch, "order"), date = at(ch, "date");
	const char *key = value_plain(a, ch->after[order]), *day = value_plain(a, ch->after[date]);
	const char *start = value_plain(a, ch->after[at(ch, "startTime")]);

	if (ch->touched[order] && key != NULL && !order_key_valid(key))
		return problem_at(a, PROBLEM_INVALID, "order", "order is 1 to %d small letters, the last one not an a.",
		    ORDER_KEY_MAX);
	if (day == NULL || (ch->touched[order] && key != NULL) || !changed(ch, date))
		return NULL;
	if (ch->action != ACTION_IMPORTED)
		ch->after[order] = key_of(a, ch->claimed / 1000 - date_days(day) * 86400 + EARLY_SECONDS, ch->claimed);
	else if (start != NULL)
		ch->after[order] = key_of(a, EARLY_SECONDS + seconds_of(start), 0);
	return NULL;
}

/* ---- the rule ---- */

static struct problem *
derive(struct change *ch)
{
	struct problem *p;

	if (ch->action == ACTION_RESTORED)
		return NULL;
	if ((p = derive_place(ch, "from", "fromPlace")) != NULL || (p = derive_place(ch, "to", "toPlace")) != NULL ||
	    (p = derive_vehicle(ch)) != NULL)
		return p;
	return derive_order(ch);
}

const struct rule trip_context = {
	.name = "trip-context",
	.collection = "mileage",
	.derive = derive,
};
