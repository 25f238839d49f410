/* expenses.c -- the API of the mileage and expense tracker at /compat/expenses/api/, over the records of mileage,
 * receipts, timesheets and what belongs to them.  This file has its errors and what all of its files use; the other
 * expenses_*.c have the endpoints.
 *
 * Who acts is the holder of the token, whatever a body says.  Where the original API loses or gives away data, this one
 * does not: README.md says where. */
#include "compat/expenses.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "compat/compat.h"
#include "http/dialect.h"
#include "http/reply.h"

/* ---- errors in that API's format ---- */

static const char *
words_for(const struct problem *p)
{
	switch (p->kind) {
	case PROBLEM_UNAUTHORIZED:
		return "Authentication required";
	case PROBLEM_FORBIDDEN:
		return "Access denied";
	case PROBLEM_NOT_FOUND:
		return "Not found";
	case PROBLEM_METHOD_NOT_ALLOWED:
		return "Method not allowed";
	case PROBLEM_INTERNAL:
		return "Internal server error";
	default:
		return p->detail;
	}
}

/* That API's clients show `error` to people, so it is the sentence that tells what to do. */
static void
refuse(struct request *r, const struct problem *p)
{
	bool closed = p->kind == PROBLEM_PERIOD_CLOSED;
	struct json_out *out = reply_object(r, closed ? 403 : problem_kinds[p->kind].status);

	put_text(out, "error", words_for(p));
	if (p->kind == PROBLEM_FORBIDDEN)
		put_text(out, "details", p->detail);
	put_some(out, "field", p->field);
}

const struct dialect expenses_dialect = {
	.prefix = "/compat/expenses/",
	.methods = "GET, POST, PUT, DELETE, OPTIONS",
	.headers = "Content-Type, Authorization, Idempotency-Key, X-Employee-Id",
	.max_age = "86400",
	.refuse = refuse,
};

struct problem *
expenses_say(struct request *r, int status, const char *words)
{
	put_text(reply_object(r, status), "error", words);
	return NULL;
}

struct problem *
expenses_done(struct request *r, const char *words)
{
	put_text(reply_object(r, 200), "message", words);
	return NULL;
}

struct json_out *
expenses_array(struct request *r)
{
	reply_json(r, 200);
	put_array(&r->json, NULL);
	return &r->json;
}

struct problem *
expenses_denied(struct request *r)
{
	return problem_new(r->a, PROBLEM_FORBIDDEN, "This is somebody else's.");
}

struct problem *
expenses_collection(struct request *r, const char *name, const struct collection **c)
{
	*c = collection_find(r->worker->collections, name);
	return *c != NULL ? NULL : problem_new(r->a, PROBLEM_NOT_FOUND, "There is no collection %s here.", name);
}

/* ---- values ---- */

const char *
wire_text(struct json_object *value)
{
	if (json_object_is_type(value, json_type_string))
		return json_object_get_string(value);
	return value == NULL ? NULL : json_number_text(value);
}

bool
wire_flag(struct json_object *value)
{
	const char *text = wire_text(value);

	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value);
	if (text == NULL || text[0] == '\0' || strcmp(text, "false") == 0)
		return false;
	return text[strspn(text, "0.")] != '\0';
}

const char *
body_text(struct json_object *body, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(body, name, &value) ? wire_text(value) : NULL;
}

bool
body_flag(struct json_object *body, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(body, name, &value) && wire_flag(value);
}

/* Read digits, at most so many, and the sign behind them.  -1 when there are none. */
static int
take_digits(const char **text, size_t most, char after)
{
	size_t digits = strspn(*text, "0123456789");
	int n = digits < 1 || digits > most || (*text)[digits] != after ? -1 : atoi(*text);

	*text += n < 0 ? 0 : digits + (after != '\0');
	return n;
}

const char *
wire_date(struct arena *a, const char *text)
{
	const char *begin = arena_strndup(a, text, DATE_TEXT_SIZE - 1);
	int month, day, year;

	if (date_valid(begin))
		return begin;
	if ((month = take_digits(&text, 2, '/')) < 0 || (day = take_digits(&text, 2, '/')) < 0 ||
	    (strlen(text) != 2 && strlen(text) != 4) || (year = take_digits(&text, 4, '\0')) < 0)
		return NULL;
	begin = arena_printf(a, "%04d-%02d-%02d", year < 100 ? 2000 + year : year, month, day);
	return date_valid(begin) ? begin : NULL;
}

/* ---- GET …/health, GET /compat/expenses/api ---- */

struct problem *
compat_expenses_health(struct request *r)
{
	struct json_out *out = reply_object(r, 200);

	put_text(out, "status", "ok");
	put_instant(out, "timestamp", instant_now());
	return NULL;
}

struct problem *
compat_expenses_about(struct request *r)
{
	struct json_out *out = reply_object(r, 200);

	put_text(out, "message", "Expenses of Daybook, in the format of the mileage tracker");
	put_text(out, "status", "ok");
	put_array(out, "endpoints");
	for (size_t i = 0; i < expense_resource_count; i++)
		put_text(out, NULL, arena_printf(r->a, "/api/%s", expense_resources[i]->path));
	put_end(out);
	put_instant(out, "timestamp", instant_now());
	return NULL;
}
