/* weight.c -- what a person weighs, how that changed, and where it leads. */
#include <math.h>
#include <string.h>

#include "routine/figures.h"

/* The smoothed weight on the days on which smoothing has come to: enough of them for the slope. */
struct trend {
	int64_t first;                          /* the day of the first weight that counts */
	int64_t day;                            /* of the last value */
	double last[ROUTINE_SLOPE_DAYS + 1];    /* by day modulo its size */
};

static double *
trend_on(struct trend *trend, int64_t day)
{
	return &trend->last[(day - trend->first) % (ROUTINE_SLOPE_DAYS + 1)];
}

/* Go on day by day to the next weight. */
static void
smooth_to(struct trend *trend, const struct routine_weight *before, const struct routine_weight *next)
{
	double from = (double)before->hundredths, to = (double)next->hundredths;
	double days = (double)(next->day - before->day);

	while (trend->day < next->day) {
		double smoothed = *trend_on(trend, trend->day), weight;

		trend->day++;
		weight = from + (to - from) * (double)(trend->day - before->day) / days;
		*trend_on(trend, trend->day) = smoothed + 0.1 * (weight - smoothed);
	}
}

/* The day on which the trend comes to the goal. */
static int64_t
goal_day(struct trend *trend, int64_t goal, int64_t day)
{
	int64_t days = trend->day - trend->first;
	double now = *trend_on(trend, trend->day), slope, left;

	if (days > ROUTINE_SLOPE_DAYS)
		days = ROUTINE_SLOPE_DAYS;
	if (goal == ROUTINE_NONE || days < ROUTINE_SLOPE_LEAST || trend->day < day - ROUTINE_SLOPE_DAYS)
		return ROUTINE_NO_DAY;
	slope = (now - *trend_on(trend, trend->day - days)) / (double)days;
	left = (double)goal - now;
	if (slope == 0 || left / slope < 0 || left / slope > ROUTINE_GOAL_DAYS)
		return ROUTINE_NO_DAY;
	return trend->day + (int64_t)ceil(left / slope - 1e-6);
}

/* The first of the weights from this day on. */
static size_t
first_from(const struct routine_rows *rows, int64_t day)
{
	size_t at = 0;

	while (at < rows->weight_count && rows->weights[at].day < day)
		at++;
	return at;
}

static void
find_trend(const struct routine_rows *rows, size_t end, int64_t day, struct routine_weight_figures *figures)
{
	size_t at = first_from(rows, rows->weights[end].day - ROUTINE_TREND_DAYS);
	struct trend trend = { .first = rows->weights[at].day, .day = rows->weights[at].day };

	trend.last[0] = (double)rows->weights[at].hundredths;
	for (; at < end; at++)
		smooth_to(&trend, &rows->weights[at], &rows->weights[at + 1]);
	figures->trend = (int64_t)floor(*trend_on(&trend, trend.day) + 0.5);
	figures->goal_day = goal_day(&trend, rows->settings.goal_weight, day);
}

struct routine_weight_figures
routine_weight(const struct routine_rows *rows, int64_t day)
{
	struct routine_weight_figures figures = {
		.delta = ROUTINE_NONE,
		.trend = ROUTINE_NONE,
		.goal_day = ROUTINE_NO_DAY,
		.bmi = ROUTINE_NONE,
	};
	size_t end = first_from(rows, day + 1), oldest = first_from(rows, day - ROUTINE_DELTA_DAYS);
	int64_t height = rows->settings.height;

	if (end == 0)
		return figures;
	figures.latest = &rows->weights[--end];
	if (oldest < end) {
		figures.delta = figures.latest->hundredths - rows->weights[oldest].hundredths;
		figures.delta_days = figures.latest->day - rows->weights[oldest].day;
	}
	if (height != ROUTINE_NONE && height > 0)
		figures.bmi = (200000 * figures.latest->hundredths + height * height) / (2 * height * height);
	find_trend(rows, end, day, &figures);
	return figures;
}

int64_t
routine_weight_in(const char *unit, int64_t hundredths, int *scale)
{
	int64_t multiple = 1, divisor = 1;

	*scale = 2;
	if (strcmp(unit, "lb") == 0) {
		*scale = 1;
		multiple = 10000000;
		divisor = 45359237;
	} else if (strcmp(unit, "st") == 0) {
		multiple = 100000000;
		divisor = INT64_C(45359237) * 14;
	}
	if (hundredths < 0)
		return -((-2 * hundredths * multiple + divisor) / (2 * divisor));
	return (2 * hundredths * multiple + divisor) / (2 * divisor);
}
