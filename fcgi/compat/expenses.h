/* expenses.h -- shared by the files of the expenses API: its answers, what a request has looked up, and how a row on
 * the wire becomes a record and back. */
#ifndef COMPAT_EXPENSES_H
#define COMPAT_EXPENSES_H

#include "http/member.h"
#include "record/names.h"
#include "record/stretch.h"
#include "record/write.h"
#include "sync/since.h"

#define EXPENSES_PATH "/compat/expenses/api/"

/* The format of its errors, and what a preflight allows. */
extern const struct dialect expenses_dialect;

/* ---- expenses.c: answers, and members of a body ---- */

/* Answer {"error": words} with this status, for errors that only that API has.  Always NULL. */
struct problem *expenses_say(struct request *r, int status, const char *words);

/* Answer 200 {"message": words}.  Always NULL. */
struct problem *expenses_done(struct request *r, const char *words);

/* Begin an answer that is an array; reply_send ends it. */
struct json_out *expenses_array(struct request *r);

/* PROBLEM_FORBIDDEN, in the words of that API. */
struct problem *expenses_denied(struct request *r);

/* The collection of that name. */
struct problem *expenses_collection(struct request *r, const char *name, const struct collection **c) MUST_CHECK;

/* A member of an object as text: a text, or a number as it was sent.  NULL where it is absent, null, or anything
 * else. */
const char *body_text(struct json_object *body, const char *name);

/* Whether a member is what that API takes for true: true, a number other than 0, "1" or "true". */
bool body_flag(struct json_object *body, const char *name);

/* The same for a value. */
const char *wire_text(struct json_object *value);
bool wire_flag(struct json_object *value);

/* A date as that API sends it: one that begins with YYYY-MM-DD, or M/D/YY or M/D/YYYY.  NULL for anything else. */
const char *wire_date(struct arena *a, const char *text);

/* ---- expenses_lookups.c: what a request has looked up ---- */

struct lookups {
	struct request *r;
	struct since centers;
	bool has_centers;
	struct names people;
	void *arranged;           /* what a resource has found out of all rows before it shows them */
	const char *remarks;      /* of the report that was looked at last, a list; */
	const char *remarks_of;   /* and the id of that report */
};

void lookups_start(struct lookups *l, struct request *r);

/* The id of the cost center that a text means by its name or its code, where only letters and digits count.  NULL for
 * an empty text; PROBLEM_INVALID when there is none, or more than one. */
struct problem *lookups_center(struct lookups *l, const char *text, const char **id) MUST_CHECK;

/* The name of a cost center; "" for NULL. */
struct problem *lookups_center_name(struct lookups *l, const char *id, const char **name) MUST_CHECK;

/* The name of a person. */
struct problem *lookups_person(struct lookups *l, const char *user, const char **name) MUST_CHECK;

/* Whose rows a request is about: the person's own when it names nobody.  PROBLEM_FORBIDDEN when they may not write for
 * somebody else. */
struct problem *lookups_owner(struct request *r, const char *employee, const char **owner) MUST_CHECK;

/* ---- expenses_wire.c: members of a row and fields of a record ---- */

enum wire_kind {
	WIRE_TEXT,
	WIRE_NUMBER,  /* of a decimal or of money, which is in units on the wire */
	WIRE_FLAG,    /* 0 or 1 */
	WIRE_DATE,
	WIRE_CENTER,  /* the name of a cost center */
	WIRE_REF,     /* an id */
	WIRE_WORD     /* one of some words */
};

/* A word on the wire, and the choice that it is. */
struct wire_word {
	const char *wire, *choice;
};

/* A member of a row, and the field that it is. */
struct wire {
	const char *name, *field;
	enum wire_kind kind;
	const struct wire_word *words; /* of a WIRE_WORD, ends with {NULL, NULL} */
};

struct resource;
struct row_write;

/* A row that is being shown. */
struct wire_row {
	const struct resource *resource;
	const struct record *record;
	const char **values;
	int64_t place; /* its place in the day, from 0 on */
};

/* What is served at one path. */
struct resource {
	const char *path;       /* behind EXPENSES_PATH */
	const char *collection;
	const char *what;       /* what a row is called in answers: "Mileage entry" */
	const struct wire *members; /* ends with {NULL} */
	bool natural;           /* the id follows from the fields */
	/* Each of these may be NULL.  Complete an op with what the wire says in another way; owner is whose row it
	 * is. */
	struct problem *(*settle)(struct lookups *l, struct json_object *body, const char *owner, struct op *op);
	/* Complete rows that are written together, when each of them is read. */
	struct problem *(*finish)(struct lookups *l, struct row_write *rows, size_t count);
	/* Look at all rows before the first one is shown. */
	struct problem *(*arrange)(struct lookups *l, const struct wire_row *rows, size_t count);
	/* Put what no field is alone. */
	struct problem *(*put)(struct lookups *l, struct json_out *out, const struct wire_row *row);
};

/* The resource at the path of a request. */
const struct resource *resource_of(const struct request *r);

/* Give an op the fields that the members of a row name. */
struct problem *wire_read(struct lookups *l, const struct resource *resource, struct json_object *body,
    struct op *op) MUST_CHECK;

/* Give an op one field, from its text; NULL empties it. */
struct problem *wire_give(struct lookups *l, struct op *op, const char *field, const char *text) MUST_CHECK;

/* Put a row as an object. */
struct problem *wire_put(struct lookups *l, struct json_out *out, const struct wire_row *row) MUST_CHECK;

/* Put a number as JSON has it, from a canonical value; 0 for NULL. */
void wire_put_number(struct arena *a, struct json_out *out, const char *name, const struct field *f,
    const char *value);

/* Put needsRevision and revisionReason: what whoever returned the report of the month says of this row. */
struct problem *wire_put_remark(struct lookups *l, struct json_out *out, const struct wire_row *row) MUST_CHECK;

/* ---- expenses_tables.c, and the files of some resources ---- */

extern const struct resource *const expense_resources[];
extern const size_t expense_resource_count;

/* A position on the wire is two members, of degrees. */
struct problem *wire_give_place(struct lookups *l, struct json_object *body, const char *lat, const char *lng,
    const char *field, struct op *op) MUST_CHECK;
void wire_put_place(struct json_out *out, const struct wire_row *row, const char *field, const char *lat,
    const char *lng);

extern const struct resource expense_trips, expense_receipts, expense_hours, expense_notes, expense_readings;

#endif
