/* measure.h -- figures for monitoring: how much there is, and how long something waits.  The housekeeper takes them
 * every few minutes and keeps them in the table measure, where GET /metrics and the alarms read them. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>

#include "base/config.h"
#include "store/db.h"

enum {
	MEASURE_MINUTES = 5, /* between two rounds */
	MEASURES_MAX = 500
};

struct measure {
	const char *name;
	const char *label; /* of what, or "" */
	int64_t value;
	int64_t at;        /* when it was taken */
};

struct measures {
	const struct measure *all;
	size_t count;
};

/* Write one, over what it was before. */
struct problem *measure_put(struct db *db, struct arena *a, const char *name, const char *label, int64_t value)
    MUST_CHECK;

/* Take them all: counts of spaces, people, mail, jobs and backups, what waits for a stamp where an authority is set,
 * the size of the database, and the disks of run_dir and of a database on this machine.  It reads whole tables, though
 * none that has rows for each record.  The user of db has to be the admin. */
struct problem *measures_take(struct db *db, struct arena *a, const struct config *config) MUST_CHECK;

/* All that are there, by name and label. */
struct problem *measures_read(struct db *db, struct arena *a, struct measures *measures) MUST_CHECK;

/* The one of this name and label, or NULL. */
const struct measure *measure_find(const struct measures *measures, const char *name, const char *label);

/* Its value, or 0. */
int64_t measure_of(const struct measures *measures, const char *name, const char *label);

#endif
