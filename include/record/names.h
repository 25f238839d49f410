/* names.h -- what records and people are called, for files that people read.  Each is looked up once, with memory from
 * a; the names stay in the arena of the call. */
#ifndef NAMES_H
#define NAMES_H

#include "base/seen.h"
#include "model/call.h"

struct names {
	const struct call *call;      /* its arena holds the names */
	const struct collection *of;  /* whose former owners are named too */
	const char **texts;
	size_t count, room;
	struct seen known;            /* where a name is: its place + 1 */
};

void names_start(struct names *names, const struct call *call, const struct collection *of);

/* The name of the record of c with that id, as its definition says what names it; the id itself where it is gone, or
 * named by nothing.  A person who may not see it gets the id. */
struct problem *names_record(struct names *names, struct arena *a, const struct collection *c, const char *id,
    const char **name) MUST_CHECK;

/* The name of a user who is a member of the space, or owns a record of names->of; else the id. */
struct problem *names_user(struct names *names, struct arena *a, const char *id, const char **name) MUST_CHECK;

#endif
