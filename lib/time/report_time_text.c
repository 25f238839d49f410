/* report_time_text.c -- the lines of report_time.c as JSON and as CSV, for programs and for people. */
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "model/show.h"
#include "time/report_time.h"

enum {
	PIECE_LINES = 500
};

/* What a column is called for people. */
static const char *const labels[BY_COUNT] = {
	[BY_PERSON] = "Person",
	[BY_CLIENT] = "Client",
	[BY_PROJECT] = "Project",
	[BY_TAG] = "Tags",
	[BY_TASK] = "Task",
	[BY_NOTE] = "Note",
	[BY_SITE] = "Job site",
	[BY_DAY] = "Day",
	[BY_WEEK] = "Week",
	[BY_MONTH] = "Month",
};

/* Whether a group is known by an id, beside its name. */
static bool
has_id(enum time_by by)
{
	return by == BY_PERSON || by == BY_CLIENT || by == BY_PROJECT || by == BY_SITE;
}

/* ---- JSON ---- */

static void
put_key(struct json_out *out, const struct time_key *key)
{
	if (key->id == NULL) {
		put_null(out, NULL);
		return;
	}
	put_object(out, NULL);
	put_text(out, "id", key->id);
	put_text(out, "name", key->name);
	put_end(out);
}

static void
put_figures(struct json_out *out, const struct time_line *line)
{
	put_integer(out, "seconds", line->seconds);
	put_integer(out, "billable", line->billable);
	put_integer(out, "amount", time_line_amount(line));
	put_integer(out, "sessions", line->sessions);
	put_integer(out, "running", line->running);
}

static void
begin_json(struct time_report *report)
{
	struct json_out *out = &report->out;

	put_object(out, NULL);
	call_put_moment(report->call, out);
	put_text(out, "from", report->from);
	put_text(out, "to", report->to);
	if (report->call->then_at == 0)
		put_instant(out, "at", report->at);
	put_array(out, "group");
	for (size_t i = 0; i < report->by_count; i++)
		put_text(out, NULL, time_by_names[report->by[i]]);
	put_end(out);
	put_text(out, "currency", report->currency);
	put_array(out, "lines");
}

static void
put_line(struct time_report *report, const struct time_line *line)
{
	struct json_out *out = &report->out;

	put_object(out, NULL);
	put_array(out, "keys");
	for (size_t i = 0; i < report->by_count; i++)
		put_key(out, &line->keys[i]);
	put_end(out);
	put_figures(out, line);
	put_end(out);
}

static void
end_json(struct time_report *report)
{
	struct json_out *out = &report->out;

	put_end(out);
	put_object(out, "sum");
	put_figures(out, &report->sum);
	put_end(out);
	put_end(out);
}

/* ---- CSV ---- */

static void
begin_csv(struct time_report *report, struct buf *out)
{
	buf_text(out, CSV_MARK);
	for (size_t i = 0; i < report->by_count; i++) {
		enum time_by by = report->by[i];

		if (report->for_people)
			buf_printf(out, "%s,", labels[by]);
		else if (has_id(by))
			buf_printf(out, "%s,%sName,", time_by_names[by], time_by_names[by]);
		else
			buf_printf(out, "%s,", time_by_names[by]);
	}
	buf_text(out, report->for_people
	    ? "Hours,Billable,Amount,Currency,Entries,Running\r\n"
	    : "seconds,billable,amount,currency,sessions,running\r\n");
}

static void
add_cell(struct buf *out, const char *text)
{
	csv_cell(out, csv_guard(out->arena, text == NULL ? "" : text));
	buf_char(out, ',');
}

static void
add_figures(struct time_report *report, struct buf *out, const struct time_line *line)
{
	struct arena *a = out->arena;

	if (report->for_people)
		buf_printf(out, "%s,%s,", duration_text(a, line->seconds), duration_text(a, line->billable));
	else
		buf_printf(out, "%" PRId64 ",%" PRId64 ",", line->seconds, line->billable);
	buf_printf(out, "%s,", money_text(a, time_line_amount(line)));
	csv_cell(out, csv_guard(a, report->currency));
	buf_printf(out, ",%" PRId64 ",%" PRId64 "\r\n", line->sessions, line->running);
}

static void
add_line(struct time_report *report, struct buf *out, const struct time_line *line)
{
	for (size_t i = 0; i < report->by_count; i++) {
		const struct time_key *key = &line->keys[i];
		bool unnamed = key->name == NULL;

		if (!report->for_people && has_id(report->by[i]))
			add_cell(out, key->id);
		add_cell(out, report->for_people && unnamed ? key->id : key->name);
	}
	add_figures(report, out, line);
}

static void
end_csv(struct time_report *report, struct buf *out)
{
	if (!report->for_people)
		return;
	buf_text(out, report->by_count == 2 ? "Total,," : "Total,");
	add_figures(report, out, &report->sum);
}

/* ---- the report ---- */

void
time_report_next(struct time_report *report, struct buf *out)
{
	size_t stop = report->count - report->next > PIECE_LINES ? report->next + PIECE_LINES : report->count;

	if (!report->begun)
		json_out_start(&report->out, out);
	report->out.to = out;
	if (!report->begun && report->json)
		begin_json(report);
	else if (!report->begun)
		begin_csv(report, out);
	report->begun = true;
	for (; report->next < stop; report->next++)
		if (report->json)
			put_line(report, &report->lines[report->next]);
		else
			add_line(report, out, &report->lines[report->next]);
	if (report->next < report->count)
		return;
	report->ended = true;
	if (report->json)
		end_json(report);
	else
		end_csv(report, out);
}
