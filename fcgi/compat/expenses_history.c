/* expenses_history.c -- GET …/expense-reports/:id/history: the steps of a report, who took them and what they said,
 * from the history that Daybook keeps of every record. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses_reports.h"
#include "http/reply.h"
#include "record/history.h"

/* What somebody did that moved a report into a state. */
static const char *
action_of(const char *before, const char *after)
{
	if (strcmp(after, "draft") == 0)
		return strcmp(before, "approved") == 0 ? "reopen" : "withdraw";
	if (strcmp(after, "returned") == 0)
		return "request_revision_to_employee";
	return strcmp(before, "draft") == 0 || strcmp(before, "returned") == 0 ? "submit" : "approve";
}

/* The new or the old text of a field in the changes of a version; NULL where it did not change. */
static const char *
change_of(struct json_object *changes, const char *field, size_t side)
{
	struct json_object *pair;

	if (!json_object_object_get_ex(changes, field, &pair) || !json_object_is_type(pair, json_type_array))
		return NULL;
	return wire_text(json_object_array_get_idx(pair, side));
}

static void
put_event(struct json_out *out, struct json_object *version)
{
	struct json_object *changes;
	const char *before, *after;

	if (!json_object_object_get_ex(version, "changes", &changes))
		return;
	if ((after = change_of(changes, "state", 1)) == NULL)
		return;
	before = change_of(changes, "state", 0);
	if (before == NULL && strcmp(after, "draft") == 0)
		return;
	put_object(out, NULL);
	put_text(out, "id", arena_printf(out->to->arena, "%s.%s", body_text(version, "id"),
	    body_text(version, "version")));
	put_text(out, "reportId", body_text(version, "id"));
	put_text(out, "action", action_of(before == NULL ? "draft" : before, after));
	put_text(out, "status", report_wire_state(after));
	put_text(out, "approverId", body_text(version, "by"));
	put_text(out, "approverName", body_text(version, "byName"));
	put_text(out, "comments", change_of(changes, strcmp(after, "draft") == 0 ? "reason" : "comment", 1));
	put_text(out, "createdAt", body_text(version, "at"));
	put_end(out);
}

/* Its steps, newest first. */
struct problem *
compat_expenses_report_history(struct request *r)
{
	struct json_object *tree, *versions;
	struct wire_report report;
	struct json_out written;
	struct buf text;
	struct problem *p;

	buf_init(&text, r->a);
	json_out_start(&written, &text);
	put_object(&written, NULL);
	if ((p = report_find_id(r, r->params[0], &report)) != NULL ||
	    (p = history_read(&r->call, report.c, r->params[0], NULL, HISTORY_LIMIT_DEFAULT, &written)) != NULL)
		return p;
	put_end(&written);
	if ((p = json_parse_object(r->a, text.text, text.length, &tree)) != NULL)
		return problem_internal(r->a, "the history of a report is no JSON: %s", p->detail);
	expenses_array(r);
	if (json_object_object_get_ex(tree, "history", &versions))
		for (size_t i = 0; i < json_object_array_length(versions); i++)
			put_event(&r->json, json_object_array_get_idx(versions, i));
	return NULL;
}
