/* expenses_notices.c -- notifications of the expenses API: those that are addressed to the person who asks.  To have
 * read one is to have acknowledged it. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses_employee.h"
#include "http/reply.h"
#include "record/list.h"

enum {
	SHOWN_MAX = 100
};

/* The person's own notifications, newest first. */
static struct problem *
read_notices(struct request *r, bool unread, int64_t limit, struct list *list)
{
	struct problem *p;

	*list = (struct list){ .limit = limit, .filter_count = unread ? 2 : 1 };
	list->filters[0] = (struct list_filter){ "toUser", r->person.user_id };
	list->filters[1] = (struct list_filter){ "acknowledged", "false" };
	if ((p = expenses_collection(r, "notifications", &list->collection)) != NULL)
		return p;
	return list_read(&r->call, list);
}

static struct problem *
check_own(struct request *r)
{
	return strcmp(r->params[0], r->person.user_id) == 0 ? NULL : expenses_denied(r);
}

static void
put_notice(struct lookups *l, struct json_out *out, const struct record *record)
{
	const char *about = record_text(l, record, "about"), *read = record_text(l, record, "acknowledged");

	put_object(out, NULL);
	put_text(out, "id", record->id);
	put_text(out, "recipientId", l->r->person.user_id);
	put_text(out, "type", record_text(l, record, "kind"));
	put_text(out, "title", record_text(l, record, "title"));
	put_text(out, "message", record_text(l, record, "body"));
	put_text(out, "reportId", about != NULL && strncmp(about, "expenseReports/", 15) == 0 ? about + 15 : NULL);
	put_integer(out, "isRead", read != NULL && strcmp(read, "true") == 0);
	put_text(out, "createdAt", record_text(l, record, "at"));
	put_end(out);
}

/* GET …/notifications/:employeeId */
struct problem *
compat_expenses_notices(struct request *r)
{
	struct lookups l;
	struct list list;
	struct problem *p;

	lookups_start(&l, r);
	if ((p = check_own(r)) != NULL || (p = read_notices(r, false, SHOWN_MAX, &list)) != NULL)
		return p;
	expenses_array(r);
	for (size_t i = 0; i < list.count; i++)
		put_notice(&l, &r->json, &list.records[i]);
	return NULL;
}

const struct member compat_expenses_notices_count_takes[] = {
	PARAM("portal", TEXT, "is not looked at: a notification is for a person"),
	MEMBERS_END
};

/* GET …/notifications/:employeeId/count -- those that were not read. */
struct problem *
compat_expenses_notices_count(struct request *r)
{
	struct list list;
	struct problem *p;

	if ((p = check_own(r)) != NULL || (p = read_notices(r, true, LIST_LIMIT_MAX, &list)) != NULL)
		return p;
	put_integer(reply_object(r, 200), "count", (int64_t)list.count);
	return NULL;
}

/* PUT …/notifications/:id/read */
struct problem *
compat_expenses_notice_read(struct request *r)
{
	struct op op = { .record_id = r->params[0], .kind = OP_SET, .intent = INTENT_CHANGE, .base = BASE_CURRENT };
	struct outcome outcome;
	struct written written;
	struct problem *p;

	if ((p = expenses_collection(r, "notifications", &op.collection)) != NULL)
		return p;
	op_give(r->a, &op, "acknowledged", "true");
	op_prepare(r->a, &r->person, &op);
	if ((p = write_ops(&r->call, &op, 1, &outcome, &written)) != NULL || (p = outcome.problem) != NULL)
		return p;
	return expenses_done(r, "Notification marked as read");
}
