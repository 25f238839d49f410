/* expenses_remarks.c -- what whoever returned the report of a month says of its rows.  On the wire that is part of the
 * row; in Daybook it is in `remarks` of the report: "collection/id", a blank, and what is to be mended. */
#include <string.h>

#include "compat/expenses.h"
#include "model/policy.h"

/* The remarks of the report of that person and month, as long as it is returned; none where there is no report. */
static struct problem *
read_remarks(struct lookups *l, const char *owner, const char *date)
{
	struct arena *a = l->r->a;
	const char *id, **values, *remarks, *state;
	const struct collection *c;
	struct record record;
	struct problem *p;
	bool found;

	if ((p = expenses_collection(l->r, "expenseReports", &c)) != NULL)
		return p;
	values = values_new(a, c);
	values[collection_field(c, "from")->index] = arena_printf(a, "\"%.7s-01\"", date);
	id = values_id(a, c, owner, (const char *const *)values);
	if (l->remarks_of != NULL && strcmp(l->remarks_of, id) == 0)
		return NULL;
	l->remarks_of = id;
	l->remarks = "[]";
	if ((p = record_find(&l->r->call, c, id, &record, &found)) != NULL)
		return p;
	if (!found || record.deleted || !policy_sees(&l->r->person, c, record.owner, record.reader))
		return NULL;
	values = values_parse(a, c, record.doc, NULL);
	state = value_plain(a, value_named(c, values, "state"));
	remarks = value_named(c, values, "remarks");
	if (remarks != NULL && state != NULL && strcmp(state, "returned") == 0)
		l->remarks = remarks;
	return NULL;
}

struct problem *
wire_put_remark(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	const struct record *record = row->record;
	const char *date = value_plain(l->r->a, value_named(record->collection, row->values, "date")), *at;
	const char *about = arena_printf(l->r->a, "%s/%s ", record->collection->name, record->id), *reason = NULL;
	struct json_slice remark;
	struct problem *p;

	if ((p = read_remarks(l, record->owner, date)) != NULL)
		return p;
	for (at = l->remarks; reason == NULL && json_next_element(&at, &remark);) {
		const char *text = json_unquote(l->r->a, arena_strndup(l->r->a, remark.text, remark.length));

		if (strncmp(text, about, strlen(about)) == 0)
			reason = text + strlen(about);
	}
	put_integer(out, "needsRevision", reason != NULL);
	put_text(out, "revisionReason", reason);
	return NULL;
}
