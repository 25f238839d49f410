/* foreign.h -- the backup files of the time tracker that keeps everything in one browser (schema/PROTOCOL.md says which
 * forms they have), read as records of Daybook.  No database here: who calls it writes the records as an import and
 * stores the files.
 *
 * What cannot be kept as it is, is said: nothing is guessed and nothing is dropped silently.  Passwords are never
 * kept.  Equal files give equal ids, so a file that is imported twice adds nothing twice. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "base/crypto.h"
#include "base/json_out.h"
#include "model/cell.h"
#include "record/op.h"

enum {
	FOREIGN_RECORDS_MAX = 50000, /* rows of all lists together */
	FOREIGN_NOTES_MAX = 200,     /* different things that are said */
	FOREIGN_PHOTO_MAX = 16 << 20 /* bytes of a photo */
};

struct foreign_record {
	const struct collection *collection;
	const char *id;
	const char **values;         /* canonical, by field index */
	bool *touched;
	int64_t claimed_at;          /* when it happened, or 0 */
	bool keep_live;              /* a record that is there already is better */
};

struct foreign_file {
	const char *name;            /* SHA-256 as 64 hex digits */
	const unsigned char *bytes;
	size_t size;
};

struct foreign_options {
	const char *zone;            /* in which local times are read */
	enum date_order dates;       /* of dates that can be read in two ways, if the file itself does not tell */
};

/* Something that was changed or left out, and how often. */
struct foreign_note {
	bool left;                   /* left out; else changed */
	const char *list, *why;
	const char *example;         /* the id of the first row, or its place in the list */
	size_t count;
};

struct foreign {
	const char *format;          /* which form the file has */
	const char *exported_at;     /* as the file says it, or NULL */
	struct foreign_record *records; /* in an order in which a record comes after those it refers to */
	size_t record_count;
	struct foreign_file *files;
	size_t file_count;
	struct foreign_note notes[FOREIGN_NOTES_MAX];
	size_t note_count;
};

/* True when this parsed body looks like such a file. */
bool foreign_is(struct json_object *body);

/* Read it; everything of *out is in a.  PROBLEM_INVALID at "dates" when its dates can be read in two ways and nothing
 * in the file tells, PROBLEM_TOO_LARGE for too many rows, PROBLEM_MALFORMED for a part that should be JSON and is
 * not. */
struct problem *foreign_read(struct arena *a, const struct collections *set, struct json_object *body,
    const struct foreign_options *options, struct foreign *out) MUST_CHECK;

/* Say of a list that something is changed or left out; texts are copied. */
void foreign_say(struct arena *a, struct foreign *f, bool left, const char *list, const char *why, const char *example);

/* Put "format", "formatLabel", "exportedAt", "files":{"count"}, "changed":[{"what","why","example","count"}] and
 * "left", which is like it. */
void foreign_put(struct json_out *out, const struct foreign *f);

#endif
