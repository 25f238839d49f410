/* fleet_figures.c -- counts, rates, arrivals by the hour and times from arrival to empty. */
#include "fleet/fleet_figures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/json_out.h"

static int
compare_seconds(const void *left, const void *right)
{
	const int64_t *l = left, *r = right;

	return *l < *r ? -1 : *l > *r;
}

static bool
has_cycle(const struct fleet_visit *v)
{
	return v->arrived && v->empty && v->arrived_at > 0 && v->empty_at >= v->arrived_at;
}

/* The figures of the visits at location, or of all if location is NULL. */
static struct fleet_figures
count_visits(struct arena *a, const struct fleet_visit *visits, size_t count, const char *location)
{
	struct fleet_figures f = { .cars = 0 };
	int64_t *cycles = arena_alloc(a, (count + 1) * sizeof *cycles);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct fleet_visit *v = &visits[i];

		if (location != NULL && strcmp(v->location, location) != 0)
			continue;
		f.cars++;
		f.arrived += v->arrived;
		f.late += v->late;
		f.empty += v->empty;
		if (has_cycle(v))
			cycles[n++] = (v->empty_at - v->arrived_at) / 1000;
	}
	if (f.cars > 0)
		f.late_rate = (2000 * f.late + f.cars) / (2 * f.cars);
	f.cycles = (int64_t)n;
	if (n == 0)
		return f;
	qsort(cycles, n, sizeof *cycles, compare_seconds);
	f.median = n % 2 == 1 ? cycles[n / 2] : (cycles[n / 2 - 1] + cycles[n / 2] + 1) / 2;
	f.p90 = cycles[(9 * n + 9) / 10 - 1];
	return f;
}

static struct fleet_hour
hour_of(const char *zone, int64_t instant)
{
	struct fleet_hour hour = { .start = instant - instant % 3600000 };
	char date[DATE_TEXT_SIZE];
	int seconds;

	if (!zone_date(zone, instant, date, &seconds, NULL))
		return hour;
	hour.start = instant - (int64_t)(seconds % 3600) * 1000 - instant % 1000;
	memcpy(hour.clock, date, 10);
	hour.clock[10] = ' ';
	hour.clock[11] = (char)('0' + seconds / 36000);
	hour.clock[12] = (char)('0' + seconds / 3600 % 10);
	memcpy(hour.clock + 13, ":00", 4);
	return hour;
}

static int
compare_hours(const void *left, const void *right)
{
	const struct fleet_hour *l = left, *r = right;

	return l->start < r->start ? -1 : l->start > r->start;
}

static void
count_hours(struct arena *a, const struct fleet_visit *visits, size_t count, const char *zone, struct fleet_summary *s)
{
	struct fleet_hour *hours = arena_alloc(a, (count + 1) * sizeof *hours);
	size_t n = 0, last = 0;

	for (size_t i = 0; i < count; i++) {
		if (!visits[i].arrived || visits[i].arrived_at == 0)
			continue;
		hours[n] = hour_of(zone, visits[i].arrived_at);
		hours[n].arrivals = 1;
		hours[n++].late = visits[i].late;
	}
	qsort(hours, n, sizeof *hours, compare_hours);
	for (size_t i = 1; i < n; i++) {
		if (hours[i].start == hours[last].start) {
			hours[last].arrivals++;
			hours[last].late += hours[i].late;
		} else {
			hours[++last] = hours[i];
		}
	}
	s->hours = hours;
	s->hour_count = n == 0 ? 0 : last + 1;
}

static int
compare_texts(const void *left, const void *right)
{
	const struct fleet_place *l = left, *r = right;

	return strcmp(l->location, r->location);
}

static void
count_places(struct arena *a, const struct fleet_visit *visits, size_t count, struct fleet_summary *s)
{
	s->places = arena_alloc(a, (count + 1) * sizeof *s->places);
	s->place_count = 0;
	for (size_t i = 0; i < count; i++) {
		bool known = false;

		for (size_t j = 0; j < s->place_count && !known; j++)
			known = strcmp(s->places[j].location, visits[i].location) == 0;
		if (!known)
			s->places[s->place_count++].location = visits[i].location;
	}
	qsort(s->places, s->place_count, sizeof *s->places, compare_texts);
	for (size_t j = 0; j < s->place_count; j++)
		s->places[j].figures = count_visits(a, visits, count, s->places[j].location);
}

void
fleet_summarise(struct arena *a, const struct fleet_visit *visits, size_t count, const char *zone,
    struct fleet_summary *summary)
{
	summary->all = count_visits(a, visits, count, NULL);
	count_hours(a, visits, count, zone, summary);
	count_places(a, visits, count, summary);
}

/* ---- as JSON ---- */

/* Put the figures as members of the open object. */
static void
put_figures(struct json_out *out, const struct fleet_figures *f)
{
	put_integer(out, "cars", f->cars);
	put_integer(out, "arrived", f->arrived);
	put_integer(out, "notArrived", f->cars - f->arrived);
	put_integer(out, "late", f->late);
	put_integer(out, "empty", f->empty);
	put_number(out, "lateRate", "%" PRId64 ".%" PRId64, f->late_rate / 10, f->late_rate % 10);
	if (f->cycles == 0)
		return;
	put_object(out, "cycle");
	put_integer(out, "count", f->cycles);
	put_integer(out, "medianSeconds", f->median);
	put_integer(out, "p90Seconds", f->p90);
	put_end(out);
}

void
fleet_figures_put(struct json_out *out, const char *name, const struct fleet_figures *figures)
{
	put_object(out, name);
	put_figures(out, figures);
	put_end(out);
}

void
fleet_summary_put(struct json_out *out, const struct fleet_summary *summary)
{
	fleet_figures_put(out, "figures", &summary->all);
	put_array(out, "arrivalsPerHour");
	for (size_t i = 0; i < summary->hour_count; i++) {
		const struct fleet_hour *h = &summary->hours[i];

		put_object(out, NULL);
		put_instant(out, "hour", h->start);
		put_text(out, "clock", h->clock);
		put_integer(out, "arrivals", h->arrivals);
		put_integer(out, "late", h->late);
		put_end(out);
	}
	put_end(out);
	put_array(out, "byLocation");
	for (size_t i = 0; i < summary->place_count; i++) {
		put_object(out, NULL);
		put_text(out, "location", summary->places[i].location);
		put_figures(out, &summary->places[i].figures);
		put_end(out);
	}
	put_end(out);
}
