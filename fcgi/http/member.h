/* member.h -- what a route takes, as a table: the members of its body and the parameters of its query, each with its
 * type, its bounds and the error message for a mistake.  The row of the route names the table (route.h).
 * request_read_members checks the request by it before the handler runs, so a handler asks for values that fit.
 * `daybookctl routes --json` prints the tables. */
#ifndef MEMBER_H
#define MEMBER_H

#include "http/request.h"

/* Where a value is sent. */
enum place {
	IN_BODY,
	IN_QUERY,
	IN_HEADER,      /* for readers of the table: request.c or the handler checks its form */
	PLACE_COUNT
};

enum member_type {
	TYPE_ANY,     /* not checked here: a definition or the handler does it */
	TYPE_TEXT,    /* of min to max bytes; 0 means no bound */
	TYPE_NAME,    /* what person_name_check accepts */
	TYPE_ID,      /* what id_valid accepts */
	TYPE_UUID,
	TYPE_INTEGER, /* from min to max; both 0 means no bound */
	TYPE_BOOLEAN, /* true or false; in a query also 1 or 0 */
	TYPE_INSTANT, /* in a query only */
	TYPE_DATE,    /* in a query only */
	TYPE_CHOICE,  /* one of the words in `choices` */
	TYPE_LIST,    /* in a body only; the handler checks its items */
	TYPE_COUNT
};

/* What null means in a body. */
enum null {
	NULL_IS_ABSENT,
	NULL_IS_WRONG,
	NULL_IS_GIVEN   /* is_given says yes, and the value is NULL or 0 */
};

/* One row of a table.  In its sentences, {max} is replaced with the number. */
struct member {
	const char *name;     /* as it is sent; "*": others are accepted too, and the handler checks them */
	enum place in;
	enum member_type type;
	const char *about;    /* one short line for people */
	const char *required; /* the sentence when it is missing; NULL: it may be missing */
	const char *wrong;    /* the sentence when it does not fit; NULL: the one of its type */
	const char *choices;  /* words with a space between them */
	int64_t min, max;     /* a text shorter than min counts as missing */
	int64_t otherwise;    /* the integer of an absent member */
	enum null null;
	bool broken;          /* the request cannot be read without it: a mistake in it is PROBLEM_MALFORMED */
	bool clean;           /* text without control characters (text_is_clean) */
	bool or_device;       /* if it is absent, X-Device-Id is used */
};

/* Rows of a table: BODY("email", TEXT, "the account's address", .required = "An e-mail address is needed."). */
#define MEMBER(place, title, kind, line, ...) \
	{ .name = title, .in = place, .type = TYPE_##kind, .about = line, __VA_ARGS__ }
#define BODY(...)   MEMBER(IN_BODY, __VA_ARGS__)
#define PARAM(...)  MEMBER(IN_QUERY, __VA_ARGS__)
#define HEADER(...) MEMBER(IN_HEADER, __VA_ARGS__)

/* The last row of a table. */
#define MEMBERS_END { .name = NULL }

/* A row that many tables have. */
#define KEY_HEADER HEADER("Idempotency-Key", ID, "a name for this write: sent again under it, it is done once")

/* What who looks back says; a route with this row reads the records of that moment (answer.c). */
#define AT_PARAM PARAM("at", TEXT, "as it was then: an instant, or the seq of a write")

extern const char *const place_names[PLACE_COUNT];              /* "body", "query", "header" */
extern const char *const member_type_names[TYPE_COUNT];  /* "any", "text" … */

/* The table of a route that takes nothing, and of one that ignores all parameters. */
extern const struct member nothing[], any_parameters[];

/* Check r->query and r->input by the table of r->route and keep the values for the handler.  Of several mistakes only
 * one is reported, in this order: an unknown parameter (PROBLEM_UNKNOWN_FIELD), one given twice (PROBLEM_MALFORMED), an
 * unknown member (PROBLEM_UNKNOWN_FIELD), a member of another type (PROBLEM_INVALID); then, row by row, one that is
 * missing (PROBLEM_REQUIRED) or does not fit (PROBLEM_INVALID).  Where the table takes others too ("*"), the members
 * that it names are removed from r->input, and the others stay there.  In a dialect, members and parameters that the
 * table does not name are ignored, as in the original system. */
struct problem *request_read_members(struct request *r) MUST_CHECK;

/* Whether the table of r->route names this parameter of the query. */
bool takes_parameter(const struct request *r, const char *name);

/* Whether parameter i of the query is one of the others that the table takes ("*").  An `at` that begins with an
 * operator, as in at=ge.2026-11-21, is a filter by a field of that name. */
bool parameter_is_filter(const struct request *r, size_t i);

/* The checked values.  name must be in the table of r->route; anything else is a bug in the handler and ends the
 * process.  An absent member gives NULL, false, 0 for an instant, and for an integer what its row says.  given_is
 * compares a text or a choice; it is false for an absent one. */
bool is_given(const struct request *r, const char *name);
bool given_is(const struct request *r, const char *name, const char *word);
const char *given_text(const struct request *r, const char *name);
int64_t given_integer(const struct request *r, const char *name);
int64_t given_instant(const struct request *r, const char *name);
bool given_flag(const struct request *r, const char *name);
struct json_object *given_list(const struct request *r, const char *name);

#endif
