/* expenses_deciding.c -- handing in expense reports and deciding about them, in the format of the expenses API.  Each
 * request becomes one write of the report, which the rule of reports judges: who acts is the holder of the token, and
 * approverId, roles and signatures of others in a body are not looked at. */
#include <string.h>

#include "base/instant.h"
#include "compat/compat.h"
#include "compat/expenses_reports.h"
#include "http/reply.h"
#include "model/policy.h"

static struct op
change_of(struct request *r, const struct wire_report *report)
{
	return (struct op){
		.op_id = r->idempotency_key,
		.collection = report->c,
		.record_id = report->record.id,
		.kind = OP_SET,
		.intent = INTENT_CHANGE,
		.base = BASE_CURRENT,
		.hash_text = arena_printf(r->a, "%s %s %s", r->method, r->path, r->body),
	};
}

static const char *
state_of(struct request *r, const struct wire_report *report)
{
	const char *state = report->is ? value_plain(r->a, value_named(report->c, report->values, "state")) : NULL;

	return state == NULL ? "draft" : state;
}

static bool
is_own(const struct request *r, const struct wire_report *report)
{
	return strcmp(report->owner, r->person.user_id) == 0;
}

static struct problem *
write_change(struct request *r, struct op *op, const char *done)
{
	struct outcome outcome;
	struct written written;
	struct problem *p;

	op_prepare(r->a, &r->person, op);
	if ((p = write_ops(&r->call, op, 1, &outcome, &written)) != NULL || (p = outcome.problem) != NULL)
		return p;
	return expenses_done(r, done);
}

/* ---- what its person says ---- */

static bool
differs(const struct wire_report *report, const struct op *op, const char *field)
{
	const struct field *f = collection_field(report->c, field);

	return op->touched != NULL && op->touched[f->index] &&
	    !value_equal(op->values[f->index], report->is ? report->values[f->index] : f->initial);
}

/* Give the op signature and certification; *says is whether they are anything new. */
static struct problem *
give_own(struct request *r, struct json_object *body, const struct wire_report *report, struct op *op, bool *says)
{
	static const char *const fields[] = { "certified", "signature", "signedAs" };
	struct json_object *certified = report_member(body, "employeeCertificationAcknowledged");
	struct problem *p;
	bool signs;

	if ((p = sign(r, body, "employeeSignature", op, "signature", "signedAs", &signs)) != NULL)
		return p;
	if (certified != NULL)
		op_give(r->a, op, "certified", wire_flag(certified) ? "true" : "false");
	*says = false;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		*says = *says || differs(report, op, fields[i]);
	return NULL;
}

static struct problem *
take_report(struct writer *w, void *arg)
{
	struct row_write *row = arg;
	struct op op = row->op;
	struct problem *p = row_take(w, row);

	row->op = op;
	return p;
}

/* Write the report of the person who asks, or begin it. */
static struct problem *
write_own(struct request *r, const struct wire_report *report, struct op *op, struct outcome *outcome)
{
	struct row_write row = { .op = *op, .owner = report->owner, .revives = true };
	struct written written;
	struct problem *p;

	op_give(r->a, &row.op, "from", json_quoted(r->a, report->from));
	row.op.record_id = NULL;
	if ((p = write_action(&r->call, ROLE_MEMBER, take_report, &row, &written)) != NULL)
		return p;
	*outcome = row.outcome;
	return outcome->problem;
}

static struct problem *
find_of_body(struct request *r, struct wire_report *report)
{
	const char *employee = body_text(r->input, "employeeId"), *month = body_text(r->input, "month");
	const char *year = body_text(r->input, "year");

	if (month == NULL || year == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "month", "month and year are required.");
	return report_find(r, employee == NULL || *employee == '\0' ? r->person.user_id : employee, month, year,
	    report);
}

static bool
asks_to_submit(const char *status)
{
	return strcmp(status, "submitted") == 0 || strncmp(status, "pending_", 8) == 0;
}

const struct member compat_expenses_report_create_takes[] = {
	BODY("employeeId", ANY, "whose: oneself"),
	BODY("month", ANY, "1 to 12"),
	BODY("year", ANY, "of the month"),
	BODY("reportData", ANY, "of which employeeSignature and employeeCertificationAcknowledged are taken"),
	BODY("status", ANY, "submitted hands it in"),
	KEY_HEADER,
	MEMBERS_END
};

/* POST …/expense-reports {employeeId, month, year, reportData, status} */
struct problem *
compat_expenses_report_create(struct request *r)
{
	const char *status = body_text(r->input, "status");
	struct wire_report report;
	struct outcome outcome;
	struct json_out *out;
	struct problem *p;
	struct op op;
	bool says;

	if ((p = find_of_body(r, &report)) != NULL)
		return p;
	if (!is_own(r, &report))
		return expenses_denied(r);
	op = change_of(r, &report);
	if ((p = give_own(r, r->input, &report, &op, &says)) != NULL)
		return p;
	if (status != NULL && asks_to_submit(status))
		op_give(r->a, &op, "state", "\"submitted\"");
	if ((p = write_own(r, &report, &op, &outcome)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_text(out, "id", outcome.has_record ? outcome.record.id : NULL);
	put_text(out, "message", "Expense report saved successfully");
	return NULL;
}

/* ---- PUT …/expense-reports/:employee/:month/:year/summary ---- */

/* What somebody else says in the blob: a signature and a certificate for their own next approval. */
static struct problem *
keep_approval(struct lookups *l, const struct wire_report *report)
{
	struct request *r = l->r;
	struct op op = { .collection = report->c };
	const char *signature;
	struct problem *p;
	bool signs;

	if (!report->is || is_own(r, report))
		return NULL;
	if ((p = sign(r, r->input, "supervisorSignature", &op, "supervisorSignature", "supervisorSignedAs", &signs)) !=
	    NULL)
		return p;
	signature = signs ? value_plain(r->a, value_named(report->c, op.values, "supervisorSignature")) : NULL;
	if (signature != NULL && value_named(report->c, report->values, "supervisorSignature") != NULL)
		signature = NULL; /* it is that of the approval, which the page has read */
	return approval_keep(l, signature,
	    wire_flag(report_member(r->input, "supervisorCertificationAcknowledged")) ? report->record.id : NULL);
}

const struct member compat_expenses_summary_takes[] = {
	BODY("reportData", ANY, "of which signatures and certificates are taken"),
	KEY_HEADER,
	MEMBERS_END
};

/* A page sends its totals whenever it is opened.  They are counted here, so that writes nothing. */
struct problem *
compat_expenses_summary(struct request *r)
{
	static const char done[] = "Report summary updated successfully";
	struct wire_report report;
	struct outcome outcome;
	struct lookups l;
	struct problem *p;
	struct op op;
	bool says;

	lookups_start(&l, r);
	if ((p = report_find(r, r->params[0], r->params[1], r->params[2], &report)) != NULL)
		return p;
	op = change_of(r, &report);
	if (!is_own(r, &report)) {
		p = keep_approval(&l, &report);
	} else if ((p = give_own(r, r->input, &report, &op, &says)) == NULL && says) {
		p = write_own(r, &report, &op, &outcome);
	}
	return p != NULL ? p : expenses_done(r, done);
}

/* ---- steps ---- */

/* Give the op what an approval of this step needs: the approver's own signature and certificate. */
static struct problem *
give_approval(struct lookups *l, const struct wire_report *report, struct op *op)
{
	struct request *r = l->r;
	const char *state = state_of(r, report), *next;
	bool supervisor = strcmp(state, "supervisor") == 0, signs;
	struct approval approval;
	struct problem *p;

	next = report->is ? value_named(report->c, report->values, "next") : NULL;
	op_give(r->a, op, "state", next == NULL ? "\"approved\"" : next);
	if (strcmp(state, "senior") == 0)
		return NULL;
	if ((p = approval_read(l, &approval)) != NULL)
		return p;
	p = supervisor
	    ? sign(r, r->input, "supervisorSignature", op, "supervisorSignature", "supervisorSignedAs", &signs)
	    : sign(r, r->input, "financeSignature", op, "financeSignature", "financeSignedAs", &signs);
	if (p != NULL)
		return p;
	if (!signs && approval.signature != NULL)
		op_give(r->a, op, supervisor ? "supervisorSignature" : "financeSignature",
		    json_quoted(r->a, approval.signature));
	if (supervisor && (wire_flag(report_member(r->input, "supervisorCertificationAcknowledged")) ||
	    (approval.certifies != NULL && strcmp(approval.certifies, report->record.id) == 0)))
		op_give(r->a, op, "supervisorCertified", "true");
	return NULL;
}

static struct problem *
give_text(struct request *r, struct op *op, const char *field, const char *text)
{
	const char *canonical;
	struct problem *p;

	if (text == NULL || *text == '\0')
		return NULL;
	if ((p = field_read_text(r->a, collection_field(op->collection, field), text, &canonical)) == NULL)
		op_give(r->a, op, field, canonical);
	return p;
}

/* The words that come with a step. */
static const char *
comments_of(struct request *r)
{
	const char *text = body_text(r->input, "comments");

	return text != NULL ? text : body_text(r->input, "reason");
}

static struct problem *
approve(struct lookups *l, const struct wire_report *report, struct op *op)
{
	struct problem *p;

	if ((p = give_approval(l, report, op)) != NULL)
		return p;
	return give_text(l->r, op, "comment", comments_of(l->r));
}

/* What was remarked on rows before belongs to it. */
static struct problem *
hand_back(struct lookups *l, const struct wire_report *report, struct op *op)
{
	const char *remarks = value_named(report->c, report->values, "remarks");

	op_give(l->r->a, op, "state", "\"returned\"");
	if (remarks != NULL)
		op_give(l->r->a, op, "remarks", remarks);
	return give_text(l->r, op, "comment", comments_of(l->r));
}

static struct problem *
submit(struct lookups *l, const struct wire_report *report, struct op *op)
{
	bool says;

	op_give(l->r->a, op, "state", "\"submitted\"");
	return give_own(l->r, l->r->input, report, op, &says);
}

/* Its person takes it back; who opens an approved one again says why. */
static struct problem *
withdraw(struct lookups *l, const struct wire_report *report, struct op *op)
{
	op_give(l->r->a, op, "state", "\"draft\"");
	if (strcmp(state_of(l->r, report), "approved") != 0)
		return NULL;
	return give_text(l->r, op, "reason", comments_of(l->r));
}

static struct problem *
delegate(struct lookups *l, const struct wire_report *report, struct op *op)
{
	const char *user = body_text(l->r->input, "delegateId");

	(void)report;
	if (user == NULL || *user == '\0')
		return problem_at(l->r->a, PROBLEM_REQUIRED, "delegateId", "Say who decides instead: delegateId.");
	return give_text(l->r, op, "delegate", user);
}

static struct problem *
remind(struct lookups *l, const struct wire_report *report, struct op *op)
{
	(void)report;
	op_give(l->r->a, op, "remindedAt", arena_printf(l->r->a, "\"%s\"", instant_text(l->r->a, instant_now())));
	return NULL;
}

static struct problem *
comment(struct lookups *l, const struct wire_report *report, struct op *op)
{
	const char *text = comments_of(l->r);

	if (text == NULL || *text == '\0')
		return problem_at(l->r->a, PROBLEM_REQUIRED, "comments", "There is no comment.");
	return give_text(l->r, op, is_own(l->r, report) ? "note" : "comment", text);
}

/* What can be asked of a report by a name. */
struct step {
	const char *name;
	struct problem *(*give)(struct lookups *l, const struct wire_report *report, struct op *op);
	const char *done;
};

static const struct step actions[] = {
	{ "approve", approve, "Report approved" },
	{ "reject", hand_back, "Report returned" },
	{ "request_revision_to_employee", hand_back, "Revision requested" },
	{ "request_revision_to_supervisor", hand_back, "Revision requested" },
	{ "request_revision_to_senior_staff", hand_back, "Revision requested" },
	{ "delegate", delegate, "Approval delegated" },
	{ "remind", remind, "Reminder sent" },
	{ "comment", comment, "Comment added" },
	{ "resubmit_to_finance", submit, "Report resubmitted" },
};

static const struct step statuses[] = {
	{ "submitted", submit, "Status updated" },
	{ "pending_senior_staff", submit, "Status updated" },
	{ "pending_supervisor", submit, "Status updated" },
	{ "pending_finance", submit, "Status updated" },
	{ "draft", withdraw, "Status updated" },
	{ "needs_revision", hand_back, "Status updated" },
	{ "rejected", hand_back, "Status updated" },
	{ "approved", approve, "Status updated" },
};

static struct problem *
take_step(struct request *r, const char *member, const struct step *steps, size_t count)
{
	const char *name = body_text(r->input, member);
	struct wire_report report;
	struct lookups l;
	struct problem *p;
	struct op op;

	lookups_start(&l, r);
	if ((p = report_find_id(r, r->params[0], &report)) != NULL)
		return p;
	for (size_t i = 0; name != NULL && i < count; i++) {
		if (strcmp(steps[i].name, name) != 0)
			continue;
		op = change_of(r, &report);
		if ((p = steps[i].give(&l, &report, &op)) != NULL)
			return p;
		return write_change(r, &op, steps[i].done);
	}
	return problem_at(r->a, PROBLEM_INVALID, member, "%s is none of those that a report knows.", member);
}

const struct member compat_expenses_status_takes[] = {
	BODY("status", ANY, "submitted, draft, needs_revision or approved"),
	BODY("comments", ANY, "why; needed to return it, or to open it again"),
	BODY("reportData", ANY, "of which signature and certificate are taken"),
	KEY_HEADER,
	MEMBERS_END
};

/* PUT …/expense-reports/:id/status {status} */
struct problem *
compat_expenses_status(struct request *r)
{
	return take_step(r, "status", statuses, sizeof statuses / sizeof statuses[0]);
}

const struct member compat_expenses_approval_takes[] = {
	BODY("action", ANY, "approve, reject, delegate, remind, comment, request_revision_to_employee …"),
	BODY("comments", ANY, "what there is to say; needed to return it"),
	BODY("delegateId", ANY, "who decides instead"),
	BODY("reportData", ANY, "of which signature and certificate of who decides are taken"),
	KEY_HEADER,
	MEMBERS_END
};

/* PUT …/expense-reports/:id/approval {action, comments, delegateId} */
struct problem *
compat_expenses_approval(struct request *r)
{
	return take_step(r, "action", actions, sizeof actions / sizeof actions[0]);
}

/* DELETE …/expense-reports/:id -- a draft that was never handed in. */
struct problem *
compat_expenses_report_delete(struct request *r)
{
	struct wire_report report;
	struct problem *p;
	struct op op;

	if ((p = report_find_id(r, r->params[0], &report)) != NULL)
		return p;
	op = change_of(r, &report);
	op.kind = OP_DELETE;
	return write_change(r, &op, "Expense report deleted successfully");
}
