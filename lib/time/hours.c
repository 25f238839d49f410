/* hours.c -- computes days from sessions, weeks from days, and pay from weeks.  Sessions are sorted by day once, and
 * each level is computed from the one before.  All amounts are integers: seconds, cents, tenths of a per cent. */
#include "time/hours.h"

#include <stdlib.h>
#include <string.h>

const struct hours_rules hours_rules_default = {
	.lunch_after = 5 * 3600,
	.lunch = 30 * 60,
	.most = 10 * 3600,
	.overtime_after = 40 * 3600,
	.overtime_times = 150,
};

static int64_t
least(int64_t left, int64_t right)
{
	return left < right ? left : right;
}

static int64_t
most(int64_t left, int64_t right)
{
	return left > right ? left : right;
}

/* n / by, rounded half up; neither is negative.  The result is at most 2^53 - 1, the largest integer in JSON. */
static int64_t
divide(__int128 n, int64_t by)
{
	const int64_t limit = (INT64_C(1) << 53) - 1;
	__int128 quotient = (n + by / 2) / by;

	return quotient > limit ? limit : (int64_t)quotient;
}

int64_t
hours_elapsed(int64_t start, int64_t end)
{
	return end > start ? (end - start) / 1000 : 0;
}

static int
compare_sessions(const void *left, const void *right)
{
	const struct hours_session *l = left, *r = right;
	int by_day = strcmp(l->day, r->day);

	return by_day != 0 ? by_day : (l->start > r->start) - (l->start < r->start);
}

static void
sort_sessions(struct hours_session *sessions, size_t count)
{
	if (count > 1)
		qsort(sessions, count, sizeof *sessions, compare_sessions);
}

/* How many sessions, from the first on, are of the same day as the first. */
static size_t
count_of_day(const struct hours_session *sessions, size_t count)
{
	size_t n = 1;

	while (n < count && strcmp(sessions[n].day, sessions[0].day) == 0)
		n++;
	return n;
}

static bool
is_forgotten(const struct hours_session *s, int64_t at)
{
	return s->running && at - s->start > (int64_t)HOURS_SESSION_MAX * 1000;
}

static int64_t
end_of(const struct hours_session *s, int64_t at)
{
	return is_forgotten(s, at) ? s->start : s->running ? at : s->end;
}

/* ---- lunch ---- */

/* Spans of time without overlap, walked in the order of their starts. */
struct span_walk {
	const struct hours_session *sessions;
	size_t count, next;
	bool lunch;           /* spans of lunch, else of work */
	int64_t at;           /* the instant up to which running sessions count */
	int64_t start, end;   /* the current span */
};

/* The next span: sessions that touch or overlap are one. */
static bool
next_span(struct span_walk *w)
{
	bool found = false;

	for (; w->next < w->count; w->next++) {
		const struct hours_session *s = &w->sessions[w->next];
		int64_t end = end_of(s, w->at);

		if (s->lunch != w->lunch || end <= s->start)
			continue;
		if (found && s->start > w->end)
			return true;
		if (!found)
			w->start = s->start;
		w->end = found ? most(w->end, end) : end;
		found = true;
	}
	return found;
}

/* Seconds of recorded lunch, and those of them that overlap work. */
static void
measure_lunch(const struct hours_session *sessions, size_t count, int64_t at, int64_t *recorded, int64_t *within)
{
	struct span_walk lunch = { .sessions = sessions, .count = count, .lunch = true, .at = at };
	struct span_walk work = { .sessions = sessions, .count = count, .at = at };
	bool working = next_span(&work);
	int64_t whole = 0, milliseconds = 0;

	while (next_span(&lunch)) {
		whole += lunch.end - lunch.start;
		while (working && work.end <= lunch.start)
			working = next_span(&work);
		while (working && work.start < lunch.end) {
			milliseconds += least(work.end, lunch.end) - most(work.start, lunch.start);
			if (work.end > lunch.end)
				break;
			working = next_span(&work);
		}
	}
	*recorded = whole / 1000;
	*within = milliseconds / 1000;
}

/* Recorded lunch that overlaps work is deducted.  All recorded lunch, overlapping or not, reduces what the lunch rule
 * deducts. */
static int64_t
deduct(const struct hours_session *sessions, size_t count, const struct hours_rules *rules, int64_t at, int64_t by_rule)
{
	int64_t recorded, within;

	if (!rules->recorded_lunch_counts)
		return by_rule;
	measure_lunch(sessions, count, at, &recorded, &within);
	return within + most(0, by_rule - recorded);
}

/* ---- days ---- */

static int64_t
efficiency_of(const struct hours_figures *f)
{
	return f->total == 0 ? 100 : divide((__int128)f->billable * 100, f->total);
}

static void
add_session(struct hours_figures *f, const struct hours_session *s, const struct hours_rules *rules, int64_t at,
    int64_t *by_rule)
{
	int64_t seconds = hours_elapsed(s->start, end_of(s, at));

	f->total += seconds;
	f->running += s->running;
	f->forgotten += is_forgotten(s, at);
	f->current += s->running ? seconds : 0;
	if (s->lunch) {
		f->breaks++;
		return;
	}
	f->sessions++;
	f->raw += seconds;
	if (!rules->lunch_per_day && seconds > rules->lunch_after && rules->lunch > 0) {
		f->breaks++;
		*by_rule += rules->lunch;
	}
}

static struct hours_figures
figure_day(const struct hours_session *sessions, size_t count, const struct hours_rules *rules, int64_t at)
{
	struct hours_figures f = { 0 };
	int64_t by_rule = 0;

	for (size_t i = 0; i < count; i++)
		add_session(&f, &sessions[i], rules, at, &by_rule);
	if (rules->lunch_per_day && f.raw > rules->lunch_after && rules->lunch > 0) {
		f.breaks++;
		by_rule = rules->lunch;
	}
	f.deductions = deduct(sessions, count, rules, at, by_rule);
	f.billable = most(0, f.raw - f.deductions);
	f.efficiency = efficiency_of(&f);
	return f;
}

static void
hold_against_target(struct hours_day *day, const struct hours_rules *rules)
{
	if (rules->target <= 0)
		return;
	day->progress = least(1000, divide((__int128)day->figures.billable * 1000, rules->target));
	day->remaining = most(0, rules->target - day->figures.billable);
	day->reached = day->figures.billable >= rules->target;
}

/* The time left until the daily limit.  If the rule has not deducted lunch yet, it will before the limit is reached. */
static void
hold_against_most(struct hours_day *day, const struct hours_rules *rules, int64_t at)
{
	const struct hours_figures *f = &day->figures;

	if (f->running == f->forgotten)
		return;
	day->until_most = most(0, rules->most - f->billable);
	if (day->until_most > 0 && f->raw < rules->lunch_after)
		day->until_most += rules->lunch;
	day->latest_end = at + day->until_most * 1000;
}

static void
count_day(const struct hours_session *sessions, size_t count, const struct hours_rules *rules, int64_t at,
    struct hours_day *day)
{
	*day = (struct hours_day){ .figures = figure_day(sessions, count, rules, at) };
	memcpy(day->day, sessions[0].day, sizeof day->day);
	hold_against_target(day, rules);
	hold_against_most(day, rules, at);
}

/* ---- weeks ---- */

void
hours_week_of(const char *day, bool sunday, char week[DATE_TEXT_SIZE])
{
	int64_t days = date_days(day);
	int64_t weekday = (days + (sunday ? 4 : 3)) % 7; /* 1970-01-01 was a Thursday */

	date_from_days(days - (weekday < 0 ? weekday + 7 : weekday), week);
}

void
hours_add(struct hours_figures *sum, const struct hours_figures *f)
{
	sum->raw += f->raw;
	sum->total += f->total;
	sum->deductions += f->deductions;
	sum->billable += f->billable;
	sum->current += f->current;
	sum->sessions += f->sessions;
	sum->breaks += f->breaks;
	sum->running += f->running;
	sum->forgotten += f->forgotten;
	sum->efficiency = efficiency_of(sum);
}

/* Add a day to the last week, or to a new one. */
static void
add_to_week(struct hours *hours, const struct hours_day *day, bool sunday)
{
	char first[DATE_TEXT_SIZE];
	struct hours_week *week;

	hours_week_of(day->day, sunday, first);
	if (hours->week_count == 0 || strcmp(hours->weeks[hours->week_count - 1].week, first) != 0) {
		week = &hours->weeks[hours->week_count++];
		*week = (struct hours_week){ .figures.efficiency = 100 };
		memcpy(week->week, first, sizeof first);
	}
	hours_add(&hours->weeks[hours->week_count - 1].figures, &day->figures);
}

void
hours_count(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_rules *rules, int64_t at,
    struct hours *hours)
{
	sort_sessions(sessions, count);
	*hours = (struct hours){ .sum.efficiency = 100 };
	for (size_t i = 0; i < count; i += count_of_day(sessions + i, count - i))
		hours->day_count++;
	hours->days = arena_alloc(a, hours->day_count * sizeof *hours->days);
	hours->weeks = arena_alloc(a, hours->day_count * sizeof *hours->weeks);
	for (size_t i = 0, day = 0; i < count; day++) {
		size_t n = count_of_day(sessions + i, count - i);

		count_day(sessions + i, n, rules, at, &hours->days[day]);
		add_to_week(hours, &hours->days[day], rules->sunday);
		hours_add(&hours->sum, &hours->days[day].figures);
		i += n;
	}
}

/* ---- pay ---- */

static bool
has_ended(const struct hours_session *s, int64_t at)
{
	return !s->running && s->end <= at;
}

static size_t
keep_ended(struct hours_session *sessions, size_t count, int64_t at)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (has_ended(&sessions[i], at))
			sessions[kept++] = sessions[i];
	return kept;
}

static struct hours_pay *
pay_week(struct hours_payroll *payroll, const char *week, int64_t rate)
{
	struct hours_pay *pay;

	if (payroll->week_count > 0 && strcmp(payroll->weeks[payroll->week_count - 1].week, week) == 0)
		return &payroll->weeks[payroll->week_count - 1];
	pay = &payroll->weeks[payroll->week_count++];
	*pay = (struct hours_pay){ .rate = rate };
	memcpy(pay->week, week, DATE_TEXT_SIZE);
	return pay;
}

static void
price(struct hours_pay *pay, const struct hours_rules *rules)
{
	pay->regular_pay = divide((__int128)pay->regular * pay->rate, 3600);
	pay->overtime_pay = divide((__int128)pay->overtime * pay->rate * rules->overtime_times, 360000);
	pay->gross = pay->regular_pay + pay->overtime_pay;
}

void
hours_add_pay(struct hours_pay *sum, const struct hours_pay *pay)
{
	sum->regular += pay->regular;
	sum->overtime += pay->overtime;
	sum->regular_pay += pay->regular_pay;
	sum->overtime_pay += pay->overtime_pay;
	sum->gross += pay->gross;
	sum->running += pay->running;
}

static bool
is_within(const char *day, const char *from, const char *to)
{
	return strcmp(day, from) >= 0 && strcmp(day, to) <= 0;
}

/* Divide the days into regular time and overtime, week by week.  Days outside from..to only use up regular time. */
static void
share_out(const struct hours *hours, const struct hours_rules *rules, int64_t rate, const char *from, const char *to,
    struct hours_payroll *payroll)
{
	char week[DATE_TEXT_SIZE] = "", last[DATE_TEXT_SIZE] = "";
	int64_t before = 0; /* seconds of this week so far */

	for (size_t i = 0; i < hours->day_count; i++) {
		const struct hours_day *day = &hours->days[i];
		int64_t regular = 0;

		hours_week_of(day->day, rules->sunday, week);
		if (strcmp(week, last) != 0)
			before = 0;
		memcpy(last, week, sizeof last);
		regular = most(0, least(day->figures.billable, rules->overtime_after - before));
		before += day->figures.billable;
		if (is_within(day->day, from, to)) {
			struct hours_pay *pay = pay_week(payroll, week, rate);

			pay->regular += regular;
			pay->overtime += day->figures.billable - regular;
		}
	}
}

static struct hours_pay *
find_week(struct hours_pay *weeks, size_t count, const char *week)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(weeks[i].week, week) == 0)
			return &weeks[i];
	return NULL;
}

/* Add a line for a week in which nothing is paid yet. */
static struct hours_pay *
wait_for(struct hours_payroll *payroll, const char *week, int64_t rate)
{
	size_t i = payroll->waiting_count++;

	for (; i > 0 && strcmp(payroll->waiting[i - 1].week, week) > 0; i--)
		payroll->waiting[i] = payroll->waiting[i - 1];
	payroll->waiting[i] = (struct hours_pay){ .rate = rate };
	memcpy(payroll->waiting[i].week, week, DATE_TEXT_SIZE);
	return &payroll->waiting[i];
}

/* Sessions that have not ended are counted in the line of their week. */
static void
count_running(const struct hours_session *sessions, size_t count, const struct hours_rules *rules, int64_t rate,
    const char *from, const char *to, int64_t at, struct hours_payroll *payroll)
{
	char week[DATE_TEXT_SIZE];
	struct hours_pay *line;

	for (size_t i = 0; i < count; i++) {
		if (has_ended(&sessions[i], at) || !is_within(sessions[i].day, from, to))
			continue;
		hours_week_of(sessions[i].day, rules->sunday, week);
		if ((line = find_week(payroll->weeks, payroll->week_count, week)) == NULL &&
		    (line = find_week(payroll->waiting, payroll->waiting_count, week)) == NULL)
			line = wait_for(payroll, week, rate);
		line->running++;
		payroll->sum.running++;
	}
}

void
hours_settle(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_rules *rules,
    int64_t rate, const char *from, const char *to, int64_t at, struct hours_payroll *payroll)
{
	struct hours_session *ended = arena_memdup(a, sessions, count * sizeof *sessions);
	struct hours_pay sum = { 0 };
	struct hours hours;

	hours_count(a, ended, keep_ended(ended, count, at), rules, 0, &hours);
	*payroll = (struct hours_payroll){
		.weeks = arena_alloc(a, hours.day_count * sizeof *payroll->weeks),
		.waiting = arena_alloc(a, count * sizeof *payroll->waiting),
	};
	share_out(&hours, rules, rate, from, to, payroll);
	for (size_t i = 0; i < payroll->week_count; i++) {
		price(&payroll->weeks[i], rules);
		hours_add_pay(&sum, &payroll->weeks[i]);
	}
	payroll->sum = sum;
	payroll->sum.rate = rate;
	count_running(sessions, count, rules, rate, from, to, at, payroll);
}
