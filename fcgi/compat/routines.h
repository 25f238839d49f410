/* routines.h -- shared by the files of the routines API: its errors, and how a document on the wire becomes a record
 * and back. */
#ifndef COMPAT_ROUTINES_H
#define COMPAT_ROUTINES_H

#include "http/member.h"
#include "record/record.h"

/* The format of its errors, its preflight and its cookie. */
extern const struct dialect routines_dialect;

/* ---- routines_wire.c ---- */

enum routines_kind {
	KIND_PLAIN,      /* a text, number, flag or list as it is in the record */
	KIND_DAY,        /* on the wire the instant at which the day begins for the person */
	KIND_WEEKDAYS,   /* on the wire numbers, 0 is Sunday */
	KIND_RECURRENCE, /* times and interval, which that system lacks, are shown as daily */
	KIND_ORDER,      /* on the wire a number */
	KIND_LINKS,      /* on the wire objects {url, title} */
	KIND_SHOWN       /* shown, and ignored when it is sent: a rule writes it */
};

/* A member of a document, and the field that it is. */
struct routines_member {
	const char *name, *field;
	enum routines_kind kind;
};

/* What is called a collection there. */
struct routines_kind_of_doc {
	const char *name;        /* there */
	const char *collection;  /* here; NULL: it has no records of its own here, and is empty */
	const struct routines_member *members; /* ends with {NULL} */
	/* Put the members that no field is alone; or NULL. */
	void (*put)(struct json_out *out, const struct record *record, const char *const *values);
};

/* The collection that they call so, or NULL. */
const struct routines_kind_of_doc *routines_kind_named(const char *name);

/* What is needed to read and show documents of one collection. */
struct routines_wire {
	const struct call *call;
	const struct routines_kind_of_doc *kind;
	const struct collection *collection;
	const char *zone;        /* of the person */
};

/* PROBLEM_NOT_FOUND when the definitions lack the collection. */
struct problem *routines_wire_open(const struct call *call, const struct routines_kind_of_doc *kind,
    struct routines_wire *wire) MUST_CHECK;

/* Put a document: a record, or for a tombstone what says that it is deleted. */
void routines_put(const struct routines_wire *wire, struct json_out *out, const struct record *record);

/* Put what says that there is no document with this id. */
void routines_put_gone(const struct routines_wire *wire, struct json_out *out, const char *id);

/* Read the members of a document into values and touched, by field.  before is what the client last saw, or NULL: a
 * member that says the same is not touched, however it is written.  Members that no row names are ignored. */
struct problem *routines_read(const struct routines_wire *wire, struct json_object *doc, const char *const *before,
    const char **values, bool *touched) MUST_CHECK;

#endif
