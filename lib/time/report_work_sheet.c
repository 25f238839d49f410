/* report_work_sheet.c -- the CSV of hours and of pay for people: labels, h:mm, and the sum in the last line. */
#include <inttypes.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "model/show.h"
#include "time/report_work.h"

static void
add_text(struct buf *b, const char *text)
{
	csv_cell(b, csv_guard(b->arena, text));
}

static void
add_hours(struct buf *b, int64_t seconds)
{
	buf_printf(b, ",%s", duration_text(b->arena, seconds));
}

static void
add_money(struct buf *b, int64_t cents)
{
	buf_printf(b, ",%s", money_text(b->arena, cents));
}

void
work_sheet_begin(const struct work_report *report, struct buf *out)
{
	buf_text(out, report->pay
	    ? "Person,Week,Regular,Overtime,Rate,Regular pay,Overtime pay,Gross,Currency,Overtime of days,Unpaid,"
	      "Counted twice,Running\r\n"
	    : "Person,Day,Work,Work and lunch,Lunch off,Paid,Target %,Counted twice,Over the limit,Entries,Breaks,"
	      "Running,Forgotten\r\n");
}

static void
add_figures(struct buf *b, const struct hours_figures *f, const char *progress)
{
	add_hours(b, f->raw);
	add_hours(b, f->total);
	add_hours(b, f->deductions);
	add_hours(b, f->paid);
	buf_printf(b, ",%s", progress);
	add_hours(b, f->overlap);
	add_hours(b, f->over);
	buf_printf(b, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "\r\n", f->sessions, f->breaks, f->running,
	    f->forgotten);
}

void
work_sheet_day(struct buf *out, const char *name, const struct hours_day *day)
{
	add_text(out, name);
	buf_printf(out, ",%s", day->day);
	add_figures(out, &day->figures, day->target > 0 ? decimal_format(out->arena, day->progress, 1) : "");
}

static void
add_pay(const struct work_report *report, struct buf *b, const struct hours_pay *pay, const char *rate)
{
	add_hours(b, pay->regular);
	add_hours(b, pay->overtime);
	buf_printf(b, ",%s", rate);
	add_money(b, pay->regular_pay);
	add_money(b, pay->overtime_pay);
	add_money(b, pay->gross);
	buf_char(b, ',');
	add_text(b, report->currency);
	add_hours(b, pay->day_overtime);
	add_hours(b, pay->unpaid);
	add_hours(b, pay->overlap);
	buf_printf(b, ",%" PRId64 "\r\n", pay->running);
}

void
work_sheet_week(const struct work_report *report, struct buf *out, const char *name, const struct hours_pay *pay)
{
	add_text(out, name);
	buf_printf(out, ",%s", pay->week);
	add_pay(report, out, pay, pay->rate == HOURS_NO_RATE ? "" : money_text(out->arena, pay->rate));
}

void
work_sheet_end(const struct work_report *report, struct buf *out)
{
	buf_text(out, "Total,");
	if (report->pay)
		add_pay(report, out, &report->paid, "");
	else
		add_figures(out, &report->sum, "");
}
