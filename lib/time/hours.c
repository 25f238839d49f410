/* hours.c -- computes days from sessions, weeks from days, and pay from weeks.  Sessions are sorted by day once, and
 * each level is computed from the one before, each day by the rules that hold on it.  All amounts are integers:
 * seconds, cents, tenths of a per cent. */
#include "time/hours.h"

#include <stdlib.h>
#include <string.h>

const struct hours_rules hours_rules_default = {
	.lunch_after = HOURS_NEVER,
	.long_after = HOURS_NEVER,
	.most = HOURS_NEVER,
	.day_overtime_after = HOURS_NEVER,
	.day_overtime_times = 100,
	.overtime_after = HOURS_NEVER,
	.overtime_times = 100,
	.rate = HOURS_NO_RATE,
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

const struct hours_rules *
hours_rules_on(const struct hours_plan *plan, const char *day)
{
	const struct hours_rules *rules = &plan->before;

	for (size_t i = 0; i < plan->count && strcmp(plan->dated[i].from, day) <= 0; i++)
		rules = &plan->dated[i].rules;
	return rules;
}

int64_t
hours_rounded(const struct hours_rules *rules, int64_t seconds)
{
	const int64_t step = rules->rounded_to;

	if (step <= 0 || rules->rounding == HOURS_EXACT)
		return seconds;
	if (rules->rounding == HOURS_UP)
		seconds += step - 1;
	else if (rules->rounding == HOURS_NEAREST)
		seconds += step / 2;
	return seconds / step * step;
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

/* ---- overlaps ---- */

static int
compare_starts(const void *left, const void *right)
{
	const struct hours_session *l = left, *r = right;
	int by_start = (l->start > r->start) - (l->start < r->start);

	return by_start != 0 ? by_start : strcmp(l->day, r->day);
}

/* Tell of each session of work how much of it the earlier ones have already.  They cover everything between its start
 * and the latest of their ends. */
static void
find_overlaps(struct hours_session *sessions, size_t count, int64_t at)
{
	int64_t covered = INT64_MIN;

	if (count > 1)
		qsort(sessions, count, sizeof *sessions, compare_starts);
	for (size_t i = 0; i < count; i++) {
		struct hours_session *s = &sessions[i];
		int64_t end = end_of(s, at);

		s->overlap = 0;
		if (s->lunch || end <= s->start)
			continue;
		s->overlap = hours_elapsed(s->start, least(end, covered));
		covered = most(covered, end);
	}
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

/* The lunch that is deducted from so many seconds of work. */
static int64_t
lunch_of(const struct hours_rules *rules, int64_t seconds)
{
	int64_t lunch = seconds > rules->lunch_after ? rules->lunch : 0;

	return seconds > rules->long_after ? most(lunch, rules->long_lunch) : lunch;
}

static void
add_lunch(struct hours_figures *f, const struct hours_rules *rules, int64_t seconds, int64_t *by_rule)
{
	int64_t lunch = lunch_of(rules, seconds);

	f->breaks += lunch > 0;
	*by_rule += lunch;
}

static void
add_session(struct hours_figures *f, const struct hours_session *s, const struct hours_rules *rules, int64_t at,
    int64_t *by_rule)
{
	int64_t seconds = hours_elapsed(s->start, end_of(s, at));

	if (!s->lunch && !s->running)
		seconds = hours_rounded(rules, seconds);
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
	f->overlap += s->overlap;
	if (!rules->lunch_per_day)
		add_lunch(f, rules, seconds, by_rule);
}

/* The sessions of a day, and what is known of them. */
struct day_work {
	const struct hours_session *sessions;
	size_t count;
	const struct hours_rules *rules;
	int64_t at;
	int64_t by_rule;           /* seconds of lunch that the rules ask for so far */
	struct hours_figures figures;
};

static void
figure_day(struct day_work *w)
{
	struct hours_figures *f = &w->figures;

	for (size_t i = 0; i < w->count; i++)
		add_session(f, &w->sessions[i], w->rules, w->at, &w->by_rule);
	if (w->rules->lunch_per_day)
		add_lunch(f, w->rules, f->raw, &w->by_rule);
	f->deductions = deduct(w->sessions, w->count, w->rules, w->at, w->by_rule);
	f->paid = most(0, f->raw - f->deductions);
	f->over = most(0, f->paid - w->rules->most);
}

static void
hold_against_target(struct hours_day *day, const struct hours_rules *rules)
{
	day->target = rules->target;
	if (rules->target <= 0)
		return;
	day->progress = least(1000, divide((__int128)day->figures.paid * 1000, rules->target));
	day->remaining = most(0, rules->target - day->figures.paid);
	day->reached = day->figures.paid >= rules->target;
}

/* The work so far from which the rules deduct lunch: that of the day, or of the timer that runs longest. */
static int64_t
work_so_far(const struct day_work *w)
{
	int64_t longest = 0;

	if (w->rules->lunch_per_day)
		return w->figures.raw;
	for (size_t i = 0; i < w->count; i++) {
		const struct hours_session *s = &w->sessions[i];

		if (s->running && !s->lunch)
			longest = most(longest, hours_elapsed(s->start, end_of(s, w->at)));
	}
	return longest;
}

/* The time until so many more seconds are paid: lunch that is deducted meanwhile is worked too. */
static int64_t
with_lunch(const struct day_work *w, int64_t more)
{
	int64_t worked = work_so_far(w), until = more;

	for (int steps = 0; steps < 2; steps++) {
		int64_t lunch = lunch_of(w->rules, worked + until) - lunch_of(w->rules, worked);

		until = more - w->figures.deductions +
		    deduct(w->sessions, w->count, w->rules, w->at, w->by_rule + lunch);
	}
	return until;
}

/* The time left until the daily limit.  If the rule has not deducted lunch yet, it will before the limit is reached. */
static void
hold_against_most(struct hours_day *day, const struct day_work *w)
{
	const struct hours_figures *f = &day->figures;

	day->limited = f->running > f->forgotten && w->rules->most != HOURS_NEVER;
	if (!day->limited)
		return;
	day->until_most = f->paid < w->rules->most ? with_lunch(w, w->rules->most - f->raw + f->deductions) : 0;
	day->latest_end = w->at + day->until_most * 1000;
}

static void
count_day(const struct hours_session *sessions, size_t count, const struct hours_rules *rules, int64_t at,
    struct hours_day *day)
{
	struct day_work w = { .sessions = sessions, .count = count, .rules = rules, .at = at };

	figure_day(&w);
	*day = (struct hours_day){ .figures = w.figures };
	memcpy(day->day, sessions[0].day, sizeof day->day);
	hold_against_target(day, rules);
	hold_against_most(day, &w);
}

/* ---- weeks ---- */

/* 0 for the first day of a week that begins on Monday or on Sunday, 6 for its last. */
static int
day_of_week(int64_t days, bool sunday)
{
	int64_t weekday = (days + (sunday ? 4 : 3)) % 7; /* 1970-01-01 was a Thursday */

	return (int)(weekday < 0 ? weekday + 7 : weekday);
}

void
hours_week_of(const struct hours_plan *plan, const char *day, char week[DATE_TEXT_SIZE])
{
	int64_t days = date_days(day);

	for (int back = 0; back < HOURS_WEEK_MAX; back++) {
		date_from_days(days - back, week);
		if (day_of_week(days - back, hours_rules_on(plan, week)->sunday) == 0)
			return;
	}
	date_from_days(days - day_of_week(days, hours_rules_on(plan, day)->sunday), week);
}

void
hours_add(struct hours_figures *sum, const struct hours_figures *f)
{
	sum->raw += f->raw;
	sum->total += f->total;
	sum->deductions += f->deductions;
	sum->paid += f->paid;
	sum->overlap += f->overlap;
	sum->over += f->over;
	sum->current += f->current;
	sum->sessions += f->sessions;
	sum->breaks += f->breaks;
	sum->running += f->running;
	sum->forgotten += f->forgotten;
}

/* Add a day to the last week, or to a new one. */
static void
add_to_week(struct hours *hours, const struct hours_day *day, const struct hours_plan *plan)
{
	char first[DATE_TEXT_SIZE];
	struct hours_week *week;

	hours_week_of(plan, day->day, first);
	if (hours->week_count == 0 || strcmp(hours->weeks[hours->week_count - 1].week, first) != 0) {
		week = &hours->weeks[hours->week_count++];
		*week = (struct hours_week){ 0 };
		memcpy(week->week, first, sizeof first);
	}
	hours_add(&hours->weeks[hours->week_count - 1].figures, &day->figures);
}

static size_t
drop_aside(struct hours_session *sessions, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!sessions[i].aside)
			sessions[kept++] = sessions[i];
	return kept;
}

void
hours_count(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_plan *plan, int64_t at,
    struct hours *hours)
{
	find_overlaps(sessions, count, at);
	count = drop_aside(sessions, count);
	sort_sessions(sessions, count);
	*hours = (struct hours){ 0 };
	for (size_t i = 0; i < count; i += count_of_day(sessions + i, count - i))
		hours->day_count++;
	hours->days = arena_alloc(a, hours->day_count * sizeof *hours->days);
	hours->weeks = arena_alloc(a, hours->day_count * sizeof *hours->weeks);
	for (size_t i = 0, day = 0; i < count; day++) {
		size_t n = count_of_day(sessions + i, count - i);

		count_day(sessions + i, n, hours_rules_on(plan, sessions[i].day), at, &hours->days[day]);
		add_to_week(hours, &hours->days[day], plan);
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

static bool
is_line(const struct hours_pay *pay, const char *week, int64_t rate)
{
	return pay->rate == rate && strcmp(pay->week, week) == 0;
}

static struct hours_pay *
find_line(struct hours_pay *lines, size_t count, const char *week, int64_t rate)
{
	for (size_t i = count; i-- > 0;) /* the last ones are asked for most */
		if (is_line(&lines[i], week, rate))
			return &lines[i];
	return NULL;
}

static struct hours_pay *
pay_line(struct hours_payroll *payroll, const char *week, int64_t rate)
{
	struct hours_pay *pay = find_line(payroll->weeks, payroll->week_count, week, rate);

	if (pay != NULL)
		return pay;
	pay = &payroll->weeks[payroll->week_count++];
	*pay = (struct hours_pay){ .rate = rate };
	memcpy(pay->week, week, DATE_TEXT_SIZE);
	return pay;
}

static void
price(struct hours_pay *pay)
{
	if (pay->rate == HOURS_NO_RATE) {
		pay->unpaid = pay->regular + pay->overtime;
		return;
	}
	pay->regular_pay = divide((__int128)pay->regular * pay->rate, 3600);
	pay->overtime_pay = divide(pay->weight * pay->rate, 360000);
	pay->gross = pay->regular_pay + pay->overtime_pay;
}

void
hours_add_pay(struct hours_pay *sum, const struct hours_pay *pay)
{
	sum->regular += pay->regular;
	sum->overtime += pay->overtime;
	sum->day_overtime += pay->day_overtime;
	sum->unpaid += pay->unpaid;
	sum->overlap += pay->overlap;
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

/* A day's time, divided. */
struct share {
	int64_t regular, of_day, of_week; /* seconds: no overtime, overtime of the day, overtime of the week */
};

/* before is how many seconds of the week there were, without overtime of days. */
static struct share
share_day(const struct hours_day *day, const struct hours_rules *rules, int64_t before)
{
	struct share share = { .of_day = most(0, day->figures.paid - rules->day_overtime_after) };
	int64_t rest = day->figures.paid - share.of_day;

	share.regular = most(0, least(rest, rules->overtime_after - before));
	share.of_week = rest - share.regular;
	return share;
}

static void
add_share(struct hours_pay *pay, const struct share *share, const struct hours_rules *rules)
{
	pay->regular += share->regular;
	pay->overtime += share->of_day + share->of_week;
	pay->day_overtime += share->of_day;
	pay->weight += (__int128)share->of_day * rules->day_overtime_times;
	pay->weight += (__int128)share->of_week * rules->overtime_times;
}

/* Divide the days into regular time and overtime, week by week.  Days outside from..to only use up regular time. */
static void
share_out(const struct hours *hours, const struct hours_plan *plan, const char *from, const char *to,
    struct hours_payroll *payroll)
{
	char week[DATE_TEXT_SIZE] = "", last[DATE_TEXT_SIZE] = "";
	int64_t before = 0;

	for (size_t i = 0; i < hours->day_count; i++) {
		const struct hours_day *day = &hours->days[i];
		const struct hours_rules *rules = hours_rules_on(plan, day->day);
		struct share share;

		hours_week_of(plan, day->day, week);
		if (strcmp(week, last) != 0)
			before = 0;
		memcpy(last, week, sizeof last);
		share = share_day(day, rules, before);
		before += share.regular + share.of_week;
		if (is_within(day->day, from, to)) {
			struct hours_pay *pay = pay_line(payroll, week, rules->rate);

			add_share(pay, &share, rules);
			pay->overlap += day->figures.overlap;
		}
	}
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

/* Sessions that have not ended are counted in the line of their week and rate. */
static void
count_running(const struct hours_session *sessions, size_t count, const struct hours_plan *plan, const char *from,
    const char *to, int64_t at, struct hours_payroll *payroll)
{
	char week[DATE_TEXT_SIZE];
	struct hours_pay *line;

	for (size_t i = 0; i < count; i++) {
		int64_t rate = hours_rules_on(plan, sessions[i].day)->rate;

		if (has_ended(&sessions[i], at) || !is_within(sessions[i].day, from, to))
			continue;
		hours_week_of(plan, sessions[i].day, week);
		if ((line = find_line(payroll->weeks, payroll->week_count, week, rate)) == NULL &&
		    (line = find_line(payroll->waiting, payroll->waiting_count, week, rate)) == NULL)
			line = wait_for(payroll, week, rate);
		line->running++;
		payroll->sum.running++;
	}
}

void
hours_settle(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_plan *plan,
    const char *from, const char *to, int64_t at, struct hours_payroll *payroll)
{
	struct hours_session *ended = arena_memdup(a, sessions, count * sizeof *sessions);
	struct hours hours;

	hours_count(a, ended, keep_ended(ended, count, at), plan, 0, &hours);
	*payroll = (struct hours_payroll){
		.weeks = arena_alloc(a, hours.day_count * sizeof *payroll->weeks),
		.waiting = arena_alloc(a, count * sizeof *payroll->waiting),
		.sum.rate = HOURS_NO_RATE,
	};
	share_out(&hours, plan, from, to, payroll);
	for (size_t i = 0; i < payroll->week_count; i++) {
		price(&payroll->weeks[i]);
		hours_add_pay(&payroll->sum, &payroll->weeks[i]);
	}
	count_running(sessions, count, plan, from, to, at, payroll);
}
