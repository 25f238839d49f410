/* foreign_work.h -- what the two halves of reading a foreign backup share: foreign.c finds its lists, and
 * foreign_rows.c says what a row of each of them means. */
#ifndef FOREIGN_WORK_H
#define FOREIGN_WORK_H

#include "backup/foreign.h"
#include "base/seen.h"

struct foreign_work {
	struct arena *a;
	const struct collections *set;
	struct foreign *out;
	struct cell_rules rules;
	bool asks;                   /* a date can be read in two ways, and nothing tells */
	struct seen ids;             /* "collection id" of the records so far */
	struct seen people;          /* e-mails, names and numbers of employees */
	struct seen sites;           /* names of job sites; count - 1 is the place in site_ids */
	const char **site_ids;
	size_t site_count;
	char first_day[DATE_TEXT_SIZE]; /* of the entries, or "" */
	const char *list;            /* whose rows are read */
	const char *where;           /* the row, for notes */
};

/* Count something that was changed or left out in the current list. */
void foreign_note(struct foreign_work *w, bool left, const char *why);

/* What a row of a list means. */
typedef struct problem *(*foreign_row)(struct foreign_work *w, struct json_object *row);

/* A list of the file, and what is done with it; row is NULL for one that is left out because of why. */
struct foreign_list {
	const char *name;
	foreign_row row;
	const char *why;
};

/* In the order in which they are read, ended by one without a name. */
extern const struct foreign_list foreign_lists[];

/* The text of a member, trimmed, whether it is a string or a number; NULL where it is empty or anything else. */
const char *foreign_text(struct foreign_work *w, struct json_object *row, const char *name);

#endif
