/* problem.c -- every kind of problem, with its status, type and title. */
#include "base/problem.h"


/* clang-format off */
const struct problem_kind_row problem_kinds[PROBLEM_COUNT] = {
	[PROBLEM_MALFORMED]     = { 400, "/problems/malformed",              "The request cannot be read" },
	[PROBLEM_INVALID]       = { 400, "/problems/invalid",                "A value is not valid" },
	[PROBLEM_TOO_MUCH]      = { 400, "/problems/too-much",               "Too much to look through" },
	[PROBLEM_UNKNOWN_FIELD] = { 400, "/problems/unknown-field",          "There is no such field" },
	[PROBLEM_READ_ONLY]     = { 400, "/problems/read-only",              "This field cannot be changed" },
	[PROBLEM_REQUIRED]      = { 400, "/problems/required",               "A required field is missing" },
	[PROBLEM_UNAUTHORIZED]  = { 401, "/problems/unauthorized",           "Sign in first" },
	[PROBLEM_FORBIDDEN]     = { 403, "/problems/forbidden",              "Not allowed" },
	[PROBLEM_NOT_FOUND]     = { 404, "/problems/not-found",              "Not found" },
	[PROBLEM_METHOD_NOT_ALLOWED] = { 405, "/problems/method-not-allowed",     "This method is not offered here" },
	[PROBLEM_CONFLICT]      = { 409, "/problems/stale-version",          "Someone else changed this first" },
	[PROBLEM_OVERLAP]       = { 409, "/problems/overlap",                "Another entry is at this time" },
	[PROBLEM_LAST_OWNER]    = { 409, "/problems/last-owner",             "A team keeps an owner" },
	[PROBLEM_PERIOD_CLOSED] = { 409, "/problems/period-closed",          "This period is closed" },
	[PROBLEM_EXISTS]        = { 409, "/problems/exists",                 "It exists already" },
	[PROBLEM_DOUBLED]       = { 409, "/problems/doubled",                "These rows were imported before" },
	[PROBLEM_RESYNC]        = { 410, "/problems/resync",                 "Load everything again" },
	[PROBLEM_PRECONDITION]  = { 412, "/problems/precondition-failed",    "Another version is current" },
	[PROBLEM_TOO_LARGE]     = { 413, "/problems/too-large",              "Too large" },
	[PROBLEM_SPACE_FULL]    = { 413, "/problems/space-full",             "This space is full" },
	[PROBLEM_MEDIA_TYPE]    = { 415, "/problems/unsupported-media-type", "This kind of content is not taken" },
	[PROBLEM_RANGE]         = { 416, "/problems/range",                  "These bytes cannot be had" },
	[PROBLEM_OP_REUSED]     = { 422, "/problems/op-reused",              "This key belongs to another request" },
	[PROBLEM_THROTTLED]     = { 429, "/problems/throttled",              "Too many attempts" },
	[PROBLEM_TOO_MANY]      = { 429, "/problems/too-many",               "Rate limit exceeded" },
	[PROBLEM_BUSY]          = { 429, "/problems/busy",                   "Too much at once" },
	[PROBLEM_INTERNAL]      = { 500, "/problems/internal",               "Something went wrong on the server" },
	[PROBLEM_UNAVAILABLE]   = { 503, "/problems/unavailable",            "Daybook is not available at the moment" },
	[PROBLEM_STORAGE]       = { 507, "/problems/storage",                "The server has no room" },
};
/* clang-format on */

enum {
	UNAVAILABLE_SECONDS = 2 /* Retry-After of a 503 */
};

PRINTF_LIKE(3, 0)
static struct problem *
make(struct arena *a, enum problem_kind kind, const char *format, va_list args)
{
	struct problem *p = arena_alloc(a, sizeof(*p));

	p->kind = kind;
	p->detail = arena_vprintf(a, format, args);
	if (kind == PROBLEM_UNAVAILABLE)
		p->retry_after = UNAVAILABLE_SECONDS;
	return p;
}

struct problem *
problem_new(struct arena *a, enum problem_kind kind, const char *format, ...)
{
	struct problem *p;
	va_list args;

	va_start(args, format);
	p = make(a, kind, format, args);
	va_end(args);
	return p;
}

struct problem *
problem_at(struct arena *a, enum problem_kind kind, const char *field, const char *format, ...)
{
	struct problem *p;
	va_list args;

	va_start(args, format);
	p = make(a, kind, format, args);
	va_end(args);
	p->field = arena_strdup(a, field);
	return p;
}

bool
problem_is_fatal(const struct problem *p)
{
	return p->kind == PROBLEM_INTERNAL || p->kind == PROBLEM_UNAVAILABLE || p->kind == PROBLEM_STORAGE;
}

struct problem *
problem_copy(struct arena *a, const struct problem *p)
{
	struct problem *copy = arena_memdup(a, p, sizeof(*p));

	copy->detail = arena_strdup(a, p->detail);
	copy->field = arena_strdup(a, p->field);
	copy->members = arena_strdup(a, p->members);
	copy->cause = arena_strdup(a, p->cause);
	copy->scope = arena_strdup(a, p->scope);
	copy->allow = arena_strdup(a, p->allow);
	copy->range = arena_strdup(a, p->range);
	copy->content_range = arena_strdup(a, p->content_range);
	return copy;
}

struct problem *
problem_internal(struct arena *a, const char *format, ...)
{
	struct problem *p = problem_new(a, PROBLEM_INTERNAL,
	    "The fault is ours and has been noted; please try again later.");
	va_list args;

	va_start(args, format);
	p->cause = arena_vprintf(a, format, args);
	va_end(args);
	return p;
}

struct problem *
must_hold(struct arena *a, bool holds, const char *what)
{
	return holds ? NULL : problem_internal(a, "does not hold: %s", what);
}
