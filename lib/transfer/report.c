/* report.c -- what an import tells: how many rows became what, which are bad, and what else there is to know. */
#include "work.h"

#include <string.h>

#include "base/json_out.h"

enum {
	PREVIEW_MAX = 5 /* rows that a dry run shows */
};

void
report_error(struct work *w, const struct import_row *row, const struct problem *p, const char *value)
{
	struct json_out *out = &w->report->errors_out;

	w->report->bad++;
	if (w->report->bad > INTAKE_ERRORS_MAX)
		return;
	put_object(out, NULL);
	put_integer(out, "line", (int64_t)row->line);
	put_integer(out, "row", (int64_t)row->number);
	put_some(out, "field", p->field);
	put_text(out, "detail", p->detail);
	if (value != NULL && *value != '\0')
		put_text(out, "value", text_short(out->to->arena, value));
	put_end(out);
}

void
report_preview(struct work *w, const struct import_row *row)
{
	if (w->options->dry_run && w->report->previewed++ < PREVIEW_MAX)
		import_put_row(&w->report->preview_out, w->im, row);
}

static void
put_note(struct json_out *out, size_t count, const char *one, const char *many)
{
	if (count > 0)
		put_text(out, NULL, count == 1 ? one : arena_printf(out->to->arena, "%zu %s", count, many));
}

static void
put_notes(struct json_out *out, const struct intake_report *r)
{
	put_note(out, r->rounded, "1 value had more digits than are kept and was rounded.",
	    "values had more digits than are kept and were rounded.");
	put_note(out, r->repeats, "1 row says again what an earlier one says.",
	    "rows say again what an earlier one says.");
	put_note(out, r->deleted, "1 record was deleted here and stays so; again=1 brings it back.",
	    "records were deleted here and stay so; again=1 brings them back.");
	put_note(out, r->created + r->updated == 0 ? r->earlier : 0,
	    "1 row was written by an earlier run of this import and not again; "
	    "another Idempotency-Key makes it a new one.",
	    "rows were written by an earlier run of this import and not again; "
	    "another Idempotency-Key makes it a new one.");
	put_note(out, r->short_years, "1 row has a year of two digits; it was taken as 20yy.",
	    "rows have years of two digits; they were taken as 20yy.");
	put_note(out, r->converted, "1 value was in another unit and was converted.",
	    "values were in other units and were converted.");
	put_note(out, r->other_ids,
	    "1 row writes its id in another way, such as 128489.0 or in small letters; it was taken for the same id.",
	    "rows write their ids in another way, such as 128489.0 or in small letters; "
	    "they were taken for the same ids.");
	put_note(out, r->shown_twice, "1 row has a time in the hour that clocks show twice; the first was taken.",
	    "rows have times in the hour that clocks show twice; the first was taken.");
	put_note(out, r->dry_run && r->more ? r->rows : 0,
	    "The time for one request was up after one row; the rest was not looked at.",
	    "rows were looked at when the time for one request was up; nothing is said of the rest.");
	put_note(out, !r->dry_run && r->more,
	    "The time for one request was up; send the same request again to go on.", "");
}

static void
put_count(struct json_out *out, const char *name, size_t count)
{
	put_integer(out, name, (int64_t)count);
}

static void
put_made(struct json_out *out, const struct intake_report *r)
{
	bool any = false;

	for (size_t i = 0; i < INTAKE_MADE_MAX && r->made[i].collection != NULL; i++)
		any = any || r->made[i].count > 0;
	if (!any)
		return;
	put_object(out, "made");
	for (size_t i = 0; i < INTAKE_MADE_MAX && r->made[i].collection != NULL; i++)
		if (r->made[i].count > 0)
			put_count(out, r->made[i].collection, r->made[i].count);
	put_end(out);
}

static void
put_doubles(struct json_out *out, const struct intake_doubles *d)
{
	if (d->import == NULL)
		return;
	put_object(out, "doubles");
	put_text(out, "import", d->import);
	put_some(out, "file", d->file);
	put_json(out, "at", d->at);
	put_count(out, "rows", d->rows);
	put_end(out);
}

void
intake_put(struct json_out *out, const struct intake_report *r)
{
	put_count(out, "rows", r->rows);
	put_count(out, "matched", r->matched);
	put_count(out, "created", r->created);
	put_count(out, "updated", r->updated);
	put_count(out, "unchanged", r->unchanged);
	put_count(out, "deleted", r->deleted);
	put_count(out, "repeats", r->repeats);
	put_count(out, "bad", r->bad);
	put_count(out, "rounded", r->rounded);
	put_count(out, "done", r->done);
	put_made(out, r);
	put_doubles(out, &r->doubles);
	if (r->dry_run)
		put_boolean(out, "dryRun", true);
	if (r->more)
		put_boolean(out, "more", true);
	put_some(out, "import", r->import);
	put_json(out, "errors", arena_printf(out->to->arena, "%s]", r->errors.text));
	if (r->dry_run)
		put_json(out, "preview", arena_printf(out->to->arena, "%s]", r->preview.text));
	put_array(out, "notes");
	put_notes(out, r);
	import_put_notes(out, r->im);
	put_end(out);
	import_put(out, r->im);
}

struct problem *
report_with(struct work *w, struct problem *p)
{
	struct buf b;
	struct json_out out;

	if (p == NULL)
		return NULL;
	buf_init(&b, w->call->a);
	json_out_members(&out, &b);
	intake_put(&out, w->report);
	p->members = b.text;
	return p;
}

struct problem *
work_leave(struct work *w, struct arena *ends, struct problem *p)
{
	if (p != NULL)
		p = problem_copy(w->call->a, p);
	arena_free(ends);
	return p;
}
